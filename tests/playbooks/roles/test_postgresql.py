"""PostgreSQL by streaming replication: copy, cutover, way back, hits in the middle, end."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.playbooks.roles.machines import BIN, INSTALL_POSTGRESQL, SOURCE, TARGET, USER, Machines, postgresql

pytestmark = [pytest.mark.slow, *(pytest.mark.component(name) for name in ("namespaces", "postgresql", "ansible"))]
DB = [postgresql()]


@pytest.fixture(scope="module", autouse=True)
def installed(machines: Machines) -> None:
    machines.run(SOURCE, INSTALL_POSTGRESQL)


def rows(machines: Machines, host: str) -> str:
    return machines.psql(host, "SELECT count(*), max(id) FROM entries")


def primaries(machines: Machines) -> list[str]:
    ask = f"cd /; runuser -u postgres -- {BIN}/psql -XAtqc 'SELECT NOT pg_is_in_recovery()' 2>/dev/null || true"
    return [host for host in (SOURCE, TARGET) if machines.run(host, ask) == "t"]


def test_copy_and_undo(machines: Machines) -> None:
    (preview,) = machines.play("postgresql_replica", "main", components=DB, check=True)
    assert "copy the cluster" in "".join(preview.changed)
    assert machines.psql(SOURCE, f"SELECT count(*) FROM pg_roles WHERE rolname = '{USER}'") == "0"
    probe, act, after, again, verify, _, undone, again_undone = machines.play(
        "postgresql_replica", "probe", "main", "probe", "main", "verify", "rollback", "probe", "rollback", components=DB
    )
    assert (probe.done, after.done, undone.done) == (False, True, False)
    assert act.changed
    assert not again.changed
    assert not again_undone.changed
    assert verify.evidence["copies"]["db"]["target"]["state"] == "standby"
    left = (
        "SELECT (SELECT count(*) FROM pg_replication_slots), (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'qian%')"
    )
    assert machines.psql(SOURCE, left) == "0|0"
    assert machines.run(TARGET, "ls -A /var/lib/postgresql/15/main") == ""
    assert machines.run(SOURCE, "grep -c qianyun /var/lib/postgresql/15/main/pg_hba.conf || true") == "0"


def test_a_server_with_data_is_not_overwritten(machines: Machines) -> None:
    machines.run(TARGET, INSTALL_POSTGRESQL)
    (refused,) = machines.play("postgresql_replica", "main", components=DB, fails=True)
    assert "holds data" in refused.failed[0]
    assert rows(machines, TARGET) == "1000|1000"
    place = "/var/lib/postgresql/15/main"
    machines.run(TARGET, f"cd /; runuser -u postgres -- {BIN}/pg_ctl -D {place} -w stop; rm -r {place}")


def test_in_step_and_equal(machines: Machines) -> None:
    machines.play("postgresql_replica", "main", components=DB)
    machines.psql(SOURCE, "INSERT INTO entries SELECT n, 'more' FROM generate_series(1001, 1100) AS n")
    (step,) = machines.play("copy_in_step", "main", components=DB)
    assert step.evidence["copies"]["db"]["source"]["lag"] >= 0
    (verify,) = machines.play("system_verify", "main", components=DB)
    assert verify.evidence["row_counts"] == {"app.public.entries": 1100, "app.public.Wide Name": 50}
    assert set(verify.evidence["checksums"]) == set(verify.evidence["row_counts"])


def test_a_copy_that_stays_behind(machines: Machines) -> None:
    """The writers have been stopped, the copy does not come up: the source opens again, with everything."""
    machines.run(TARGET, f"cd /; runuser -u postgres -- {BIN}/psql -Xqc 'SELECT pg_wal_replay_pause()'")
    machines.psql(SOURCE, "INSERT INTO entries VALUES (1500, 'not replayed')")
    (failed,) = machines.play("system_cutover", "main", components=DB, system_cutover_wait_seconds=1, fails=True)
    assert "open at the source as before" in failed.failed[-1]
    assert primaries(machines) == [SOURCE]
    assert rows(machines, SOURCE) == "1101|1500"
    machines.run(TARGET, f"cd /; runuser -u postgres -- {BIN}/psql -Xqc 'SELECT pg_wal_replay_resume()'")


def test_cutover_and_back(machines: Machines) -> None:
    probe, act, after, again, verify = machines.play(
        "system_cutover", "probe", "main", "probe", "main", "verify", components=DB
    )
    assert (probe.done, after.done) == (False, True)
    assert 0 < act.evidence["outage_ms"] < 15_000
    assert not again.changed
    assert verify.evidence["sides"]["db"]["target"]["state"] == "primary"
    machines.psql(TARGET, "INSERT INTO entries VALUES (2000, 'after')")
    _, undone, again = machines.play("system_cutover", "rollback", "probe", "rollback", components=DB)
    assert undone.done is False
    assert not again.changed
    assert rows(machines, SOURCE) == "1102|2000"


def killed(machines: Machines, entry: str, boundary: str) -> None:
    """Play ``entry`` of the cutover and end it without notice when a task begins."""
    argv, record = machines.command("system_cutover", [entry], {"components": DB})
    environment = machines.environment() | {"RECORD": str(record), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout
    for line in process.stdout:
        if boundary in line:
            os.killpg(process.pid, signal.SIGKILL)
            break
    else:
        raise AssertionError(f"no {boundary}")
    process.wait()


@pytest.mark.parametrize("boundary", ["Promote", "Stop the clock"])
def test_killed_and_continued(machines: Machines, boundary: str) -> None:
    killed(machines, "main", f"[system_cutover : {boundary}]")
    assert len(primaries(machines)) <= 1
    _, after = machines.play("system_cutover", "main", "probe", components=DB)
    assert after.done is True
    assert primaries(machines) == [TARGET]
    before = rows(machines, TARGET)
    killed(machines, "rollback", f"[system_cutover : {boundary}]")
    assert len(primaries(machines)) <= 1
    _, back = machines.play("system_cutover", "rollback", "probe", components=DB)
    assert back.done is False
    assert primaries(machines) == [SOURCE]
    assert rows(machines, SOURCE) == before


def test_end(machines: Machines) -> None:
    machines.play("system_cutover", "main", components=DB)
    (same,) = machines.play("system_verify", "main", components=DB)
    assert same.evidence["row_counts"]["app.public.entries"] == 1102
    probe, _, after, again, _, _, _ = machines.play(
        "backup", "probe", "main", "probe", "main", "verify", "rollback", "rollback",
        components=DB, backup_name="last", backup_side="target",
    )  # fmt: skip
    assert (probe.done, after.done) == (False, True)
    assert not again.changed
    probe, _, after, again, _, _, undone = machines.play(
        "decommission", "probe", "main", "probe", "main", "verify", "rollback", "probe", components=DB
    )
    assert (probe.done, after.done, undone.done) == (False, True, False)
    assert not again.changed
    assert primaries(machines) == [TARGET]


def test_two_primaries_are_refused(machines: Machines) -> None:
    machines.run(SOURCE, f"cd /; runuser -u postgres -- {BIN}/psql -Xqc 'SELECT pg_promote()'")
    assert primaries(machines) == [SOURCE, TARGET]
    for entry in ("main", "rollback"):
        (refused,) = machines.play("system_cutover", entry, components=DB, fails=True)
        assert "both sides take writes: db" in refused.failed[0]
    assert primaries(machines) == [SOURCE, TARGET]

"""MariaDB by replication with global transaction ids: copy, cutover, way back."""

from __future__ import annotations

import pytest

from tests.playbooks.roles.machines import INSTALL_MARIADB, SOURCE, TARGET, Machines, mariadb

pytestmark = [pytest.mark.slow, *(pytest.mark.component(name) for name in ("namespaces", "mariadb", "ansible"))]
DB = [mariadb()]


@pytest.fixture(scope="module", autouse=True)
def installed(machines: Machines) -> None:
    machines.run(SOURCE, INSTALL_MARIADB)


def test_copy(machines: Machines) -> None:
    probe, act, after, again, verify = machines.play(
        "mariadb_replica", "probe", "main", "probe", "main", "verify", components=DB
    )
    assert (probe.done, after.done) == (False, True)
    assert act.changed
    assert not again.changed
    assert verify.evidence["copies"]["maria"]["target"]["state"] == "replica"


def test_undone(machines: Machines) -> None:
    _, undone, again = machines.play("mariadb_replica", "rollback", "probe", "rollback", components=DB)
    assert undone.done is False
    assert not again.changed
    assert machines.maria(SOURCE, "SELECT count(*) FROM mysql.global_priv WHERE user LIKE 'qian%'") == "0"
    (back,) = machines.play("mariadb_replica", "main", components=DB)
    assert back.changed


def test_in_step_and_equal(machines: Machines) -> None:
    machines.maria(SOURCE, "INSERT INTO app.entries (id, text) SELECT seq, 'more' FROM seq_1001_to_1100")
    (step,) = machines.play("copy_in_step", "main", components=DB)
    assert step.evidence["copies"]["maria"]["target"]["lag"] >= 0
    (verify,) = machines.play("system_verify", "main", components=DB)
    assert verify.evidence["row_counts"] == {"app.entries": 1100}
    machines.maria(TARGET, "SET sql_log_bin = 0; UPDATE app.entries SET text = 'other' WHERE id = 7")
    (differs,) = machines.play("system_verify", "main", components=DB, system_verify_attempts=1, fails=True)
    assert "app.entries" in differs.failed[0]
    machines.maria(TARGET, "SET sql_log_bin = 0; UPDATE app.entries SET text = 'entry 7' WHERE id = 7")


def test_cutover_and_back(machines: Machines) -> None:
    probe, act, after, again, verify = machines.play(
        "system_cutover", "probe", "main", "probe", "main", "verify", components=DB
    )
    assert probe.done is False
    assert act.evidence["outage_ms"] > 0
    assert after.done is True
    assert not again.changed
    assert verify.evidence["sides"]["maria"]["target"]["state"] == "primary"
    machines.maria(TARGET, "INSERT INTO app.entries (id, text) VALUES (2000, 'after')")
    _, probe, again = machines.play("system_cutover", "rollback", "probe", "rollback", components=DB)
    assert probe.done is False
    assert not again.changed
    assert machines.maria(SOURCE, "SELECT count(*), max(id) FROM app.entries") == "1101\t2000"
    machines.maria(SOURCE, "INSERT INTO app.entries (id, text) VALUES (2001, 'back')")
    machines.play("system_cutover", "main", components=DB)
    assert machines.maria(TARGET, "SELECT count(*), max(id) FROM app.entries") == "1102\t2001"


def test_end(machines: Machines) -> None:
    probe, _, after, again, _ = machines.play(
        "decommission", "probe", "main", "probe", "main", "verify", components=DB, decommission_delete_data=True
    )
    assert (probe.done, after.done) == (False, True)
    assert not again.changed
    assert machines.run(SOURCE, "ls -A /var/lib/mysql") == ""
    assert machines.maria(TARGET, "SELECT count(*) FROM app.entries") == "1102"

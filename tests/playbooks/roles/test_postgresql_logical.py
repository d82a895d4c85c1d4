"""PostgreSQL by logical replication: copy, cutover, way back; passwords from a vault."""

from __future__ import annotations

import subprocess

import pytest

from tests.playbooks.roles.machines import BIN, INSTALL_POSTGRESQL, PASSWORD, SOURCE, TARGET, Machines, postgresql

pytestmark = [pytest.mark.slow, *(pytest.mark.component(name) for name in ("namespaces", "postgresql", "ansible"))]
DB = [postgresql(kind="postgresql_logical")]
SERIAL = """SELECT nextval('"Wide Name_id_seq"')"""


@pytest.fixture(scope="module", autouse=True)
def installed(machines: Machines) -> None:
    machines.run(SOURCE, INSTALL_POSTGRESQL)
    machines.psql(SOURCE, "CREATE ROLE app LOGIN PASSWORD 'x'; ALTER TABLE entries OWNER TO app")
    place = "/var/lib/postgresql/15/main"
    machines.run(TARGET, f"install -d -o postgres -m 700 /var/lib/postgresql/15 {place}")
    machines.run(TARGET, f"cd /; runuser -u postgres -- {BIN}/initdb -A peer -D {place}")
    for host in (SOURCE, TARGET):
        machines.run(host, "rm /var/lib/postgresql/.pgpass")


def rows(machines: Machines, host: str) -> str:
    return machines.psql(host, "SELECT count(*), max(id) FROM entries")


def test_copy(machines: Machines) -> None:
    vault = machines.folder / "secrets.yaml"
    vault.write_text(f"replication_passwords:\n  db: {PASSWORD!r}\n")
    subprocess.run(
        ["ansible-vault", "encrypt", str(vault)], env=machines.environment(), check=True, capture_output=True
    )
    probe, act, after, again, _ = machines.play(
        "postgresql_logical", "probe", "main", "probe", "main", "verify",
        components=DB, postgresql_logical_secrets=str(vault),
    )  # fmt: skip
    assert (probe.done, after.done) == (False, True)
    assert act.changed
    assert not again.changed
    assert rows(machines, TARGET) == "1000|1000"
    assert machines.psql(TARGET, "SELECT tableowner FROM pg_tables WHERE tablename = 'entries'") == "app"
    assert "geheim" not in "".join(act.changed)


def test_cutover_and_back(machines: Machines) -> None:
    machines.psql(SOURCE, f"INSERT INTO entries VALUES (1500, 'late'); {SERIAL}")
    probe, act, after, again, _ = machines.play(
        "system_cutover", "probe", "main", "probe", "main", "verify", components=DB
    )
    assert (probe.done, after.done) == (False, True)
    assert act.evidence["outage_ms"] > 0
    assert not again.changed
    assert rows(machines, TARGET) == "1001|1500"
    machines.psql(TARGET, "INSERT INTO entries VALUES (2000, 'after')")
    _, undone, again = machines.play("system_cutover", "rollback", "probe", "rollback", components=DB)
    assert undone.done is False
    assert not again.changed
    assert rows(machines, SOURCE) == "1002|2000"
    assert int(machines.psql(SOURCE, SERIAL)) > 51
    (same,) = machines.play("system_verify", "main", components=DB)
    assert same.evidence["row_counts"] == {"app.public.entries": 1002, "app.public.Wide Name": 50}


def test_undone(machines: Machines) -> None:
    _, undone, again = machines.play("postgresql_logical", "rollback", "probe", "rollback", components=DB)
    assert undone.done is False
    assert not again.changed
    left = "SELECT (SELECT count(*) FROM pg_replication_slots), (SELECT count(*) FROM pg_publication)"
    assert machines.psql(SOURCE, left) == "0|0"

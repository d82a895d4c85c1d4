"""PostgreSQL by streaming replication: copy, cutover, way back."""

from __future__ import annotations

import pytest

from tests.playbooks.roles.machines import INSTALL_POSTGRESQL, SOURCE, TARGET, Machines, postgresql

pytestmark = [
    pytest.mark.component("namespaces"),
    pytest.mark.component("postgresql"),
    pytest.mark.component("ansible"),
]
DB = [postgresql()]


@pytest.fixture(scope="module", autouse=True)
def installed(machines: Machines) -> None:
    machines.run(SOURCE, INSTALL_POSTGRESQL)


def test_copy(machines: Machines) -> None:
    probe, act, after, again, verify = machines.play(
        "postgresql_replica", "probe", "main", "probe", "main", "verify", components=DB
    )
    assert probe.done is False
    assert act.changed
    assert after.done is True
    assert not again.changed
    assert verify.evidence["copies"]["db"]["target"]["state"] == "standby"


def test_in_step_and_equal(machines: Machines) -> None:
    machines.psql(SOURCE, "INSERT INTO entries SELECT n, 'more' FROM generate_series(1001, 1100) AS n")
    (step,) = machines.play("copy_in_step", "main", components=DB)
    assert step.evidence["copies"]["db"]["source"]["lag"] >= 0
    (verify,) = machines.play("system_verify", "main", components=DB)
    assert verify.evidence["row_counts"] == {"app.public.entries": 1100, "app.public.Wide Name": 50}
    assert set(verify.evidence["checksums"]) == set(verify.evidence["row_counts"])


def test_cutover_and_back(machines: Machines) -> None:
    probe, act, after, again, verify = machines.play(
        "system_cutover", "probe", "main", "probe", "main", "verify", components=DB
    )
    assert probe.done is False
    assert act.evidence["outage_ms"] > 0
    print(act.evidence)
    assert after.done is True
    assert not again.changed
    assert verify.evidence["sides"]["db"]["target"]["state"] == "primary"
    machines.psql(TARGET, "INSERT INTO entries VALUES (2000, 'after')")
    back, probe, again = machines.play("system_cutover", "rollback", "probe", "rollback", components=DB)
    print(back.evidence)
    assert probe.done is False
    assert not again.changed
    assert machines.psql(SOURCE, "SELECT count(*), max(id) FROM entries") == "1101|2000"
    machines.psql(SOURCE, "INSERT INTO entries VALUES (2001, 'back')")
    (forward,) = machines.play("system_cutover", "main", components=DB)
    print(forward.evidence)
    assert machines.psql(TARGET, "SELECT count(*), max(id) FROM entries") == "1102|2001"

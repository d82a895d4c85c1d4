"""Places that stacks make, in runbooks: hosts and state from the designs' addresses, nothing where there are none."""

from __future__ import annotations

from migration.runbook.model import Host
from migration.runbook.placing import Placing, addressed, endpoints_set, placing_values

PLACING = Placing(
    zone={"kind": "zone"},
    system={"kind": "system"},
    zone_stack="zone.a.mzt",
    system_stack="system.s",
    endpoints={"web": ({"address": "10.128.0.10", "address_v6": "3fff::10", "port": 443},), "db": ({"port": 5432},)},
)
HOSTS = (
    Host(name="s.web.target", object="component:s/web", groups=("target",)),
    Host(name="s.web.source", object="component:s/web", groups=("source",)),
    Host(name="s.db.target", object="component:s/db", groups=("target",)),
    Host(name="s.app.target", object="component:s/app", groups=("target",), address="10.1.1.1"),
)


def test_machines_at_the_target_have_the_addresses_of_their_design() -> None:
    assert [host.address for host in addressed(HOSTS, PLACING)] == ["10.128.0.10", "", "", "10.1.1.1"]
    assert addressed(HOSTS, None) == HOSTS


def test_addresses_of_the_design_hold_once_the_place_is_made() -> None:
    found = endpoints_set("s", PLACING)
    assert found["component:s/web"] == {
        "target_endpoints": [{"address": "10.128.0.10", "address_v6": "3fff::10", "port": 443}]
    }
    assert endpoints_set("s", None) == {}


def test_systems_without_a_place_leave_the_group_out() -> None:
    assert not any(value.data for value in placing_values(None).values())
    assert placing_values(PLACING)["zone_design"].data == {"kind": "zone"}

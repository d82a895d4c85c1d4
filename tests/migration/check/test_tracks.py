"""Which items each track must have, and the gates between them, on small estates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from inventory.inventory import Inventory
from migration.check import check_plan
from migration.plan import Disposed, Disposition, Finding, Plan, PlanItem, Skipped, Unplanned
from tests.migration.check.builder import MONDAY, Draft, broken, codes, done_step, plan_of, step_of


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def missing(inventory: Inventory, plan: Plan) -> set[str]:
    """Ids that the checker misses."""
    found = check_plan(inventory, plan).violations
    return {item for finding in found if finding.code == "item-missing" for item in finding.items}


def asked(draft: Draft, **rest: Any) -> set[str]:
    """Ids of the items that an estate asks for when nothing is planned."""
    inventory = draft.inventory()
    return missing(inventory, plan_of(inventory, {}, **rest))


def chain(inventory: Inventory, name: str, steps: list[str], start: int = 0, **fields: Any) -> list[PlanItem]:
    """Steps of one object, one after the other from a day on."""
    found = []
    for step in steps:
        found.append(step_of(inventory, name, step, day(start), **fields))
        start = (found[-1].end - MONDAY).days + 1
    return found


def ids(track: str, object: str, *steps: str) -> set[str]:  # noqa: A002 - as in plans
    return {f"{track}/{object}/{step}" for step in steps}


# ---- what must be there ----


@pytest.mark.parametrize(
    ("cloud", "steps"),
    [
        ({}, ()),
        ({"docking": {"state": "planned"}}, ("docked",)),
        ({"docking": {"state": "planned"}, "tier": "provincial"}, ()),
        ({"ipv6_stage": "security"}, ("dual_stack",)),
        ({"ipv6_stage": "security", "docking": {}, "intention": "absorb"}, ()),
    ],
)
def test_items_of_a_cloud(cloud: dict[str, Any], steps: tuple[str, ...]) -> None:
    assert asked(Draft().change("cloud", "yun-city", **cloud)) == ids("cloud", "yun-city", *steps)


@pytest.mark.parametrize(
    ("pool", "steps"),
    [
        ({"attachments": []}, ("connected",)),
        ({"capacity": [{"vcpu": 1, "from": day(3)}]}, ("built", "connected")),
        ({"capacity": [{"vcpu": 1, "from": day(0)}]}, ()),
        ({"capacity": []}, ()),
    ],
)
def test_items_of_a_pool(pool: dict[str, Any], steps: tuple[str, ...]) -> None:
    assert asked(Draft().change("pool", "prov", **pool)) == ids("cloud", "prov", *steps)


def test_only_capacity_that_grows_later_is_an_extension() -> None:
    steps = [{"vcpu": 5}, {"vcpu": 4, "from": day(9)}, {"vcpu": 4, "storage_gib": 1, "from": day(20)}]
    draft = Draft().change("pool", "prov", capacity=steps)
    inventory = draft.inventory()
    plan = plan_of(inventory, {})
    assert [item.id for item in plan.items] == ["cloud/prov/extended-2021-01-24"]
    assert broken((inventory, plan)) == ()
    early = plan.items[0].model_copy(update={"end": day(18)})
    assert codes((inventory, plan.model_copy(update={"items": (early,)}))) == {"promised-end"}


@pytest.mark.parametrize(
    ("device", "steps", "skips"),
    [
        ({"ipv6_stage": "service"}, "security verified", None),
        ({"ipv6_stage": "assessed", "ipv6_capability": "replace"}, "replaced addressed", True),
        ({"ipv6_stage": "none", "ipv6_capability": "upgrade"}, "assessed upgraded addressed", True),
        ({"ipv6_stage": "addressed", "ipv6_capability": "upgrade"}, "", True),
        ({"ipv6_stage": "underlay", "ipv6_capability": "upgrade"}, "", None),
        ({"ipv6_stage": "addressed", "interfaces": [{"name": "e", "vpn": "old"}]}, "underlay", False),
    ],
)
def test_items_of_a_device(device: dict[str, Any], steps: str, skips: bool | None) -> None:
    """skips: whether the underlay is skipped; None where it is behind the device, so that it may be said or not."""
    draft = Draft().add("vpn", id="v", technology="mpls_l3vpn").add("vpn", id="old", technology="vlan")
    draft.change("device", "edge", interfaces=[{"name": "e", "vpn": "v"}]).change("device", "edge", **device)
    later = [] if device["ipv6_stage"] == "service" else ["routing", "service", "security", "verified"]
    inventory = draft.inventory()
    plan = plan_of(inventory, {})
    assert missing(inventory, plan) == ids("network", "edge", *steps.split(), *later)
    assert ("skipped-missing" in codes((inventory, plan))) is (skips is True)
    said = plan.model_copy(update={"skipped": (Skipped(item="network/edge/underlay", reason="vpn-over-ipv4"),)})
    assert ("skipped-needless" in codes((inventory, said))) is (skips is False)


def test_without_vpns_the_underlay_is_needed() -> None:
    assert "network/edge/underlay" in asked(Draft().change("device", "edge", ipv6_stage="addressed"))


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ({}, ""),
        ({"decisions": {"outcome": {"value": "keep"}}}, ""),
        ({"decisions": {"outcome": {"value": "backup"}}}, ""),
        ({"decisions": {"outcome": {"value": "move"}}}, "path_ready parallel_run cutover idle terminated"),
        (
            {"decisions": {"outcome": {"value": " Move "}}, "state": "parallel_run"},
            "parallel_run cutover idle terminated",
        ),
        ({"decisions": {"outcome": {"value": "internal_network"}}, "state": "cut_over"}, "idle terminated"),
        ({"decisions": {"outcome": {"value": "end"}}, "notice_days": 3}, "idle notice terminated"),
        ({"decisions": {"outcome": {"value": "end"}}, "notice_days": 3, "state": "notice_given"}, "idle terminated"),
        ({"decisions": {"outcome": {"value": "end"}}, "state": "terminated"}, ""),
        ({"decisions": {"outcome": {"value": "end"}}, "classified": True}, ""),
    ],
)
def test_items_of_a_line(line: dict[str, Any], steps: str) -> None:
    draft = Draft().add("line", id="w", department="city", **line)
    assert asked(draft) == ids("line", "w", *steps.split())


def test_private_networks_neither_idle_nor_give_notice() -> None:
    move = {"decisions": {"outcome": {"value": "move"}}, "department": "city"}
    draft = Draft().add("private_network", id="n", **move).add("internet_exit", id="x", notice_days=1, **move)
    assert asked(draft) == {
        *ids("line", "n", "path_ready", "parallel_run", "cutover", "terminated"),
        *ids("line", "x", "path_ready", "parallel_run", "cutover", "idle", "notice", "terminated"),
    }


@pytest.mark.parametrize(
    ("room", "steps"),
    [
        ({"intention": "close"}, "emptied handed_over closed"),
        ({"intention": "close", "state": "emptying"}, "emptied handed_over closed"),
        ({"intention": "close", "state": "empty"}, "handed_over closed"),
        ({"intention": "close", "state": "handed_over"}, "closed"),
        ({"intention": "close", "state": "closed"}, ""),
        ({"intention": "keep", "decisions": {"intention": {"value": "colocation"}}}, "handed_over colocated"),
        ({"intention": "colocation", "state": "handed_over"}, "colocated"),
        ({"intention": "colocation", "decisions": {"intention": {"value": "keep"}}}, ""),
    ],
)
def test_items_of_a_room(room: dict[str, Any], steps: str) -> None:
    assert asked(Draft().change("room", "room-1", **room)) == ids("room", "room-1", *steps.split())


DATA = [{"id": "db", "data_gib": 1, "vcpu": 1}]


@pytest.mark.parametrize(
    ("system", "steps"),
    [
        ({}, ""),
        ({"components": DATA}, "replicate"),
        ({"grade": 2}, ""),
        ({"grade": 3}, "filing assessment scan"),
        ({"grade": 3, "evidence": [{"kind": "filing"}, {"kind": "scan", "valid_until": day(0)}]}, "assessment"),
        ({"grade": 3, "evidence": [{"kind": "filing", "date": day(1)}, {"kind": "assessment"}]}, "filing scan"),
        ({"grade": 4, "evidence": [{"kind": "scan", "valid_until": day(-1)}]}, "filing assessment scan cryptography"),
        ({"needs_ipv6": "at_cutover"}, ""),
        ({"needs_ipv6": {"by": day(9)}}, "ipv6_record"),
    ],
)
def test_items_of_a_system_that_moves(system: dict[str, Any], steps: str) -> None:
    draft = Draft().system("a", **system)
    rules = [{"from_grade": 3, "kinds": ["filing", "assessment", "scan"]}, {"from_grade": 4, "kinds": ["cryptography"]}]
    draft.settings["evidence"] = rules
    always = ("prepare", "cutover", "verify", "decommission")
    draft.prepared = False
    assert asked(draft) == ids("system", "a", *steps.split(), *always)


def test_a_system_that_is_set_up_there_leaves_nothing_behind() -> None:
    draft = Draft().system("a", lifecycle="planned", components=DATA)
    inventory = draft.inventory()
    plan = plan_of(inventory, {})
    assert codes((inventory, plan)) == {"direct", "item-missing"}
    direct = plan.model_copy(update={"dispositions": (plan.dispositions[0].model_copy(update={"direct": True}),)})
    assert missing(inventory, direct) == ids("system", "a", "cutover", "verify")


@pytest.mark.parametrize(
    ("disposition", "lifecycle", "steps"),
    [
        (Disposition.RETIRE, "in_service", "switch_off observe remove"),
        (Disposition.RETIRE, "closed", ""),
        (Disposition.REPURCHASE, "in_service", "prepare switch_off observe remove"),
        (Disposition.RETAIN, "in_service", ""),
        (Disposition.COLOCATE, "in_service", ""),
    ],
)
def test_items_of_a_system_that_does_not_move(disposition: Disposition, lifecycle: str, steps: str) -> None:
    draft = Draft().system("a", lifecycle=lifecycle)
    draft.prepared = False
    inventory = draft.inventory()
    plan = plan_of(inventory, {})
    decided = (Disposed(system="a", disposition=disposition, rule="default:x"),)
    assert missing(inventory, plan.model_copy(update={"dispositions": decided})) == ids("system", "a", *steps.split())


def test_what_is_done_stands_in_the_plan_as_done() -> None:
    draft = Draft().change("room", "room-1", intention="close")
    draft.done["room/room-1/emptied"] = "2020-12-30T18:00:00+00:00"
    inventory = draft.inventory()
    rest = chain(inventory, "room:room-1", ["handed_over", "closed"])
    assert missing(inventory, plan_of(inventory, {}, extra=rest)) == {"room/room-1/emptied"}
    past = done_step(inventory, "room:room-1", "emptied")
    assert past.start == dt.date(2020, 12, 31), "the day in China"
    assert broken((inventory, plan_of(inventory, {}, extra=[*rest, past]))) == ()
    other = past.model_copy(update={"start": day(-2), "end": day(-2)})
    assert codes((inventory, plan_of(inventory, {}, extra=[*rest, other]))) == {"done-changed"}
    unplanned = plan_of(inventory, {}, extra=[*rest, past]).model_copy(
        update={"unplanned": (Unplanned(item="room/room-1/emptied", causes=(Finding(rule="H9", code="x"),)),)}
    )
    assert codes((inventory, unplanned)) == {"item-unplanned"}


def test_a_line_and_an_exit_of_one_id_are_two_items() -> None:
    end = {"department": "city", "decisions": {"outcome": {"value": "end"}}}
    draft = Draft().add("line", id="w", **end).add("internet_exit", id="w", **end)
    inventory = draft.inventory()
    line = [step_of(inventory, "line:w", "idle", day(0), end=day(39))]
    line.append(step_of(inventory, "line:w", "terminated", day(40)))
    assert missing(inventory, plan_of(inventory, {}, extra=line)) == ids("line", "w", "idle", "terminated")
    both = [*line, *(item.model_copy(update={"object": "internet_exit:w"}) for item in line)]
    assert broken((inventory, plan_of(inventory, {}, extra=both))) == ()
    assert codes((inventory, plan_of(inventory, {}, extra=[*both, line[0]]))) == {"item-twice"}

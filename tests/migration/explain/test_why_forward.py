"""Why items of the forward tracks start when they do."""

from __future__ import annotations

import datetime as dt

from migration.explain.why_forward import WhyItem, why_item
from migration.plan import Plan
from migration.planning import make_plan
from tests.migration.check.builder import MONDAY, Draft

DAY = dt.timedelta(days=1)


def device(draft: Draft, **fields: object) -> Draft:
    """The access device has its service and what follows still to do."""
    return draft.change("device", "access", ipv6_stage="routing", **fields)


def asked(draft: Draft, item: str) -> tuple[Plan, WhyItem]:
    inventory = draft.inventory()
    plan = make_plan(inventory, effort=1)
    assert plan.violations == ()
    return plan, why_item(inventory, plan, plan.by_id[item])


def test_an_item_starts_after_its_gate() -> None:
    plan, found = asked(device(Draft()), "network/access/security")
    gate = plan.by_id["network/access/service"]
    assert [(one.rule, one.item, one.opens) for one in found.gates] == [("H9", gate.id, gate.end + DAY)]
    assert (found.follows, found.days, found.promised) == ("", (), None)


def test_days_without_a_window_and_in_a_freeze_are_named() -> None:
    draft = device(Draft())
    draft.add(
        "window", id="fri", selector="kind:device", rule="FREQ=WEEKLY;BYDAY=FR", start="22:00", duration_minutes=300
    )
    draft.add("freeze", id="f", selector="kind:device", start=MONDAY + 3 * DAY, end=MONDAY + 5 * DAY)
    plan, found = asked(draft, "network/access/service")
    assert plan.by_id["network/access/service"].start == MONDAY + 11 * DAY
    assert [(one.first, one.last, one.kept[0].finding.code) for one in found.days] == [
        (MONDAY, MONDAY + 2 * DAY, "windows"),
        (MONDAY + 3 * DAY, MONDAY + 5 * DAY, "frozen"),
        (MONDAY + 6 * DAY, MONDAY + 10 * DAY, "windows"),
    ]


def test_a_full_wave_is_named_with_its_size() -> None:
    draft = device(Draft()).change("device", "aggregate", ipv6_stage="routing")
    draft.settings["network_changes"] = 1
    plan, found = asked(draft, "network/access/service")
    other = plan.by_id["network/aggregate/service"]
    assert plan.by_id["network/access/service"].slot != other.slot
    codes = {kept.finding.code for one in found.days for kept in one.kept}
    assert codes == {"network-changes"}


def test_steps_around_a_cutover_follow_it() -> None:
    _, found = asked(Draft().system("s"), "system/s/verify")
    assert found.follows == "system/s/cutover"


def test_promised_days_are_said() -> None:
    draft = Draft().change(
        "pool", "city-a", capacity=[{"from": MONDAY + 20 * DAY, "vcpu": 9, "memory_gib": 9, "storage_gib": 9}]
    )
    _, found = asked(draft, "cloud/city-a/built")
    assert found.promised == MONDAY + 19 * DAY

"""What differs between two plans."""

from __future__ import annotations

from migration.explain.difference import difference
from migration.plan import Cost, Finding, ItemState, Unplanned
from tests.migration.check.builder import Draft
from tests.migration.explain.builder import cutover, plan_with

INVENTORY = Draft().system("a").system("b").system("c").inventory()


def cost(rule: str, name: str, value: int) -> Cost:
    return Cost(rule=rule, name=name, value=value, unit="slots")


def test_a_plan_does_not_differ_from_itself() -> None:
    plan = plan_with(INVENTORY, [cutover(INVENTORY, "a", 0), cutover(INVENTORY, "b", 7)])
    found = difference(plan, plan)
    assert found.same
    assert (found.added, found.removed, found.moved, found.waves) == ((), (), (), ())
    assert found.churn.model_dump() == {"items": 0, "slots": 0, "pools": 0}


def test_items_come_go_and_move() -> None:
    old = plan_with(INVENTORY, [cutover(INVENTORY, "a", 0), cutover(INVENTORY, "b", 7)])
    new = plan_with(INVENTORY, [cutover(INVENTORY, "b", 21, "prov"), cutover(INVENTORY, "c", 7)])
    found = difference(old, new)
    assert not found.same
    assert (found.added, found.removed) == (("system/c/cutover",), ("system/a/cutover",))
    (moved,) = found.moved
    assert (moved.item, moved.slots) == ("system/b/cutover", 2)
    assert {field.name: (field.before, field.after) for field in moved.fields} == {
        "slot_label": ("2021-W02", "2021-W04"),
        "pool": ("city-a", "prov"),
        "start": ("2021-01-11", "2021-01-25"),
        "end": ("2021-01-11", "2021-01-25"),
        "window_start": ("2021-01-11 00:00:00+08:00", "2021-01-25 00:00:00+08:00"),
        "wave": ("2021-W02/yun-city", "2021-W04/yun-prov"),
    }
    assert found.churn.model_dump() == {"items": 1, "slots": 2, "pools": 1}
    assert {wave.wave: (wave.came, wave.left) for wave in found.waves} == {
        "2021-W01/yun-city": ((), ("system/a/cutover",)),
        "2021-W02/yun-city": (("system/c/cutover",), ("system/b/cutover",)),
        "2021-W04/yun-prov": (("system/b/cutover",), ()),
    }


def test_a_state_alone_is_a_difference_but_no_churn() -> None:
    old = plan_with(INVENTORY, [cutover(INVENTORY, "a", 0)])
    new = plan_with(INVENTORY, [cutover(INVENTORY, "a", 0, state=ItemState.RUNNING)])
    found = difference(old, new)
    assert [field.name for field in found.moved[0].fields] == ["state"]
    assert found.churn.items == 0


def test_what_finds_and_loses_a_place() -> None:
    left_out = (Unplanned(item="system/a/cutover", causes=(Finding(rule="H8", code="no-window"),)),)
    old = plan_with(INVENTORY, [], unplanned=left_out)
    new = plan_with(INVENTORY, [cutover(INVENTORY, "a", 0)])
    assert difference(old, new).planned == ("system/a/cutover",)
    assert difference(new, old).unplanned == ("system/a/cutover",)


def test_costs_stand_side_by_side() -> None:
    plan = plan_with(INVENTORY, [])
    old, new = [cost("S2", "slots", 5), cost("S5", "placement", 9)], [cost("S1", "lateness", 3), cost("S2", "slots", 4)]
    found = difference(plan, plan, old_costs=old, new_costs=new)
    assert [(one.rule, one.before, one.after) for one in found.costs] == [
        ("S1", None, 3),
        ("S2", 5, 4),
        ("S5", 9, None),
    ]

"""Generic products: a department's systems of one kind onto one shared product."""

from __future__ import annotations

import datetime as dt
from typing import Any

from migration.rooms.generic import GenericItem, generic_items
from tests.migration.check.builder import Draft, plan_of, step_of
from tests.migration.tracks.making import fresh


def part(data: float) -> list[dict[str, Any]]:
    return [{"id": "app", "data_gib": data}]


def draft() -> Draft:
    found = fresh().system("m1", kind="mail", components=part(40), users=10, department="county")
    found.system("m2", kind="mail", components=part(2.5), department="county")
    found.system("v", kind="video", department="county", components=[{"id": "app"}])
    return found.system("business", department="county", components=part(9))


def items(found: Draft) -> dict[tuple[str, str], GenericItem]:
    return {(item.department, item.kind.value): item for item in generic_items(found.inventory())}


def test_one_item_for_each_department_and_kind_with_its_data() -> None:
    found = items(draft())
    assert set(found) == {("county", "mail"), ("county", "video")}
    mail = found["county", "mail"]
    assert (mail.systems, mail.data_gib, mail.users, mail.rules) == (("m1", "m2"), 42.5, 10, ("default:generic",))


def test_what_is_missing_is_named() -> None:
    found = items(draft())
    assert found["county", "mail"].missing == ("product",)
    assert found["county", "video"].missing == ("product", "data-volume")


def test_the_product_of_the_nearest_division_above_takes_over() -> None:
    keep = {"disposition": {"value": "retain"}}
    found = draft().add("department", id="province", division="140000")
    found.system("far", kind="mail", department="province", decisions=keep)
    assert (items(found)["county", "mail"].product, items(found)["county", "mail"].found_by) == ("far", "nearest")
    found.system("near", kind="mail", department="city", decisions=keep)
    assert items(found)["county", "mail"].product == "near"
    assert items(found)["county", "video"].product == ""


def test_a_record_that_names_the_shared_product_counts_first() -> None:
    found = draft().system("shared", kind="mail", decisions={"disposition": {"value": "rehost"}})
    found.system("other", kind="portal", department="county", decisions={"disposition": {"value": "repurchase"}})
    found.change("system", "other", duplicate_of="shared")
    item = items(found)["county", "portal"]
    assert (item.product, item.found_by, item.rules) == ("shared", "duplicate", ("decision",))


def test_what_goes_itself_or_is_closed_takes_nothing_over() -> None:
    found = draft().system("gone", kind="mail", department="city", lifecycle="closed")
    found.system("dying", kind="mail", department="city", decisions={"disposition": {"value": "retire"}})
    assert items(found)["county", "mail"].product == ""
    assert set(items(found)) == {("county", "mail"), ("county", "video")}


def test_days_by_the_plan() -> None:
    inventory = draft().inventory().replace(done={})
    days = [("m1", "prepare", 4), ("m2", "prepare", 6), ("m1", "switch_off", 11), ("m2", "switch_off", 12)]
    steps = [step_of(inventory, f"system:{id}", step, dt.date(2021, 1, day)) for id, step, day in days]
    plan = plan_of(inventory, {}, extra=[*steps, step_of(inventory, "system:v", "prepare", dt.date(2021, 1, 4))])
    found = {item.kind.value: item for item in generic_items(inventory, plan)}
    assert found["mail"].switched_off == dt.date(2021, 1, 12)
    assert found["mail"].prepared == plan.by_id["system/m2/prepare"].end
    assert found["video"].switched_off is None

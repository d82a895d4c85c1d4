"""What the tests of the tracks share: the items of a draft as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from migration.work import WorkItem
from tests.migration.check.builder import Draft


def fresh() -> Draft:
    """A draft of which nothing is done yet, with the shipped effort table."""
    draft = Draft(settings={"headroom": 0.0, "management_root": "root"})
    for kind in ("device", "cloud"):
        for row in draft.records[kind]:
            row.pop("ipv6_stage", None)
            row.pop("docking", None)
    return draft


def made(draft: Draft) -> tuple[Inventory, EffortTable]:
    """The inventory, in which just that is done what the draft says, and its effort table."""
    inventory = draft.inventory().replace(done=dict(draft.done))
    return inventory, EffortTable(inventory)


def by_id(items: Iterable[WorkItem]) -> dict[str, WorkItem]:
    found: dict[str, WorkItem] = {}
    for item in items:
        assert item.id not in found
        found[item.id] = item
    return found


def steps(items: Iterable[WorkItem], reference: str) -> list[str]:
    """Steps of one object, in order."""
    return [item.step for item in items if item.object == reference]


def gates(items: Iterable[WorkItem], id: str) -> list[tuple[str, ...]]:
    """What an item waits for: the alternatives of each gate."""
    return [need.any_of for need in by_id(items)[id].needs]

"""Small estates with runbooks of their one wave."""

from __future__ import annotations

from typing import Any

from migration.plan import Plan
from migration.runbook.build import Built, make_runbook
from migration.runbook.model import RunbookItem, Stage
from tests.migration.check.builder import Draft, plan_of

__all__ = ["WAVE", "WEB", "draft_of", "made", "only", "part", "steps"]

WAVE = "2021-W02/yun-city"


def part(id: str, role: str, technology: str, after: str = "", **fields: Any) -> dict[str, Any]:
    ends = [{"address": "10.0.0.1", "name": f"{id}.cn", "port": 8080}]
    return {
        "id": id, "role": role, "technology": technology, "target_technology": after, "data_gib": 5,
        "endpoints": ends, "target_endpoints": [{"address": "10.1.0.1"}], **fields,
    }  # fmt: skip


WEB = part("web", "web", "nginx-1.16")


def draft_of(**systems: dict[str, Any]) -> Draft:
    draft = Draft()
    for id, fields in systems.items():
        draft.system(id, **({"runs_in": "room:room-1", "components": [WEB]} | fields))
    return draft


def made(draft: Draft, plan: Plan | None = None, stage: Stage = Stage.CUTOVER, **options: Any) -> Built:
    inventory = draft.inventory()
    if plan is None:
        plan = plan_of(inventory, dict.fromkeys(inventory.systems, (1, "city-a")))
    where = {} if stage is Stage.ITEMS else {"wave": WAVE}
    return make_runbook(inventory, plan, stage=stage, **(where | options))


def only(built: Built) -> RunbookItem:
    (item,) = built.runbook.items
    return item


def steps(item: RunbookItem) -> list[str]:
    return [step.id for step in item.steps]

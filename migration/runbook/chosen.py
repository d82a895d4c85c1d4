"""Which items of a plan a runbook carries out."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from inventory.errors import SelectorError
from inventory.inventory import Inventory, nearest_names
from inventory.selectors import parse_selector
from migration.plan import ItemState, Plan, PlanItem, Wave
from migration.runbook.errors import RunbookError
from migration.runbook.model import Stage
from migration.steps import Track

__all__ = ["find_wave", "items_of_selector", "items_of_wave"]

STEPS_OF: dict[Stage, tuple[str, ...]] = {
    Stage.PREPARE: ("prepare", "replicate"),
    Stage.CUTOVER: ("cutover",),
    Stage.DECOMMISSION: ("decommission",),
}
"""Steps of the systems of a wave, by stage."""
_WORD = re.compile(r'(?:[^\s"]|"[^"]*")+')
_OF_ITEM = re.compile(r"(-?)(track|step|wave):(.+)")


def find_wave(plan: Plan, wanted: str) -> Wave:
    """A wave of systems by its id, or by its slot where that has only one. RunbookError ``runbook-wave``."""
    waves = [wave for wave in plan.waves if wave.track is Track.SYSTEM]
    found = [wave for wave in waves if wanted in (wave.id, wave.slot_label)]
    if len(found) != 1:
        near = [wave.id for wave in found] or nearest_names(wanted, [wave.id for wave in waves]).split(", ")
        raise RunbookError("runbook-wave", wave=wanted, nearest=", ".join(near) or "-")
    return found[0]


def items_of_wave(plan: Plan, wave: Wave, stage: Stage) -> tuple[PlanItem, ...]:
    """Items still to be done of the systems of a wave. RunbookError ``runbook-nothing``."""
    systems = {item.object for item in wave.items}
    found = tuple(
        item
        for item in plan.items
        if item.object in systems
        and item.track is Track.SYSTEM
        and item.step in STEPS_OF[stage]
        and item.state is not ItemState.DONE
    )
    if not found:
        raise RunbookError("runbook-nothing", wave=wave.id, stage=stage.value)
    return found


def items_of_selector(inventory: Inventory, plan: Plan, text: str) -> tuple[PlanItem, ...]:
    """Items still to be done that a text selects: item ids with blanks between them, or a selector of their objects,
    in which ``track:``, ``step:`` and ``wave:`` (with ``*``, ``?`` and ``,``) narrow the items themselves.

    RunbookError ``runbook-selection`` where nothing is selected; SelectorError.
    """
    words = _WORD.findall(text)
    if words and all(word.count("/") >= 2 for word in words):
        for word in words:
            if word not in plan.by_id:
                near = nearest_names(word, plan.by_id) or "-"
                raise RunbookError("runbook-item", item=word, path=plan.estate, nearest=near)
        found = tuple(plan.by_id[word] for word in dict.fromkeys(words))
    else:
        tests = [_test(*match.groups()) for word in words if (match := _OF_ITEM.fullmatch(word))]
        selector = parse_selector(" ".join(word for word in words if not _OF_ITEM.fullmatch(word)))
        found = (
            tuple(
                item
                for item in plan.items
                if all(test(item) for test in tests) and item.object_id in selector.select(inventory, item.kind)
            )
            if words
            else ()
        )
    left = tuple(item for item in found if item.state is not ItemState.DONE)
    if not left:
        raise RunbookError("runbook-selection", selector=text)
    return left


def _test(negated: str, field: str, values: str) -> Callable[[PlanItem], bool]:
    patterns = values.replace('"', "").split(",")
    if field == "track" and not any(fnmatchcase(track, pattern) for track in Track for pattern in patterns):
        near = nearest_names(patterns[0], list(Track)) or "-"
        raise SelectorError("selector-value", selector=values, field=field, value=values, expected=near)

    def holds(item: PlanItem) -> bool:
        words = {
            "track": (item.track.value,),
            "step": (item.step, item.base_step),
            "wave": (item.wave, item.slot_label),
        }
        return any(fnmatchcase(word, pattern) for word in words[field] for pattern in patterns) is not bool(negated)

    return holds

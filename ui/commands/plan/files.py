"""What the files named on a command line may be: outputs that destroy nothing, an estate that belongs to its plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from inventory.errors import InputError
from inventory.inventory import Inventory
from migration.plan import Plan
from ui.commanding import Common
from ui.opening import open_estate
from ui.output import say
from ui.texts import text

__all__ = ["absent_objects", "guard_outputs", "open_estate_of"]


def guard_outputs(outputs: Mapping[str, Path], *, estate: Path | None = None, plan: Path | None = None) -> None:
    """Refuse outputs (by option) that are folders, the plan that is read, each other, or files of the estate: what lies
    in its folder is read as records. InputError."""
    taken = {} if plan is None else {plan.resolve(): text("plan.is-input")}
    for option, path in outputs.items():
        place = path.resolve()
        reason = taken.get(place)
        if path.is_dir():
            reason = text("plan.is-folder")
        elif estate is not None and _is_read(place, estate.resolve()):
            reason = text("plan.in-estate", estate=estate)
        if reason is not None:
            raise InputError("bad-argument", argument=f"{option} {path}", reason=reason)
        taken[place] = text("plan.same-output", option=option)


def _is_read(path: Path, estate: Path) -> bool:
    """Whether a file lies among the records of an estate; hidden folders do not count."""
    if not path.is_relative_to(estate):
        return False
    return not any(part.startswith(".") for part in path.relative_to(estate).parts)


def absent_objects(plan: Plan, inventory: Inventory) -> list[str]:
    """Objects of a plan (KIND:ID) that an estate has not."""
    objects = {(item.kind, item.object_id) for item in plan.items}
    return sorted(f"{kind}:{id}" for kind, id in objects if id not in inventory.of(kind))


def open_estate_of(plan: Plan, path: Path, common: Common) -> Inventory:
    """The estate of a plan, with a warning where it is another one or lacks objects of the plan.

    InputError where it has none of them; other errors as ``open_estate``.
    """
    inventory = open_estate(path, common).inventory
    missing = absent_objects(plan, inventory)
    if missing and len(missing) == len({item.object for item in plan.items}):
        reason = text("plan.other-estate", plan=plan.estate, estate=inventory.estate.name)
        raise InputError("bad-argument", argument=str(path), reason=reason)
    if plan.estate != inventory.estate.name:
        say("plan.estate-differs", plan=plan.estate, estate=inventory.estate.name)
    if missing:
        say("plan.objects-missing", count=len(missing), first=missing[0])
    return inventory

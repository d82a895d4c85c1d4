"""What a command of ``qianyun stack`` works with: the stacks that are meant, their designs, and the way to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.errors import InputError, MissingExtraError, QianyunError
from inventory.inventory import Inventory, nearest_names
from ui.commanding import Common
from ui.commands.plan.files import open_estate_of
from ui.commands.run.registry import actor
from ui.opening import open_estate
from ui.texts import text

if TYPE_CHECKING:
    from migration.plan import Plan
    from stacks.design.designs import Designs
    from stacks.design.model import StackDesign
    from stacks.engine import Cancel, StackInfo
    from stacks.operations import Desk

__all__ = ["Asked", "Chosen", "Selection", "ask_designs", "ask_stacks", "interruptible", "kept_stacks", "of_system"]

SYSTEM = "system."
NO_ENGINE = frozenset({"engine-missing", "engine-old", "missing-extra"})
"""Codes of errors that only those meet whose clouds have an interface."""


@dataclass(frozen=True)
class Selection:
    """Which stacks, and where they are kept: the options that commands share."""

    clouds: tuple[str, ...]
    waves: tuple[str, ...]
    systems: tuple[str, ...]
    stacks: tuple[str, ...]
    config: Path | None
    backend: str
    parallel: int


@dataclass(frozen=True)
class Asked:
    """Stacks that a plan asks for.

    Attributes:
        names: of the stacks chosen, landing zones first, without those that are had by form.
        forms: of those.
        opened: the way to stacks, opened already where there are ``names``; errors of the engine else.
    """

    estate: Path
    inventory: Inventory
    plan: Plan
    designs: Designs
    names: tuple[str, ...]
    forms: tuple[str, ...]
    opened: Callable[[], Desk]
    parallel: int

    @property
    def desk(self) -> Desk:
        """The way to stacks."""
        return self.opened()

    def chosen(self) -> tuple[StackDesign, ...]:
        """Designs of the stacks chosen."""
        return tuple(self.designs.all(self.names))


@dataclass(frozen=True)
class Chosen:
    """Stacks that there are. ``names``: landing zones first. ``opened``: as that of ``Asked``."""

    estate: Path
    inventory: Inventory
    names: tuple[str, ...]
    opened: Callable[[], Desk]
    parallel: int

    @property
    def desk(self) -> Desk:
        """The way to stacks."""
        return self.opened()


def ask_designs(common: Common, estate: Path, plan: Path, selection: Selection) -> Asked:
    """Open estate and plan, choose the stacks, open the place where they are kept.

    Errors of ``open_estate``, ``read_plan``, ``designs_of``, ``select_stacks``, ``worksite_of`` and the engine.
    """
    from migration.plan_file import read_plan

    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    with _extra():
        from stacks.design.designs import designs_of
        from stacks.design.model import Way

        designs = designs_of(inventory, read)
        names = _selected(designs, selection)
        forms = tuple(name for name in names if designs.get(name).place.way is Way.FORM)
        made = tuple(name for name in names if name not in forms)
    opened = cache(lambda: _desk(inventory, estate, selection))
    if made:
        opened()
    return Asked(estate, inventory, read, designs, made, forms, opened, selection.parallel)


def ask_stacks(
    common: Common, estate: Path, plan: Path | None, selection: Selection, others: Collection[str] = ()
) -> Chosen:
    """The stacks that are kept, narrowed by the selection; a plan is only needed to choose by wave or cloud.

    ``others``: stacks that the engine does not keep and that are chosen alike.

    InputError where the selection needs a plan, or names a stack that is not kept; errors as ``ask_designs``.
    """
    if (selection.waves or selection.clouds) and plan is None:
        raise InputError("bad-argument", argument="--wave --cloud", reason=text("stack.needs-plan"))
    inventory = open_estate(estate, common).inventory
    opened = cache(lambda: _desk(inventory, estate, selection))
    kept = sorted({*others, *kept_stacks(opened, needed=not others)}, key=_zones_first)
    named = (*selection.stacks, *(of_system(system) for system in selection.systems))
    for name in named:
        if name not in kept:
            reason = text("stack.not-kept", nearest=nearest_names(name, kept) or "-")
            raise InputError("bad-argument", argument=f"--stack {name}", reason=reason)
    chosen = [name for name in kept if not named or name in named]
    if plan is not None:
        from migration.plan_file import read_plan
        from stacks.design.designs import designs_of

        designed = _selected(designs_of(inventory, read_plan(plan)), selection)
        chosen = [name for name in chosen if name in designed]
    return Chosen(estate, inventory, tuple(chosen), opened, selection.parallel)


def kept_stacks(opened: Callable[[], Desk], *, needed: bool) -> Mapping[str, StackInfo]:
    """Stacks that the engine keeps, by name; none where there is no engine and none is ``needed``: all is by form."""
    try:
        return {info.name: info for info in opened().engine.stacks()}
    except QianyunError as error:
        if needed or error.code not in NO_ENGINE:
            raise
        return {}


def of_system(system: str) -> str:
    """Name of a system's stack."""
    return f"{SYSTEM}{system}"


def _selected(designs: Designs, selection: Selection) -> tuple[str, ...]:
    from stacks.design.selection import select_stacks

    return select_stacks(
        designs, clouds=selection.clouds, waves=selection.waves, systems=selection.systems, stacks=selection.stacks
    )


def _zones_first(name: str) -> tuple[bool, str]:
    return (name.startswith(SYSTEM), name)


def _desk(inventory: Inventory, estate: Path, selection: Selection) -> Desk:
    from migration.run.settings import load_settings
    from stacks.worksite import open_desk, worksite_of

    settings = inventory.estate.settings.stacks
    worksite = worksite_of(
        load_settings(selection.config),
        backend=selection.backend,
        kept="" if settings is None else settings.backend,
        project="" if settings is None else settings.project,
        estate=estate,
    )
    with _extra():
        return open_desk(worksite, who=actor(None))


@contextmanager
def _extra() -> Iterator[None]:
    """MissingExtraError in place of ModuleNotFoundError for what is not ours."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("stacks", "migration", "inventory"):
            raise
        raise MissingExtraError("missing-extra", command="qianyun stack", extra="stacks") from error


@contextmanager
def interruptible() -> Iterator[Cancel]:
    """What Ctrl-C asks to stop: once cleanly, twice at once."""
    from stacks.engine import Cancel, on_interrupt

    cancel = Cancel()
    with on_interrupt(cancel):
        yield cancel

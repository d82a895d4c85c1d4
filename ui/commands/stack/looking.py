"""Previews of the stacks that are meant, what the checks find, and the hash that an approval is bound to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.errors import QianyunError
from inventory.problems import Problem, Severity
from ui.commands.stack.asked import Asked
from ui.output import progress
from ui.texts import text

if TYPE_CHECKING:
    from stacks.design.model import StackDesign
    from stacks.engine import Cancel, StackPreview

__all__ = ["Looked", "Seen", "look", "plan_path"]


@dataclass(frozen=True)
class Seen:
    """One stack: its preview, or why there is none."""

    design: StackDesign
    preview: StackPreview | None = None
    error: QianyunError | None = None

    @property
    def stack(self) -> str:
        """Its name."""
        return self.design.stack


@dataclass(frozen=True)
class Looked:
    """All stacks that are meant.

    Attributes:
        findings: what designs lack, and what the checks before an apply say.
        hash: what a person agrees to; empty where a preview is missing.
    """

    seen: tuple[Seen, ...]
    findings: tuple[Problem, ...]
    hash: str

    @property
    def forbidden(self) -> bool:
        """Whether a finding forbids an apply."""
        return any(one.severity is Severity.ERROR for one in self.findings)

    @property
    def errors(self) -> tuple[QianyunError | None, ...]:
        """Of the stacks, as far as they failed."""
        return tuple(one.error for one in self.seen)

    @property
    def changes(self) -> int:
        """Resources that would change."""
        return sum(len(one.preview.changes) for one in self.seen if one.preview is not None)


def look(asked: Asked, cancel: Cancel, *, refresh: bool = False, plans: Path | None = None) -> Looked:
    """Preview the stacks, several at a time. ``plans``: folder for update plans. Errors of one stack stay with it."""
    from stacks.engine import each
    from stacks.operations import approval_hash

    designs = {design.stack: design for design in asked.chosen()}
    findings = [*asked.designs.problems(asked.names), *_checked(asked, tuple(designs.values()))]
    sound = [name for name in designs if not _lacks(asked, name)]

    def work(name: str) -> StackPreview:
        plan_file = None if plans is None else plan_path(plans, name)
        return asked.desk.preview(designs[name], refresh=refresh, plan_file=plan_file, cancel=cancel)

    found: dict[str, Seen] = {name: Seen(design) for name, design in designs.items()}
    with progress(text("stack.reading")) as report:
        report("", 0, len(sound))
        for count, outcome in enumerate(each(sound, work, limit=asked.parallel, cancel=cancel), 1):
            found[outcome.stack] = Seen(designs[outcome.stack], outcome.result, outcome.error)
            report("", count, len(sound))
    seen = tuple(found.values())
    findings += _protected(seen)
    previews = {one.stack: one.preview for one in seen if one.preview is not None}
    whole = len(previews) == len(designs)
    return Looked(seen, tuple(findings), approval_hash(designs.values(), previews) if whole else "")


def plan_path(folder: Path, stack: str) -> Path:
    """Where the update plan of a stack is put."""
    return folder / f"{stack}.json"


def _lacks(asked: Asked, name: str) -> bool:
    """Whether the design is no whole one: nothing can be previewed then."""
    return any(one.severity is Severity.ERROR for one in asked.designs.problems([name]))


def _checked(asked: Asked, designs: Sequence[StackDesign]) -> tuple[Problem, ...]:
    """What the checks say of designs."""
    from stacks.policy import check_designs

    return check_designs(asked.designs, designs)


def _protected(seen: Sequence[Seen]) -> list[Problem]:
    """What the checks say of previews: nothing protected may go."""
    from stacks.policy import check_preview

    return [finding for one in seen if one.preview is not None for finding in check_preview(one.design, one.preview)]

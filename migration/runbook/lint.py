"""What is wrong with a runbook beyond its form: each rule is a function that yields findings.

Nothing is contacted and no estate is read: a runbook must be sound by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from inventory.loaders.raw import RawRecord
from inventory.loaders.yaml_file import locate, read_yaml
from inventory.problems import Origin, Problem, problem
from inventory.validation import Step as PathStep
from migration.runbook.lint_order import out_of_reach
from migration.runbook.model import Call, ExecutorKind, Runbook, RunbookItem, Stage, Step

__all__ = ["Finding", "lint_runbook"]

BY_PEOPLE = frozenset({ExecutorKind.MANUAL, ExecutorKind.APPROVAL})
MACHINES = frozenset({ExecutorKind.ANSIBLE, ExecutorKind.COMMAND})
GATED = frozenset({Stage.CUTOVER, Stage.DECOMMISSION})
GRADE = 3
"""From this classified-protection grade on no change goes without approval, those before the cutover excepted."""
BEFORE_CUTOVER = ("prepare", "replicate")
CALLS = ("act", "probe", "verify", "rollback")
_PLACE = re.compile(r"\{[A-Za-z_][A-Za-z0-9_.]*\}")
_OBJECT = re.compile(r"[a-z_]+:.+")


class Finding(NamedTuple):
    """A fault of a runbook. path: of the field inside the item, or inside the file where item is empty."""

    code: str
    item: str
    path: tuple[PathStep, ...] = ()
    data: Mapping[str, str | int] = {}


Found = Iterator[Finding]


def lint_runbook(runbook: Runbook, path: Path | None = None) -> tuple[Problem, ...]:
    """All findings as problems: errors must be mended before a run, warnings should be looked at.

    path: the file that the runbook was read from, for the lines.
    """
    places = _Places(runbook, path)
    found: list[Finding] = [one for rule in _OF_ITEMS for item in runbook.items for one in rule(runbook, item)]
    found += [one for rule in _OF_WHOLE for one in rule(runbook)]
    order = {item.item: number for number, item in enumerate(runbook.items)}
    found.sort(key=lambda one: order.get(one.item, -1))
    return tuple(_problem(one, places.of(one)) for one in found)


def _problem(found: Finding, origin: Origin) -> Problem:
    data: dict[str, Any] = dict(found.data)
    return problem(found.code, origin, kind="runbook", id=found.item, path=".".join(map(str, found.path)), **data)


class _Places:
    """Lines of findings; without a file only the runbook's name."""

    def __init__(self, runbook: Runbook, path: Path | None) -> None:
        self.name = runbook.name if path is None else str(path)
        self.content = b"" if path is None else path.read_bytes()
        raw = read_yaml(self.content, self.name).lists.get("items", []) if self.content else []
        self.lines = {_id(record): record.origin.line for record in raw}

    def of(self, found: Finding) -> Origin:
        """Where a finding stands."""
        if not self.content:
            return Origin(self.name)
        line = self.lines.get(found.item) if found.item else None
        return Origin(self.name, locate(self.content, self.name, line, found.path))


def _id(record: RawRecord) -> str:
    return str(record.data.get("item", ""))


def _each(item: RunbookItem) -> Iterator[tuple[tuple[PathStep, ...], Step]]:
    for g, group in enumerate(item.groups):
        for s, step in enumerate(group.steps):
            yield ("groups", g, "steps", s), step


# ---- steps -----------------------------------------------------------------------------------------------------------


def _bare_steps(_: Runbook, item: RunbookItem) -> Found:
    """Steps that change something without probe, verification or rollback, and without a reason.

    People answer for what they do by hand: their steps need only a way back.
    """
    for path, step in _each(item):
        if not step.changes or step.executor in (ExecutorKind.APPROVAL, ExecutorKind.CHECK):
            continue
        wanted = ("rollback",) if step.executor is ExecutorKind.MANUAL else CALLS[1:]
        for call in wanted:
            if getattr(step, call) is None and not step.reasons.get(call):
                yield Finding(f"lint-no-{call}", item.item, path, {"step": step.id})


def _calls(_: Runbook, item: RunbookItem) -> Found:
    """Steps that do nothing; reasons for what is no call."""
    for path, step in _each(item):
        command = step.executor is ExecutorKind.COMMAND
        for name in CALLS:
            call: Call | None = getattr(step, name)
            if (
                call is not None
                and step.executor is not ExecutorKind.APPROVAL
                and not (call.argv if command else call.do)
            ):
                field = "argv" if command else "do"
                yield Finding("lint-no-call", item.item, (*path, name), {"step": step.id, "call": name, "field": field})
        for name in step.reasons:
            if name not in CALLS[1:]:
                yield Finding("lint-reason", item.item, (*path, "reasons", name), {"step": step.id, "name": name})


def _values(_: Runbook, item: RunbookItem) -> Found:
    """Parameters without a value, and places that nobody filled in."""
    for path in _nulls(item.parameters, ("parameters",)):
        yield Finding("lint-parameter", item.item, path, {"step": "-", "name": ".".join(map(str, path[1:]))})
    for at, step in _each(item):
        given: list[tuple[tuple[PathStep, ...], Mapping[str, Any]]] = [((*at, "parameters"), step.parameters)]
        texts: list[tuple[tuple[PathStep, ...], str]] = [((*at, "name"), step.name)]
        for name in CALLS:
            call: Call | None = getattr(step, name)
            if call is not None:
                given.append(((*at, name, "parameters"), call.parameters))
                texts.append(((*at, name, "do"), call.do))
        for start, parameters in given:
            for path in _nulls(parameters, start):
                name = ".".join(map(str, path[len(start) :]))
                yield Finding("lint-parameter", item.item, path, {"step": step.id, "name": name})
        for path, text in texts:
            place = _PLACE.search(text)
            if place:
                yield Finding("lint-unfilled", item.item, path, {"step": step.id, "place": place[0]})


def _nulls(value: Any, path: tuple[PathStep, ...]) -> Iterator[tuple[PathStep, ...]]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _nulls(entry, (*path, key))
    elif isinstance(value, (list, tuple)):
        for number, entry in enumerate(value):
            yield from _nulls(entry, (*path, number))


def _objects(_: Runbook, item: RunbookItem) -> Found:
    """Names of objects that are not KIND:ID."""
    named: list[tuple[tuple[PathStep, ...], str]] = [(("object",), item.object)]
    named += [(("sets", name), name) for name in item.sets]
    for path, step in _each(item):
        named += [((*path, "limits", number), limit) for number, limit in enumerate(step.limits)]
    for where, name in named:
        if not _OBJECT.fullmatch(name):
            yield Finding("lint-object", item.item, where, {"value": name})


def _targets(runbook: Runbook, item: RunbookItem) -> Found:
    """Machines nobody can reach, steps without any, and machines that an earlier step has taken away."""
    gone: dict[str, str] = {}
    for path, step in _each(item):
        if step.executor not in MACHINES:
            continue
        if step.executor is ExecutorKind.ANSIBLE and not step.targets:
            yield Finding("lint-no-target", item.item, path, {"step": step.id})
        for number, name in enumerate(step.targets):
            where = (*path, "targets", number)
            host = runbook.by_host.get(name)
            if host is not None and not host.address:
                yield Finding("lint-no-address", item.item, where, {"step": step.id, "host": name})
            if name in gone:
                yield Finding("lint-gone", item.item, where, {"step": step.id, "host": name, "before": gone[name]})
        if step.act.do.partition("/")[0] == "decommission" or step.point_of_no_return:
            sources = [name for name in step.targets if (host := runbook.by_host.get(name)) and "source" in host.groups]
            gone |= {name: step.id for name in sources if name not in gone}


# ---- approvals, windows, evidence ------------------------------------------------------------------------------------


def _approvals(runbook: Runbook, item: RunbookItem) -> Found:
    """Changes that nobody has approved before: in a cutover or a decommission, inside a change window, from grade 3 on,
    and whatever cannot be taken back. One finding an item."""
    grade = item.parameters.get("grade")
    ahead = item.item.rpartition("/")[2] in BEFORE_CUTOVER
    graded = isinstance(grade, int) and grade >= GRADE and not ahead
    for path, step in _each(item):
        if step.executor is ExecutorKind.APPROVAL:
            return
        if step.point_of_no_return:
            yield Finding("lint-return-approval", item.item, path, {"step": step.id})
            return
        if step.changes and (runbook.stage in GATED or step.in_window):
            yield Finding("lint-no-approval", item.item, path, {"step": step.id})
            return
        if step.changes and graded and step.executor not in BY_PEOPLE:
            yield Finding("lint-grade-approval", item.item, path, {"step": step.id, "grade": str(grade)})
            return


def _windows(_: Runbook, item: RunbookItem) -> Found:
    """Windows that are missing, or too short for the longest time of the steps that need them, going back included."""
    needing = [(path, step) for path, step in _each(item) if step.in_window]
    if not needing:
        return
    if item.window_start is None or item.window_minutes is None:
        path, step = needing[0]
        yield Finding("lint-no-window", item.item, (*path, "in_window"), {"step": step.id})
        return
    needed = sum(step.worst_case_seconds for _, step in needing)
    if needed > item.window_minutes * 60:
        data = {"needed": -(-needed // 60), "minutes": item.window_minutes}
        yield Finding("lint-window-short", item.item, ("window_minutes",), data)


def _evidence(runbook: Runbook, item: RunbookItem) -> Found:
    """Evidence that nobody gives, and cutovers that ask for none."""
    for path, step in _each(item):
        if step.evidence and step.executor in BY_PEOPLE:
            names = ", ".join(step.evidence)
            yield Finding("lint-evidence", item.item, (*path, "evidence"), {"step": step.id, "names": names})
    acting = any(step.executor is ExecutorKind.ANSIBLE and step.in_window for step in item.steps)
    if runbook.stage is Stage.CUTOVER and acting and not any(step.evidence for step in item.steps):
        yield Finding("lint-no-evidence", item.item)


def _returns(_: Runbook, item: RunbookItem) -> Found:
    """Ways back that are never taken: of a point of no return, and of what comes after it."""
    behind = ""
    for path, step in _each(item):
        if step.point_of_no_return:
            behind = step.id
        if behind and step.rollback is not None:
            yield Finding("lint-return", item.item, (*path, "rollback"), {"step": step.id, "before": behind})


# ---- the whole -------------------------------------------------------------------------------------------------------


def _empty(_: Runbook, item: RunbookItem) -> Found:
    if not item.steps:
        yield Finding("lint-empty", item.item)


def _reach(runbook: Runbook) -> Found:
    """Items that can never begin, and those that wait for them."""
    for code, item, other in out_of_reach(runbook):
        yield Finding(code, item, ("after",), {"other": other})


def _hosts(runbook: Runbook) -> Found:
    """Machines that no step acts on."""
    used = {target for _, step in runbook.steps() for target in step.targets}
    for number, host in enumerate(runbook.hosts):
        if host.name not in used:
            yield Finding("lint-unused-host", "", ("hosts", number), {"host": host.name})


_OF_ITEMS: tuple[Callable[[Runbook, RunbookItem], Found], ...] = (
    _empty,
    _calls,
    _bare_steps,
    _values,
    _objects,
    _targets,
    _approvals,
    _windows,
    _evidence,
    _returns,
)
_OF_WHOLE: tuple[Callable[[Runbook], Found], ...] = (_reach, _hosts)

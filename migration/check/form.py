"""Whether each item of the plan is well formed: object and step, days and slot, window, pool, wave, work."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from inventory.kinds.people import Skill
from inventory.selectors import parse_selector
from migration.calendar import CHINA_TIME
from migration.check.case import TRACK_OF, Case, Verdict
from migration.check.completeness import fault
from migration.check.progress import behind
from migration.check.tracks.clouds import promised_end, requests
from migration.check.tracks.network import area
from migration.plan import STEPS, ItemState, PlanItem, Track, item_id

__all__ = ["form"]

TOLERANCE = 1e-3
"""Person-days; plans may count in thousandths."""


def form(case: Case) -> Iterator[Verdict]:
    """Every fault of the items; like those of the whole plan they bind at once, also for what is done."""
    book = _Book(case)
    for item in case.plan.items:
        wanted = case.items.get((item.object, item.step)) is item and case.wants(item.object, item.step)
        named = None if wanted else _name(case, item)
        if named is not None:
            yield named
            continue
        changes = item.changes
        if item.is_cutover:
            yield from _lands(case, item)
        yield from _slot(case, item, changes)
        if item.wave or changes:
            yield from _wave(case, item, changes)
        if item.state is not ItemState.DONE and (wanted or case.wants(item.object, item.step)):
            yield from _days(case, item, changes)
            yield from _minutes(case, item, changes)
            yield from _work(case, book, item)
        elif item.work and item.state is ItemState.DONE:
            yield fault("work-done", item.id, item.object)
    yield from _requests(case)


def _name(case: Case, item: PlanItem) -> Verdict | None:
    """What is wrong with the object and the step."""
    kind, key = item.kind, item.object_id
    known = TRACK_OF.get(kind) is item.track and item.base_step in STEPS[item.track]
    if not known or item.id != item_id(key, item.step, item.track):
        return fault("item-malformed", item.id, object=item.object)
    record = case.inventory.of(kind).get(key)
    if record is None or getattr(record, "classified", False):
        return fault("item-unknown", item.id, item.object, object=item.object)
    if not case.wants(item.object, item.step) and case.done(item.object, item.step) is None:
        # Else a disposition that no longer moves the system, or a step that nobody asked for.
        code = behind(case, item.object, item.step)
        return fault(code or "item-needless", item.id, item.object, fact=bool(code), object=item.object)
    return None


def _lands(case: Case, item: PlanItem) -> Iterator[Verdict]:
    if item.pool is None:
        if item.movable:
            yield fault("pool-missing", item.id)
    elif item.pool not in case.inventory.pools:
        yield fault("pool-unknown", item.id, f"pool:{item.pool}", pool=item.pool)
    copy = case.items.get((item.object, "replicate"))
    if copy is not None and case.wants(copy.object, copy.step) and copy.pool != item.pool:
        yield fault("pool-differs", copy.id, item.object, pool=item.pool, stored=copy.pool)


def _slot(case: Case, item: PlanItem, changes: bool) -> Iterator[Verdict]:
    """Nothing movable starts before *now*, changes not before the slot that holds it (H8 looks at their days) nor after
    the grid; slot and label are those of the first day."""
    grid, slot = case.plan.grid, item.slot
    inside = max(0, case.present) <= slot < grid.count if changes else item.start >= case.plan.now
    if item.movable and not inside:
        yield fault("slot-outside", item.id, slot=case.label(slot), start=item.start.isoformat())
    if slot != grid.slot_of(item.start):
        right = case.label(grid.slot_of(item.start))
        yield fault("slot-start", item.id, stored=case.label(slot), start=item.start.isoformat(), slot=right)
    elif item.slot_label != case.label(slot):
        yield fault("slot-label", item.id, stored=item.slot_label, slot=case.label(slot))


def _wave(case: Case, item: PlanItem, changes: bool) -> Iterator[Verdict]:
    target: str | None = ""
    if item.is_cutover:
        pool = case.inventory.pools.get(item.pool or "")
        target = pool.cloud if pool is not None else None
    elif item.track is Track.NETWORK and changes and item.movable:
        target = area(case, case.inventory.devices[item.object_id])
    elif item.track is Track.NETWORK and changes:
        return
    wave = f"{case.label(item.slot)}/{target}" if target else ""
    if target is not None and item.wave != wave:
        yield fault("wave", item.id, stored=item.wave, wave=wave)


def _days(case: Case, item: PlanItem, changes: bool) -> Iterator[Verdict]:
    """A change takes the day on which its window starts; capacity is there on the day before it is offered."""
    if item.end < item.start or (changes and item.end != item.start):
        yield fault("days", item.id, start=item.start.isoformat(), end=item.end.isoformat())
    elif item.kind == "pool":
        promised = promised_end(case.inventory.pools[item.object_id], item.step)
        if promised is not None and item.end != promised:
            end = item.end.isoformat()
            yield fault("promised-end", item.id, item.object, end=end, promised=promised.isoformat())


def _minutes(case: Case, item: PlanItem, changes: bool) -> Iterator[Verdict]:
    """Changes tell how long they interrupt; nothing else has a window."""
    if changes:
        effort = case.effort(item.object, item.step)
        if (item.outage_minutes, item.rollback_minutes) != (effort.outage, effort.rollback):
            yield fault("minutes", item.id, item.object, outage=effort.outage, rollback=effort.rollback)
    elif item.window_start is not None or item.window_minutes is not None:
        start = None if item.window_start is None else f"{item.window_start.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
        yield fault("window-needless", item.id, start=start)


def _work(case: Case, book: _Book, item: PlanItem) -> Iterator[Verdict]:
    """The work of each skill is what the effort table says, done by a team that has the skill and serves the object."""
    needed = case.effort(item.object, item.step).skills
    if not needed and not item.work:
        return
    given: dict[Skill, float] = {}
    for work in item.work:
        given[work.skill] = given.get(work.skill, 0.0) + work.days
        if work.days and not book.may(work.team, work.skill, item):
            yield fault("work-team", item.id, item.object, team=work.team or "-", skill=work.skill.value)
    for skill in Skill if given != needed else ():
        amount, told = needed.get(skill, 0.0), given.get(skill, 0.0)
        if abs(amount - told) > TOLERANCE:
            days, told = round(amount, 3), round(told, 3)
            yield fault("work-sum", item.id, item.object, skill=skill.value, days=days, stored=told)


def _requests(case: Case) -> Iterator[Verdict]:
    """A request names the systems that it is made for, and possibly some that have moved since."""
    landed = {key for key, cutover in case.cutovers.items() if cutover.item.state is ItemState.DONE}
    for key, steps in requests(case).items():
        for step, cutovers in steps.items():
            item = case.items.get((f"pool:{key}", step))
            wanted = {f"system:{cutover.system.id}" for cutover in cutovers}
            if item is None or item.state is ItemState.DONE:
                continue
            left = {name for name in item.records if name.removeprefix("system:") not in landed}
            if left != wanted:
                yield fault("request-records", item.id, item.object, count=len(wanted), stored=len(item.records))


class _Book:
    """Which team may do what, looked up once for each object."""

    def __init__(self, case: Case) -> None:
        self.inventory = case.inventory
        self._serves: dict[tuple[str, str], bool] = {}
        self._anyone: dict[tuple[str, Skill], bool] = {}

    def may(self, team: str, skill: Skill, item: PlanItem) -> bool:
        """Whether the team has the skill and serves the object; no team (""), whether none does."""
        if team:
            record = self.inventory.teams.get(team)
            return record is not None and record.skills.get(skill, 0.0) > 0 and self._serve(team, item)
        key = (item.object, skill)
        if key not in self._anyone:
            self._anyone[key] = any(self._serve(name, item) for name in self._skilled.get(skill, ()))
        return not self._anyone[key]

    @cached_property
    def _skilled(self) -> dict[Skill, list[str]]:
        teams = self.inventory.teams.items()
        return {skill: [name for name, team in teams if team.skills.get(skill, 0.0) > 0] for skill in Skill}

    def _serve(self, team: str, item: PlanItem) -> bool:
        key = (team, item.object)
        if key not in self._serves:
            selector = parse_selector(self.inventory.teams[team].serves)
            record = self.inventory.of(item.kind)[item.object_id]
            self._serves[key] = item.kind in selector.kinds and selector.matches(self.inventory, item.kind, record)
        return self._serves[key]

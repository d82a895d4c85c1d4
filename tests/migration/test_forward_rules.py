"""Forward scheduling of any estate against the rules in their own words, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inventory.inventory import Inventory
from inventory.kinds.people import Skill
from migration.calendar import ChangeCalendar
from migration.forward import Placed
from migration.graph.upstreams import Upstreams
from migration.steps import Nature
from migration.teams import Load, TeamBook
from migration.work import Need, WorkItem
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.test_forward import DEVICES, LAST, day, scheduled, team, weekly, work

STEPS = ("assessed", "routing", "service", "verified")


@st.composite
def estates(draw: st.DrawFn) -> tuple[Draft, list[WorkItem]]:
    draft = Draft()
    draft.settings["network_changes"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        team(draft, draw(st.sampled_from([0.5, 1, 3])))
    for weekday in draw(st.sets(st.sampled_from(["MO", "WE", "SA"]))):
        weekly(draft, weekday, draw(st.sampled_from([60, 120])))
    if draw(st.booleans()):
        draft.change("device", "access", redundancy_group="g").change("device", "edge", redundancy_group="g")
    items: list[WorkItem] = []
    for id in DEVICES:
        for step in STEPS:
            before = [item.id for item in items]
            picked: list[str] = draw(st.lists(st.sampled_from(before), max_size=3, unique=True)) if before else []
            needs = []
            alternatives = draw(st.booleans())
            if picked and alternatives:
                needs = [Need(tuple(picked), lag=draw(st.integers(0, 3)))]
            elif picked:
                needs = [Need((other,)) for other in picked]
            items.append(
                work(
                    step,
                    id,
                    days=draw(st.integers(1, 12)),
                    network=draw(st.sampled_from([0, 0.1, 0.4, 1.2])),
                    needs=tuple(needs),
                    not_before=draw(st.none() | st.integers(0, 20).map(day)),
                )
            )
    return draft, items


class Rules:
    """All rules by their words, day by day, for what is placed so far."""

    def __init__(self, inventory: Inventory, items: Iterable[WorkItem]) -> None:
        self.inventory = inventory
        self.items = {item.id: item for item in items}
        self.calendar = ChangeCalendar(inventory)
        self.book = TeamBook(inventory, self.calendar)
        self.paths = Upstreams(inventory).paths

    def hold(self, placed: Mapping[str, Placed], new: str) -> bool:
        """Whether an item, beside those that were placed before it, keeps every rule."""
        item, place = self.items[new], placed[new]
        if place.start < max(MONDAY, item.not_before or MONDAY) or place.end > day(LAST):
            return False
        for need in item.needs:
            ends = [placed[other].end for other in need.any_of if other in placed]
            if not ends or place.start <= min(ends) + dt.timedelta(days=need.lag):
                return False
        if item.nature is not Nature.CHANGE and place.work:  # somebody works on one of its days
            days = (place.start + dt.timedelta(days=number) for number in range((place.end - place.start).days + 1))
            if not any(map(self.calendar.working_days.is_working, repeat(None), days)):
                return False
        return self._teams(placed) and (item.nature is not Nature.CHANGE or self._change(placed, item, place))

    def _change(self, placed: Mapping[str, Placed], item: WorkItem, place: Placed) -> bool:
        device = item.object.removeprefix("device:")
        openings = self.calendar.object_openings("device", device)
        if not any(opening.start.date() == place.start and opening.minutes >= 90 for opening in openings):
            return False
        grid = self.calendar.grid
        others = [id for id in placed if id != item.id and self.items[id].nature is Nature.CHANGE]
        wave = [
            id
            for id in others
            if self.items[id].area == item.area and grid.slot_of(placed[id].start) == grid.slot_of(place.start)
        ]
        if len(wave) >= self.inventory.estate.settings.network_changes:
            return False
        same_day = [self.items[id].object.removeprefix("device:") for id in others if placed[id].start == place.start]
        return not any(self._conflict(device, other) for other in same_day)

    def _conflict(self, one: str, other: str) -> bool:
        devices = self.inventory.devices
        group = devices[one].redundancy_group
        twins = bool(group) and group == devices[other].redundancy_group
        return one in self.paths.get(other, ()) or other in self.paths.get(one, ()) or twins

    def _teams(self, placed: Mapping[str, Placed]) -> bool:
        load = Load(self.book)
        for place in placed.values():
            load.add(place.work, place.start, (place.end - place.start).days + 1)
        return all(left >= 0 for key in self.inventory.teams for left in load.left(key, Skill.NETWORK))


@given(estates())
def test_every_item_keeps_all_rules_and_none_could_start_a_day_earlier(estate: tuple[Draft, list[WorkItem]]) -> None:
    draft, items = estate
    found = scheduled(draft, *items)
    rules = Rules(draft.inventory(), items)
    before: dict[str, Placed] = {}
    for id, place in found.placed.items():  # in the order in which they were placed
        assert rules.hold(before | {id: place}, id)
        length = place.end - place.start
        for number in range((place.start - MONDAY).days):
            earlier = Placed(day(number), day(number) + length, None, place.work)
            assert not rules.hold(before | {id: earlier}, id)
        before[id] = place
    for id, entry in found.unplanned.items():
        if all(cause.code != "gate-unplanned" for cause in entry):
            item = rules.items[id]
            days = 1 if item.nature is Nature.CHANGE else item.effort.days
            placed_work = rules.book.work("device", item.object.removeprefix("device:"), item.effort)
            for number in range(LAST + 1):
                end = day(number + days - 1)
                assert not rules.hold(found.placed | {id: Placed(day(number), end, None, placed_work)}, id)


@given(estates(), st.randoms(use_true_random=False))
def test_the_order_of_the_items_does_not_matter(estate: tuple[Draft, list[WorkItem]], random: Any) -> None:
    draft, items = estate
    shuffled = list(items)
    random.shuffle(shuffled)
    assert scheduled(draft, *items) == scheduled(draft, *shuffled)

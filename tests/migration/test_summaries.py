"""What the small plan comes to."""

from __future__ import annotations

import datetime as dt

from inventory.kinds.network import Ipv6Stage
from inventory.kinds.territory import Level
from migration.steps import Track
from migration.summaries import (
    STAGES,
    Stage,
    area_of,
    by_department,
    by_month,
    by_outcome,
    by_track,
    ipv6_stages,
    rooms_of,
)
from tests.migration.small_plan import estate, plan


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_every_track_has_a_row() -> None:
    rows = {row.track: row for row in by_track(plan())}
    assert list(rows) == list(Track)
    system = rows[Track.SYSTEM]
    assert (system.items, system.changes, system.unplanned, system.skipped) == (6, 4, 1, 0)
    assert (system.first, system.last) == (day("2021-01-08"), day("2021-01-29"))
    assert (rows[Track.NETWORK].items, rows[Track.NETWORK].skipped) == (4, 1)
    empty = by_track(plan(items=()))[0]
    assert (empty.items, empty.first, empty.last) == (0, None, None)


def test_departments_and_months_count_what_is_finished() -> None:
    rows = {row.department: row for row in by_department(plan())}
    assert set(rows) == {"", "bureau"}
    assert rows["bureau"].counts == {
        "moved": 3,
        "switched_off": 1,
        "line_cutover": 1,
        "line_ended": 1,
        "room_closed": 1,
    }
    assert (rows["bureau"].first, rows["bureau"].last) == (day("2021-01-08"), day("2021-05-05"))
    months = by_month(plan())
    assert list(months) == ["2021-01", "2021-03", "2021-05"]
    assert months["2021-01"] == {"moved": 3, "switched_off": 1, "line_cutover": 1, "docked": 1, "dual_stack": 2}


def test_stages_stand_by_level_and_city() -> None:
    city, county = ipv6_stages(estate(), plan())
    assert (city.level, city.area, city.devices) == (Level.CITY, "410200", ("core",))
    assert (county.level, county.area, county.devices) == (Level.COUNTY, "410200", ("acc",))
    stages = dict(zip(STAGES, county.stages, strict=True))
    assert stages[Ipv6Stage.ADDRESSED] == Stage(before=1)
    assert stages[Ipv6Stage.ROUTING] == Stage(planned=1, first=day("2021-01-20"), last=day("2021-01-20"))
    assert stages[Ipv6Stage.VERIFIED].last == day("2021-01-31")
    assert city.stages[STAGES.index(Ipv6Stage.UNDERLAY)] == Stage(skipped=1)
    assert area_of(estate(), "410000") == "410000"


def test_lines_stand_by_outcome() -> None:
    undecided, moves = by_outcome(estate(), plan())
    assert (undecided.kind, undecided.outcome, undecided.count, undecided.ended) == ("line", "", 1, 0)
    assert (moves.outcome, moves.cut_over, moves.ended) == ("move", 1, 1)
    assert (moves.last_cutover, moves.last_end) == (day("2021-01-16"), day("2021-03-01"))


def test_rooms_that_go_stand_by_day() -> None:
    first, never = rooms_of(estate(), plan())
    assert (first.room, first.finished, first.emptied) == ("r1", day("2021-05-05"), None)
    assert (never.room, never.finished) == ("r2", None)

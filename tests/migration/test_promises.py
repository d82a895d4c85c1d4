"""Phase targets against a plan."""

from __future__ import annotations

import datetime as dt

from migration.plan import Plan
from migration.promises import Miss, Outcome, Promise, promises
from migration.steps import Track
from tests.migration.small_plan import estate, item, plan


def found(made: Plan) -> dict[str, Promise]:
    return {promise.target.id: promise for promise in promises(estate(), made)}


def told(promise: Promise) -> tuple[int, int, int, dt.date | None, Outcome]:
    return promise.selected, promise.needed, promise.done, promise.reached, promise.outcome


def test_targets_stand_by_date() -> None:
    assert [promise.target.date for promise in promises(estate(), plan())] == sorted(
        target.date for target in estate().targets.values()
    )


def test_a_share_counts_systems_that_move_and_is_rounded_up() -> None:
    assert told(found(plan())["moved"]) == (4, 2, 2, dt.date(2021, 1, 22), Outcome.MET)


def test_what_is_late_stands_latest_first() -> None:
    promise = found(plan())["late"]
    assert told(promise) == (3, 3, 1, dt.date(2021, 1, 29), Outcome.MISSED)
    assert promise.misses == (
        Miss("system:oa", "system/oa/cutover", dt.date(2021, 1, 29)),
        Miss("system:hydj", "system/hydj/cutover", dt.date(2021, 1, 22)),
    )


def test_what_has_no_place_makes_a_target_unreachable() -> None:
    promise = found(plan())["all"]
    assert told(promise) == (4, 4, 3, None, Outcome.UNREACHABLE)
    assert promise.misses == (Miss("system:far", "system/far/cutover", None, unplanned=True),)


def test_what_is_finished_on_record_counts_and_classified_stubs_do_not() -> None:
    assert told(found(plan())["rooms"]) == (2, 2, 1, dt.date(2021, 5, 5), Outcome.MISSED)
    lines = found(plan())["lines"]
    assert told(lines) == (2, 2, 1, None, Outcome.UNREACHABLE)
    assert lines.misses == (Miss("line:l2"),)
    assert told(found(plan())["attached"]) == (2, 1, 1, None, Outcome.MET)
    assert told(found(plan())["six"]) == (1, 1, 1, dt.date(2021, 1, 24), Outcome.MET)


def test_a_target_of_nothing_is_met() -> None:
    assert told(found(plan())["none"]) == (0, 0, 0, None, Outcome.MET)


def test_the_last_day_of_the_finishing_item_counts() -> None:
    late = plan(items=(item("room:r1", "closed", "2021-04-28", "2021-05-01", Track.ROOM),))
    assert found(late)["rooms"].outcome is Outcome.MISSED
    early = plan(items=(item("room:r1", "closed", "2021-04-28", "2021-04-30", Track.ROOM),))
    assert told(found(early)["rooms"]) == (2, 2, 2, dt.date(2021, 4, 30), Outcome.MET)

"""What must be opened between two cutovers, line by line."""

from __future__ import annotations

import datetime as dt

from migration.connections import Connection, Family, Until, connections
from migration.plan import Bridge, Disposed, Plan
from tests.migration.small_plan import cutover, estate, plan


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def found(made: Plan, dependency: str) -> list[Connection]:
    return [one for one in connections(estate(), made) if one.dependency == dependency]


def span(made: Connection) -> tuple[dt.date, dt.date | None, Until]:
    return made.opens, made.closes, made.until


def test_a_provider_that_moves_first_is_reached_at_a_new_address_in_both_families() -> None:
    four, six = found(plan(), "hydj>idp")
    assert (four.family, six.family) == (Family.IPV4, Family.IPV6)
    for one in (four, six):
        assert span(one) == (day("2021-01-14"), day("2021-01-23"), Until.CUTOVER)
        assert (one.first, one.second) == ("system/idp/cutover", "system/hydj/cutover")
        assert (one.first_moved, one.bridge, one.port, one.vpns, one.no_ipv6) == (
            "provider",
            None,
            443,
            ("gov",),
            False,
        )
        assert (one.target.pool, one.target.addresses, one.source.pool) == ("pool-a", (), "")
    assert (four.source.addresses, six.source.addresses) == (("10.0.0.2",), ("fd00::2",))


def test_a_written_in_address_is_bridged_until_the_bridge_is_taken_away() -> None:
    before, after = found(plan(), "oa>idp")
    assert span(before) == (day("2021-01-14"), day("2021-01-30"), Until.CUTOVER)
    assert span(after) == (day("2021-01-28"), day("2021-03-02"), Until.BRIDGE)
    for one in (before, after):
        assert (one.written_in, one.bridge, one.bridge_closes) == (True, Bridge.NAT, day("2021-03-02"))
        assert (one.target.pool, one.target.addresses) == ("pool-a", ("10.0.0.1",))
        assert one.no_ipv6
    assert (before.source.addresses, before.source.pool) == (("10.0.0.3",), "")
    assert (after.source.addresses, after.source.pool, after.first_moved) == ((), "pool-a", "both")
    assert (after.first, after.second) == ("system/oa/cutover", "system/idp/bridge")


def test_both_on_one_day_need_the_bridge_only() -> None:
    made = plan(items=(*(one for one in plan().items if one.object != "system:oa"), cutover("oa", "2021-01-15")))
    (one,) = found(made, "oa>idp")
    assert span(one) == (day("2021-01-14"), day("2021-03-02"), Until.BRIDGE)
    hydj = (*(one for one in plan().items if one.object != "system:hydj"), cutover("hydj", "2021-01-15"))
    assert found(plan(items=hydj), "hydj>idp") == []


def test_a_client_that_moves_first_finds_the_provider_where_it_was() -> None:
    made = plan(items=(cutover("hydj", "2021-01-08"), cutover("idp", "2021-01-15")))
    four, _ = found(made, "hydj>idp")
    assert (four.first_moved, four.source.pool, four.source.addresses) == ("client", "pool-a", ())
    assert (four.target.pool, four.target.addresses) == ("", ("10.0.0.1",))
    assert span(four) == (day("2021-01-07"), day("2021-01-16"), Until.CUTOVER)


def test_an_end_that_never_moves_makes_it_permanent() -> None:
    (outside,) = found(plan(), "idp>external_object:nation")
    assert span(outside) == (day("2021-01-14"), None, Until.PERMANENT)
    assert (outside.target.object, outside.target.addresses) == (
        "external_object:nation",
        ("198.51.100.7", "api.example"),
    )
    (stays,) = found(plan(), "law>idp")
    assert (stays.until, stays.second, stays.no_ipv6) == (Until.PERMANENT, "", True)


def test_an_end_that_is_switched_off_ends_it() -> None:
    (one,) = found(plan(), "old>idp")
    assert span(one) == (day("2021-01-14"), day("2021-01-21"), Until.SWITCH_OFF)
    assert one.second == "system/old/switch_off"
    later = plan(items=(*(made for made in plan().items if made.object != "system:idp"), cutover("idp", "2021-01-20")))
    assert found(later, "old>idp") == []


def test_an_end_without_a_place_keeps_it_open() -> None:
    (one,) = found(plan(), "far>hydj")
    assert span(one) == (day("2021-01-21"), None, Until.UNPLANNED)


def test_what_needs_nothing_has_no_line() -> None:
    assert found(plan(), "law>old") == []
    assert found(plan(), "oa>hydj") == []


def test_a_relocated_system_keeps_its_addresses() -> None:
    dispositions = [
        Disposed.model_validate(one.model_dump() | ({"disposition": "relocate"} if one.system == "idp" else {}))
        for one in plan().dispositions
    ]
    four, _ = found(plan(dispositions=dispositions), "hydj>idp")
    assert (four.target.pool, four.target.addresses) == ("pool-a", ("10.0.0.1",))


def test_lines_stand_by_the_day_they_open() -> None:
    days = [one.opens for one in connections(estate(), plan())]
    assert days == sorted(days)

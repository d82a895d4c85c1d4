"""Overlaps are found by one sweep over sorted prefixes; here they are looked for pair by pair."""

from __future__ import annotations

import datetime as dt
import ipaddress
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inventory.checks.prefixes import check_prefixes
from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.network import Prefix, PrefixPurpose
from inventory.kinds.territory import Department, Division, Level

DIVISIONS = {
    "140000": Division(id="140000", code="140000", level=Level.PROVINCE),
    "140100": Division(id="140100", code="140100", level=Level.CITY),
    "140105": Division(id="140105", code="140105", level=Level.COUNTY),
    "140200": Division(id="140200", code="140200", level=Level.CITY),
}
DEPARTMENTS = {
    "tax": Department(id="tax", division="140000"),
    "tax-ty": Department(id="tax-ty", division="140100", parent="tax"),
    "police": Department(id="police", division="140000"),
}


def _network(version: int, start: int, length: int) -> str:
    bits = 32 if version == 4 else 128
    base = int(ipaddress.ip_address("10.0.0.0" if version == 4 else "2001:db8::"))
    kind = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
    return str(kind((base + (start << (bits - length)), length)))


networks = st.tuples(st.sampled_from([4, 6]), st.sampled_from([26, 27, 28])).flatmap(
    lambda form: st.integers(0, 2 ** (form[1] - 25) - 1).map(
        lambda start: _network(form[0], start, form[1] + (0 if form[0] == 4 else 96))
    )
)
prefixes = st.lists(
    st.builds(
        Prefix,
        id=st.just("x"),
        prefix=networks,
        purpose=st.sampled_from([PrefixPurpose.USERS, PrefixPurpose.LINK]),
        division=st.sampled_from([None, *DIVISIONS]),
        site=st.sampled_from(["", "a", "a/1", "b"]),
        department=st.sampled_from([None, *DEPARTMENTS]),
        aggregate=st.booleans(),
    ),
    max_size=6,
)


def _inventory(found: list[Prefix]) -> Inventory:
    named = {f"p{place}": prefix.model_copy(update={"id": f"p{place}"}) for place, prefix in enumerate(found)}
    return Inventory(
        estate=Estate(name="x", as_of=dt.date(2021, 3, 1)), divisions=DIVISIONS, departments=DEPARTMENTS, prefixes=named
    )


def _below(inner: str, outer: str) -> bool:
    return inner != outer and outer in Inventory.lineage(_inventory([]), inner)


def _handed_down(outer: Prefix, inner: Prefix) -> bool:
    """The rule in other words than the check's."""
    if outer.prefix == inner.prefix:
        return False
    elsewhere = bool(outer.division and inner.division and outer.division != inner.division)
    if not outer.aggregate:
        mine = {"": ("", "a", "a/1", "b"), "a": ("a", "a/1"), "a/1": ("a/1",), "b": ("b",)}[outer.site]
        if inner.site not in mine and (inner.site or elsewhere):
            return False
        below = {"tax": ("tax", "tax-ty"), "tax-ty": ("tax-ty",), "police": ("police",)}
        if outer.department and inner.department not in below[outer.department] and (inner.department or elsewhere):
            return False
    if outer.division and inner.division and outer.division != inner.division:
        other_purpose_above = outer.purpose != inner.purpose and _below(outer.division, inner.division)
        return _below(inner.division, outer.division) or other_purpose_above
    if outer.purpose != inner.purpose:
        return True
    if outer.aggregate:
        return True
    if outer.division == inner.division:
        return _is_part(inner, outer)
    return outer.division is None


def _is_part(inner: Prefix, outer: Prefix) -> bool:
    """Of one division: a department's part of the division's, a site's part of its department's."""
    if outer.department != inner.department:
        return outer.department is None and not outer.site
    return inner.site != outer.site and (not outer.site or inner.site.startswith(outer.site + "/"))


def _inside(inner: str, outer: str) -> bool:
    one, other = ipaddress.ip_network(inner), ipaddress.ip_network(outer)
    return one.version == other.version and one.subnet_of(other)  # type: ignore[arg-type]


@given(prefixes)
def test_the_sweep_finds_an_overlap_where_a_pair_overlaps(found: list[Prefix]) -> None:
    inventory = _inventory(found)
    wrong = {
        frozenset((outer.id, inner.id))
        for outer, inner in permutations(inventory.prefixes.values(), 2)
        if _inside(inner.prefix, outer.prefix) and not _handed_down(outer, inner)
    }
    reported = [
        frozenset((problem.id, str(problem.data["other_id"])))
        for problem in check_prefixes(inventory)
        if problem.code == "overlapping-prefixes"
    ]
    assert set(reported) <= wrong
    assert bool(reported) == bool(wrong)
    inner = {problem.id for problem in check_prefixes(inventory) if problem.code == "overlapping-prefixes"}
    assert len(reported) == len(inner), "each prefix once"


def _codes(*found: Prefix) -> list[tuple[str, str | None]]:
    named = {prefix.id: prefix for prefix in found}
    inventory = Inventory(
        estate=Estate(name="x", as_of=dt.date(2021, 3, 1)), divisions=DIVISIONS, departments=DEPARTMENTS, prefixes=named
    )
    return [(problem.code, problem.id) for problem in check_prefixes(inventory)]


def _users(id: str, prefix: str, division: str, **more: Any) -> Prefix:
    return Prefix(id=id, prefix=prefix, purpose=PrefixPurpose.USERS, division=division, **more)


CITY = _users("city", "10.14.5.0/24", "140100")


def test_a_department_above_holds_nothing_of_a_division_below_but_of_its_own_branches() -> None:
    police = _users("police", "10.14.0.0/16", "140000", department="police")
    assert _codes(police, CITY) == [("overlapping-prefixes", "city")]
    assert _codes(police, CITY.model_copy(update={"department": "tax-ty"})) == [("overlapping-prefixes", "city")]
    tax = police.model_copy(update={"department": "tax"})
    assert _codes(tax, CITY.model_copy(update={"department": "tax-ty"})) == []


def test_a_site_above_holds_nothing_of_a_division_below_but_a_pool_its_networks() -> None:
    hall = _users("hall", "10.14.0.0/16", "140000", site="hall")
    assert _codes(hall, CITY) == [("overlapping-prefixes", "city")]
    pool = hall.model_copy(update={"purpose": PrefixPurpose.POOL})
    assert _codes(pool, CITY) == []


def test_a_site_holds_nothing_of_another_site_whatever_it_is_for() -> None:
    hall = _users("hall", "10.14.0.0/16", "140000", site="hall")
    pool = Prefix(id="p", prefix="10.14.1.0/24", purpose=PrefixPurpose.POOL, division="140000", site="yun-a")
    assert _codes(hall, pool) == [("overlapping-prefixes", "p")]
    assert _codes(hall, pool.model_copy(update={"site": "hall/rack-1"})) == []


def test_what_lies_in_a_prefix_that_is_not_marked_as_handed_down_is_told_once() -> None:
    province = _users("province", "10.14.0.0/16", "140000")
    county = _users("county", "10.14.5.0/26", "140105")
    assert _codes(province, CITY, county) == [
        ("prefix-not-handed-down", "province"), ("prefix-not-handed-down", "city"),
    ]  # fmt: skip
    marked = [each.model_copy(update={"aggregate": True}) for each in (province, CITY)]
    assert _codes(*marked, county) == []

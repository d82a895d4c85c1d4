"""Overlaps are found by one sweep over sorted prefixes; here they are looked for pair by pair."""

from __future__ import annotations

import datetime as dt
import ipaddress
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from inventory.checks.prefixes import check_prefixes
from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.network import Prefix, PrefixPurpose
from inventory.kinds.territory import Division, Level

DIVISIONS = {
    "140000": Division(id="140000", code="140000", level=Level.PROVINCE),
    "140100": Division(id="140100", code="140100", level=Level.CITY),
    "140105": Division(id="140105", code="140105", level=Level.COUNTY),
    "140200": Division(id="140200", code="140200", level=Level.CITY),
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
        site=st.sampled_from(["", "a"]),
    ),
    max_size=6,
)


def _inventory(found: list[Prefix]) -> Inventory:
    named = {f"p{place}": prefix.model_copy(update={"id": f"p{place}"}) for place, prefix in enumerate(found)}
    return Inventory(estate=Estate(name="x", as_of=dt.date(2021, 3, 1)), divisions=DIVISIONS, prefixes=named)


def _below(inner: str, outer: str) -> bool:
    return inner != outer and outer in Inventory.lineage(_inventory([]), inner)


def _handed_down(outer: Prefix, inner: Prefix) -> bool:
    """The rule in other words than the check's."""
    if outer.prefix == inner.prefix:
        return False
    if outer.division and inner.division and outer.division != inner.division:
        other_purpose_above = outer.purpose != inner.purpose and _below(outer.division, inner.division)
        return _below(inner.division, outer.division) or other_purpose_above
    if outer.purpose != inner.purpose:
        return True
    if outer.division == inner.division:
        return bool(inner.site) and not outer.site
    return outer.division is None


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
    assert len(reported) == len({problem.id for problem in check_prefixes(inventory)})

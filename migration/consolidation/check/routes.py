"""Of each route: its dates, its paths, its backup, and its circuits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations

from inventory.inventory import split_ref
from inventory.kinds.lines import Line
from migration.consolidation.check.case import Case, breach
from migration.consolidation.model import Access, Decided, Outcome, Route
from migration.plan import Finding, ItemState

__all__ = ["circuits", "complete", "dates", "paths"]


def complete(case: Case) -> Iterator[Finding]:
    """H9: a line that moves has one route, or is told as without a place and then stays."""
    told = Counter(route.line for route in case.result.routes)
    for line in case.decided:
        if line not in case.routes and line not in case.result.unplaced:
            yield breach("H9", "route-missing", f"line:{line}", line=line)
        elif line in case.result.unplaced:
            yield breach("H9", "unplaced-moves", f"line:{line}", line=line)
    for line, count in told.items():
        if line not in case.decided:
            yield breach("H9", "route-unasked", f"line:{line}", line=line)
        elif count > 1:
            yield breach("H9", "route-twice", f"line:{line}", line=line)


def dates(case: Case) -> Iterator[Finding]:
    """H10: within the horizon. H9: not before the plan's cutover. H11: pinned and running cutovers stay."""
    for route, line, _ in case.known():
        name, slot = f"line:{line.id}", case.grid.label(route.slot)
        item = case.cutover(line.id)
        fixed = item is not None and item.state in (ItemState.PINNED, ItemState.RUNNING)
        if route.slot not in case.slots:
            yield breach("H10", "outside-horizon", name, line=line.id, slot=slot)
        elif item is not None and fixed and route.slot != max(item.slot, case.first):
            yield breach("H11", "pin-moved", name, line=line.id, slot=slot, pinned=item.slot_label)
        elif item is not None and route.slot < item.slot:
            yield breach("H9", "before-cutover", name, line=line.id, slot=slot, cutover=item.slot_label)


def paths(case: Case) -> Iterator[Finding]:
    """H7: both paths lead from end to end without a loop; the backup shares no link with the primary and, where the
    class asks for it, no carrier; neither is too slow for the line's users."""
    for route, line, decided in case.known():
        row = case.service(decided)
        name = f"line:{line.id}"
        backup = row is not None and row.backup and decided.outcome is Outcome.MOVE
        yield from _path(case, line, "primary", route.links, len(route.accesses))
        if backup or route.backup_links or route.backup_accesses:
            yield from _path(case, line, "backup", route.backup_links, len(route.backup_accesses))
        shared = sorted(set(route.links) & set(route.backup_links))
        if shared:
            yield breach("H7", "link-shared", name, f"link:{shared[0]}", line=line.id, link=shared[0])
        elif backup and route.links and not route.backup_links:
            yield breach("H7", "backup-missing", name, line=line.id)
        if row is not None and row.backup and row.other_carrier:
            yield from _carriers(case, route, line, decided)


def _path(case: Case, line: Line, which: str, links: Sequence[str], circuits: int) -> Iterator[Finding]:
    name, records = f"line:{line.id}", case.inventory.links
    trails: dict[str, tuple[str, ...]] = {device: (device,) for device in case.entries(line.a or "")}
    for link in links:
        record, onward = records.get(link), dict[str, tuple[str, ...]]()
        ends = () if record is None else (record.a_device, record.b_device)
        for one, other in permutations(ends, 2):
            if one in trails and other not in trails[one]:
                onward[other] = (*trails[one], other)
        trails = onward
    if not trails.keys() & case.entries(line.b or ""):
        yield breach("H7", "path-broken", name, line=line.id, path=which, links=" ".join(links))
        return
    latency = case.inventory.estate.settings.consolidation.latency
    slow = len(links) * latency.hop_ms + circuits * latency.access_ms
    if line.max_latency_ms is not None and slow > line.max_latency_ms + 1e-6:
        yield breach("H7", "too-slow", name, line=line.id, path=which, ms=slow, most=line.max_latency_ms)


def _carriers(case: Case, route: Route, line: Line, decided: Decided) -> Iterator[Finding]:
    def of(links: Sequence[str], accesses: Sequence[Access]) -> set[str]:
        known = (case.inventory.links.get(link) for link in links)
        own = {record.carrier for record in known if record is not None and record.carrier is not None}
        return own | {access.carrier for access in accesses}

    second = of(route.backup_links, route.backup_accesses)
    if decided.outcome is Outcome.BACKUP:
        second = {line.carrier} if line.carrier is not None else set()
    both = sorted(of(route.links, route.accesses) & second)
    if both:
        yield breach("H7", "same-carrier", f"line:{line.id}", f"carrier:{both[0]}", line=line.id, carrier=both[0])


def circuits(case: Case) -> Iterator[Finding]:
    """H9: at each site one circuit a path, a step of the price list of a carrier that reaches it, under an agreement
    that holds from its start to the end of the horizon, and large enough."""
    kept_free = case.inventory.estate.settings.consolidation.demand.headroom
    for route, line, decided in case.known():
        row = case.service(decided)
        sites = [end for end in (line.a, line.b) if end and split_ref(end)[0] in ("room", "department")]
        backup = row is not None and row.backup and decided.outcome is Outcome.MOVE
        wanted = case.needs(decided)[-1] / (1 - kept_free)
        price_class = (row.price_class or row.name) if row is not None else ""
        for which, accesses in (("primary", route.accesses), ("backup", route.backup_accesses)):
            expected = sites if which == "primary" or backup else []
            if sorted(access.end for access in accesses) != sorted(expected):
                ends = " ".join(expected)
                yield breach("H9", "circuit-missing", f"line:{line.id}", line=line.id, path=which, ends=ends)
                continue
            for access in accesses:
                yield from _circuit(case, route, access, wanted, price_class)


def _circuit(case: Case, route: Route, access: Access, wanted: float, price_class: str) -> Iterator[Finding]:
    inventory, data = case.inventory, {"line": route.line, "carrier": access.carrier, "end": access.end}
    names = (f"line:{route.line}", f"carrier:{access.carrier}")
    carrier = inventory.carriers.get(access.carrier)
    kind, id = split_ref(access.end)
    place = inventory.rooms[id].division if kind == "room" else inventory.departments[id].division
    if carrier is None or (carrier.divisions and not set(inventory.lineage(place)) & set(carrier.divisions)):
        yield breach("H9", "circuit-unreached", *names, **data)
        return
    own = [price for price in carrier.prices if price.service_class == price_class]
    rows = own or [price for price in carrier.prices if not price.service_class]
    steps = {(price.bandwidth_mbps, price.fee_yuan_per_month) for price in rows}
    if (access.bandwidth_mbps, access.fee_yuan_per_month) not in steps:
        told = {"mbps": access.bandwidth_mbps, "yuan": access.fee_yuan_per_month}
        yield breach("H9", "circuit-not-offered", *names, **data, **told)
    if access.bandwidth_mbps < wanted * (1 - 1e-9):
        told = {"mbps": access.bandwidth_mbps, "needed": round(wanted, 3)}
        yield breach("H9", "circuit-too-small", *names, **data, **told)
    start, end = case.grid.first_day_of(route.slot), case.grid.last_day_of(case.last)
    start = max(start, case.now)
    if (carrier.valid_from or start) > start or (carrier.valid_to or end) < end:
        yield breach("H9", "circuit-agreement", *names, **data, slot=case.grid.label(route.slot))

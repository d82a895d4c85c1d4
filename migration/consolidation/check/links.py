"""H7 over all links and slots: what is there, what lines and copies add, what upgrades give."""

from __future__ import annotations

from collections.abc import Iterator

from migration.consolidation.check.case import Case, breach
from migration.plan import Finding, ItemState, Value

__all__ = ["loads", "upgrades"]

TOLERANCE = 1e-6
"""Relative and in Mbit/s; sums of decimal fractions are not exact."""


def upgrades(case: Case) -> Iterator[Finding]:
    """Each is a step that the link's record offers, wider than what it was, within the horizon."""
    known: dict[str, float] = {}
    for upgrade in sorted(case.result.upgrades, key=lambda upgrade: (upgrade.link, upgrade.slot)):
        link, name = case.inventory.links.get(upgrade.link), f"link:{upgrade.link}"
        steps = (
            {(step.bandwidth_mbps, step.fee_yuan_per_month) for step in link.upgrades} if link is not None else set()
        )
        before = known.get(upgrade.link, link.bandwidth_mbps if link is not None else 0.0)
        told: dict[str, Value] = {
            "link": upgrade.link,
            "mbps": upgrade.bandwidth_mbps,
            "yuan": upgrade.fee_yuan_per_month,
        }
        if (upgrade.bandwidth_mbps, upgrade.fee_yuan_per_month) not in steps:
            yield breach("H7", "upgrade-not-offered", name, **told)
        elif upgrade.bandwidth_mbps <= before:
            yield breach("H7", "upgrade-narrower", name, **told, before=before)
        elif upgrade.slot not in case.slots:
            yield breach("H10", "upgrade-outside-horizon", name, **told)
        known[upgrade.link] = upgrade.bandwidth_mbps


def loads(case: Case) -> Iterator[Finding]:
    """Links that moved lines load, the first slot in which their use, these lines and the copies do not fit into the
    bandwidth of that slot without what is kept free."""
    copies = _copies(case)
    kept_free = case.inventory.estate.settings.consolidation.demand.headroom
    wider: dict[str, list[tuple[int, float]]] = {}
    for one in case.result.upgrades:
        wider.setdefault(one.link, []).append((one.slot, one.bandwidth_mbps))
    for name, users in sorted(_lines(case).items()):
        link = case.inventory.links.get(name)
        if link is None:
            continue
        moved = [0.0] * len(case.slots)
        for line, start in users:
            needs = case.needs(case.decided[line])
            for place in range(max(0, start - case.first), len(moved)):
                moved[place] += needs[place]
        for slot, more in zip(case.slots, moved, strict=True):
            bought = [mbps for start, mbps in wider.get(name, ()) if start <= slot]
            used = link.p95_mbps + copies.get((name, slot), 0.0) + more
            most = max([link.bandwidth_mbps, *bought]) * (1 - kept_free)
            if more > TOLERANCE and used > most * (1 + TOLERANCE) + 2 * TOLERANCE:
                where = {"link": name, "slot": case.grid.label(slot)}
                yield breach("H7", "link-full", f"link:{name}", **where, used=round(used, 3), most=round(most, 3))
                break


def _lines(case: Case) -> dict[str, list[tuple[str, int]]]:
    """Link -> lines on it and the slot in which they start; a backup path is kept free for its line."""
    found: dict[str, list[tuple[str, int]]] = {}
    for route, line, _ in case.known():
        for link in dict.fromkeys((*route.links, *route.backup_links)):
            found.setdefault(link, []).append((line.id, route.slot))
    return found


def _copies(case: Case) -> dict[tuple[str, int], float]:
    made: dict[tuple[str, int], float] = {}
    for item in case.plan.items if case.plan is not None else ():
        if item.links and item.rate_mbps and item.state is not ItemState.DONE:
            for slot in range(case.grid.slot_of(item.start), case.grid.slot_of(item.end) + 1):
                for link in item.links:
                    made[link, slot] = made.get((link, slot), 0.0) + item.rate_mbps
    return made

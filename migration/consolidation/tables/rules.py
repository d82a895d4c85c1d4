"""The built-in rules of consolidation, tried after decisions by hand and the estate's own rules. The last of each table
always holds.

They follow the practice of the provincial programmes of 2018-2024: all unclassified private networks and lines are cut
over to the external network or kept with a reason; lines of what is shut end; departments' internet exits merge into
the unified one of their level; equipment of politics-and-law departments is colocated and keeps its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar

from inventory.kinds.lines import LineState
from inventory.kinds.rooms import RoomIntention
from migration.consolidation.looking import KILO, ExitLook, LineLook, NetworkLook, framework_price
from migration.consolidation.model import Outcome
from migration.plan import Disposition, Value

Look = TypeVar("Look")
Data = dict[str, Value]
Answer = tuple[bool, Data]
"""(whether the rule holds, the figures that it went by)."""


class BuiltIn(NamedTuple, Generic[Look]):
    """``id`` as decisions show it; ``look`` at a record; what becomes of it. ``id`` without ``default:`` is the code of
    the reason."""

    id: str
    look: Callable[[Look], Answer]
    outcome: Outcome

    @property
    def code(self) -> str:
        """Code of the reason."""
        return self.id.removeprefix("default:")


def _number(value: float) -> int | float:
    """A figure as people write it: without a point where there is none, else with three decimals."""
    return int(value) if float(value).is_integer() else round(value, 3)


def terminated(look: LineLook | NetworkLook | ExitLook) -> Answer:
    """It has ended already."""
    return look.record.state is LineState.TERMINATED, {"state": look.record.state.value}


def notice_given(look: LineLook | NetworkLook | ExitLook) -> Answer:
    """Notice has been given: it ends, whatever it carried."""
    return look.record.state is LineState.NOTICE_GIVEN, {"state": look.record.state.value}


def under_way(look: LineLook | NetworkLook | ExitLook) -> Answer:
    """Its traffic is on the way to the shared network; readings of the old path no longer say what it needs."""
    return look.record.state in UNDER_WAY, {"state": look.record.state.value}


UNDER_WAY = (LineState.PATH_READY, LineState.PARALLEL_RUN, LineState.CUT_OVER)


# ---- lines ----------------------------------------------------------------------------------------------------------


def no_use(look: LineLook) -> Answer:
    """Readings at or below the idle floor, and no system that stays."""
    record = look.record
    mean, peak = look.around.settings.idle_floor.of(record.idle_floor_kbps)
    data: Data = {
        "p95": None if record.p95_mbps is None else _number(record.p95_mbps * KILO),
        "peak": None if record.peak_mbps is None else _number(record.peak_mbps * KILO),
        "mean_floor": _number(mean),
        "peak_floor": _number(peak),
        "staying": len(look.fates["stays"]),
    }
    return look.idle is True and not look.fates["stays"], data


def systems_end(look: LineLook) -> Answer:
    """Every system on it is shut or replaced."""
    count, ends = len(look.systems), len(look.fates["ends"])
    return count > 0 and ends == count, {"count": count, "ends": ends}


def colocated(look: LineLook) -> Answer:
    """A politics-and-law department's, with equipment that is colocated and stays at an end."""
    around = look.around
    department = around.inventory.departments.get(look.record.department)
    law = department is not None and department.politics_and_law
    found = [
        system
        for system in look.fates["stays"]
        if (disposed := around.dispositions.get(system)) is not None and disposed.disposition is Disposition.COLOCATE
    ]
    rooms = around.inventory.rooms
    places = [
        end.reference
        for end in look.ends
        if (room := rooms.get(end.reference.removeprefix("room:"))) is not None
        and room.intention is RoomIntention.COLOCATION
    ]
    return law and bool(found or places), {"law": law, "count": len(found), "first": (found + places or [""])[0]}


def end_outside(look: LineLook) -> Answer:
    """An end belongs to somebody whom the shared network does not serve."""
    found = [end.reference for end in look.ends if end.outside]
    return bool(found), {"end": found[0].removeprefix("external:") if found else ""}


def no_access(look: LineLook) -> Answer:
    """An end has no device of the shared network, and no carrier whose agreement is in force reaches its division."""
    found = [end for end in look.ends if not end.outside and not end.reached]
    first = found[0] if found else None
    return bool(found), {"end": first.reference if first else "", "division": first.division if first else ""}


def not_joined(look: LineLook) -> Answer:
    """Nothing joins the devices at its ends."""
    a, b = look.ends
    data: Data = {"a": a.reference, "b": b.reference}
    return bool(a.devices and b.devices) and not look.around.ends.hops.joined(a.devices, b.devices), data


def latency(look: LineLook) -> Answer:
    """Even over the fewest links its users' latency cannot be kept."""
    most = look.record.max_latency_ms
    if most is None:
        return False, {"most": None, "least": None, "links": None}
    settings = look.around.settings.latency
    a, b = look.ends
    links = look.around.ends.hops.least(a.devices, b.devices) or 0
    least = links * settings.hop_ms + sum(settings.access_ms for end in look.ends if end.is_site)
    return least > most, {"most": _number(most), "least": _number(least), "links": links}


def systems_leave(look: LineLook) -> Answer:
    """Every system on it ends, or goes to a cloud that the shared network reaches."""
    count, stays = len(look.systems), len(look.fates["stays"])
    return count > 0 and not stays, {"count": count, "moves": len(look.fates["moves"]), "stays": stays}


def carrier_withdraws(look: LineLook) -> Answer:
    """The carrier's framework agreement has run out, or does before the contract."""
    record = look.record
    carrier = look.around.inventory.carriers.get(record.carrier or "")
    until = None if carrier is None else carrier.valid_to
    latest = max(look.around.now, record.contract_end or look.around.now)
    data: Data = {
        "carrier": record.carrier or "",
        "until": until.isoformat() if until else None,
        "contract_end": record.contract_end.isoformat() if record.contract_end else None,
    }
    return until is not None and until < latest, data


def single_way(look: LineLook) -> Answer:
    """Its availability asks for a backup path, and an end has only one way into the shared network."""
    row = look.service_class
    data: Data = {"availability": look.record.availability, "class": row.name if row else "", "end": "", "ways": None}
    if row is None or not row.backup:
        return False, data
    counts = [(look.around.ends.ways(end, other_carrier=row.other_carrier), end.reference) for end in look.ends]
    ways, end = min(counts)
    return ways < 2, data | {"end": end, "ways": ways}


def moves(look: LineLook) -> Answer:
    """All that is left goes onto the shared network."""
    price, record = framework_price(look), look.record
    data: Data = {
        "demand": _number(look.demand),
        "fee": _number(record.fee_yuan_per_month),
        "step": _number(price[0]) if price else None,
        "price": _number(price[1]) if price else None,
        "saved": _number(record.fee_yuan_per_month - price[1]) if price else None,
        "contract_end": record.contract_end.isoformat() if record.contract_end else None,
        "notice_days": record.notice_days,
    }
    return True, data


LINE_RULES: tuple[BuiltIn[LineLook], ...] = (
    BuiltIn("default:terminated", terminated, Outcome.END),
    BuiltIn("default:notice-given", notice_given, Outcome.END),
    BuiltIn("default:under-way", under_way, Outcome.MOVE),
    BuiltIn("default:no-use", no_use, Outcome.END),
    BuiltIn("default:systems-end", systems_end, Outcome.END),
    BuiltIn("default:colocated", colocated, Outcome.KEEP),
    BuiltIn("default:end-outside", end_outside, Outcome.KEEP),
    BuiltIn("default:no-access", no_access, Outcome.KEEP),
    BuiltIn("default:not-joined", not_joined, Outcome.KEEP),
    BuiltIn("default:latency", latency, Outcome.KEEP),
    BuiltIn("default:systems-leave", systems_leave, Outcome.END),
    BuiltIn("default:carrier-withdraws", carrier_withdraws, Outcome.MOVE),
    BuiltIn("default:single-way", single_way, Outcome.BACKUP),
    BuiltIn("default:moves", moves, Outcome.MOVE),
)

# ---- private networks -----------------------------------------------------------------------------------------------


def grade(look: NetworkLook) -> Answer:
    """Its protection grade is above that of the shared network."""
    most = look.around.settings.grade.most
    return look.record.grade is not None and look.record.grade > most, {"grade": look.record.grade, "most": most}


def _all(look: NetworkLook, *outcomes: Outcome) -> Answer:
    found = sum(outcome in outcomes for outcome in look.outcomes)
    return bool(look.outcomes) and found == len(look.outcomes), {"count": len(look.outcomes), "found": found}


def lines_end(look: NetworkLook) -> Answer:
    """All of its lines end."""
    return _all(look, Outcome.END)


def lines_stay(look: NetworkLook) -> Answer:
    """All of its lines are kept."""
    return _all(look, Outcome.KEEP, Outcome.BACKUP)


def unclassified_part(look: NetworkLook) -> Answer:
    """Of mixed classification: what is described here is its unclassified part."""
    return look.record.mixed_classification, {"lines": len(look.outcomes)}


def network_moves(look: NetworkLook) -> Answer:
    """All that is left goes onto the shared network."""
    return True, {"lines": len(look.outcomes), "fee": _number(look.record.fee_yuan_per_month)}


NETWORK_RULES: tuple[BuiltIn[NetworkLook], ...] = (
    BuiltIn("default:terminated", terminated, Outcome.END),
    BuiltIn("default:notice-given", notice_given, Outcome.END),
    BuiltIn("default:under-way", under_way, Outcome.MOVE),
    BuiltIn("default:grade", grade, Outcome.KEEP),
    BuiltIn("default:lines-end", lines_end, Outcome.END),
    BuiltIn("default:lines-stay", lines_stay, Outcome.KEEP),
    BuiltIn("default:unclassified-part", unclassified_part, Outcome.MOVE),
    BuiltIn("default:network-moves", network_moves, Outcome.MOVE),
)

# ---- internet exits -------------------------------------------------------------------------------------------------


def unified(look: ExitLook) -> Answer:
    """It is the shared exit of a division."""
    return look.unified, {"division": look.record.division or ""}


def exit_unused(look: ExitLook) -> Answer:
    """No use to speak of, and nothing is published through it."""
    record, mean = look.record, look.around.settings.idle_floor.mean_kbps
    used = None if record.p95_mbps is None else _number(record.p95_mbps * KILO)
    data: Data = {"p95": used, "mean_floor": _number(mean), "addresses": len(record.public_addresses)}
    return used is not None and used <= mean and not (record.public_addresses or record.rules), data


def no_unified_exit(look: ExitLook) -> Answer:
    """Neither its division nor one above has a unified exit."""
    department = look.around.inventory.departments.get(look.record.department or "")
    return look.merge is None, {"division": "" if department is None else department.division}


def _merge_data(look: ExitLook) -> Data:
    merge = look.merge
    if merge is None:
        return {"exit": "", "demand": None, "before": None, "capacity": None, "missing": None}
    return {
        "exit": merge.unified,
        "demand": _number(merge.demand_mbps),
        "before": _number(merge.before_mbps),
        "capacity": _number(merge.capacity_mbps),
        "missing": _number(merge.missing_mbps),
        "addresses": len(merge.addresses),
        "rules": len(merge.rules),
    }


def exit_full(look: ExitLook) -> Answer:
    """The unified exit has no bandwidth left for it."""
    return look.merge is not None and not look.merge.fits, _merge_data(look)


def merges(look: ExitLook) -> Answer:
    """All that is left merges."""
    return True, _merge_data(look)


EXIT_RULES: tuple[BuiltIn[ExitLook], ...] = (
    BuiltIn("default:terminated", terminated, Outcome.END),
    BuiltIn("default:notice-given", notice_given, Outcome.END),
    BuiltIn("default:under-way", under_way, Outcome.MOVE),
    BuiltIn("default:unified", unified, Outcome.KEEP),
    BuiltIn("default:exit-unused", exit_unused, Outcome.END),
    BuiltIn("default:no-unified-exit", no_unified_exit, Outcome.KEEP),
    BuiltIn("default:exit-full", exit_full, Outcome.KEEP),
    BuiltIn("default:merges", merges, Outcome.MOVE),
)

DEPEND_ON_NETWORK: Mapping[str, tuple[str, ...]] = {
    "default:no-access": ("device", "carrier"),
    "default:not-joined": ("device", "link"),
    "default:latency": ("device", "link"),
    "default:single-way": ("device", "link", "carrier"),
    "default:lines-end": ("line",),
    "default:lines-stay": ("line",),
    "default:no-unified-exit": ("internet_exit",),
}
"""Rule -> kinds of records of which one that is left out because of an error could have kept it from holding."""

"""What departments rent: dedicated lines, private networks, internet exits, and the carriers' framework agreements."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from inventory.base import Record, Ref, Struct, Text, TypedRef, field
from inventory.kinds.decisions import Decision
from inventory.kinds.territory import Level

__all__ = ["Carrier", "CarrierPrice", "InternetExit", "Line", "LineDecisions", "LineState", "PrivateNetwork"]

LineEnd = Annotated[str, TypedRef(("room", "device", "cloud", "department", "external"))]


class LineState(StrEnum):
    """How far a line is on its way out."""

    IN_USE = "in_use"
    PATH_READY = "path_ready"
    PARALLEL_RUN = "parallel_run"
    CUT_OVER = "cut_over"
    NOTICE_GIVEN = "notice_given"
    TERMINATED = "terminated"


class LineDecisions(Struct):
    """Decisions taken by hand."""

    outcome: Decision | None = field("move, backup, keep, internal_network or end", None)


class PrivateNetwork(Record):
    """A department's own network (专网). Of mixed classification only the unclassified part is described."""

    name: Text = field("Name", "")
    department: Annotated[str, Ref("department")] = field("Owner", example="140000-mzt")
    grade: int | None = field("Classified-protection grade", None, ge=1, le=5)
    levels: tuple[Level, ...] = field("Administrative levels it reaches", ())
    sites: tuple[str, ...] = field("Sites it connects", ())
    mixed_classification: bool = field("It has a classified part as well, which is not described", False)
    fee_yuan_per_month: float = field("Fee", 0, unit="yuan/month", ge=0)
    state: LineState = field("State", LineState.IN_USE)
    decisions: LineDecisions = field("Decisions by hand", LineDecisions())
    classified: bool = field("A classified stub: id, department and count only", False)
    count: int = field("How many a classified stub stands for", 1, ge=1)
    note: Text = field("Free text", "")


class Line(Record):
    """A rented dedicated line (专线)."""

    name: Text = field("Name", "")
    department: Annotated[str, Ref("department")] = field("Department that pays", example="140000-mzt")
    a: LineEnd | None = field("End A as KIND:ID", None, example="room:mzt-1")
    b: LineEnd | None = field("End B as KIND:ID", None, example="device:ty-core-1")
    a_interface: Text = field("Interface at end A, where that is a device", "")
    b_interface: Text = field("Interface at end B, where that is a device", "", example="GigabitEthernet0/0/1")
    carrier: Annotated[str, Ref("carrier")] | None = field("Carrier", None)
    bandwidth_mbps: float = field("Bandwidth", 0, unit="Mbit/s", ge=0)
    p95_mbps: float | None = field("95th percentile of use", None, unit="Mbit/s", ge=0)
    peak_mbps: float | None = field("Peak use", None, unit="Mbit/s", ge=0)
    idle_floor_kbps: float | None = field("Use at or below which it counts as idle", None, unit="kbit/s", ge=0)
    growth_per_year: float = field("Growth of use (0.1 = 10 % a year)", 0, unit="1/year", ge=-1)
    max_latency_ms: float | None = field("Latency that its users need", None, unit="ms", gt=0)
    availability: float | None = field("Availability that its users need (0.999)", None, gt=0, le=1)
    fee_yuan_per_month: float = field("Fee", 0, unit="yuan/month", ge=0)
    contract_start: dt.date | None = field("Start of the contract", None)
    contract_end: dt.date | None = field("End of the contract", None)
    notice_days: int = field("Notice period", 0, unit="days", ge=0)
    renewal_months: int | None = field(
        "Months by which the contract goes on unless it is canceled in time; 0: it ends by itself; absent: "
        "settings.consolidation.contracts", None, unit="months", ge=0, le=120,
    )  # fmt: skip
    private_network: Annotated[str, Ref("private_network", soft=True)] | None = field(
        "Private network it belongs to", None
    )
    systems: tuple[Annotated[str, Ref("system", soft=True)], ...] = field("Systems that use it", ())
    state: LineState = field("State", LineState.IN_USE)
    decisions: LineDecisions = field("Decisions by hand", LineDecisions())
    classified: bool = field("A classified stub: id, department and count only", False)
    count: int = field("How many a classified stub stands for", 1, ge=1)
    note: Text = field("Free text", "")


class InternetExit(Record):
    """A department's or a level's own internet exit (互联网出口)."""

    name: Text = field("Name", "")
    department: Annotated[str, Ref("department")] | None = field(
        "Department that pays; absent: the unified exit of a division", None
    )
    division: Annotated[str, Ref("division")] | None = field("Division of a unified exit", None)
    carrier: Annotated[str, Ref("carrier")] | None = field("Carrier", None)
    bandwidth_mbps: float = field("Bandwidth", 0, unit="Mbit/s", ge=0)
    p95_mbps: float | None = field("95th percentile of use", None, unit="Mbit/s", ge=0)
    public_addresses: tuple[str, ...] = field("Public addresses or prefixes", ())
    rules: tuple[str, ...] = field("NAT and allow rules to carry over", ())
    fee_yuan_per_month: float = field("Fee", 0, unit="yuan/month", ge=0)
    contract_end: dt.date | None = field("End of the contract", None)
    notice_days: int = field("Notice period", 0, unit="days", ge=0)
    renewal_months: int | None = field(
        "Months by which the contract goes on unless it is canceled in time; 0: it ends by itself; absent: "
        "settings.consolidation.contracts", None, unit="months", ge=0, le=120,
    )  # fmt: skip
    state: LineState = field("State", LineState.IN_USE)
    decisions: LineDecisions = field("Decisions by hand", LineDecisions())
    note: Text = field("Free text", "")


class CarrierPrice(Struct):
    """One price of a framework agreement."""

    bandwidth_mbps: float = field("Bandwidth", unit="Mbit/s", example=100, gt=0)
    service_class: Text = field("Service class", "")
    fee_yuan_per_month: float = field("Fee", unit="yuan/month", example=1200, ge=0)


class Carrier(Record):
    """A carrier and its framework agreement."""

    name: Text = field("Name", "", example="运营商甲")
    divisions: tuple[Annotated[str, Ref("division", soft=True)], ...] = field("Divisions it reaches", ())
    prices: tuple[CarrierPrice, ...] = field("Prices by bandwidth and service class", ())
    valid_from: dt.date | None = field("Agreement valid from", None)
    valid_to: dt.date | None = field("Agreement valid to", None)
    note: Text = field("Free text", "")

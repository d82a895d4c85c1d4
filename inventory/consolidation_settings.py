"""settings.consolidation: what decides about dedicated lines, private networks and internet exits.

Every row says where its figures come from: a document, a reading, or ``assumption`` with its reason.
"""

from __future__ import annotations

from typing import Annotated, Literal

from inventory.base import SelectorText, Struct, Text, Words, field

__all__ = [
    "ConsolidationRule",
    "ConsolidationSettings",
    "ContractSettings",
    "DemandSettings",
    "EvidenceSettings",
    "GradeSettings",
    "HorizonSettings",
    "IdleFloor",
    "LatencySettings",
    "ReviewSettings",
    "ServiceClassRow",
]

OutcomeWord = Literal["move", "backup", "keep", "internal_network", "end"]


class ServiceClassRow(Struct):
    """A service class of the shared network. A line gets the most demanding one whose threshold it reaches."""

    name: Words = field("Name as in VPNs and price lists", example="standard")
    from_availability: float = field("Availability needed from which lines get it", 0, ge=0, le=1, example=0.9995)
    to_latency_ms: float | None = field(
        "Lines that need at most this latency get it whatever their availability", None, unit="ms", gt=0
    )
    backup: bool = field("Whether it has a backup path that shares no link with the primary one", False)
    other_carrier: bool = field("Whether the backup path enters over another carrier", False)
    price_class: Text = field(
        "Service class of the price list by which its circuits are billed; empty: its own name", ""
    )
    source: Words = field("Where the row comes from", "assumption")


class IdleFloor(Struct):
    """Use at or below which a line counts as idle: both readings hold. A line's own floor replaces the mean."""

    mean_kbps: float = field("Mean over a day, in the busier direction", 16, unit="kbit/s", ge=0)
    peak_kbps: float = field("Highest 5-minute mean of a day, in the busier direction", 64, unit="kbit/s", ge=0)
    source: Words = field(
        "Where the figures come from",
        "assumption: routing and watching never stop on a line without users. OSPF hellos of both families every 10 s, "
        "BGP and LDP keepalives, ARP and one ping a second are below 2 kbit/s, SNMP polling of one router every minute "
        "below 8 kbit/s; a full routing update or a log-in by a technician stays below 64 kbit/s over 5 minutes",
    )

    def of(self, own_kbps: float | None) -> tuple[float, float]:
        """(mean, 5-minute peak) in kbit/s for a line with a floor of its own; None: it has none."""
        return (self.mean_kbps, self.peak_kbps) if own_kbps is None else (own_kbps, max(own_kbps, self.peak_kbps))


class DemandSettings(Struct):
    """Bandwidth that a line's traffic needs on shared links."""

    peak_share: float = field("Demand is at least this share of the peak", 0.7, ge=0, le=1)
    headroom: float = field("Share of a link or of a unified exit that is kept free", 0.3, ge=0, le=0.9)
    source: Words = field(
        "Where the figures come from",
        "assumption: links are extended when the 95th percentile of their use reaches 70 %; peaks of single lines do "
        "not fall together, so that 70 % of the peak is what a shared link sees of one",
    )


class ReviewSettings(Struct):
    """When keeping a line is looked at again."""

    months: int = field("Months after the decision, unless it names a day", 12, unit="months", ge=1, le=120)
    source: Words = field("Where the figure comes from", "assumption: once in each budget year")


class LatencySettings(Struct):
    """Latency of a path before it is measured."""

    hop_ms: float = field("Each link of a path", 1.0, unit="ms", ge=0)
    access_ms: float = field("Each circuit between a site and the network", 1.0, unit="ms", ge=0)
    source: Words = field(
        "Where the figures come from",
        "assumption: 100 km of fibre there and back (1 ms at 5 us/km) and the switching of one router",
    )


class HorizonSettings(Struct):
    """Time over which rents and upgrades are counted."""

    months: int = field("Months from now on", 36, unit="months", ge=1, le=240)
    source: Words = field("Where the figure comes from", "assumption: the usual term of a framework agreement")


class EvidenceSettings(Struct):
    """What readings of a line have to be like to prove that it is idle."""

    longest_minutes: float = field(
        "Longest interval between two readings; a longer one is a gap", 15, unit="minutes", gt=0, le=1440
    )
    fresh_days: int = field("Days that evidence of a line may be old when it is to end", 7, unit="days", ge=0, le=366)
    source: Words = field(
        "Where the figures come from",
        "assumption: monitoring reads every 5 minutes, so that two readings may fail, and a device that restarts is "
        "seen before its counters have grown past what they were; lists are handed in once a week",
    )


class ContractSettings(Struct):
    """How contracts of lines and exits go on unless they are canceled."""

    renewal_months: int = field(
        "Months by which a contract goes on that was not canceled in time, unless its record says", 12,
        unit="months", ge=0, le=120,
    )  # fmt: skip
    source: Words = field(
        "Where the figure comes from",
        "assumption: lines are rented by budget year, and a contract that nobody cancels goes on for another one",
    )


class GradeSettings(Struct):
    """Which private networks the shared network may carry."""

    most: int = field("Highest protection grade of a private network that it carries", 3, ge=1, le=5)
    source: Words = field(
        "Where the figure comes from", "assumption: government external networks are filed and assessed at grade 3"
    )


class ConsolidationRule(Struct):
    """The estate's own rule: what becomes of the records that it selects. Before the built-in ones, in this order."""

    name: Words = field("Short name, shown where it decides", example="finance-keeps")
    kind: Literal["line", "private_network", "internet_exit"] = field("Kind of record", "line")
    selector: Annotated[str, SelectorText()] = field("Records", example="department.sector:finance")
    outcome: OutcomeWord = field("What becomes of them", example="keep")
    reason: Text = field("Why", "")
    review_months: int | None = field("Of what is kept: months to the review", None, unit="months", ge=1, le=120)
    source: Words = field("Where the rule comes from", example="省大数据局 2020 年第 3 号")


SERVICE_CLASSES = (
    ServiceClassRow(
        name="standard",
        source="assumption: one circuit of a carrier is sold with an availability of 99.9 % (8.8 hours a year)",
    ),
    ServiceClassRow(
        name="protected",
        from_availability=0.9995,
        backup=True,
        price_class="standard",
        source="assumption: above 99.9 % one circuit does not do; protection is bought as a second one",
    ),
    ServiceClassRow(
        name="critical",
        from_availability=0.9999,
        backup=True,
        other_carrier=True,
        price_class="standard",
        source="assumption: 53 minutes a year leave no room for an outage of a whole carrier",
    ),
)


class ConsolidationSettings(Struct):
    """Dedicated lines, private networks and internet exits."""

    service_classes: tuple[ServiceClassRow, ...] = field("Service classes of the shared network", SERVICE_CLASSES)
    idle_floor: IdleFloor = field("Use of a line that nobody uses; its days are settings.idle_days", IdleFloor())
    demand: DemandSettings = field("Bandwidth that a line's traffic needs", DemandSettings())
    review: ReviewSettings = field("When keeping is looked at again", ReviewSettings())
    latency: LatencySettings = field("Latency of paths", LatencySettings())
    horizon: HorizonSettings = field("Time over which money is counted", HorizonSettings())
    grade: GradeSettings = field(
        "Protection grade up to which the shared network carries private networks", GradeSettings()
    )
    evidence: EvidenceSettings = field("What proves that a line is idle", EvidenceSettings())
    contracts: ContractSettings = field("How contracts go on", ContractSettings())
    rules: tuple[ConsolidationRule, ...] = field("The estate's own rules", ())

    def class_of(self, availability: float | None, max_latency_ms: float | None) -> ServiceClassRow | None:
        """The most demanding class that a line reaches; None where no row is reached."""
        reached = [
            row
            for row in self.service_classes
            if (availability or 0) >= row.from_availability
            or (row.to_latency_ms is not None and max_latency_ms is not None and max_latency_ms <= row.to_latency_ms)
        ]
        return max(reached, key=lambda row: row.from_availability, default=None)

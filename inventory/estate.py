"""The estate's own settings: estate.yaml."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from inventory.addressing_settings import AddressingSettings
from inventory.base import NonNegative, Ref, SelectorText, Struct, Text, Words, field
from inventory.consolidation_settings import ConsolidationSettings
from inventory.kinds.clouds import CloudTier
from inventory.kinds.people import Skill
from inventory.kinds.systems import Criticality, EvidenceKind
from inventory.routing_settings import RoutingSettings
from inventory.stack_settings import StackSettings

__all__ = [
    "EARLIEST_DAY",
    "FORMAT",
    "LATEST_DAY",
    "CutoverLimit",
    "DockingGate",
    "EffortRow",
    "Estate",
    "EvidenceRule",
    "LimitPer",
    "Settings",
    "TimeGrid",
    "WaveSize",
]

FORMAT = 1
"""Version of the estate's data format that this program reads and writes."""


EARLIEST_DAY = dt.date(1949, 10, 1)
LATEST_DAY = dt.date(2199, 12, 31)
"""Days beyond these are slips of the pen, and calendars cannot reckon with the ends of what a date can hold."""

Day = Annotated[dt.date, Field(ge=EARLIEST_DAY, le=LATEST_DAY)]


class TimeGrid(Struct):
    """The common time grid: slots of equal length from a first day. Weekly slots begin on Mondays."""

    start: dt.date | None = field("First day; default the Monday of the week of as_of", None)
    length_days: int = field("Length of a slot; 7: calendar weeks", 7, unit="days", ge=1, le=31)
    count: int = field("Slots in the horizon", 156, ge=1, le=2000)


class LimitPer(StrEnum):
    """What a limit counts by."""

    CLOUD = "cloud"
    DEPARTMENT = "department"
    DIVISION = "division"
    ROOM = "room"
    DEVICE = "device"


class CutoverLimit(Struct):
    """Rule H6: at most so many cutovers a slot for each object of a kind (``device``: each on the path to the core)."""

    per: LimitPer = field("Kind of object that is counted by", example="department")
    selector: Annotated[str, SelectorText()] = field("Only these objects; empty: all of the kind", "")
    max_cutovers: int = field("Cutovers a slot", example=5, ge=0)


class WaveSize(Struct):
    """Range of the size of a wave (all cutovers of one slot and one cloud)."""

    min: int = field("Smallest wave wished for", 1, ge=1)
    max: int = field("Largest wave", 60, ge=1)


class EffortRow(Struct):
    """What one step of one object takes. Of the rows that fit the most particular counts (``inventory.effort``)."""

    track: Literal["cloud", "network", "line", "system", "room"] = field("Track", example="system")
    step: Words = field("Step of the track", example="cutover")
    technology: Text = field(
        "Technology with * and ?; NOW>AFTERWARDS for a change of make; for lines the kind; empty: any",
        "",
        example="oracle*>dm*",
    )
    criticality: Criticality | None = field("Only systems of this criticality", None)
    skills: dict[Skill, NonNegative] = field("Effort by skill", {}, unit="person-days", example={"system": 2})
    days: int = field("How long it lasts; a change fits one window", 1, unit="calendar days", ge=0, le=3650)
    outage_minutes: int = field("Interruption by a change", 0, unit="minutes", ge=0)
    rollback_minutes: int = field("Time to go back", 0, unit="minutes", ge=0)
    source: Words = field("Where the figures come from; assumption where nobody measured them", "assumption")


class EvidenceRule(Struct):
    """Evidence that must be on record before the cutover of systems from a grade on (H9)."""

    from_grade: int = field("Classified-protection grade from which it holds", example=3, ge=1, le=5)
    kinds: tuple[EvidenceKind, ...] = field("Kinds of evidence", example=["filing", "assessment", "scan"])


class DockingGate(StrEnum):
    """Whether cutovers into a cloud wait until it is docked to the provincial cloud."""

    HARD = "hard"
    SOFT = "soft"


class Settings(Struct):
    """Settings that rules and reports read."""

    management_root: Annotated[str, Ref("device", soft=True)] | None = field(
        "Device from which all others are managed", None
    )
    headroom: float = field("Share of every pool that is kept free", 0.1, ge=0, le=0.9)
    migration_share: float = field("Share of a link that migration copies may use", 0.3, ge=0, le=1)
    wave_size: WaveSize = field("Range of wave sizes", WaveSize())
    limits: tuple[CutoverLimit, ...] = field("Cutovers a slot (H6)", ())
    calendar: Annotated[str, Ref("calendar")] | None = field("Working days; default China's legal ones", None)
    unused_days: int = field("A system without use for longer is a zombie candidate", 180, unit="days", ge=1)
    new_platform_date: dt.date | None = field(
        "From this day on no county or department cloud may be built or extended (1+N rule)", None
    )
    effort: tuple[EffortRow, ...] = field("Rows of the effort table, before the shipped ones", ())
    shipped_effort: bool = field("Whether the shipped rows of the effort table count where no own row fits", True)
    evidence: tuple[EvidenceRule, ...] = field(
        "Evidence before a cutover (H9)",
        (EvidenceRule(from_grade=3, kinds=(EvidenceKind.FILING, EvidenceKind.ASSESSMENT, EvidenceKind.SCAN)),),
    )
    docking: dict[CloudTier, DockingGate] = field(
        "Whether cutovers wait for the docking of a cloud of this tier; tiers not named: soft",
        {CloudTier.INDUSTRY: DockingGate.HARD},
    )
    idle_days: int = field("Days at or below the idle floor before a line ends (H9)", 30, unit="days", ge=0)
    switched_off_days: int = field("Days a retired system stays switched off before removal", 90, unit="days", ge=0)
    bridge_days: int = field(
        "Days after the last cutover until the path to an old address closes (H14)", 30, unit="days", ge=0
    )
    copy_keep_days: int = field("Most days from the end of a first copy to the cutover (H12)", 35, unit="days", ge=1)
    parallel_run_days: int = field("Most days a line runs in parallel (H12)", 180, unit="days", ge=1)
    network_changes: int = field("Most changes of devices in one slot, level and area (H6)", 60, ge=1)
    addressing: AddressingSettings | None = field("IPv6 address plan", None)
    routing: RoutingSettings = field("Routing, management and services of the network", RoutingSettings())
    stacks: StackSettings | None = field("Places on clouds: how they are reached and what they offer", None)
    consolidation: ConsolidationSettings = field(
        "Dedicated lines, private networks and internet exits", ConsolidationSettings()
    )
    tolerance_percent: int = field("What a cost may give up for the next one", 3, unit="%", ge=0, le=100)
    max_file_mb: int = field("Largest file that is read", 64, unit="MB", ge=1)
    languages: tuple[Literal["zh", "en"], ...] = field("Languages of reports", ("zh", "en"))


class Estate(Struct):
    """What estate.yaml says."""

    name: Text = field("Name", example="某省政务云网迁移")
    as_of: Day = field("Day as of which the declared facts hold", example="2020-06-30")
    format: int = field("Version of the data format", FORMAT)
    grid: TimeGrid = field("Time grid", TimeGrid())
    settings: Settings = field("Settings", Settings())
    note: Text = field("Free text", "")

    @property
    def first_day(self) -> dt.date:
        """First day of slot 0; for weekly grids a Monday."""
        start = self.grid.start or self.as_of
        return start - dt.timedelta(days=start.weekday()) if self.grid.length_days == 7 else start

    @property
    def last_day(self) -> dt.date:
        """Last day of the last slot."""
        return self.first_day + dt.timedelta(days=self.grid.count * self.grid.length_days - 1)

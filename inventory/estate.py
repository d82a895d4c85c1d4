"""The estate's own settings: estate.yaml."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from inventory.base import Ref, SelectorText, Struct, Text, field

__all__ = [
    "EARLIEST_DAY",
    "FORMAT",
    "LATEST_DAY",
    "CutoverLimit",
    "Estate",
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

"""The plan file: what is moved when and where to, and what kept the rest out. Plain data, JSON, ``format: 1``.

The file holds no wall times: the same estate, now, seed and effort give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from itertools import count
from typing import Any, Literal, Self

from pydantic import AwareDatetime, model_validator

from inventory.base import Struct, field
from inventory.estate import EffortRow
from inventory.kinds.people import Skill
from migration.steps import CHANGES, STEPS, Nature, Track

__all__ = [
    "CHANGES",
    "FORMAT",
    "STEPS",
    "Bridge",
    "Cost",
    "Disposed",
    "Disposition",
    "Finding",
    "Grid",
    "ItemState",
    "LineOutcome",
    "Nature",
    "Plan",
    "PlanItem",
    "PlanStatus",
    "Skipped",
    "Track",
    "Unplanned",
    "Value",
    "Wave",
    "Work",
    "item_id",
    "slot_label",
    "waves_of",
]

FORMAT = 1
"""Version of the plan's data format that this program reads and writes."""

_FARTHEST = 20_000
"""Slots that an item may lie from the first; with the longest slots still a day of the calendar."""

Value = str | int | float | bool | None


class PlanStatus(StrEnum):
    """How good the plan is. A plan that leaves something out has ``unplanned`` as well."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NO_SOLUTION_IN_TIME = "no_solution_in_time"


class ItemState(StrEnum):
    """planned: the planner may move it; pinned by a decision, done and running items stay as they are (H11)."""

    PLANNED = "planned"
    PINNED = "pinned"
    DONE = "done"
    RUNNING = "running"


class Disposition(StrEnum):
    """What becomes of a system."""

    RETIRE = "retire"
    RETAIN = "retain"
    RELOCATE = "relocate"
    REHOST = "rehost"
    REPURCHASE = "repurchase"
    REPLATFORM = "replatform"
    REFACTOR = "refactor"
    COLOCATE = "colocate"

    @property
    def moves(self) -> bool:
        """Whether the system itself lands in a pool, with a cutover."""
        return self in (Disposition.RELOCATE, Disposition.REHOST, Disposition.REPLATFORM, Disposition.REFACTOR)


class Grid(Struct):
    """The time grid that slot numbers count on."""

    first_day: dt.date = field("First day of slot 0")
    length_days: int = field("Length of a slot", unit="days", ge=1, le=31)
    count: int = field("Slots in the horizon", ge=1, le=2000)

    def slot_of(self, day: dt.date) -> int:
        """Number of the slot that holds a day; negative before the grid, ``count`` or more after it."""
        return (day - self.first_day).days // self.length_days

    def first_day_of(self, slot: int) -> dt.date:
        """First day of a slot (also of one outside the grid)."""
        return self.first_day + dt.timedelta(days=slot * self.length_days)

    def last_day_of(self, slot: int) -> dt.date:
        """Last day of a slot."""
        return self.first_day_of(slot + 1) - dt.timedelta(days=1)

    def label(self, slot: int) -> str:
        """Name of a slot: ``2021-W14`` on weekly grids, else its first day ``2021-04-05``."""
        return slot_label(self, slot)


class Finding(Struct):
    """A violation, a fact or a cause: which rule, where, with which figures. ``code`` names the text."""

    rule: str = field("Id of the rule, H1 to H14", example="H1")
    code: str = field("Stable code of the text", example="order")
    items: tuple[str, ...] = field("Ids of the items concerned", ())
    records: tuple[str, ...] = field("Records concerned, as KIND:ID", ())
    data: dict[str, Value] = field("Figures that fill the text", {})


class Cost(Struct):
    """One figure of the objective."""

    rule: str = field("Id of the cost, S1 to S7; H6 for waves below the smallest size wished for", example="S3")
    name: str = field("Which figure of that cost", example="traffic")
    value: int = field("Value; lower is better")
    unit: str = field("Unit", example="Mbit/s x slots")
    bound: int | None = field("No plan of the same items has less; absent where nothing is known", None)


class Work(Struct):
    """Effort of one skill, and the team that gives it (H5)."""

    team: str = field("Team; empty where no team on record serves the object with that skill", "")
    skill: Skill = field("Skill", example="network")
    days: float = field("Effort", unit="person-days", example=0.5, ge=0)


class Bridge(StrEnum):
    """H14: how clients with a written-in address reach a provider that has moved."""

    KEEP_ADDRESS = "keep_address"
    NAT = "nat"
    CLIENT_CHANGE = "client_change"


class PlanItem(Struct):
    """One planned thing. A change counts on the day its window starts; all else lasts from ``start`` to ``end``."""

    id: str = field("TRACK/OBJECT/STEP", example="system/140000-mzt-0003/cutover")
    track: Track = field("Track", Track.SYSTEM)
    step: str = field("Step of the track", "cutover")
    object: str = field("What it is done to, as KIND:ID", example="system:140000-mzt-0003")
    slot: int = field(
        "Number of the slot it starts in; negative for what was done before the grid begins",
        ge=-_FARTHEST,
        le=_FARTHEST,
    )
    slot_label: str = field("Name of its slot", example="2021-W14")
    start: dt.date = field("First day; of a change the day its window starts", example="2021-04-09")
    end: dt.date = field("Last day, the same as ``start`` for a change", example="2021-04-09")
    window_start: AwareDatetime | None = field("Changes: start of the window, Asia/Shanghai; absent when done", None)
    window_minutes: int | None = field("Length of that window", None, unit="minutes")
    outage_minutes: int | None = field("Changes: how long it interrupts", None, unit="minutes")
    rollback_minutes: int | None = field("Changes: time to go back", None, unit="minutes")
    pool: str | None = field(
        "Cutovers and copies: pool it lands in; absent when not on record", None, example="yun-ty-a"
    )
    wave: str = field(
        "Wave of a system's cutover, SLOT/CLOUD, or of a device's change, SLOT/LEVEL-DIVISION; else empty",
        "",
        example="2021-W14/yun-ty",
    )
    state: ItemState = field("Whether it can still be moved", ItemState.PLANNED)
    department: str = field("Owner", "", example="140000-mzt")
    work: tuple[Work, ...] = field("Effort by team and skill, spread evenly over its days", ())
    links: tuple[str, ...] = field("Copies: links of the path it takes", ())
    rate_mbps: float | None = field("Copies: rate along that path", None, unit="Mbit/s")
    bridge: Bridge | None = field("Bridges (H14): how the old address keeps working", None)
    closes: dt.date | None = field("Bridges: day on which it is taken away", None)
    records: tuple[str, ...] = field("Further records it concerns: dependencies of a bridge, systems of a request", ())
    slice_hash: str = field("Hash of the records that it depends on", "")

    @model_validator(mode="after")
    def _named_by_its_parts(self) -> Self:
        if self.id != item_id(self.object_id, self.step, self.track):
            raise ValueError(f"'{self.id}' is not TRACK/OBJECT/STEP of {self.track.value} {self.object} {self.step}")
        return self

    @property
    def object_id(self) -> str:
        """The id without its kind."""
        return self.object.partition(":")[2]

    @property
    def kind(self) -> str:
        """Kind of its object."""
        return self.object.partition(":")[0]

    @property
    def base_step(self) -> str:
        """The step as ``STEPS`` names it, without a date behind it."""
        return self.step.partition("-")[0]

    @property
    def is_cutover(self) -> bool:
        """Whether a system lands in a pool by it."""
        return self.track is Track.SYSTEM and self.step == "cutover"

    @property
    def changes(self) -> bool:
        """Whether it interrupts its object and needs a window."""
        return (self.track, self.base_step) in CHANGES

    @property
    def cloud(self) -> str:
        """Target cloud, of a device's change LEVEL-DIVISION; empty when not on record."""
        return self.wave.partition("/")[2]

    @property
    def movable(self) -> bool:
        """Whether rules bind it: it is neither done nor running."""
        return self.state is ItemState.PLANNED or self.state is ItemState.PINNED


class Disposed(Struct):
    """What becomes of one system, and the rule or decision that says so."""

    system: str = field("System")
    disposition: Disposition = field("What becomes of it")
    rule: str = field("Id of a rule of the estate, decision, or default:NAME", example="default:zombie")
    reason: str = field("Reason of a decision or a rule", "")
    role: str = field("Role that decided by hand", "")
    direct: bool = field("Not yet in service: it is set up in the cloud, nothing is moved there", False)


class LineOutcome(Struct):
    """What becomes of one line, private network or internet exit, and why."""

    record: str = field("KIND:ID", example="line:140000-mzt-zx-0001")
    outcome: Literal["move", "backup", "keep", "internal_network", "end"] = field("What becomes of it")
    by: str = field("decision, settings, or default:NAME", example="default:no-use")
    code: str = field("Code of the reason", example="no-use")
    data: dict[str, Value] = field("Figures that fill its text", {})
    review: dt.date | None = field("Day on which keeping it is looked at again", None)


class Unplanned(Struct):
    """An item that has no place in the plan, and why."""

    item: str = field("Id of the item", example="system/140000-mzt-0003/cutover")
    causes: tuple[Finding, ...] = field("Rules and records that keep it out")


class Skipped(Struct):
    """A step that an object does not need, and why."""

    item: str = field("Id that the item would have", example="network/ty-core-1/underlay")
    reason: str = field("Code of the reason", example="vpn-over-ipv4")


class Plan(Struct):
    """A plan. ``items`` are ordered by slot, wave and id; the other lists by id."""

    format: int = field("Version of the data format", FORMAT)
    estate: str = field("Name of the estate")
    as_of: dt.date = field("Day as of which the estate's facts hold")
    now: dt.date = field("Day the plan was made for; nothing is planned before it")
    declared_hash: str = field("Hash of the estate's declarations", "")
    slice_hash: str = field("Hash over the slices of all items", "")
    seed: int = field("Seed of the search", 0)
    effort: int = field("Counted work done; the same effort gives the same plan", 0)
    status: PlanStatus = field("How good the plan is")
    grid: Grid = field("Time grid")
    objective: tuple[Cost, ...] = field("Costs, in the order in which they count", ())
    items: tuple[PlanItem, ...] = field("What is planned, pinned, done and running", ())
    dispositions: tuple[Disposed, ...] = field("What becomes of each system", ())
    outcomes: tuple[LineOutcome, ...] = field("What becomes of each line, private network and internet exit", ())
    unplanned: tuple[Unplanned, ...] = field("Items without a place", ())
    out_of_scope: tuple[str, ...] = field("Classified records that are never planned, as KIND:ID", ())
    quarantined: tuple[str, ...] = field("Records left out because of errors in them, as KIND:ID", ())
    names: dict[str, str] = field("Names of the objects above, by KIND:ID, so that a plan can be read alone", {})
    skipped: tuple[Skipped, ...] = field("Steps that are not needed", ())
    paths: dict[str, tuple[str, ...]] = field("Device -> devices to the management root, both included (H13)", {})
    assumptions: tuple[EffortRow, ...] = field(
        "Rows of the effort table that the plan rests on and nobody measured", ()
    )
    slices: dict[str, str] = field(
        "First 16 hex digits of the hash of each record that items depend on, by KIND:ID", {}
    )
    provisional: tuple[int, ...] = field("Years whose legal holidays are not published yet (H8)", ())
    notes: tuple[Finding, ...] = field("What the plan could not take into account", ())
    facts: tuple[Finding, ...] = field("Rules that only done or running items break", ())
    violations: tuple[Finding, ...] = field("Rules that the plan breaks", ())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values for some fields; what follows from the items is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        for name in ("by_id", "waves"):
            copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def by_id(self) -> dict[str, PlanItem]:
        """Item id -> item."""
        return {item.id: item for item in self.items}

    @cached_property
    def waves(self) -> tuple[Wave, ...]:
        """All waves, by slot and then target."""
        return waves_of(self.items)


class Wave(Struct):
    """All cutovers of one slot and one target cloud, or all changes of one slot to devices of one level and area."""

    id: str = field("SLOT/CLOUD or SLOT/LEVEL-DIVISION", example="2021-W14/yun-ty")
    number: int = field("Running number within its track, for display only")
    track: Track = field("system or network", Track.SYSTEM)
    slot: int = field("Number of the slot")
    slot_label: str = field("Name of the slot")
    cloud: str = field("Target cloud, or LEVEL-DIVISION")
    items: tuple[PlanItem, ...] = field("Its cutovers or changes")


def item_id(system: str, step: str = "cutover", track: Track = Track.SYSTEM) -> str:
    """``system/140000-mzt-0003/cutover``."""
    return f"{track}/{system}/{step}"


def slot_label(grid: Grid, slot: int) -> str:
    """Name of a slot: the ISO week (``2021-W14``) on weekly grids, else the first day (``2021-04-05``)."""
    day = grid.first_day_of(slot)
    if grid.length_days != 7:
        return day.isoformat()
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def waves_of(items: Iterable[PlanItem]) -> tuple[Wave, ...]:
    """Waves of the items: those of systems, then those of the network, each by slot and then target."""
    found: dict[tuple[bool, int, str], list[PlanItem]] = {}
    for item in items:
        if item.wave:
            found.setdefault((item.track is Track.NETWORK, item.slot, item.wave), []).append(item)
    numbers = {track: count(1) for track in Track}
    return tuple(
        Wave(
            id=wave,
            number=next(numbers[members[0].track]),
            track=members[0].track,
            slot=slot,
            slot_label=members[0].slot_label,
            cloud=members[0].cloud,
            items=tuple(sorted(members, key=lambda item: item.id)),
        )
        for (_, slot, wave), members in sorted(found.items())
    )

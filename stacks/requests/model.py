"""What is asked of a cloud by form, and what its operator has delivered. Plain data, JSON and YAML, ``format: 1``."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import orjson

from inventory.base import Id, Struct, Text, field
from stacks.design.model import MachineOutputs, SystemDesign, SystemOutputs, ZoneDesign, ZoneOutputs

__all__ = ["FORMAT", "DeliveredRow", "Delivery", "Request", "content_hash"]

FORMAT = 1
DIGITS = 16
"""Hex digits of a hash that people compare."""


def content_hash(content: Any) -> str:
    """First 16 hex digits of the SHA-256 of plain content, whatever the order of its keys."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:DIGITS]


class DeliveredRow(Struct):
    """One row of a form as it was filled in."""

    asked: str = field("Hash of what the row asked for")
    values: dict[str, str] = field("What was filled in, by column")


class Request(Struct):
    """One form: what a department asks of a cloud for one wave."""

    format: int = field("Version of the format", FORMAT, le=FORMAT)
    id: Id = field("CLOUD.DEPARTMENT.SLOT", example="yun-ty.140000-mzt.2021-W14")
    cloud: str = field("Cloud", example="yun-ty")
    cloud_name: Text = field("Name of the cloud", "")
    operator: Text = field("Operator of the cloud", "")
    department: str = field("Department", example="140000-mzt")
    department_name: Text = field("Name of the department", "")
    wave: Text = field("Wave", "", example="2021-W14/yun-ty")
    needed_by: dt.date | None = field("Day on which it has to be there", None)
    lead_days: int = field("Lead time of the cloud's requests", 0, unit="days", ge=0)
    zones: tuple[ZoneDesign, ...] = field("Landing zones that its systems stand in")
    asked_zones: tuple[str, ...] = field("Those of them that are asked for; the others are there already", ())
    systems: tuple[SystemDesign, ...] = field("Systems whose machines are asked for", ())
    known: dict[str, DeliveredRow] = field("Rows that were delivered before, by their key: filled in already", {})

    @property
    def hash(self) -> str:
        """What the form carries, so that an answer to another version of the request is noticed."""
        return content_hash(self.model_dump(mode="json"))

    @property
    def hand_in(self) -> dt.date | None:
        """Last day on which it can be handed in."""
        return None if self.needed_by is None else self.needed_by - dt.timedelta(days=self.lead_days)

    @property
    def new_zones(self) -> tuple[ZoneDesign, ...]:
        """Landing zones that are asked for."""
        return tuple(zone for zone in self.zones if zone.id in self.asked_zones)

    @property
    def designs(self) -> tuple[ZoneDesign | SystemDesign, ...]:
        """All that is asked for."""
        return (*self.new_zones, *self.systems)


class Delivery(Struct):
    """What was delivered for one stack: deliveries/STACK.yaml of an estate."""

    format: int = field("Version of the format", FORMAT, le=FORMAT)
    stack: str = field("Stack", example="system.140000-mzt-0003")
    request: Id = field("Request that it answers")
    hash: str = field("Hash of that request")
    delivered: dt.date = field("Day on which it was taken over")
    zone: ZoneOutputs | None = field("Outputs of a landing zone", None)
    system: SystemOutputs | None = field("Outputs of a system", None)
    rows: dict[str, DeliveredRow] = field("The rows of the form, by their key", {})

    @property
    def machines(self) -> dict[str, MachineOutputs]:
        """Machines by component; none of a landing zone."""
        return self.system.machines if self.system else {}

    @property
    def outputs(self) -> dict[str, Any]:
        """What it hands on, as the engine tells the outputs of a stack that it has made."""
        found = self.zone or self.system
        return {} if found is None else found.model_dump(mode="json")

"""The runbook: items of a plan, each with its steps in groups. Plain data, YAML, ``format: 1``.

A runbook is written by ``migration.runbook.build``, may be edited by hand, and is read, linted and hashed before every
run. Steps of an item run one after the other; items run side by side unless ``after`` says otherwise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field

from inventory.base import Id, Struct, Text, Words, field

__all__ = [
    "FORMAT",
    "Call",
    "ExecutorKind",
    "Host",
    "HostGroup",
    "HostName",
    "OnFailure",
    "Runbook",
    "RunbookItem",
    "Stage",
    "Step",
    "StepGroup",
]

FORMAT = 1
"""Version of the runbook's data format that this program reads and writes."""


class ExecutorKind(StrEnum):
    """Who does a step. approval and manual steps wait for a person; check only looks."""

    ANSIBLE = "ansible"
    DEVICE = "device"
    STACK = "stack"
    COMMAND = "command"
    MANUAL = "manual"
    APPROVAL = "approval"
    CHECK = "check"


class Stage(StrEnum):
    """Which part of the plan a runbook carries out: a part of a wave of systems, or chosen items of any track."""

    PREPARE = "prepare"
    CUTOVER = "cutover"
    DECOMMISSION = "decommission"
    ITEMS = "items"


class OnFailure(StrEnum):
    """What follows a failed step: undo what was done, or wait for a person's decision."""

    ROLLBACK = "rollback"
    ASK = "ask"


HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,179}$")]
"""SYSTEM.COMPONENT.SIDE, each of the first two an id of up to 80 characters."""


class Host(Struct):
    """A machine that steps act on."""

    name: HostName = field("Name, unique in the runbook", example="140000-mzt-0003.db.source")
    address: Text = field("Address it is reached at; empty: by its name", "", example="10.14.3.10")
    port: int = field("Port of SSH", 22, ge=1, le=65535)
    object: Text = field("What runs on it, as component:SYSTEM/COMPONENT", "")
    place: Text = field("Where it stands, as KIND:ID", "", example="room:mzt-1")
    groups: tuple[Id, ...] = field("Groups it belongs to", (), example=["source", "database"])
    variables: dict[str, Any] = field("Variables of this machine", {})


class HostGroup(Struct):
    """What machines of a group have in common."""

    name: Id = field("Group of machines", example="paired")
    variables: dict[str, Any] = field("Variables of each of them; a machine's own go before", {})


class Call(Struct):
    """One thing to do: ``do`` for all executors but command, ``argv`` for command."""

    do: Text = field(
        "ansible: ROLE or ROLE/ENTRY; check: name of the check; manual: what the person does; device, stack: operation",
        "",
        example="dns_record/verify",
    )
    argv: tuple[str, ...] = field("command: program and arguments, no shell", (), example=["ssh", "db-1", "uptime"])
    parameters: dict[str, Any] = field("Parameters of this call, over those of the step", {})


class Step(Struct):
    """One step. What it lacks of probe, verify and rollback is excused in ``reasons``, or the lint says so."""

    id: Id = field("Unique within its item", example="switch-dns")
    name: Text = field("What it does, for people", "")
    executor: ExecutorKind = field("Who does it")
    act: Call = field("What is done", Call())
    probe: Call | None = field("Finds out whether it is already done", None)
    verify: Call | None = field("Proves that it is done rightly", None)
    rollback: Call | None = field("Undoes it", None)
    reasons: dict[str, Text] = field(
        "Why there is no probe, verify or rollback", {}, example={"rollback": "only reads"}
    )
    parameters: dict[str, Any] = field("Parameters of all its calls", {})
    targets: tuple[HostName, ...] = field("Hosts or devices it acts on, by name", ())
    limits: tuple[Text, ...] = field(
        "Further objects of which only so many steps may use one at a time, as KIND:ID", (), example=["carrier:ct"]
    )
    site: Text = field("Site whose workers do it; empty: the item's", "")
    timeout_seconds: int = field("Longest one attempt may take", 3600, unit="seconds", ge=1, le=259_200)
    worst_case_seconds: int = field(
        "Longest it takes together with its rollback; a step that does not fit the window left is not started",
        600,
        unit="seconds",
        ge=0,
        le=259_200,
    )
    retries: int = field("Further attempts after a failure, before the item counts as failed", 0, ge=0, le=10)
    changes: bool = field("Whether it changes anything outside of this program", True)
    in_window: bool = field("Whether it needs the item's change window", False)
    point_of_no_return: bool = field("Once done, steps up to here are no longer undone without a person", False)
    role: Text = field("approval, manual: role of the person", "")
    evidence: tuple[Words, ...] = field("What its record must show afterwards, by name", (), example=["row_counts"])


class StepGroup(Struct):
    """Steps under one heading, done in their order."""

    id: Id = field("Unique within its item", example="cutover")
    name: Text = field("Heading", "")
    steps: tuple[Step, ...] = field("Steps, in order")


class _Whole(Struct):
    """A value that remembers what it worked out of its fields."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values for some fields; what follows from them is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        for name, value in vars(type(copied)).items():
            if isinstance(value, cached_property):
                copied.__dict__.pop(name, None)
        return copied


class RunbookItem(_Whole):
    """One item of the plan and how it is done."""

    item: Words = field("Item of the plan", example="system/140000-mzt-0003/cutover")
    object: Words = field("What it is done to, as KIND:ID", example="system:140000-mzt-0003")
    name: Text = field("Name of the object", "")
    template: Text = field("Template that it was made from", "")
    site: Id = field("Site whose workers do it", example="140000")
    slice_hash: Text = field("Hash of the records that it depends on, from the plan", "")
    after: tuple[Words, ...] = field("Items of this runbook that must have succeeded before", ())
    priority: int = field("Lower goes first", 0)
    canary: bool = field("One of the first, on whose success the others wait", False)
    on_failure: OnFailure = field("What follows a failed step", OnFailure.ASK)
    window_start: AwareDatetime | None = field("Start of its change window", None)
    window_minutes: int | None = field("Length of that window", None, unit="minutes", ge=1)
    parameters: dict[str, Any] = field("Parameters of all its steps", {})
    sets: dict[str, dict[str, Any]] = field(
        "Fields of the inventory that hold once it has succeeded, by KIND:ID; {date} stands for the day it ended",
        {},
        example={"system:140000-mzt-0003": {"runs_in": "pool:yun-ty-a", "moved": "{date}"}},
    )
    restores: dict[str, dict[str, Any]] = field("What those fields held before; holds again once it is undone", {})
    groups: tuple[StepGroup, ...] = field("Step groups, in order")

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for group in self.groups for step in group.steps)


class Runbook(_Whole):
    """What one run does."""

    format: int = field("Version of the data format", FORMAT)
    name: Id = field("Name", example="2021-W14-yun-ty-cutover")
    stage: Stage = field("Which part of the plan")
    estate: Text = field("Name of the estate", "")
    wave: Text = field("Wave, for runbooks of a wave", "", example="2021-W14/yun-ty")
    plan_hash: Text = field("SHA-256 of the plan file it was made from", "")
    declared_hash: Text = field("Hash of the estate's declarations then", "")
    error_budget: int = field("Failed items after which no further item is started", 0, ge=0)
    host_groups: tuple[HostGroup, ...] = field("What machines of a group have in common, said once", ())
    hosts: tuple[Host, ...] = field("Machines that steps act on", ())
    items: tuple[RunbookItem, ...] = field("Items")

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the content; the same for any spelling of the file."""
        # Without groups it is what it was before there were any: approvals that were given hold.
        content = self.model_dump(mode="json", exclude=None if self.host_groups else {"host_groups"})
        plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()

    @cached_property
    def by_item(self) -> dict[str, RunbookItem]:
        """Plan item id -> item."""
        return {item.item: item for item in self.items}

    @cached_property
    def followers(self) -> dict[str, tuple[str, ...]]:
        """Plan item id -> items that come directly after it; without entry: none."""
        found: dict[str, list[str]] = {}
        for item in self.items:
            for before in set(item.after):
                found.setdefault(before, []).append(item.item)
        return {item: tuple(names) for item, names in found.items()}

    @cached_property
    def by_host(self) -> dict[str, Host]:
        """Host name -> host, with the variables of its groups; those of later groups go before."""
        shared = {group.name: group.variables for group in self.host_groups}
        return {host.name: _with_shared(host, shared) for host in self.hosts}

    def steps(self) -> Iterator[tuple[RunbookItem, Step]]:
        """All steps with their items."""
        return ((item, step) for item in self.items for step in item.steps)

    @cached_property
    def gates(self) -> Mapping[str, tuple[str, ...]]:
        """Id of each approval step -> items that wait for it. Items may share a gate: it is approved once."""
        found: dict[str, list[str]] = {}
        for item, step in self.steps():
            if step.executor is ExecutorKind.APPROVAL:
                found.setdefault(step.id, []).append(item.item)
        return {gate: tuple(items) for gate, items in found.items()}


def _with_shared(host: Host, shared: Mapping[str, Mapping[str, Any]]) -> Host:
    found: dict[str, Any] = {}
    for group in host.groups:
        found |= shared.get(group, {})
    return host.model_copy(update={"variables": found | host.variables}) if found else host

"""An engine in memory, with the methods that operations use: programs are designs, clouds are dictionaries."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inventory.errors import QianyunError
from stacks.design.model import StackDesign, ZoneDesign, ZoneOutputs
from stacks.design.protection import is_protected
from stacks.engine import (
    Drift,
    LockInfo,
    Op,
    PendingOperation,
    Progress,
    Recovered,
    ResourceChange,
    StackInfo,
    StackPreview,
    StackResult,
    StackState,
    StateResource,
)
from stacks.errors import CloudError, EngineError, StackBoundError
from stacks.journal import Journal
from stacks.operations import Desk

__all__ = ["Declared", "MadeEngine", "MadeLooker", "Marked", "made_desk"]

SINCE = dt.datetime(2021, 4, 12, 9, 30, tzinfo=dt.UTC)
CUSTOM = "qianyun:openstack:"
NO_OUTPUTS: dict[str, Any] = {}


@dataclass(frozen=True)
class Declared:
    """A program: what a design declares once its landing zone is known."""

    design: StackDesign
    zone: ZoneOutputs | None

    def __call__(self) -> None:
        """Never called here."""

    def resources(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(kind, name, inputs)"""
        design = self.design
        if isinstance(design, ZoneDesign):
            yield "Network", "network", {"name": design.network.name}
            for subnet in design.network.subnets:
                yield "Subnet", f"subnet-v{subnet.version}", {"cidr": subnet.prefix}
            for group in design.groups:
                yield "SecurityGroup", f"group-{group.name}", {"name": group.name}
            return
        network = "[unknown]" if self.zone is None else self.zone.network_id
        for machine in design.machines:
            yield "Port", f"port-{machine.component}", {"network_id": network, "ips": list(machine.addresses)}
            yield "Server", f"server-{machine.component}", {"name": machine.name, "flavor": machine.flavor}

    def outputs(self, ids: Mapping[str, str]) -> dict[str, Any]:
        """What the stack hands on."""
        design = self.design
        if isinstance(design, ZoneDesign):
            versions = [str(subnet.version) for subnet in design.network.subnets]
            return {
                "project_id": "p-1",
                "network_id": ids["network"],
                "subnets": {version: ids[f"subnet-v{version}"] for version in versions},
                "groups": {group.name: ids[f"group-{group.name}"] for group in design.groups},
                "dns_zone_id": "",
            }
        machines = {
            machine.component: {
                "id": ids[f"server-{machine.component}"],
                "name": machine.name,
                "addresses": list(machine.addresses),
                "mac": "fa:16:3e:00:00:01",
            }
            for machine in design.machines
        }
        return {"machines": machines}


@dataclass(frozen=True)
class Rule:
    """A rule that somebody added by hand."""

    id: str
    group_id: str
    direction: str = "ingress"
    ether_type: str = "IPv4"
    protocol: str = "tcp"
    ports: tuple[int, int] | None = (3389, 3389)
    remote: str = "0.0.0.0/0"
    description: str = ""


@dataclass(frozen=True)
class Marked:
    """An object that carries a stack's mark."""

    token: str
    id: str
    urn_hash: str
    name: str
    stack: str


@dataclass
class MadeLooker:
    """What is on the cloud beside what stacks know.

    Attributes:
        found: logical name -> id.
        rules: by hand.
        marked: what carries marks.
        held: id of a marked object -> whether something holds it still.
        deleted: ids, in order.
    """

    found: dict[str, str] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)
    held: dict[str, Callable[[], bool]] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    def owned(self, stack: str) -> Any:
        return tuple(one for one in self.marked if one.stack == stack)

    def delete(self, owned: Any) -> None:
        if self.held.get(owned.id, bool)():
            raise CloudError("cloud-conflict", what=owned.name, reason="in use")
        self.marked.remove(owned)
        self.deleted.append(owned.id)

    def find(self, _token: str, urn: str, _inputs: Mapping[str, Any]) -> str | None:
        return self.found.get(urn.rpartition("::")[2])

    def unmanaged_rules(self, group_ids: Any, known_rule_ids: Collection[str]) -> Any:
        groups = set(group_ids)
        return tuple(rule for rule in self.rules if rule.group_id in groups and rule.id not in known_rule_ids)


@dataclass
class MadeEngine:
    """Stacks in memory.

    Attributes:
        failures: stack -> errors that the next ``up`` or ``destroy`` of it ends with, one each.
        between: called at the beginning of each ``up``, with the stack.
        calls: (method, stack), in order.
        read_first: stacks that were made what their program says after a look at the cloud.
    """

    kept: dict[str, StackState] = field(default_factory=dict)
    locks: dict[str, LockInfo] = field(default_factory=dict)
    failures: dict[str, list[QianyunError]] = field(default_factory=dict)
    drifts: dict[str, tuple[ResourceChange, ...]] = field(default_factory=dict)
    between: Callable[[str], None] | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)
    read_first: set[str] = field(default_factory=set)

    def stacks(self) -> tuple[StackInfo, ...]:
        return tuple(
            StackInfo(name, len(state.made), None, self.locks.get(name)) for name, state in sorted(self.kept.items())
        )

    def state(self, stack: str) -> StackState | None:
        return self.kept.get(stack)

    def outputs(self, stack: str) -> Mapping[str, Any]:
        return self.kept[stack].outputs

    def lock(self, stack: str) -> LockInfo | None:
        return self.locks.get(stack)

    def unlock(self, stack: str) -> LockInfo | None:
        return self.locks.pop(stack, None)

    def preview(self, stack: str, program: Declared, *, plan_file: Path | None = None, **_: Any) -> StackPreview:
        self._free(stack, "preview")
        changes = self._changes(stack, program)
        if plan_file is not None:
            plan_file.write_text(_hash(changes), encoding="utf-8")
        self.kept.setdefault(stack, StackState(stack, (), {}))
        return self._preview(stack, changes)

    def _preview(self, stack: str, changes: tuple[ResourceChange, ...]) -> StackPreview:
        counts = {op: sum(change.op.value == op for change in changes) for op in ("create", "update", "delete")}
        state = self.kept.get(stack)
        counts["same"] = (0 if state is None else len(state.made)) - counts["update"] - counts["delete"]
        return StackPreview(stack, changes, counts, _hash(changes))

    def up(self, stack: str, program: Declared, *, plan_file: Path | None = None, **options: Any) -> StackResult:
        self._free(stack, "up")
        if options.get("refresh"):
            self.read_first.add(stack)
        if self.between is not None:
            self.between(stack)
        changes = self._changes(stack, program)
        if plan_file is not None and plan_file.read_text(encoding="utf-8") != _hash(changes):
            raise StackBoundError("plan-broken", stack=stack, reason="another plan")
        state = self.kept.get(stack) or StackState(stack, (), {})
        if state.pending:
            raise EngineError("stack-interrupted", stack=stack, names=state.pending[0].resource.name)
        declared = {name: (kind, inputs) for kind, name, inputs in program.resources()}
        failures = self.failures.get(stack)
        broken = failures.pop(0) if failures else None
        names = list(declared)[:1] if broken is not None else list(declared)
        before = {one.name: one for one in state.resources if one.custom}
        made = tuple(
            _resource(stack, declared[name][0], name, declared[name][1], before.get(name), program.design)
            for name in names
        )
        self.kept[stack] = replace(state, resources=made)
        self._tell(stack, changes, options.get("on_event"))
        if broken is not None:
            raise broken
        ids = {one.name: one.id for one in made}
        self.kept[stack] = StackState(stack, (_provider(stack), *made), program.outputs(ids))
        return StackResult(stack, changes, {}, self.kept[stack].outputs, 0.5)

    def import_(self, stack: str, program: Declared, ids: Mapping[str, str], **options: Any) -> StackResult:
        done = self.up(stack, program, **options)
        state = self.kept[stack]
        taken = tuple(
            replace(one, id=ids[one.name], protect=True) if one.name in ids else one for one in state.resources
        )
        self.kept[stack] = replace(state, resources=taken)
        return done

    def drift(self, stack: str, **_: Any) -> Drift:
        self._free(stack, "drift")
        return Drift(stack, self.drifts.get(stack, ()), 0.1)

    def refresh(self, stack: str, **_: Any) -> Drift:
        self._free(stack, "refresh")
        return Drift(stack, self.drifts.pop(stack, ()), 0.1)

    def preview_destroy(self, stack: str, **_: Any) -> StackPreview:
        state = self.kept[stack]
        return self._preview(stack, tuple(_change(one, Op.DELETE) for one in state.made))

    def destroy(
        self, stack: str, *, only: Collection[str] | None = None, remove: bool = False, **options: Any
    ) -> StackResult:
        self._free(stack, "destroy")
        state = self.kept[stack]
        gone = [one for one in state.resources if only is None or one.urn in only]
        if any(one.protect for one in gone):
            raise EngineError("resource-protected", stack=stack, name=gone[0].name)
        self.kept[stack] = replace(state, resources=tuple(one for one in state.resources if one not in gone))
        changes = tuple(_change(one, Op.DELETE) for one in gone)
        self._tell(stack, changes, options.get("on_event"))
        if remove:
            del self.kept[stack]
        return StackResult(stack, changes, {}, {}, 0.2)

    def recover(self, stack: str, find: Callable[[str, str, Mapping[str, Any]], str | None]) -> Recovered:
        self.calls.append(("recover", stack))
        state = self.kept[stack]
        found = {one.resource.urn: find(one.resource.type, one.resource.urn, {}) for one in state.pending}
        adopted = tuple(replace(one.resource, id=id) for one in state.pending if (id := found[one.resource.urn]))
        self.kept[stack] = replace(state, resources=(*state.resources, *adopted), pending=())
        lock = self.locks.pop(stack, None)
        dropped = tuple(urn for urn, id in found.items() if id is None)
        return Recovered(stack, tuple(one.urn for one in adopted), dropped, lock=lock)

    # ---- for tests ----

    def leave_pending(self, stack: str, kind: str, name: str) -> None:
        """As a killed engine leaves it: making a resource, and locked."""
        state = self.kept.get(stack) or StackState(stack, (), {})
        one = replace(_resource(stack, kind, name, {}, None, None), id="")
        self.kept[stack] = replace(state, pending=(PendingOperation("creating", one),))
        self.locks[stack] = LockInfo("worker@host", 4321, SINCE, alive=False)

    def change_by_hand(self, stack: str, name: str, **inputs: Any) -> None:
        """Somebody has changed a resource, and the state knows."""
        state = self.kept[stack]
        changed = tuple(
            replace(one, inputs={**one.inputs, **inputs}) if one.name == name else one for one in state.resources
        )
        self.kept[stack] = replace(state, resources=changed)

    def _free(self, stack: str, call: str) -> None:
        self.calls.append((call, stack))
        lock = self.locks.get(stack)
        if lock is not None:
            raise StackBoundError("stack-locked", stack=stack, who=lock.who, pid=lock.pid, since=lock.since)

    def _changes(self, stack: str, program: Declared) -> tuple[ResourceChange, ...]:
        state = self.kept.get(stack)
        before = {one.name: one for one in (() if state is None else state.made)}
        found = []
        for kind, name, inputs in program.resources():
            old = before.pop(name, None)
            if old is None:
                found.append(_change(_resource(stack, kind, name, inputs, None, None), Op.CREATE))
            elif dict(old.inputs) != inputs:
                diff = {
                    key: (old.inputs.get(key), value) for key, value in inputs.items() if old.inputs.get(key) != value
                }
                found.append(replace(_change(old, Op.UPDATE), diff=diff))
        return (*found, *(_change(one, Op.DELETE) for one in before.values()))

    @staticmethod
    def _tell(stack: str, changes: tuple[ResourceChange, ...], told: Callable[[Progress], None] | None) -> None:
        for change in changes:
            if told is not None:
                told(Progress(stack, "done", change.op, change.urn, change.type))


def _resource(
    stack: str, kind: str, name: str, inputs: Mapping[str, Any], old: StateResource | None, design: StackDesign | None
) -> StateResource:
    urn = f"urn:pulumi:{stack}::qianyun::{CUSTOM}{kind}::{name}"
    id = hashlib.sha256(urn.encode()).hexdigest()[:8] if old is None else old.id
    protect = design is not None and is_protected(design.protected, name)
    return StateResource(urn, f"{CUSTOM}{kind}", id, True, protect=protect, inputs=dict(inputs))


def _provider(stack: str) -> StateResource:
    urn = f"urn:pulumi:{stack}::qianyun::pulumi:providers:qianyun::cloud"
    given = {"cloud": "bed", "region": "", "project_id": "p-1"}
    return StateResource(urn, "pulumi:providers:qianyun", "cloud", True, inputs=given)


def _change(one: StateResource, op: Op) -> ResourceChange:
    return ResourceChange(one.urn, one.type, one.name, op, protect=one.protect, id=one.id)


def _hash(changes: tuple[ResourceChange, ...]) -> str:
    rows = [[change.urn, change.op.value, {key: str(pair) for key, pair in change.diff.items()}] for change in changes]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def made_desk(engine: MadeEngine, folder: Path, looker: MadeLooker | None = None, step: str = "") -> Desk:
    """A desk on an engine in memory."""
    found = looker or MadeLooker()
    return Desk(engine, Journal(folder), lambda *_: found, Declared, "test", step)  # type: ignore[arg-type]

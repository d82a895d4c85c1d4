"""What is done to stacks, the same by command and by run: previewed, put on record, carried out, recovered, undone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from inventory.errors import QianyunError
from stacks.design.model import Place, StackDesign, SystemDesign, SystemOutputs, ZoneOutputs
from stacks.errors import CloudError, EngineError, StackError
from stacks.journal import Action, Event, Journal
from stacks.provider.marks import urn_hash

if TYPE_CHECKING:
    from stacks.engine import (
        Cancel,
        Drift,
        Engine,
        LockInfo,
        OnProgress,
        Program,
        Recovered,
        StackPreview,
        StackResult,
        StackState,
    )
    from stacks.provider.finding import UnmanagedRule
    from stacks.provider.handlers.base import Owned

__all__ = [
    "Desk",
    "Looker",
    "Orphan",
    "approval_hash",
    "hash_of",
    "same_work",
    "system_outputs",
    "zone_outputs",
    "zone_stack",
]

HASH_LENGTH = 16
SYSTEM = "system."
PROVIDER, GROUP, RULE = (
    "pulumi:providers:qianyun",
    "qianyun:openstack:SecurityGroup",
    "qianyun:openstack:SecurityGroupRule",
)


class Looker(Protocol):
    """What looks a cloud up directly (``stacks.provider.finding.Finder``)."""

    def find(self, token: str, urn: str, inputs: Mapping[str, Any]) -> str | None:
        """Id of the object that carries a URN's tag."""
        ...

    def unmanaged_rules(self, group_ids: Iterable[str], known_rule_ids: Collection[str]) -> tuple[UnmanagedRule, ...]:
        """Rules of security groups that no stack has made."""
        ...

    def owned(self, stack: str) -> tuple[Owned, ...]:
        """Everything that carries the mark of a stack, in the order in which it can be removed."""
        ...

    def delete(self, owned: Owned) -> None:
        """Remove an object that carries our mark; what is gone already is fine."""
        ...


@dataclass(frozen=True)
class Orphan:
    """An object on the cloud that carries a stack's mark and is not in its state.

    Attributes:
        login: what it was seen with: entry of clouds.yaml, region, id of a project. Outlives the stack's state.
    """

    owned: Owned
    login: tuple[str, str, str]


def zone_stack(zone: str) -> str:
    """Name of a landing zone's stack."""
    return f"zone.{zone}"


def zone_outputs(state: StackState | None) -> ZoneOutputs | None:
    """What a landing zone's stack hands on; None as long as something of it is missing."""
    outputs: Mapping[str, Any] = {} if state is None else state.outputs
    try:
        return ZoneOutputs.model_validate({name: outputs[name] for name in ZoneOutputs.model_fields if name in outputs})
    except ValidationError:
        return None


def system_outputs(outputs: Mapping[str, Any]) -> SystemOutputs | None:
    """What a system's stack hands on; None as long as something of it is missing."""
    try:
        return SystemOutputs.model_validate({"machines": outputs["machines"]})
    except (KeyError, ValidationError):
        return None


def approval_hash(designs: Iterable[StackDesign], previews: Mapping[str, StackPreview]) -> str:
    """What a person agrees to: designs and normalised previews of all chosen stacks."""
    rows = [[one.stack, one.model_dump(mode="json"), previews[one.stack].hash] for one in designs]
    return hash_of(rows)


def hash_of(plain: Any) -> str:
    """A short hash of plain data."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def same_work(agreed: StackPreview, found: StackPreview) -> bool:
    """Whether two previews do the same to the same resources: what was unknown before a landing zone stood may be
    known by now."""
    return _work(agreed) == _work(found)


def _work(preview: StackPreview) -> set[tuple[str, str]]:
    return {(change.urn, change.op.value) for change in preview.changes}


@dataclass(frozen=True)
class Desk:
    """What working on stacks needs.

    Attributes:
        look: opens what looks a cloud up: entry of clouds.yaml, region, id of a project (empty: the login's own).
        who: who does it, for the record.
        step: mark of the run's step that does it; empty for people.
    """

    engine: Engine
    journal: Journal
    look: Callable[[str, str, str], Looker]
    program: Callable[[StackDesign, ZoneOutputs | None], Program]
    who: str
    step: str = ""

    # ---- looking ----

    def state(self, stack: str) -> StackState | None:
        """What the stack knows; None where there is none."""
        return self.engine.state(stack)

    def zone_of(self, design: StackDesign) -> ZoneOutputs | None:
        """Outputs of the landing zone that a system's stack stands in."""
        return zone_outputs(self.state(zone_stack(design.zone))) if isinstance(design, SystemDesign) else None

    def preview(
        self,
        design: StackDesign,
        *,
        refresh: bool = False,
        plan_file: Path | None = None,
        tell: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackPreview:
        """What ``up`` would do. Errors of the engine."""
        program = self.program(design, self.zone_of(design))
        return self.engine.preview(
            design.stack, program, refresh=refresh, plan_file=plan_file, on_event=tell, cancel=cancel
        )

    def unmanaged(self, stack: str) -> tuple[UnmanagedRule, ...]:
        """Rules in the stack's security groups that it has not made. Errors of the cloud."""
        state = self.state(stack)
        made = () if state is None else state.made
        groups = [one.id for one in made if one.type == GROUP]
        rules = [one.id for one in made if one.type == RULE]
        lookers = self._lookers(state) if groups else []
        return lookers[-1].unmanaged_rules(groups, rules) if lookers else ()

    def orphans(self, stack: str) -> tuple[Orphan, ...]:
        """What carries the stack's mark on the cloud and is not in its state, in the order in which it can be removed.

        Kinds that a login may not list are left out, as is what a killed engine was making: ``recover`` ends that.
        Nothing where no login is known: nothing was made yet, or by a Terraform provider. Errors of the cloud.
        """
        state = self.state(stack)
        if state is None:
            return ()
        known = {one.id for one in state.resources if one.custom}
        pending = {urn_hash(one.resource.urn) for one in state.pending}
        found: dict[tuple[str, str], Orphan] = {}
        for login in reversed(_logins(state)):  # what is in a project goes before the project
            for one in self.look(*login).owned(stack):
                if one.id not in known and one.urn_hash not in pending:
                    found.setdefault((one.token, one.id), Orphan(one, login))
        return tuple(found.values())

    def _lookers(self, state: StackState | None) -> list[Looker]:
        """One for each login that the stack's resources were made with, those within projects last."""
        return [self.look(*found) for found in _logins(state)]

    def inside(self, zone: str) -> list[str]:
        """Stacks of systems that have something in a landing zone."""
        outputs = zone_outputs(self.state(zone_stack(zone)))
        if outputs is None:
            return []
        names = [info.name for info in self.engine.stacks() if info.name.startswith(SYSTEM)]
        return [name for name in names if outputs.network_id in self._texts(name)]

    def _texts(self, stack: str) -> set[Any]:
        """Values of the inputs of a stack's resources."""
        state = self.state(stack)
        inputs = [] if state is None else [one.inputs for one in state.resources]
        return {value for one in inputs for value in one.values() if isinstance(value, str)}

    # ---- doing ----

    def up(
        self,
        design: StackDesign,
        *,
        agreed: str,
        plan_file: Path | None,
        refresh: bool = False,
        tell: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackResult:
        """Make the stack what its design says, by an update plan where one is given. ``agreed``: hash of the approval.
        ``refresh``: the cloud is read first, as it was for the preview.

        Errors of the engine; StackError ``stack-no-zone`` for a system whose landing zone does not stand.
        """
        zone = self.zone_of(design)
        if isinstance(design, SystemDesign) and zone is None:
            raise StackError("stack-no-zone", stack=design.stack, zone=zone_stack(design.zone))
        program = self.program(design, zone)
        with self.on_record(Action.UP, design.stack, agreed):
            return self.engine.up(
                design.stack, program, plan_file=plan_file, refresh=refresh, on_event=tell, cancel=cancel
            )

    def refresh(self, stack: str, *, tell: OnProgress | None = None, cancel: Cancel | None = None) -> Drift:
        """Take over what the cloud has."""
        with self.on_record(Action.REFRESH, stack):
            return self.engine.refresh(stack, on_event=tell, cancel=cancel)

    def adopt(
        self,
        design: StackDesign,
        ids: Mapping[str, str],
        *,
        tell: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackResult:
        """Take over what exists, logical name -> id, and make the rest of the design."""
        program = self.program(design, self.zone_of(design))
        with self.on_record(Action.IMPORT, design.stack):
            return self.engine.import_(design.stack, program, ids, on_event=tell, cancel=cancel)

    def destroy(
        self,
        stack: str,
        *,
        agreed: str = "",
        only: Collection[str] | None = None,
        orphans: Collection[Orphan] = (),
        undo: bool = False,
        tell: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackResult:
        """Delete what the stack has made, or only the resources with these URNs; ``undo``: a step is taken back.

        Orphans (as ``orphans`` gives them) go before, as a port would hold the stack's network and anything its
        project; those that the stack's own resources hold go after these. Errors of engine and cloud.
        """
        named = [f"{one.owned.token.rpartition(':')[2]} {one.owned.id} {one.owned.name}" for one in orphans]
        more = {"orphans": named} if named else {}
        with self.on_record(Action.UNDO if undo else Action.DESTROY, stack, agreed, **more):
            held = self._without_held(stack, orphans, cancel)
            done = self.engine.destroy(stack, only=only, remove=only is None, on_event=tell, cancel=cancel)
            for one in held:
                if cancel and cancel.asked:
                    raise EngineError("engine-stopped", stack=stack)
                self.look(*one.login).delete(one.owned)
            return done

    def _without_held(self, stack: str, orphans: Collection[Orphan], cancel: Cancel | None) -> list[Orphan]:
        """Removes orphans; those that the cloud does not remove yet, as something holds them. Nothing is removed from
        a stack that the engine will refuse, nor what has come into the state meanwhile."""
        state = self.state(stack)
        if state is None or state.pending or self.engine.lock(stack) is not None:
            return list(orphans)
        known = {one.id for one in state.resources if one.custom}
        held = []
        for one in orphans:
            if one.owned.id in known:
                continue
            if cancel and cancel.asked:
                held.append(one)
                continue
            try:
                self.look(*one.login).delete(one.owned)
            except CloudError:
                held.append(one)
        return held

    def recover(self, stack: str, place: Place | None = None) -> Recovered:
        """End what a killed engine has left: what it was creating is looked up on the cloud by its tag, with the logins
        that the stack knows, else with that of ``place``."""
        lookers: list[Looker] | None = None

        def find(token: str, urn: str, inputs: Mapping[str, Any]) -> str | None:
            nonlocal lookers
            if lookers is None:
                lookers = self._lookers(self.state(stack))
                if not lookers and place is not None:
                    lookers = [self.look(place.login, place.region, "")]
            return next((id for one in reversed(lookers) if (id := one.find(token, urn, inputs))), None)

        with self.on_record(Action.RECOVER, stack):
            return self.engine.recover(stack, find)

    def unlock(self, stack: str) -> LockInfo | None:
        """Take a stack's lock away, whoever holds it; the lock that was there."""
        with self.on_record(Action.UNLOCK, stack):
            return self.engine.unlock(stack)

    @contextmanager
    def on_record(self, action: Action, stack: str, agreed: str = "", **more: Any) -> Iterator[None]:
        """The block between its begin, with ``more``, and its end in the journal. InputError where that cannot be
        written: nothing is done then."""
        state = self.state(stack) if action is Action.UP else None
        before = [] if state is None else [one.urn for one in state.resources]
        facts: dict[str, Any] = {"who": self.who, "step": self.step, "hash": agreed}
        seen: dict[str, Any] = {**more, "before": before} if before else more
        self.journal.append(Event.BEGIN, action, stack, **facts, **seen)
        try:
            yield
        except QianyunError as error:
            self.journal.append(Event.END, action, stack, **facts, status="failed", code=error.code)
            raise
        except BaseException as error:
            self.journal.append(Event.END, action, stack, **facts, status="failed", code=type(error).__name__)
            raise
        self.journal.append(Event.END, action, stack, **facts, status="done")


def _logins(state: StackState | None) -> list[tuple[str, str, str]]:
    """Entry of clouds.yaml, region and project of each provider of a stack, those within projects last."""
    given = [one.inputs for one in (() if state is None else state.resources) if one.type == PROVIDER]
    found = {(_word(one.get("cloud")), _word(one.get("region")), _word(one.get("project_id"))) for one in given}
    return sorted(found, key=lambda login: (bool(login[2]), login))


def _word(value: Any) -> str:
    """A property of a provider as plain text; what is not known yet is empty."""
    return value if isinstance(value, str) and not value.startswith("[") else ""

"""The executor of steps that change or look at devices: the port ``migration.run.ports.Executor``.

Operations are those of ``migration/runbook/templates/device-*.yaml``. What a device is to have stands in its host of
the runbook (``network.push.facts``); every change goes the guarded way (``network.push.device``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import nearest_names
from inventory.kinds.network import Ipv6Stage
from migration.run.events import Probed, StepOutput
from migration.run.ports import Flaw, Outcome, Preview, Probe, StepCall
from migration.runbook.model import Host, Step
from network.config import parse
from network.errors import PushError
from network.operations import READING, Sight
from network.push.access import Access, Jump, login_of, read_known_hosts, target_of_facts
from network.push.aftermath import recover_device
from network.push.device import Tell, push_device
from network.push.facts import ACCESS, INTENT, intent_of_host, probes_of_host
from network.push.guards import GuardState, guard_of
from network.push.journal import Event, Journal
from network.push.model import Limits, PushStatus, config_hash, same_config
from network.push.preview import DevicePreview, Wish, preview_device
from network.push.saving import is_saved, save
from network.push.undo import undo_wish

if TYPE_CHECKING:
    from migration.run.settings import WorkerSettings
    from network.config import ConfigTree
    from network.transport import Transport

__all__ = ["STAGES", "DeviceExecutor", "access_of", "journal_folder"]

STAGES: Mapping[str, Ipv6Stage] = {
    f"ipv6-{stage.value}": stage
    for stage in (Ipv6Stage.ADDRESSED, Ipv6Stage.UNDERLAY, Ipv6Stage.ROUTING, Ipv6Stage.SERVICE, Ipv6Stage.SECURITY)
}
"""Operations that change a device, and the stage that they bring it to."""


def access_of(settings: WorkerSettings) -> Access:
    """How a worker logs in to devices: by key or agent, for nobody is there to be asked. FileError."""
    jump, key = settings.device_jump, settings.device_key or settings.private_key
    return Access(
        user=settings.device_user,
        key_file=Path(key) if key else None,
        jump=None if jump is None else Jump(jump.address, jump.host_key, jump.user, jump.port),
        port=settings.device_port,
        host_keys=read_known_hosts(Path(settings.known_hosts)) if settings.known_hosts else {},
    )


def journal_folder(settings: WorkerSettings) -> Path:
    """Where a worker keeps its journal of pushes."""
    if settings.device_folder:
        return Path(settings.device_folder)
    from platformdirs import user_state_path

    return user_state_path("qianyun") / "network"


@dataclass(frozen=True)
class _Device:
    """One device of a call, and the id of the push that the step is for it, the same in every attempt."""

    push: str
    host: Host
    wish: Wish

    @property
    def id(self) -> str:
        return self.wish.target.device


class DeviceExecutor:
    """Carries out operations on the devices of a step, one after the other. One instance serves many threads."""

    def __init__(self, settings: WorkerSettings, transport: Transport | None = None) -> None:
        """ModuleNotFoundError where what speaks to devices is not installed."""
        if transport is None:
            if find_spec("netmiko") is None:
                raise ModuleNotFoundError(name="netmiko")
            from network.transport import NetmikoTransport

            transport = NetmikoTransport()
        self._transport = transport
        self._access = access_of(settings)
        self._journal = Journal(journal_folder(settings))
        self._limits = Limits(guard=settings.guard_seconds)

    # ---- before anything is contacted ----

    def inspect(self, step: Step, shared: Mapping[str, Any]) -> tuple[Flaw, ...]:  # noqa: ARG002 - the port's
        """See ``Executor``."""
        flaws = [] if step.targets else [Flaw("no-targets", {"step": step.id})]
        known = sorted({*STAGES, *READING})
        named = [call.do for call in (step.act, step.probe, step.verify, step.rollback) if call is not None]
        flaws += [
            Flaw("operation-unknown", {"step": step.id, "operation": do, "nearest": nearest_names(do, known)})
            for do in dict.fromkeys(named)
            if do not in known
        ]
        return tuple(flaws)

    # ---- acting ----

    def preview(self, call: StepCall) -> Preview:
        """See ``Executor``: reads the devices and computes the change by the code that pushes it."""
        if call.call.do in READING:
            return Preview(ok=True, changes=0)
        found = [preview_device(one.push, one.wish, self._transport) for one in self._devices(call)]
        for one in found:
            _emit_patch(call, one)
        failed = next((error for one in found if (error := one.error or one.refusal) is not None), None)
        if failed is not None:
            return Preview(ok=False, text=failed.message, code=failed.code)
        return Preview(ok=True, changes=sum(one.lines for one in found))

    def probe(self, call: StepCall) -> Probe:
        """See ``Executor``. A push that was left in the middle is awaited first: then the device tells."""
        for one in self._devices(call):
            self._settle(call, one)
            platform = one.wish.target.platform
            with self._transport.open(one.wish.target, one.wish.login) as session:
                if guard_of(platform, one.id).state(session) is not GuardState.NONE:
                    return Probe(Probed.UNKNOWN, f"{one.id}: a guard is armed that this worker did not arm")
                running = session.running()
                if not _has(one.wish, running) or not is_saved(session, platform, running):
                    return Probe(Probed.NOT_DONE, one.id)
        return Probe(Probed.DONE)

    def act(self, call: StepCall) -> Outcome:
        """See ``Executor``."""
        if call.call.do in READING:
            return self._each(call, lambda one: self._look(call, one))
        return self._each(call, lambda one: self._push(call, one))

    def verify(self, call: StepCall) -> Outcome:
        """See ``Executor``: the device says that it has what is intended, and has it saved."""
        if call.call.do in READING:
            return self._each(call, lambda one: self._look(call, one))
        return self._each(call, self._verify)

    def rollback(self, call: StepCall) -> Outcome:
        """See ``Executor``: puts back what the device had, as long as nothing was changed since."""
        return self._each(call, lambda one: self._put_back(call, one))

    def _each(self, call: StepCall, work: Callable[[_Device], Outcome]) -> Outcome:
        evidence: dict[str, Any] = {}
        for one in self._devices(call):
            if call.cancel.is_set():
                return Outcome(False, "canceled", evidence=evidence)
            found = work(one)
            evidence |= {f"{one.id}.{name}": value for name, value in found.evidence.items()}
            if not found.ok:
                return Outcome(False, found.code, found.message, evidence)
        return Outcome(True, evidence=evidence)

    # ---- one device ----

    def _push(self, call: StepCall, one: _Device) -> Outcome:
        self._settle(call, one)
        return self._carry_out(call, preview_device(one.push, one.wish, self._transport), one)

    def _carry_out(self, call: StepCall, previewed: DevicePreview, one: _Device) -> Outcome:
        if previewed.error is not None:
            raise previewed.error
        assert previewed.change is not None
        _emit_patch(call, previewed)
        change = previewed.change
        result = push_device(
            change, self._transport, self._journal, self._limits, cancel=call.cancel, tell=_teller(call)
        )
        if result.status is PushStatus.UNCHANGED:  # of an attempt that ended between confirming and saving
            with self._transport.open(one.wish.target, one.wish.login) as session:
                save(session, change.platform, one.id)
        return Outcome(
            result.status.good,
            result.code,
            result.message,
            {"push": change.push, "status": result.status.value, "lines": result.lines, "change": change.hash},
        )

    def _verify(self, one: _Device) -> Outcome:
        platform = one.wish.target.platform
        with self._transport.open(one.wish.target, one.wish.login) as session:
            running = session.running()
            if not _has(one.wish, running):
                return Outcome(False, "push-differs", one.id)
            if not is_saved(session, platform, running):
                return Outcome(False, "push-not-saved", one.id)
        return Outcome(True, evidence={"running": config_hash(platform, running)})

    def _put_back(self, call: StepCall, one: _Device) -> Outcome:
        self._settle(call, one)
        if self._journal.last_event(one.push, one.id) is not Event.DONE:
            with self._transport.open(one.wish.target, one.wish.login) as session:
                done = _has(one.wish, session.running())
            # Undoing what was never done succeeds; of what another has done nobody here knows what was there before.
            return Outcome(False, "push-nothing-to-undo", one.id) if done else Outcome(True)
        back = preview_device(f"{one.push}-back", undo_wish(self._journal, one.push, one.wish), self._transport)
        return self._carry_out(call, back, one)

    def _look(self, call: StepCall, one: _Device) -> Outcome:
        key = f"{call.run}-{hashlib.sha256(call.item.encode()).hexdigest()[:12]}"
        sight = Sight(one.wish.target, one.wish.login, one.wish.probes, one.host.variables, self._journal, key)
        return READING[call.call.do](sight, self._transport)

    def _settle(self, call: StepCall, one: _Device) -> None:
        """End what a crash has left in the middle. PushError ``push-unfinished``: it could not be ended yet."""
        left = self._journal.unfinished_of(one.id)
        if left is None:
            return
        ending = recover_device(
            left, one.wish.target, one.wish.login, self._transport, self._journal, self._limits, cancel=call.cancel
        )
        call.emit(StepOutput(host=one.id, task="recover", message=f"{ending.status.value} {ending.detail}".strip()))
        if ending.status in (PushStatus.PENDING, PushStatus.ALARM):
            raise PushError("push-unfinished", device=one.id, push=left.push)

    def _devices(self, call: StepCall) -> list[_Device]:
        """PushError ``push-no-facts``; errors of ``target_of_facts`` and ``login_of``."""
        return [self._device(call, name) for name in call.step.targets]

    def _device(self, call: StepCall, name: str) -> _Device:
        host = call.hosts.get(name)
        if host is None or not {ACCESS, INTENT} <= host.variables.keys():
            raise PushError("push-no-facts", device=name)
        facts = {**host.variables[ACCESS], "address": host.address} | ({"port": host.port} if host.port != 22 else {})
        target = target_of_facts(name, facts, self._access)
        try:
            intent = intent_of_host(host.variables)
            probes = probes_of_host(host.variables)
        except (KeyError, TypeError, ValueError) as error:
            raise PushError("push-no-facts", device=name) from error
        stage = STAGES.get(call.call.do)

        def wanted(running: ConfigTree) -> ConfigTree:
            from network.rendering import intended

            return running if stage is None else intended(intent, stage, running)

        mark = hashlib.sha256(f"{call.item}\n{call.step.id}\n{name}".encode()).hexdigest()[:12]
        wish = Wish(target, login_of(name, facts, self._access), wanted, label=call.call.do, probes=probes)
        return _Device(f"{call.run}-{mark}", host, wish)


def _has(wish: Wish, running: str) -> bool:
    """Whether a running configuration needs nothing more to be what is wished for."""
    from network.config import to_text

    platform = wish.target.platform
    return same_config(platform, running, to_text(platform, wish.wanted(parse(platform, running))))


def _teller(call: StepCall) -> Tell:
    def tell(device: str, event: str, _done: int, total: int) -> None:
        if not total:  # each line on its own would flood the run's journal
            call.emit(StepOutput(host=device, task=event))

    return tell


def _emit_patch(call: StepCall, found: DevicePreview) -> None:
    if found.change is None or not found.lines:
        return
    if found.warning is not None:
        peers = str(found.warning.data["peers"])
        call.emit(StepOutput(host=found.device, task=found.warning.code, message=peers))
    platform = found.change.platform
    lines = "\n".join(platform.masked(line) for line in found.change.patch.commands)
    call.emit(StepOutput(host=found.device, task="patch", status="changed", diff=lines))

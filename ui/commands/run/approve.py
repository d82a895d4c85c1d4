"""``run approve`` and ``run reject``: a person's signature or a person's no.

The signature is only handed in here. A worker verifies it with its own files, and its verdict is an event.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from migration.run.events import ApprovalGiven, ApprovalRefused, Envelope
from ui.commanding import Common, argument, command, common, option
from ui.commands.run.asking import agreed
from ui.commands.run.registry import (
    FAILED,
    GRACE_SECONDS,
    LISTED,
    actor,
    again,
    by_option,
    group,
    open_store,
    reason_option,
    store_option,
)
from ui.commands.run.warned import Warnings, warnings_before
from ui.commands.run.wording import clock, event_text, refusal_text
from ui.output import emit, say
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.fold import RunState
    from migration.run.store import Store

__all__ = ["approve", "reject"]

LOOK_SECONDS = 0.1


@command(
    group,
    "approve",
    example="qianyun run approve 2021-W14-yun-ty-cutover-1 cutover --key ~/.ssh/id_ed25519 --role change-manager\n"
    "qianyun run approve 2021-W14 cutover --form BG-2021-0412 --scan BG-2021-0412.pdf --expires 8",
)
@argument("run")
@argument("gate")
@option("--key", type=Path, metavar="FILE", key="run.option.key")
@option("--principal", metavar="NAME", key="run.option.principal")
@option("--role", metavar="ROLE", key="run.option.role")
@option("--form", default="", metavar="NO", key="run.option.form")
@option("--scan", type=Path, metavar="FILE", key="run.option.scan")
@option("--expires", type=click.IntRange(min=1), default=24, metavar="HOURS", key="run.option.expires")
@option("--yes", is_flag=True, key="run.option.yes")
@store_option
@common(estate=False)
@click.pass_context
def approve(
    context: click.Context,
    common: Common,
    run: str,
    gate: str,
    *,
    key: Path | None,
    principal: str | None,
    role: str | None,
    form: str,
    scan: Path | None,
    expires: int,
    yes: bool,
    store: str | None,
) -> None:
    """Show what is approved, sign it, hand it in, and say what the worker makes of it."""
    from migration.run import control
    from migration.run.approvals import make_document, sign
    from migration.run.journal import run_state
    from migration.run.policy import items_at

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        runbook, state = control.runbook_of(opened, found), run_state(opened, found)
        _refuse_useless(state, gate)
        document = make_document(
            runbook,
            gate,
            run=found,
            nonce="" if state.started is None else state.started.nonce,
            principal=principal or getpass.getuser(),
            now=dt.datetime.now(dt.UTC),
            role=_role(opened, state, gate) if role is None else role,
            form=form,
            scan=scan,
            hours=expires,
        )
        warnings = warnings_before(opened, runbook, items_at(runbook, gate))
        _show(document, warnings)
        agreed(yes=yes, json=common.json, question="run.sign-question")
        control.deposit(opened, found, gate, document, sign(document, key=key))
        verdict = _verdict(opened, found, document, state.last)
        if common.json:
            emit(_answer(found, gate, document, verdict, warnings))
        else:
            _say_verdict(opened, found, gate, verdict)
        if verdict is not None and isinstance(verdict.event, ApprovalRefused):
            context.exit(FAILED)


def _refuse_useless(state: RunState, gate: str) -> None:
    if state.started is not None and state.started.rehearse:
        raise InputError("bad-argument", argument=f"RUN {state.run}", reason=text("run.rehearsal-needs-none"))
    if gate in state.rejected:
        reason = text("run.gate-rejected", by=state.rejected[gate].by)
        raise InputError("bad-argument", argument=f"GATE {gate}", reason=reason)
    if state.ended is not None:
        raise InputError("bad-argument", argument=f"RUN {state.run}", reason=text("run.has-ended"))


def _role(store: Store, state: RunState, gate: str) -> str:
    """The only role that the gate still asks for, empty where it asks for none. InputError for several."""
    roles = _asked_roles(store, state.run, gate)
    left = [role for role in roles if role not in {given.role for given in state.approvals.get(gate, ())}]
    if len(left) > 1:
        raise InputError("bad-argument", argument="--role", reason=text("run.which-role", roles=", ".join(left)))
    return left[0] if left else ""


def _asked_roles(store: Store, run: str, gate: str) -> tuple[str, ...]:
    """Roles that the worker has asked for; before it has come to the gate, those of the runbook."""
    from migration.run import control
    from migration.run.events import ApprovalAsked
    from migration.run.journal import read_events

    roles = {step.role: None for _, step in control.runbook_of(store, run).steps() if step.id == gate and step.role}
    after = 0
    while page := read_events(store, run, after):
        after = page[-1].sequence
        for envelope in page:
            if isinstance(envelope.event, ApprovalAsked) and envelope.event.gate == gate:
                roles |= dict.fromkeys(envelope.event.roles)
    return tuple(roles)


def _show(document: str, warnings: Warnings) -> None:
    says: dict[str, Any] = json.loads(document)
    rows = [(text(f"run.document.{name}"), says[name]) for name in _SHOWN if says[name]]
    rows += [(text(f"run.document.{name}"), clock(dt.datetime.fromisoformat(says[name]))) for name in ("expires",)]
    rows.append((text("run.document.items"), len(says["items"])))
    lines = [text("run.field", name=name, value=value) for name, value in rows]
    lines += [f"  {item}" for item in says["items"][:LISTED]]
    if len(says["items"]) > LISTED:
        lines.append(text("cli.and-more", count=len(says["items"]) - LISTED))
    if warnings.blind:
        lines.append(text("run.not-rehearsed"))
    elif warnings.found:  # all of them: whoever signs has to know each session
        lines.append(text("run.warned-by", run=warnings.rehearsal))
        lines += [f"  {one}" for one in dict.fromkeys(map(str, warnings.found))]
    sys.stderr.writelines(f"{line}\n" for line in lines)


_SHOWN = ("run", "gate", "principal", "role", "form", "scan_sha256", "runbook_hash", "plan_hash", "slice_hash", "binds")


def _verdict(store: Store, run: str, document: str, after: int) -> Envelope | None:
    """What a worker says to what was handed in behind an event; None when none says anything in time."""
    from migration.run.journal import read_events
    from ui.commands.run.workers import present

    says = json.loads(document)
    signed = says["gate"], says["principal"]
    until = time.monotonic() + (GRACE_SECONDS if present(store) else 0)
    while True:
        for envelope in read_events(store, run, after):
            after = envelope.sequence
            match envelope.event:
                case ApprovalGiven(document=said) if said == document:
                    return envelope
                case ApprovalRefused(gate=gate, principal=principal) if (gate, principal) == signed:
                    return envelope
        if time.monotonic() >= until:
            return None
        time.sleep(LOOK_SECONDS)


def _answer(run: str, gate: str, document: str, verdict: Envelope | None, warnings: Warnings) -> dict[str, Any]:
    event = None if verdict is None else verdict.event
    return {
        "run": run,
        "gate": gate,
        "document": json.loads(document),
        "verdict": "none" if event is None else "given" if isinstance(event, ApprovalGiven) else "refused",
        "code": event.code if isinstance(event, ApprovalRefused) else "",
        "message": refusal_text(event) if isinstance(event, ApprovalRefused) else "",
        "rehearsal": warnings.rehearsal,
        "warnings": [one.answer for one in warnings.found],
    }


def _say_verdict(store: Store, run: str, gate: str, verdict: Envelope | None) -> None:
    from ui.commands.run.workers import present

    if verdict is not None:
        sys.stdout.write(event_text(verdict) + "\n")
    elif present(store):
        say("run.no-verdict", gate=gate, status=again(store, "status", run))
    else:
        say("run.deposited", gate=gate, watch=again(store, "watch", run, "--work"))


@command(group, "reject", example="qianyun run reject 2021-W14-yun-ty-cutover-1 cutover --reason 'not in this week'")
@argument("run")
@argument("gate")
@reason_option
@store_option
@by_option
@common(estate=False)
def reject(common: Common, run: str, gate: str, *, reason: str, store: str | None, by: str | None) -> None:
    """The items at the gate are canceled."""
    from migration.run import control

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        control.reject(opened, found, gate, by=actor(by), reason=reason)
        if common.json:
            emit({"run": found, "gate": gate, "by": actor(by), "reason": reason})
        else:
            say("run.rejected", run=found, gate=gate, by=actor(by))

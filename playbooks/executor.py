"""The executor of steps that Ansible carries out, through ansible-runner in a child process of the worker."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import nearest_names
from migration.run.events import Probed
from migration.run.ports import Flaw, Outcome, Preview, Probe, StepCall
from migration.runbook.model import Call, Step
from playbooks.errors import PlaybookError
from playbooks.results import Results
from playbooks.specs import Misfit, Role, encrypted_texts, fit, read_role, role_names, split_name
from playbooks.workspace import (
    PACKAGE,
    Workspace,
    environment,
    inventory_of,
    opened,
    play_of,
    vault_file,
    write_private,
)

if TYPE_CHECKING:
    from migration.run.settings import WorkerSettings

__all__ = ["ROLES", "AnsibleExecutor"]

ROLES = PACKAGE / "roles"
"""The shipped roles."""
DONE, MESSAGE, EVIDENCE = "qianyun_done", "qianyun_message", "qianyun_evidence"
"""What roles tell with ``set_stats``: probes the first two, others the last."""


class AnsibleExecutor:
    """Carries out ``ROLE/ENTRY`` on the hosts of a step. One instance serves many threads; calls share nothing.

    Parameters reach a role as plain data, in the types that it declares: what it does not declare is left out, and
    text in them is never a template.
    """

    def __init__(self, settings: WorkerSettings, roles: Path = ROLES) -> None:
        """ModuleNotFoundError where Ansible is not installed: only the child process would find out."""
        for name in ("ansible", "ansible_runner"):
            if find_spec(name) is None:
                raise ModuleNotFoundError(name=name)
        self._settings = settings
        self._roles = roles

    # ---- before anything is contacted ----

    def inspect(self, step: Step, shared: Mapping[str, Any]) -> tuple[Flaw, ...]:
        """See ``Executor``. ``shared``: parameters of the item, which a role may take and need not know."""
        flaws = [] if step.targets else [Flaw("no-targets", {"step": step.id})]
        calls = [call for call in (step.act, step.probe, step.verify, step.rollback) if call is not None]
        options: dict[str, Any] = {}
        for call in calls:
            role, entry = split_name(call.do)
            found = read_role(self._roles, role)
            flaws += self._flaws_of_call(step, call, found, shared)
            # A role that declares nothing takes anything.
            anything = {name: {"type": "raw"} for name in step.parameters}
            options |= found.options.get(entry, anything) if found else anything
        flaws += [
            _flaw(step, step.act.do, misfit)
            for misfit in fit(options, step.parameters)[1]
            if misfit.kind == "unknown" and "." not in misfit.name
        ]
        return tuple({json.dumps([flaw.code, dict(flaw.data)]): flaw for flaw in flaws}.values())

    def _flaws_of_call(self, step: Step, call: Call, role: Role | None, shared: Mapping[str, Any]) -> list[Flaw]:
        name, entry = split_name(call.do)
        if role is None:
            nearest = nearest_names(name, role_names(self._roles))
            return [Flaw("role-unknown", {"step": step.id, "role": name, "nearest": nearest})]
        flaws = [
            Flaw("role-broken", {"path": str(file.path), "line": str(file.line), "reason": file.reason})
            for file in role.broken
        ]
        if entry not in role.entries:
            known = ", ".join(role.entries)
            data = {"step": step.id, "role": name, "entry": entry, "known": known}
            return [*flaws, Flaw("role-entry-unknown", data)]
        if entry not in role.options:
            return flaws
        options = role.options[entry]
        # What the step and the item have for its other calls or steps is no mistake here; what the call says itself is.
        given = {**shared, **step.parameters}
        own = {key: value for key, value in given.items() if key in options}
        misfits = fit(options, {**own, **call.parameters})[1]
        return flaws + [_flaw(step, call.do, misfit) for misfit in misfits]

    # ---- acting ----

    def preview(self, call: StepCall) -> Preview:
        """See ``Executor``: Ansible's check mode. ``changes``: tasks that would change something."""
        results, problem = self._run(call, preview=True)
        if problem is not None:
            return Preview(ok=False, text=problem.message, code=problem.code)
        return Preview(ok=True, changes=None if results.unknown else len(results.changes), text=results.summary)

    def probe(self, call: StepCall) -> Probe:
        """See ``Executor``.

        Raises:
            PlaybookError: the probe itself failed.
        """
        results, problem = self._run(call)
        if problem is not None:
            raise problem
        message = str(results.custom.get(MESSAGE, ""))
        match str(results.custom.get(DONE, "")).casefold():
            case "true":
                return Probe(Probed.DONE, message)
            case "false":
                return Probe(Probed.NOT_DONE, message)
            case _:
                return Probe(Probed.UNKNOWN, message)

    def act(self, call: StepCall) -> Outcome:
        """See ``Executor``."""
        return self._outcome(call)

    def verify(self, call: StepCall) -> Outcome:
        """See ``Executor``."""
        return self._outcome(call)

    def rollback(self, call: StepCall) -> Outcome:
        """See ``Executor``."""
        return self._outcome(call)

    def _outcome(self, call: StepCall) -> Outcome:
        results, problem = self._run(call)
        evidence = results.custom.get(EVIDENCE, {})
        kept = evidence if isinstance(evidence, dict) else {"evidence": evidence}
        if problem is not None:
            return Outcome(ok=False, code=problem.code, message=problem.message, evidence=kept)
        return Outcome(ok=True, message=str(results.custom.get(MESSAGE, "")), evidence=kept)

    def _run(self, call: StepCall, *, preview: bool = False) -> tuple[Results, PlaybookError | None]:
        """Run the call's entry on its hosts: what came of it, and why it failed where it did.

        Raises:
            PlaybookError: it cannot be started: unknown or broken role, files of the worker's settings.
        """
        role, parameters = self._prepared(call)
        if not call.hosts:
            raise PlaybookError("no-targets", step=call.step.id)
        results = Results(call.hosts.keys(), call.emit, preview=preview)
        with opened(call.folder) as space:
            variables = environment(space, self._settings, self._roles)
            hosts = inventory_of(call.hosts)
            encrypted = sorted(set(encrypted_texts([hosts, parameters])))
            if encrypted and not self._settings.vault_password_file:
                raise PlaybookError("vault-unset")
            write_private(space.hosts, hosts)
            write_private(space.play, play_of(role, split_name(call.call.do)[1], parameters))
            finished = call.launch(
                [sys.executable, "-P", "-m", "playbooks.child"],
                timeout=call.timeout,
                cancel=call.cancel,
                environment=variables,
                folder=space.folder,
                stdin=json.dumps(self._request(space, encrypted, preview=preview)),
                on_line=results.line,
            )
        if finished.code is not None:
            return results, results.problem(finished.stderr)
        if call.cancel.is_set():
            return results, PlaybookError("canceled")
        return results, PlaybookError("timed-out", seconds=round(call.timeout))

    def _prepared(self, call: StepCall) -> tuple[str, dict[str, Any]]:
        """(role, parameters as it declares them)."""
        name, entry = split_name(call.call.do)
        role = read_role(self._roles, name)
        if role is None or role.broken or entry not in role.entries:
            flaw = self._flaws_of_call(call.step, call.call, role, call.parameters)[0]
            raise PlaybookError(flaw.code, **flaw.data)
        if entry not in role.options:
            return name, dict(call.parameters)
        return name, fit(role.options[entry], call.parameters)[0]

    def _request(self, space: Workspace, encrypted: list[str], *, preview: bool) -> dict[str, Any]:
        mode = ["--check", "--diff", "-v"] if preview else []
        return {
            "folder": str(space.folder),
            "control": str(space.control),
            "arguments": ["-i", str(space.hosts), *mode, str(space.play)],
            "vault_file": vault_file(self._settings) if encrypted else "",
            "encrypted": encrypted,
        }


def _flaw(step: Step, role: str, misfit: Misfit) -> Flaw:
    match misfit.kind:
        case "missing":
            return Flaw("missing-parameter", {"step": step.id, "parameter": misfit.name})
        case "bad":
            data = {"step": step.id, "parameter": misfit.name, "value": misfit.value, "expected": misfit.expected}
            return Flaw("bad-parameter", data)
        case _:
            nearest = nearest_names(misfit.name.rpartition(".")[2], misfit.known)
            data = {"step": step.id, "role": role, "parameter": misfit.name, "nearest": nearest}
            return Flaw("parameter-unknown", data)

"""The approval policy of a worker: who has which role, and which roles and how many keys open which gate.

The file lies beside the worker's file of allowed signers, outside of every estate: a runbook may ask for more than the
policy does, never for less. Where a runbook does not say a grade or a level, rules for any grade or level hold.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo, field_validator

from inventory.base import Struct, Text, Words, field
from inventory.errors import QianyunError
from inventory.files import reason_of
from inventory.inventory import nearest_names
from inventory.kinds.territory import Level
from migration.run.errors import ApprovalError, RunError
from migration.run.events import ApprovalGiven
from migration.run.settings import FORMAT, WorkerSettings, parse_struct
from migration.runbook.chosen import STEPS_OF
from migration.runbook.model import ExecutorKind, Runbook, RunbookItem, Stage, Step
from migration.steps import Track

__all__ = [
    "ApprovalPolicy",
    "Need",
    "PolicyRule",
    "items_at",
    "load_policy",
    "missing",
    "need_of",
    "read_trusted",
    "require_policy",
]


class PolicyRule(Struct):
    """What gates need that fit all that the rule names; of several rules that fit a gate, all hold."""

    stage: Stage | None = field("Only gates of runbooks of this stage", None)
    executor: ExecutorKind | None = field("Only gates before steps of this kind", None, example="device")
    grade_from: int | None = field("Only from this classified-protection grade on", None, ge=1, le=5)
    level: Level | None = field("Only objects of this administrative level", None)
    role: Text = field("Role that must be among the approvals; empty: any signer", "", example="change-manager")
    keys: int = field("Different people with different keys who must approve", 1, ge=1, le=20)
    expires_hours: int | None = field("Longest an approval holds from its signature on", None, unit="hours", ge=1)


class ApprovalPolicy(Struct):
    """Who may approve, and what gates need."""

    format: int = field("Version of the format", FORMAT)
    principals: dict[str, tuple[Words, ...]] = field(
        "Name in the file of allowed signers -> roles", example={"wang.jun": ["change-manager"]}
    )
    rules: tuple[PolicyRule, ...] = field("Rules", ())

    @field_validator("rules")
    @classmethod
    def _roles_exist(cls, rules: tuple[PolicyRule, ...], info: ValidationInfo) -> tuple[PolicyRule, ...]:
        held = {role for roles in info.data.get("principals", {}).values() for role in roles}
        for rule in rules:
            if rule.role and rule.role not in held:
                raise ValueError(f"a list of rules with roles that somebody has: nobody has '{rule.role}'")
        return rules


@dataclass(frozen=True)
class Need:
    """What opens a gate: each of ``roles`` (none: any) among approvals by ``keys`` different people, each at most
    ``hours`` old (None: as long as the approval itself says)."""

    roles: tuple[str, ...]
    keys: int
    hours: int | None = None


def read_trusted(path: Path) -> bytes | None:
    """Content of a file that nobody but root and this process' user can have changed; None where there is no file.

    Raises:
        ApprovalError: ``signers-writable``, ``signers-unreadable``.
    """
    try:
        with path.open("rb") as file:
            folders = {path.absolute().parent, path.resolve().parent}
            for found in (os.fstat(file.fileno()), *(folder.stat() for folder in folders)):
                sticky_folder = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
                if found.st_uid not in (0, os.geteuid()) or (found.st_mode & 0o022 and not sticky_folder):
                    raise ApprovalError("signers-writable", path=str(path))
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ApprovalError("signers-unreadable", path=str(path), reason=reason_of(error)) from error


def load_policy(path: Path | None) -> tuple[ApprovalPolicy | None, str]:
    """(policy, SHA-256 of its file); (None, "") where no policy is set up.

    Raises:
        ApprovalError: ``policy-missing``, ``policy-unusable`` with file and line, ``signers-writable``,
            ``signers-unreadable``.
    """
    if path is None:
        return None, ""
    content = read_trusted(path)
    if content is None:
        raise ApprovalError("policy-missing", path=str(path))
    try:
        policy = parse_struct(content, str(path), ApprovalPolicy)
    except QianyunError as error:
        raise ApprovalError("policy-unusable", reason=error.message) from error
    return policy, hashlib.sha256(content).hexdigest()


def require_policy(settings: WorkerSettings) -> ApprovalPolicy | None:
    """The policy that the settings name; None where none is set up.

    Raises:
        RunError: ``config-policy``: it is not there, or cannot be used. Nothing is begun then.
    """
    try:
        return load_policy(settings.policy)[0]
    except ApprovalError as error:
        raise RunError("config-policy", reason=error.message) from error


def items_at(runbook: Runbook, gate: str) -> tuple[str, ...]:
    """Items that wait at a gate. RunError ``gate-unknown``."""
    gates = runbook.gates
    if gate not in gates:
        raise RunError("gate-unknown", gate=gate, nearest=nearest_names(gate, gates) or "-")
    return gates[gate]


def need_of(policy: ApprovalPolicy | None, runbook: Runbook, gate: str) -> Need:
    """What opens a gate: what the policy's rules say that fit it, and what the runbook asks for beyond. RunError
    ``gate-unknown``."""
    items_at(runbook, gate)
    roles: dict[str, None] = {}
    keys, hours = 1, None
    for item, step in runbook.steps():
        if step.executor is not ExecutorKind.APPROVAL or step.id != gate:
            continue
        parameters = _parameters(item, step)
        asked = _number(parameters.get("keys"))
        keys = max(keys, asked or 1)
        roles |= {step.role: None} if step.role else {}
        for rule in _fitting(policy, runbook, item, step, parameters):
            roles |= {rule.role: None} if rule.role else {}
            keys = max(keys, rule.keys)
            hours = min(filter(None, (hours, rule.expires_hours)), default=None)
    return Need(tuple(roles), keys, hours)


def missing(given: Sequence[ApprovalGiven], need: Need, now: dt.datetime) -> int:
    """Keys that are still missing: different ones of different people, not run out, with all the roles."""
    principals: set[str] = set()
    keys: set[str] = set()
    roles: set[str] = set()
    counted = 0
    for approval in given:
        fits = not need.roles or approval.role in need.roles
        if approval.expires <= now or not fits or approval.principal in principals or approval.key in keys:
            continue
        principals.add(approval.principal)
        keys.add(approval.key)
        roles.add(approval.role)
        counted += 1
    return max(need.keys - counted, len(set(need.roles) - roles), 0)


def _parameters(item: RunbookItem, step: Step) -> dict[str, Any]:
    return {**item.parameters, **step.parameters, **step.act.parameters}


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else None


def _stage_of(item: RunbookItem) -> Stage | None:
    """The stage of a system's item, whichever stage its runbook names: ``TRACK/OBJECT/STEP``."""
    track, _, rest = item.item.partition("/")
    step = rest.rpartition("/")[2]
    return next((stage for stage, steps in STEPS_OF.items() if track == Track.SYSTEM and step in steps), None)


def _fitting(
    policy: ApprovalPolicy | None, runbook: Runbook, item: RunbookItem, gate: Step, parameters: dict[str, Any]
) -> Iterator[PolicyRule]:
    if policy is None:
        return
    steps = item.steps
    behind = {step.executor for step in steps[steps.index(gate) + 1 :]}
    grade, level = _number(parameters.get("grade")), parameters.get("level")
    for rule in policy.rules:
        if (
            rule.stage in (None, runbook.stage, _stage_of(item))
            and (rule.executor is None or rule.executor in behind)
            and (rule.grade_from is None or grade is None or grade >= rule.grade_from)
            and (rule.level is None or not level or level == rule.level)
        ):
            yield rule

"""Signed approvals: a document that says what is approved, and an OpenSSH signature over it.

Whoever approves needs no account anywhere: ``sign`` makes the signature with a key of theirs, and the worker verifies
it against its own file of allowed signers and its own policy, both outside of the estate, before it counts and again
when the gate is passed. Signing and verifying is ssh-keygen's (``-Y sign``, ``-Y verify``; the formats are OpenSSH's
PROTOCOL.sshsig and the ALLOWED SIGNERS section of ssh-keygen(1)).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AwareDatetime, Field, ValidationError

from inventory.base import Struct, Text, field
from inventory.errors import QianyunError
from inventory.files import reason_of
from migration.run.errors import ApprovalError, RunError
from migration.run.events import ApprovalGiven, ApprovalRefused
from migration.run.policy import ApprovalPolicy, Need, items_at, load_policy, missing, need_of, read_trusted
from migration.run.signatures import NAMESPACE, sign, verify
from migration.runbook.model import Runbook

__all__ = [
    "FORMAT",
    "NAMESPACE",
    "UNABLE",
    "ApprovalDocument",
    "Need",
    "Standing",
    "binds_of",
    "check",
    "make_document",
    "missing",
    "need_of",
    "parse_document",
    "sign",
    "standing",
    "still_valid",
]

FORMAT = 1
"""Version of the approval document."""
UNABLE = frozenset(
    {
        "no-signers",
        "signers-unreadable",
        "signers-writable",
        "policy-missing",
        "policy-unusable",
        "approval-unchecked",
    }
)
"""Codes of refusals that say something of the worker's own files or programs, and nothing of what was handed in."""
LARGEST = 4_000_000
"""Bytes of a document: room for the items of the largest runbooks."""
CLOCK_MINUTES = 5
"""A signature may seem to come from so far in the future: clocks differ."""

Name = Annotated[str, Field(pattern=r"^[^\s,\"\x00-\x1f]+$", max_length=200)]


class ApprovalDocument(Struct):
    """What a person signs."""

    format: int = field("Version of the document", FORMAT)
    run: str = field("Run")
    nonce: str = field("What makes this very run another one than others of its name, in other stores too")
    gate: str = field("Gate: id of the approval step")
    items: tuple[str, ...] = field("Items of the plan that wait at the gate")
    binds: str = field("Hash of all that is approved (SHA-256)")
    runbook_hash: str = field("Hash of the runbook")
    plan_hash: str = field("Hash of the plan file")
    slice_hash: str = field("Hash of the records that the items depend on")
    principal: Name = field("Who signs, by the name in the worker's file of allowed signers")
    role: Text = field("In which role", "")
    form: Text = field("Number of the change form", "")
    scan_sha256: Text = field("SHA-256 of the scanned form", "")
    signed_at: AwareDatetime = field("When it was made")
    expires: AwareDatetime = field("When it runs out")


class Standing(NamedTuple):
    """Keys still missing at a gate, what it needs, the approvals that hold, and why others no longer do."""

    missing: int
    need: Need
    held: tuple[ApprovalGiven, ...]
    refused: tuple[ApprovalRefused, ...]


def binds_of(runbook: Runbook, gate: str, nonce: str) -> str:
    """SHA-256 over what an approval at a gate binds: this run (by the ``nonce`` of its start), runbook, plan, items and
    their records. RunError ``gate-unknown``."""
    items = items_at(runbook, gate)
    return _sha256([nonce, gate, runbook.hash, runbook.plan_hash, list(items), _slices(runbook, items)])


def make_document(
    runbook: Runbook,
    gate: str,
    *,
    run: str,
    nonce: str,
    principal: str,
    now: dt.datetime,
    role: str = "",
    form: str = "",
    scan: Path | None = None,
    hours: int = 24,
) -> str:
    """The document to sign, as canonical JSON.

    Args:
        nonce: of the run's start.
        scan: file of the scanned change form; its SHA-256 goes into the document.
        hours: after these the approval runs out.

    Raises:
        RunError: ``gate-unknown``, ``scan-unreadable``; ``bad-argument`` for a name that no signers file can hold.
    """
    items = items_at(runbook, gate)
    signed_at = now.astimezone(dt.UTC).replace(microsecond=0)
    try:
        document = ApprovalDocument(
            run=run,
            nonce=nonce,
            gate=gate,
            items=items,
            binds=binds_of(runbook, gate, nonce),
            runbook_hash=runbook.hash,
            plan_hash=runbook.plan_hash,
            slice_hash=_slices(runbook, items),
            principal=principal,
            role=role,
            form=form,
            scan_sha256=_scan_hash(scan),
            signed_at=signed_at,
            expires=signed_at + dt.timedelta(hours=hours),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise RunError("bad-argument", argument=str(first["loc"][0]), reason=first["msg"]) from None
    return _canonical(document)


def parse_document(document: str) -> ApprovalDocument:
    """The document. ApprovalError ``approval-document``, ``approval-format``."""
    try:
        if len(document.encode()) > LARGEST:
            raise ApprovalError("approval-document", reason=f"larger than {LARGEST} bytes")
        plain = json.loads(document)
        written = plain.get("format") if isinstance(plain, dict) else None
        if isinstance(written, int) and written > FORMAT:
            raise ApprovalError("approval-format", found=written, known=FORMAT)
        parsed = ApprovalDocument.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise ApprovalError("approval-document", reason=reason) from None
    except (ValueError, RecursionError) as error:
        raise ApprovalError("approval-document", reason=str(error)) from None
    if (
        parsed.format != FORMAT or _canonical(parsed) != document
    ):  # another spelling could show a person something else than what is read here
        raise ApprovalError("approval-document", reason="not spelt as this program writes it")
    return parsed


def check(
    document: str,
    signature: str,
    *,
    run: str,
    nonce: str,
    runbook: Runbook,
    gate: str,
    signers: Path,
    policy_path: Path | None,
    given: Sequence[ApprovalGiven],
    now: dt.datetime,
) -> ApprovalGiven | ApprovalRefused:
    """Whether a signed document is an approval of what the run would do behind ``gate``; never raises for what it says.

    Args:
        document, signature: as they were handed in.
        nonce: of the run's start.
        signers, policy_path: the worker's own files; without a policy any signer may approve.
        given: approvals of this gate so far; a person or a key counts once among those that still hold.
        now: the worker's time.
    """
    try:
        return _checked(
            document,
            signature,
            run=run,
            nonce=nonce,
            runbook=runbook,
            gate=gate,
            signers=signers,
            policy_path=policy_path,
            given=given,
            now=now,
        )
    except QianyunError as error:
        return ApprovalRefused(gate=gate, code=error.code, data=error.data, principal=_claimed(document))
    except OSError as error:  # no room for what is to be verified: this worker cannot tell
        reason = reason_of(error)
        return ApprovalRefused(
            gate=gate, code="approval-unchecked", data={"reason": reason}, principal=_claimed(document)
        )


def still_valid(
    given: ApprovalGiven,
    *,
    run: str,
    nonce: str,
    runbook: Runbook,
    signers: Path,
    policy_path: Path | None,
    now: dt.datetime,
) -> ApprovalRefused | None:
    """None when a recorded approval would be given again now, with the worker's files as they are now; else why not."""
    found = check(
        given.document,
        given.signature,
        run=run,
        nonce=nonce,
        runbook=runbook,
        gate=given.gate,
        signers=signers,
        policy_path=policy_path,
        given=(),
        now=now,
    )
    return found if isinstance(found, ApprovalRefused) else None


def standing(
    given: Sequence[ApprovalGiven],
    *,
    run: str,
    nonce: str,
    runbook: Runbook,
    gate: str,
    signers: Path,
    policy_path: Path | None,
    now: dt.datetime,
) -> Standing:
    """How a gate stands with the worker's files as they are now.

    Raises:
        ApprovalError: the worker's policy cannot be read: the gate stays shut.
        RunError: ``gate-unknown``.
    """
    policy, _ = load_policy(policy_path)
    held, refused = [], []
    for approval in given:
        why = still_valid(
            approval, run=run, nonce=nonce, runbook=runbook, signers=signers, policy_path=policy_path, now=now
        )
        if why is None:
            held.append(approval)
        else:
            refused.append(why)
    need = need_of(policy, runbook, gate)
    return Standing(missing(held, need, now), need, tuple(held), tuple(refused))


def _checked(
    document: str,
    signature: str,
    *,
    run: str,
    nonce: str,
    runbook: Runbook,
    gate: str,
    signers: Path,
    policy_path: Path | None,
    given: Sequence[ApprovalGiven],
    now: dt.datetime,
) -> ApprovalGiven:
    allowed = read_trusted(signers)
    if allowed is None:
        raise ApprovalError("no-signers", path=str(signers))
    policy, policy_hash = load_policy(policy_path)
    need = need_of(policy, runbook, gate)
    says = parse_document(document)
    _same(says, run, nonce, runbook, gate)
    expires = _in_time(says, need, now)
    key = verify(document, signature, principal=says.principal, allowed=allowed, named=str(signers), now=now)
    _may(says, policy, need, gate)
    for other in given:
        if key != other.key and says.principal != other.principal:
            continue
        # a key that was changed in the meantime may be followed by its successor
        stale = still_valid(
            other, run=run, nonce=nonce, runbook=runbook, signers=signers, policy_path=policy_path, now=now
        )
        if stale is None:
            raise ApprovalError("approval-repeated", principal=says.principal, key=key, gate=gate)
    return ApprovalGiven(
        gate=gate,
        binds=says.binds,
        principal=says.principal,
        key=key,
        role=says.role,
        document=document,
        signature=signature,
        signers_hash=hashlib.sha256(allowed).hexdigest(),
        policy_hash=policy_hash,
        expires=expires,
    )


def _same(says: ApprovalDocument, run: str, nonce: str, runbook: Runbook, gate: str) -> None:
    if says.run != run:
        raise ApprovalError("approval-other-run", found=says.run, run=run)
    if says.nonce != nonce:
        raise ApprovalError("approval-other-start", run=run)
    if says.gate != gate:
        raise ApprovalError("approval-other-gate", found=says.gate, gate=gate)
    items = items_at(runbook, gate)
    compared = {
        "runbook": (says.runbook_hash, runbook.hash),
        "plan": (says.plan_hash, runbook.plan_hash),
        "items": (says.items, items),
        "records": (says.slice_hash, _slices(runbook, items)),
        "binds": (says.binds, binds_of(runbook, gate, nonce)),
    }
    for what, (found, wanted) in compared.items():
        if found != wanted:
            raise ApprovalError("approval-changed", what=what)


def _in_time(says: ApprovalDocument, need: Need, now: dt.datetime) -> dt.datetime:
    if says.signed_at > now + dt.timedelta(minutes=CLOCK_MINUTES):
        raise ApprovalError("approval-early", signed_at=says.signed_at.isoformat())
    longest = says.expires if need.hours is None else says.signed_at + dt.timedelta(hours=need.hours)
    expires = min(says.expires, longest)
    if expires <= now:
        raise ApprovalError("approval-expired", expires=expires.isoformat())
    return expires


def _may(says: ApprovalDocument, policy: ApprovalPolicy | None, need: Need, gate: str) -> None:
    if policy is not None:
        roles = policy.principals.get(says.principal)
        if roles is None:
            raise ApprovalError("approval-unlisted", principal=says.principal)
        if says.role and says.role not in roles:
            raise ApprovalError(
                "approval-role", principal=says.principal, role=says.role, roles=", ".join(roles) or "-"
            )
    if need.roles and says.role not in need.roles:
        raise ApprovalError("approval-role-unasked", gate=gate, role=says.role, roles=", ".join(need.roles))


def _claimed(document: str) -> str:
    try:
        return parse_document(document).principal
    except ApprovalError:
        return ""


def _slices(runbook: Runbook, items: Sequence[str]) -> str:
    return _sha256([[item, runbook.by_item[item].slice_hash] for item in sorted(items)])


def _scan_hash(scan: Path | None) -> str:
    if scan is None:
        return ""
    try:
        with scan.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RunError("scan-unreadable", path=str(scan), reason=reason_of(error)) from error


def _canonical(document: ApprovalDocument) -> str:
    return json.dumps(document.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def _sha256(content: Any) -> str:
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()

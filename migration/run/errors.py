"""Errors of runs.

InputError, UnreachableError, VersionError, QianyunError (inventory.errors)
├── RunError            a run, a gate, a store's address, a setting or a state file is wrong (exit 2)
├── StoreError          the store of runs does not answer (exit 4)
├── RunVersionError     bound to another version: store, settings, plan, or an object that another run holds (exit 5)
├── ApprovalError       what was handed in as an approval is none; its codes are those of ``ApprovalRefused`` (exit 5)
└── StepError           why a step failed or can never work: codes of ``Flaw``, ``Outcome`` and ``Preview`` (exit 1)
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError, QianyunError, UnreachableError, VersionError

__all__ = ["ApprovalError", "RunError", "RunVersionError", "StepError", "StoreError"]


class RunError(InputError):
    """A run, a gate, a store's address, a setting or a state file is wrong (exit 2)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        # the store and what is in it
        "store-password": (
            "the store's address holds a password",
            "take it out, and name a file with PGPASSFILE: addresses are seen in process lists and logs",
        ),
        "store-url": (
            "'{store}' is no address of a store of runs",
            "write sqlite:///FILE or postgresql://USER@HOST/DATABASE",
        ),
        "store-not-a-store": (
            "{store} is not a store of runs, or is damaged: {reason}",
            "name another one with --store, or bring it back from a copy",
        ),
        "run-unknown": ("no run '{run}' in this store", "nearest: {nearest}"),
        "run-ambiguous": ("several runs begin with '{run}': {found}", "write more of the name"),
        "run-rehearsal": ("{run} is a rehearsal: it has done nothing", "start the runbook without --rehearse"),
        "nothing-to-undo": ("nothing of run {run} is left to undo", "see: qianyun run status {run} --items"),
        "step-not-waiting": (
            "{item} does not wait at step '{step}', or waits there for an approval",
            "only the step that an item waits at is skipped; gates are approved",
        ),
        "run-ended": ("run {run} has ended", "look at it with: qianyun run status {run}"),
        "runbook-empty": ("runbook {runbook} has no items, or an item without steps", "make it again"),
        "item-unknown": ("run {run} has no item '{item}'", "nearest: {nearest}"),
        "item-not-waiting": ("{item} does not wait for a decision", "see: qianyun run status {run} --items"),
        "step-unknown": ("{item} has no step '{step}'", "nearest: {nearest}"),
        "reason-missing": ("the decision '{decision}' needs a reason", "say it with --reason"),
        "gate-unknown": ("the runbook has no gate '{gate}'", "nearest: {nearest}"),
        "no-executor": (
            "{item}, step {step}: nothing here carries out steps of kind '{executor}'",
            "take the step out of the runbook or make it a manual one",
        ),
        # settings of workers and approval policies
        "config-unknown-field": ("{path}:{line}: there is no setting '{field}'", "nearest: {nearest}"),
        "config-missing-field": ("{path}:{line}: the setting '{field}' is missing", "add it"),
        "config-bad-value": ("{path}:{line}: {field}: '{value}' is not {expected}", ""),
        "config-doubled": ("{path}:{line}: the setting '{field}' stands there twice", "keep one of the two"),
        "config-policy": ("no gate can be kept: {reason}", "correct the worker's setting approval_policy or the file"),
        # signing
        "ssh-keygen-missing": ("the program '{program}' is not installed", "install OpenSSH's client programs"),
        "sign-key-missing": (
            "{path} cannot be read as a key: {reason}",
            "name a private key, or a public key whose private half the agent holds",
        ),
        "sign-no-agent": (
            "no key was named and no agent offers one: {reason}",
            "start ssh-agent and run ssh-add, or name a key",
        ),
        "sign-which-key": ("the agent offers {count} keys: {keys}", "name the public key of the one to sign with"),
        "sign-failed": (
            "the document could not be signed: {reason}",
            "name a private key, or a public key whose private half the agent holds",
        ),
        "scan-unreadable": ("{path} cannot be read: {reason}", "name the file of the scanned form"),
        # state files
        "state-kind": ("{item}: runs change nothing of '{object}'", "runs may change: {known}"),
        "state-field": ("{item}: runs do not set '{field}' of {object}", "they may set: {known}"),
        "state-unreadable": (
            "{path}:{line}: {reason}",
            "nothing was written; undo the change by hand, then pull the state again",
        ),
        "state-other-run": ("{path} says that run '{found}' wrote it, not '{run}'", "undo the change by hand"),
    }


class StoreError(UnreachableError):
    """The store of runs does not answer (exit 4)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "store-missing": ("there is no store of runs at {store}", "start a run first, or name the store with --store"),
        "store-unreachable": (
            "the store of runs {store} does not answer: {reason}",
            "check that the database runs and lets you in",
        ),
        "store-file": (
            "the store of runs {store} cannot be used: {reason}",
            "check the folder, the right to write in it, and the free space there",
        ),
    }


class RunVersionError(VersionError):
    """Bound to another version: store, settings, plan, or an object that another run holds (exit 5)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "store-newer": (
            "the store of runs {store} is of version {found}; this program knows {known}",
            "use the release of qianyun that wrote it last",
        ),
        "config-format": (
            "{path} is written in format {found}; this program reads {known}",
            "use a release of qianyun that reads this format",
        ),
        "runbook-unreadable": (
            "the runbook of run {run}, as it lies in the store, cannot be read: {reason}",
            "use the release of qianyun that started the run, or bring the store back from a copy",
        ),
        "object-locked": (
            "{object} is held by run {run}",
            "wait for that run to end, or cancel it with: qianyun run cancel {run} --reason ...",
        ),
    }


class ApprovalError(VersionError):
    """What was handed in as an approval is none (exit 5). The codes are those of ``ApprovalRefused``."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        # the worker's own files
        "no-signers": (
            "the worker has no file of allowed signers: {path}",
            "an administrator of the worker writes it: docs/approvals.md",
        ),
        "signers-unreadable": ("{path} cannot be read: {reason}", "check the file's permissions"),
        "signers-writable": (
            "{path} can be changed by others than the worker and root",
            "take away the right to write from group and others, of the file and of its folder",
        ),
        "policy-missing": (
            "the worker's approval policy is not there: {path}",
            "an administrator of the worker writes it, or changes the setting approval_policy",
        ),
        "policy-unusable": ("the worker's approval policy cannot be used: {reason}", "correct the file"),
        "approval-unchecked": ("the worker cannot verify signatures: {reason}", "install OpenSSH's client programs"),
        # the document
        "approval-document": ("this is no approval of qianyun, or it was altered: {reason}", "make and sign it again"),
        "approval-format": (
            "the approval is written in format {found}; the worker reads {known}",
            "approve with the release of qianyun that the worker has",
        ),
        "approval-other-run": ("the approval was given for run '{found}', not '{run}'", "approve this run"),
        "approval-other-start": (
            "the approval was given for another run of the name '{run}', on record elsewhere or before",
            "approve this run",
        ),
        "approval-other-gate": ("the approval was given for gate '{found}', not '{gate}'", "approve this gate"),
        "approval-changed": (
            "what was approved is not what the run would do: {what} differs",
            "look at the run as it is and approve it again",
        ),
        "approval-outdated": (
            "what the item stands on has changed since the run was started: {records}",
            "look at the change; who approves now approves in spite of it, else cancel the item and plan it anew",
        ),
        "approval-early": ("the approval says it was signed at {signed_at}, which is yet to come", "check the clocks"),
        "approval-expired": ("the approval ran out at {expires}", "approve again"),
        # the signature
        "approval-signature": ("the signature does not fit the document: {reason}", "sign the document again"),
        "approval-namespace": (
            "the signature was made for another purpose, not for '{namespace}'",
            "sign with: qianyun run approve",
        ),
        "approval-unknown-key": (
            "no allowed signer has the key {key}",
            "an administrator of the worker adds it to {path}",
        ),
        "approval-principal": (
            "the key {key} is not {principal}'s, but of: {found}",
            "approve under the name that the worker's file of signers gives the key",
        ),
        "approval-key-invalid": (
            "{principal}'s key {key} is listed, but not valid now or not for this purpose",
            "an administrator of the worker looks at the options of the key in {path}",
        ),
        # who may, and how often
        "approval-unlisted": ("the worker's approval policy does not name {principal}", "ask one who may approve"),
        "approval-role": ("{principal} does not have the role '{role}'", "{principal}'s roles: {roles}"),
        "approval-role-unasked": ("gate '{gate}' does not ask for the role '{role}'", "it asks for: {roles}"),
        "approval-repeated": (
            "{principal} or the key {key} has already approved gate '{gate}'",
            "another person with another key has to approve",
        ),
    }


class StepError(QianyunError):
    """Why a step failed or can never work: codes of ``Flaw``, ``Outcome`` and ``Preview`` (exit 1)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "no-argv": ("step {step}: the call '{call}' names no program", "write argv: [program, argument]"),
        "unknown-check": ("step {step}: there is no check '{check}'", "checks are: {known}"),
        "missing-parameter": ("step {step}: the parameter '{parameter}' is missing", ""),
        "bad-parameter": ("step {step}: {parameter}: '{value}' is not {expected}", ""),
        "program-missing": ("the program '{program}' is not on the worker", "install it there"),
        "program-denied": ("the worker may not start '{program}'", "check the file's permissions"),
        "exit-code": ("the program ended with code {exit_code}", ""),
        "timed-out": ("not done within {seconds} s", ""),
        "canceled": ("ended by a cancel", ""),
        "not-reached": ("{place} does not answer: {reason}", ""),
        "not-as-expected": ("{place}: {found} instead of {expected}", ""),
        "too-early": ("not before {date}", ""),
        "no-estate": (
            "this worker has no estate at hand, and with it no readings of {line}",
            "carry it out with: qianyun run watch --work, where the estate is; or skip the step with a reason",
        ),
        "line-no-evidence": (
            "{line}: no readings at all; {needed} silent days are needed",
            "hand them in with: qianyun lines evidence import, or qianyun lines evidence read",
        ),
        "line-not-idle": (
            "{line}: {days} silent days in a row up to {until}, {missing} of {needed} lack; {day}: {why} {place}",
            "see: qianyun lines evidence show",
        ),
        "line-evidence-old": (
            "{line}: the last silent day is {until}, with {old} days since that nothing is known of; at most {most}",
            "hand in the readings since then with: qianyun lines evidence import, or qianyun lines evidence read",
        ),
    }

"""Errors of steps that Ansible carries out.

StepError (migration.run.errors)
└── PlaybookError       why a step of Ansible failed or can never work: codes of ``Flaw``, ``Outcome`` and ``Preview``
"""

from __future__ import annotations

from typing import ClassVar

from migration.run.errors import StepError

__all__ = ["PlaybookError"]


class PlaybookError(StepError):
    """Why a step of Ansible failed or can never work (exit 1)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        # found before anything is contacted
        "role-unknown": ("step {step}: there is no role '{role}'", "nearest: {nearest}"),
        "role-entry-unknown": ("step {step}: role '{role}' has no entry '{entry}'", "entries: {known}"),
        "role-broken": ("{path}:{line}: {reason}", "correct the file"),
        "parameter-unknown": (
            "step {step}: {role} has no parameter '{parameter}'",
            "nearest: {nearest}; what it takes stands in meta/argument_specs.yml of the role",
        ),
        "no-targets": ("step {step} names no host to act on", "name hosts of the runbook under targets"),
        "worker-file": ("{setting} of the worker: {path} cannot be read: {reason}", "correct the worker's settings"),
        "vault-open": (
            "the file with the vault's password can be read by others: {path}",
            "take it away from group and others: chmod 600 {path}",
        ),
        "vault-unset": (
            "a variable is encrypted, and the worker has no file with the vault's password",
            "set vault_password_file in the worker's settings",
        ),
        "vault-wrong": ("what is encrypted does not open with the worker's vault password: {reason}", ""),
        # found on the way
        "no-hosts": ("nothing was done on {hosts}", "look at the names and addresses of the runbook's hosts"),
        "unreachable": ("{hosts}: {reason}", "check that the host runs and that SSH reaches it from the worker"),
        "host-key": (
            "{hosts}: the host's key is not the known one: {reason}",
            "find out why; then correct the worker's known hosts",
        ),
        "login-refused": ("{hosts}: {reason}", "check the worker's user and key for this host"),
        "become": (
            "{hosts}: task '{task}' may not act as another user: {reason}",
            "check the password and the rights of sudo on the host",
        ),
        "playbook-broken": ("{place}: {reason}", "correct the role"),
        "template-error": ("{place}: {reason}", "correct the role or the variables that it uses"),
        "parameters-refused": ("{hosts}: {reason}", "correct the parameters of the step"),
        "failed": ("{hosts}: task '{task}' failed: {reason}", ""),
        "ansible-ended": ("Ansible ended with code {ended} before it had a result: {reason}", ""),
    }

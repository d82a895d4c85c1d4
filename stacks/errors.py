"""Errors of the cloud stacks' side.

QianyunError, InputError, UnreachableError, VersionError (inventory.errors)
├── CloudError          a cloud that refuses, or cannot do, what was asked of it (exit 1)
├── CloudUnreachableError  a cloud that cannot be spoken to, or whose login is refused (exit 4)
├── ResourceUnreachableError  a stack of which nothing but that has failed (exit 4)
├── StackWorkError      a stack that is not, or must not become, what was asked for (exit 1)
└── StackError          a stack that cannot be designed, selected or described as asked (exit 2)
"""

from __future__ import annotations

import re
from string import Formatter
from typing import ClassVar

from inventory.errors import InputError, QianyunError, UnreachableError, VersionError

__all__ = [
    "BackendError",
    "CloudError",
    "CloudUnreachableError",
    "EngineError",
    "EngineSetupError",
    "ResourceUnreachableError",
    "StackBoundError",
    "StackError",
    "StackWorkError",
    "cause_of",
    "said_in_one_line",
]


class StackError(InputError):
    """A stack cannot be designed, selected or described as asked."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "stacks-absent": (
            "{path} has no settings.stacks, so nothing can be said of any cloud",
            "add the clouds with their images, flavors and login: docs/stacks.md shows an example",
        ),
        "stack-not-designed": ("no stack '{stack}'; the nearest is {nearest}", "see: qianyun stack list"),
        "stack-unknown-cloud": (
            "no stack is on a cloud '{stack}'; the nearest is {nearest}",
            "see: qianyun stack list",
        ),
        "stack-unknown-wave": (
            "no system of a wave '{stack}' has a stack; the nearest is {nearest}",
            "waves are listed by: qianyun plan show",
        ),
        "stack-unknown-system": (
            "no system '{stack}' lands on a cloud of settings.stacks; the nearest is {nearest}",
            "see: qianyun stack list",
        ),
        "stack-zone-first": (
            "{stack} cannot be made before its landing zone {zone}",
            "make the landing zone first: qianyun stack up ESTATE PLAN --stack {zone}",
        ),
        "stack-zone-lacks": (
            "the landing zone {zone} has no {what}, which {stack} needs",
            "bring the landing zone up to date first: qianyun stack up ESTATE PLAN --stack zone.{zone}",
        ),
        "stack-columns": (
            "{path} has other columns than prefixes of landing zones have",
            "give it these columns in this order, or rename it: {columns}",
        ),
        "stack-no-way": (
            "{cloud} is reached by {way}: nothing can be made there by an interface",
            "write the operator's form instead: qianyun stack request",
        ),
        "stack-property": (
            "{kind} has no property '{name}'; the nearest is {nearest}",
            "this is a fault of the program",
        ),
        "stack-no-zone": (
            "{stack} stands in the landing zone {zone}, which is not there yet",
            "make it first: qianyun stack up ESTATE PLAN --stack {zone}",
        ),
        "stack-no-backend": (
            "nothing says where stacks are kept",
            "set stack_backend in the worker's settings, or start the run in its estate's folder",
        ),
        "stack-no-passphrase": (
            "stacks in {backend} need a passphrase of their own",
            "name its file: stack_passphrase_file in the settings (--config), or PULUMI_CONFIG_PASSPHRASE_FILE",
        ),
        "stack-passphrase-lost": (
            "{path} is gone, and there are stacks whose secrets it has encrypted",
            "bring it back from a copy",
        ),
        "stack-operation": ("step {step}: there is no operation '{operation}' for stacks", "nearest: {nearest}"),
        "stack-design": (
            "step {step}: its parameter 'design' is no design for '{operation}'",
            "make the runbook anew: qianyun runbook make",
        ),
        "stack-property-missing": ("{kind} needs the property '{name}'", "this is a fault of the program"),
    }


class CloudError(QianyunError):
    """A cloud refuses, or cannot do, what was asked of it."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "cloud-refused": ("{what}: the cloud refuses: {reason}", ""),
        "cloud-forbidden": (
            "{what}: the login may not do this: {reason}",
            "ask the cloud's operator for the role, or name another login in clouds.yaml",
        ),
        "cloud-quota": (
            "{what}: the quota is used up: {reason}",
            "raise the quota of the landing zone, or remove what is no longer needed; then apply again",
        ),
        "cloud-conflict": (
            "{what}: something else is in the way: {reason}",
            "remove it or choose another name or address; then apply again",
        ),
        "cloud-failed": (
            "{what} is {status}: {reason}",
            "put right what the cloud names, then apply again: it is made anew",
        ),
        "cloud-waiting": (
            "{what} is still {status} after {seconds} s",
            "look at the cloud; applying again goes on from here",
        ),
        "cloud-unfinished": (
            "{what} was made, but not finished: {reason}",
            "apply again: it goes on from here",
        ),
        "cloud-gone": ("{what} is not there any more", "refresh the stack, then apply again"),
        "cloud-not-found": ("{what}: the cloud has no {kind} {name}", "nearest: {nearest}"),
        "cloud-ambiguous": ("{what}: the cloud has {count} of {kind} {name}", "name its id instead"),
        "cloud-project-in-use": (
            "project {name} still holds what no stack of ours knows: {objects}",
            "move or remove it first: with the project gone nobody could reach it",
        ),
        "cloud-canceled": ("{what} was interrupted", "apply again: it goes on from here"),
        "cloud-kind": ("{token} is no kind of object", "nearest: {nearest}"),
        "cloud-import": ("{id} is no id of a {kind}", "it looks like {form}"),
    }


class CloudUnreachableError(UnreachableError):
    """A cloud cannot be spoken to, or its login is refused."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "cloud-unreachable": ("{url} does not answer: {reason}", "check the address, the network and the service"),
        "cloud-slow": (
            "{url} did not answer within {seconds} s",
            "try again later, or raise api_timeout in clouds.yaml",
        ),
        "cloud-busy": ("{url} still answers {status} after {tries} tries", "try again later; nothing was lost"),
        "cloud-certificate": (
            "{url}: its certificate is not trusted: {reason}",
            "name the authority's file as 'cacert' of the cloud in clouds.yaml",
        ),
        "cloud-login-refused": (
            "cloud {cloud}: the login is refused: {reason}",
            "check user, password or application credential (it may have expired) and project in clouds.yaml",
        ),
        "cloud-login-missing": (
            "cloud {cloud}: no login: {reason}",
            "name it in clouds.yaml (OS_CLIENT_CONFIG_FILE), or set OS_AUTH_URL and its fellows; entries: {known}",
        ),
        "cloud-login-bound": (
            "cloud {cloud}: its application credential belongs to project {bound}, not to {project}",
            "use a login with a password for the clouds whose projects are made here",
        ),
        "cloud-service": (
            "cloud {cloud}: no service {service} in region {region}",
            "check the region's name; ask the operator whether the cloud has the service",
        ),
    }


def said_in_one_line(error: QianyunError) -> str:
    """What our plug-in tells the engine of an error: message and hint in English, and the code."""
    hint = f"; {error.hint}" if error.hint else ""
    return f"{error.message}{hint} [{error.code}]"


def cause_of(code: str, said: str) -> QianyunError | None:
    """The error that ``said_in_one_line`` has told of, without its code; None where the words are not its own."""
    for kind in (CloudError, CloudUnreachableError):
        if code in kind.templates:
            message, hint = kind.templates[code]
            found = re.fullmatch(_pattern(f"{message}; {hint}" if hint else message), said, re.DOTALL)
            return kind(code, **found.groupdict()) if found else None
    return None


def _pattern(template: str) -> str:
    """A regular expression for texts that were made of a template."""
    parts: list[str] = []
    seen: set[str] = set()
    for text, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(text))
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*)")
            seen.add(name)
    return "".join(parts)


class StackWorkError(QianyunError):
    """A stack is not, or must not become, what was asked for."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "stack-differs": ("{stack} is not as designed: {changes}", "look at it: qianyun stack preview"),
        "stack-outputs": ("{stack} does not hand on what it should: {lacking}", "look at it: qianyun stack outputs"),
        "stack-has-protected": (
            "{stack}: protected, and not to be deleted: {names}",
            "take it out of settings.stacks.protected and apply, or leave the stack",
        ),
        "stack-zone-in-use": (
            "{stack}: systems stand in it: {systems}",
            "destroy their stacks first, or with it: --stack NAME for each",
        ),
        "stack-refused": ("{stack}: the checks forbid it: {reasons}", ""),
    }


class EngineError(QianyunError):
    """The engine, a plug-in or a cloud could not do what was asked.

    ``resource-failed`` carries ``failures``: one mapping for each failed resource with ``urn``, ``name``, ``message``
    and ``code`` (of our own plug-in's error; else empty).
    """

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "engine-failed": ("{stack}: the engine says: {reason}", ""),
        "resource-failed": (
            "{stack}: {name}: {reason}",
            "what was made stays and is known: after the repair, run the same command again",
        ),
        "program-failed": ("{stack}: its resources could not be declared: {reason}", "this is a fault of the program"),
        "engine-stopped": (
            "{stack}: stopped when asked; what had begun was ended, and the state is whole",
            "run the same command again to go on",
        ),
        "engine-killed": (
            "{stack}: the engine was ended by signal {signal} in the middle of its work",
            "run: qianyun stack recover ESTATE --stack {stack}",
        ),
        "plugin-died": (
            "{stack}: the engine's plug-in was killed while it worked on {names}",
            "run: qianyun stack recover ESTATE --stack {stack}",
        ),
        "stack-interrupted": (
            "{stack}: an earlier engine was killed while it worked on {names}",
            "run: qianyun stack recover ESTATE --stack {stack}",
        ),
        "stack-absent": ("there is no stack '{stack}' in {backend}", "see: qianyun stack list"),
        "state-damaged": (
            "{stack}: its state file is damaged, or was cut off",
            "qianyun stack recover ESTATE --stack {stack} brings back {copy}",
        ),
        "state-lost": (
            "{stack}: its state file is damaged, or was cut off, and there is no whole copy",
            "bring {path} back from a backup of your own; nothing on the cloud was touched",
        ),
        "resource-protected": (
            "{stack}: {name} is protected and would be deleted",
            "it was taken over from before: leave it in the design, or take it out of the stack's state first",
        ),
        "import-differs": (
            "{stack}: {name} on the cloud is not as the design says: {reason}",
            "change the one or the other, then import again",
        ),
    }


class EngineSetupError(InputError):
    """The engine, a plug-in or a passphrase is missing, too old or wrong."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "engine-missing": (
            "the Pulumi engine is not on this machine",
            "two ways: put Pulumi's program 'pulumi', {oldest} or newer, on PATH; or, in a clone, with Go: make tools",
        ),
        "engine-old": (
            "{path} is version {version} of the Pulumi engine; {oldest} or newer is needed",
            "put a newer one on PATH; or, in a clone, with Go: make tools",
        ),
        "plugin-missing": (
            "the engine's plug-in '{plugin}' is not on this machine",
            "it must be on PATH as pulumi-resource-{plugin}; qianyun doctor shows what there is",
        ),
        "plugin-version": (
            "the engine's plug-in '{plugin}' on this machine is older than version {version}, which the stack asks for",
            "put that version, or a newer one, on PATH; qianyun doctor shows what there is",
        ),
        "passphrase-missing": (
            "{path} does not exist or is empty: secrets in stacks are encrypted with the passphrase in it",
            "write one there, readable by you alone, and keep a copy: without it the secrets are lost",
        ),
        "passphrase-wrong": (
            "{stack}: the passphrase in {path} is not the one that its secrets were encrypted with",
            "name the right file with settings.stacks.passphrase_file",
        ),
        "backend-invalid": ("{backend} cannot keep stacks: {reason}", "write file://FOLDER or s3://BUCKET"),
    }


class ResourceUnreachableError(UnreachableError):
    """Resources of a stack failed because their cloud does not answer, or refuses the login; nothing else failed.

    ``failures`` as of ``resource-failed``.
    """

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "resource-unreached": (
            "{stack}: {name}: {reason}",
            "what was made stays and is known: run the same command again",
        ),
    }


class BackendError(UnreachableError):
    """Where stacks are kept does not answer."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "backend-unreachable": (
            "{backend} does not answer: {reason}",
            "check the address, the network and the login in the environment",
        ),
    }


class StackBoundError(VersionError):
    """Another engine holds the stack, or it is not what was agreed to."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "stack-locked": (
            "{stack} is locked by {who}, process {pid}, since {since}",
            "wait for it; if it is gone: qianyun stack unlock ESTATE --stack {stack}, or recover if it was killed",
        ),
        "stack-preview-changed": (
            "what would be done is no longer what was agreed to: {given} is {found} now",
            "look at it again: qianyun stack preview",
        ),
        "preview-outdated": (
            "{stack}: what would be done is no longer what was agreed to: {reason}",
            "look at it again: qianyun stack preview",
        ),
    }

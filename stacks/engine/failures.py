"""From what an engine says when it fails to our errors: one table, in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from inventory.errors import InputError, QianyunError
from stacks.engine.changes import Listener
from stacks.engine.model import Diagnostic, LockInfo, name_of
from stacks.engine.process import CommandFailed
from stacks.errors import (
    BackendError,
    CloudUnreachableError,
    EngineError,
    EngineSetupError,
    ResourceUnreachableError,
    StackBoundError,
)

__all__ = ["Place", "error_of", "lock_said", "locked", "wrong_plugin"]

_LOCK = re.compile(r"created by (?P<who>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
_PROGRAM = re.compile(r"python inline source runtime error: (?P<reason>[^\n]*)")
_PLUGIN = re.compile(r"no resource plugin 'pulumi-resource-(?P<plugin>[\w-]+)' found")
_PLUGIN_VERSION = re.compile(r"resource plugin (?P<plugin>[\w-]+) is expected to have version >=(?P<version>[\w.+-]+)")
_CODE = re.compile(r" \[(?P<code>[a-z][a-z0-9-]+)\]$")
_UNWRITABLE = re.compile(r"no space left on device|disk quota exceeded|read-only file system", re.IGNORECASE)
_CHECKED = re.compile(r"^\S+ resource '[^']*'(?:: property (?P<property>\S+) value \{.*\})? has a problem: ", re.DOTALL)
"""What the engine puts before the words of a plug-in that refuses inputs. The value, which may be long, is left out."""
_NOT_BEGUN = re.compile(r"expected resource operations for \S+ but none were seen")
_LISTED = re.compile(r"^\d+ errors? occurred:\s*\*\s*")
_KILLED = 9

_UNREACHABLE = (
    "connection refused",
    "no such host",
    "i/o timeout",
    "AccessDenied",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "NoSuchBucket",
    "no EC2 IMDS role found",
    "failed to refresh cached credentials",
    "unable to open bucket",
)
_DAMAGED = ("unexpected end of JSON input", "invalid character", "could not deserialize", "snapshot integrity")


@dataclass(frozen=True)
class Place:
    """What messages say of the engine's surroundings."""

    backend: str
    passphrase_file: Path


def lock_said(text: str) -> LockInfo | None:
    """The lock that an engine's message tells of."""
    from datetime import datetime

    found = _LOCK.search(text)
    if not found:
        return None
    return LockInfo(found["who"], int(found["pid"]), datetime.fromisoformat(found["since"]))


def locked(stack: str, lock: LockInfo) -> StackBoundError:
    """Another engine holds the stack."""
    since = lock.since.isoformat(sep=" ", timespec="seconds")
    return StackBoundError("stack-locked", stack=stack, who=lock.who, pid=lock.pid, since=since)


def error_of(failed: CommandFailed, stack: str, place: Place, listener: Listener | None = None) -> QianyunError:
    """Our error for a program that ended with another status than 0."""
    result = failed.result
    said = f"{result.stderr}\n{result.stdout}"
    diagnostics = tuple(row for row in (listener.diagnostics if listener else ()) if row.severity == "error")
    text = "\n".join([said, *(row.message for row in diagnostics)])
    return (
        _of_the_backend(stack, place, text)
        or _of_the_setup(stack, place, text)
        or _of_the_process(stack, result.code, text)
        or _of_the_stack(stack, text, diagnostics)
        or _of_resources(stack, diagnostics)
        or EngineError("engine-failed", stack=stack, reason=_reason(said))
    )


def _of_the_backend(stack: str, place: Place, text: str) -> QianyunError | None:
    lock = lock_said(text)
    if lock:
        return locked(stack, lock)
    folder = unquote(place.backend.removeprefix("file://"))
    for line in text.splitlines():  # a cloud's machine may be full as well: only what is said of this folder counts
        full = _UNWRITABLE.search(line)
        if full and folder in line:
            return InputError("cannot-write", path=folder, reason=full[0])
    if "no stack named" in text:
        return EngineError("stack-absent", stack=stack, backend=place.backend)
    # A cloud may refuse a connection as well: only what is said of the backend's own address is the backend's.
    if (
        not place.backend.startswith("file:")
        and any(sign in text for sign in _UNREACHABLE)
        and "urn:pulumi" not in text
    ):
        return BackendError("backend-unreachable", backend=place.backend, reason=_reason(text))
    return None


def _of_the_setup(stack: str, place: Place, text: str) -> QianyunError | None:
    if "incorrect passphrase" in text:
        return EngineSetupError("passphrase-wrong", stack=stack, path=place.passphrase_file)
    if "passphrase must be set" in text:
        return EngineSetupError("passphrase-missing", path=place.passphrase_file)
    found = _PLUGIN.search(text)
    return EngineSetupError("plugin-missing", plugin=found["plugin"]) if found else None


def _of_the_process(stack: str, status: int, text: str) -> QianyunError | None:
    if status == -_KILLED:
        return EngineError("engine-killed", stack=stack, signal=-status)
    if status < 0 or re.search(r"\b(update|preview|refresh|destroy)?\s*cancell?ed\b", text):
        return EngineError("engine-stopped", stack=stack)
    return None


def _of_the_stack(stack: str, text: str, diagnostics: tuple[Diagnostic, ...]) -> QianyunError | None:
    if any(sign in text for sign in _DAMAGED) and not diagnostics:
        return EngineError("state-damaged", stack=stack, reason=_reason(text), copy="?")
    found = _PROGRAM.search(text)
    if found:
        return EngineError("program-failed", stack=stack, reason=found["reason"])
    for row in diagnostics:
        if "not allowed by the plan" in row.message or "violates plan" in row.message:
            return StackBoundError("preview-outdated", stack=stack, reason=row.message)
        if "protected" in row.message and "delet" in row.message:
            return EngineError("resource-protected", stack=stack, name=name_of(row.urn))
        if "inputs to import do not match" in row.message:
            return EngineError("import-differs", stack=stack, name=name_of(row.urn), reason=row.message)
    return None


def _of_resources(stack: str, diagnostics: tuple[Diagnostic, ...]) -> QianyunError | None:
    failures: dict[str, str] = {}
    for row in diagnostics:
        if row.urn and "::pulumi:pulumi:Stack::" not in row.urn:
            failures.setdefault(row.urn, _words(row.message))
    # With an update plan the engine also names what it has not begun, as something else had failed before.
    own = {urn: message for urn, message in failures.items() if not _NOT_BEGUN.match(message)}
    failures = own or failures
    if not failures:
        return None
    rows = [_failure(urn, message) for urn, message in failures.items()]
    told = {"stack": stack, "name": rows[0]["name"], "reason": rows[0]["message"]}
    if all(row["code"] in CloudUnreachableError.templates for row in rows):
        return ResourceUnreachableError("resource-unreached", **told, failures=rows)
    return EngineError("resource-failed", **told, failures=rows)


def wrong_plugin(diagnostics: Iterable[Diagnostic]) -> EngineSetupError | None:
    """The engine only warns of a plug-in that is older than what the program was written for."""
    for row in diagnostics:
        found = _PLUGIN_VERSION.search(row.message)
        if found:
            return EngineSetupError("plugin-version", plugin=found["plugin"], version=found["version"])
    return None


def _words(message: str) -> str:
    """What a plug-in itself has said."""
    said = _LISTED.sub("", message)
    checked = _CHECKED.match(said)
    if checked is None:
        return said
    reason = said[checked.end() :]
    named = checked["property"]
    return f"{named}: {reason}" if named and not _CODE.search(reason) else reason


def _failure(urn: str, message: str) -> dict[str, str]:
    """Our own plug-in says the code of its error at the end."""
    found = _CODE.search(message)
    return {
        "urn": urn,
        "name": name_of(urn),
        "message": message[: found.start()] if found else message,
        "code": found["code"] if found else "",
    }


def _reason(text: str) -> str:
    """The first line that says something, without the word error before it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("error:")] or lines
    return told[0].removeprefix("error:").strip() if told else "?"

"""From the engine's events to what is done: one change for each resource, secrets masked, and a hash of all."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError
from stacks.engine.model import SECRET, UNKNOWN, Diagnostic, OnProgress, Op, Progress, ResourceChange

if TYPE_CHECKING:
    from pulumi.automation import EngineEvent, StepEventMetadata

__all__ = ["Listener", "hash_of", "masked"]

# sdk/go/common/resource/properties.go: what stands for an unknown value of each type on the wire.
_UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"  # noqa: S105  the key that marks an encrypted value
_SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105

_OPS = {
    "same": Op.SAME,
    "create": Op.CREATE,
    "update": Op.UPDATE,
    "refresh": Op.UPDATE,
    "delete": Op.DELETE,
    "replace": Op.REPLACE,
    "create-replacement": Op.REPLACE,
    "delete-replaced": Op.REPLACE,
    "read": Op.READ,
    "read-replacement": Op.READ,
    "import": Op.IMPORT,
    "import-replacement": Op.IMPORT,
    "discard": Op.FORGET,
    "discard-replaced": Op.FORGET,
    "remove-pending-replace": Op.FORGET,
}

# Kinds of pending operations (sdk/go/common/apitype: OperationType) of steps that change something.
_PENDING = {
    "create": "creating",
    "create-replacement": "creating",
    "import": "importing",
    "import-replacement": "importing",
    "update": "updating",
    "delete": "deleting",
    "delete-replaced": "deleting",
}
# How gRPC says that the other side is gone; errors of clouds come from plug-ins that live, with other words.
_CUT_OFF = re.compile(r"error reading from server|transport is closing|code = Unavailable|connection error: desc")
# Said of every plug-in that is not the engine's own download; there are no such downloads here.
_PLUGIN_FOUND = re.compile(r"using pulumi-resource-[\w-]+ from \$PATH at ")
_MARKUP = re.compile(r"<\{%.*?%\}>")


def masked(value: Any) -> Any:
    """A property value with ``SECRET`` and ``UNKNOWN`` in the places of what is not shown; whole numbers are ints."""
    match value:
        case str():
            return UNKNOWN if value in _UNKNOWNS else value
        case float():
            return int(value) if value.is_integer() else value
        case {"4dabf18193072939515e22adb298388d": str(signature)}:
            return SECRET if signature == _SECRET_VALUE else f"[{value.get('path', 'file')}]"
        case Mapping():
            return {str(key): masked(part) for key, part in value.items() if not str(key).startswith("__")}
        case list() | tuple():
            return [masked(part) for part in value]
    return value


def hash_of(changes: Iterable[ResourceChange]) -> str:
    """sha256 over what would be done and to what, in hex. Ids are left out: the cloud gives others the next time."""
    rows = [
        [change.urn, change.type, change.op, sorted(change.replaces), dict(change.diff)]
        for change in sorted(changes, key=lambda change: change.urn)
    ]
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Listener:
    """Takes the events of one operation on one stack.

    Args:
        keep: takes all that is being made, as pending operations of a state, whenever that has changed.
    """

    def __init__(
        self,
        stack: str,
        on_event: OnProgress | None = None,
        keep: Callable[[list[dict[str, Any]]], None] | None = None,
    ) -> None:
        self.stack = stack
        self._keep = keep
        self._kept: set[str] = set()
        self._tell = on_event or (lambda _progress: None)
        self._changes: dict[str, ResourceChange] = {}
        self._ops: dict[str, Op] = {}
        self._unended: dict[str, StepEventMetadata] = {}
        self._cut_off: set[str] = set()
        self.diagnostics: list[Diagnostic] = []

    def __call__(self, event: EngineEvent) -> None:
        """As ``on_event`` of the Automation API."""
        self._take_event(event)
        if self._keep is not None:
            making = {urn: step for urn, step in self._unended.items() if _PENDING.get(step.op.value) == "creating"}
            if set(making) != self._kept:
                self._kept = set(making)
                with suppress(InputError):  # on a full disk; it is for the case that we and the plug-in die at once
                    self._keep([row for step in making.values() if (row := _pending(step)) is not None])

    def _take_event(self, event: EngineEvent) -> None:
        if event.resource_pre_event:
            self._begin(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._done(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            step = event.res_op_failed_event.metadata
            if step.urn not in self._cut_off:
                self._unended.pop(step.urn, None)
            self._tell(Progress(self.stack, "failed", _OPS[step.op.value], step.urn, step.type))
        elif event.diagnostic_event:
            said = event.diagnostic_event
            text = _MARKUP.sub("", said.message).strip()
            if said.ephemeral or said.severity == "debug" or not text or _PLUGIN_FOUND.match(text):
                return
            severity = "info" if said.severity.startswith("info") else said.severity
            self.diagnostics.append(Diagnostic(severity, text, said.urn or ""))
            if said.urn and severity == "error" and _CUT_OFF.search(text):
                self._cut_off.add(said.urn)
            self._tell(Progress(self.stack, "message", urn=said.urn or "", message=text, severity=severity))

    @property
    def changes(self) -> tuple[ResourceChange, ...]:
        """All that does not stay the same, in the order of their URNs."""
        kept = (change for change in self._changes.values() if change.op not in {Op.SAME, Op.READ})
        return tuple(sorted(kept, key=lambda change: change.urn))

    @property
    def counts(self) -> dict[str, int]:
        """How many resources each operation is done to."""
        return dict(sorted(Counter(str(op) for op in self._ops.values()).items()))

    @property
    def torn(self) -> list[dict[str, Any]]:
        """What a plug-in was doing when it died, as pending operations of a state; secrets in inputs are left out.

        The engine takes those for failed, but they may have been done.
        """
        return [
            pending
            for urn, step in sorted(self._unended.items())
            if urn in self._cut_off and (pending := _pending(step)) is not None
        ]

    def _begin(self, step: StepEventMetadata) -> None:
        op = _OPS[step.op.value]
        if not _counts(step):
            return
        self._unended[step.urn] = step
        self._take(step, op)
        if op is not Op.SAME:
            self._tell(Progress(self.stack, "begin", op, step.urn, step.type))

    def _done(self, step: StepEventMetadata) -> None:
        op = _OPS[step.op.value]
        if not _counts(step):
            return
        self._unended.pop(step.urn, None)
        if step.op.value == "refresh":
            op = self._refreshed(step)
            self._ops[step.urn] = op
        elif step.urn not in self._ops:
            self._take(step, op)
        if op is not Op.SAME:
            self._tell(Progress(self.stack, "done", op, step.urn, step.type))

    def _refreshed(self, step: StepEventMetadata) -> Op:
        """What reading a resource from the cloud has shown; its steps come with the same event, whatever it is."""
        if step.new is None:
            return self._note(step, Op.DELETE, {})
        old, new = _properties(step.old, "outputs"), _properties(step.new, "outputs")
        diff = {key: (old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)}
        return self._note(step, Op.UPDATE, diff) if diff else Op.SAME

    def _take(self, step: StepEventMetadata, op: Op) -> None:
        if step.op.value == "refresh":
            return  # known when it is done
        before = self._ops.get(step.urn)
        if before is Op.REPLACE and op is not Op.REPLACE:
            return  # the deletion that belongs to it
        self._ops[step.urn] = op
        if op in {Op.SAME, Op.READ}:
            return
        known = self._changes.get(step.urn)
        diff = _diff(step, op)
        self._note(step, op, {**(known.diff if known else {}), **diff})

    def _note(self, step: StepEventMetadata, op: Op, diff: Mapping[str, tuple[Any, Any]]) -> Op:
        state = step.old or step.new
        known = self._changes.get(step.urn)
        forced = {
            path for path, kind in (step.detailed_diff or {}).items() if kind.diff_kind.value.endswith("-replace")
        }
        self._changes[step.urn] = ResourceChange(
            urn=step.urn,
            type=step.type,
            name=step.urn.rpartition("::")[2],
            op=op,
            diff=dict(diff),
            protect=bool(step.old and step.old.protect),
            replaces=tuple(sorted({*(known.replaces if known else ()), *(step.keys or ()), *forced})),
            id=(state.id if state else "") or "",
        )
        return op


def _pending(step: StepEventMetadata) -> dict[str, Any] | None:
    kind = _PENDING.get(step.op.value)
    state = step.old if kind == "deleting" else step.new
    if kind is None or state is None:
        return None
    inputs = {key: value for key, value in _properties(state, "inputs").items() if SECRET not in json.dumps(value)}
    row = {"urn": step.urn, "custom": True, "type": step.type, "inputs": inputs, "id": state.id}
    row |= {"parent": state.parent, "provider": state.provider}
    if kind == "creating":
        row.pop("id")
    return {"type": kind, "resource": {key: value for key, value in row.items() if value}}


def _counts(step: StepEventMetadata) -> bool:
    """Whether it stands on a cloud: the stack itself, components and providers are bookkeeping."""
    state = step.new or step.old
    custom = bool(state and state.custom)
    return custom and not step.type.startswith("pulumi:")


def _properties(state: Any, part: str) -> dict[str, Any]:
    found: dict[str, Any] = masked((getattr(state, part) if state else None) or {})
    return found


def _diff(step: StepEventMetadata, op: Op) -> dict[str, tuple[Any, Any]]:
    old, new = _properties(step.old, "inputs"), _properties(step.new, "inputs")
    if op is Op.CREATE or op is Op.IMPORT:
        return {key: (None, value) for key, value in sorted(new.items())}
    if op is Op.DELETE or op is Op.FORGET or step.op.value == "delete-replaced":
        return {}
    if not step.detailed_diff:
        named = step.diffs or sorted({*old, *new})
        return {key: (old.get(key), new.get(key)) for key in named if old.get(key) != new.get(key)}
    outputs = _properties(step.old, "outputs")
    found = {}
    for path, kind in sorted(step.detailed_diff.items()):
        before = _at(old if kind.input_diff else outputs, path)
        found[path] = (before if before is not None else _at(old, path), _at(new, path))
    return found


def _at(value: Any, path: str) -> Any:
    """The part of a value that a property path names: ``a.b[0]["c d"]``; None where it has none."""
    for key, index, quoted in re.findall(r"([^.\[\]\"]+)(?![^\[]*\])|\[(\d+)\]|\[\"(.*?)\"\]", path):
        try:
            value = value[int(index)] if index else value[quoted or key]
        except (KeyError, IndexError, TypeError):
            return None
    return value

"""The engine's side of the wire: starts a plug-in process and speaks the protocol to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from stacks.provider.values import properties, struct

ROOT = Path(__file__).resolve().parents[3]
DIFFERENCES = provider_pb2.PropertyDiff.Kind


@dataclass(frozen=True)
class InitFailed:
    """An object that was made, but not finished."""

    id: str
    outputs: dict[str, Any]
    inputs: dict[str, Any]
    reasons: tuple[str, ...]


class FailedError(Exception):
    """The plug-in answered with an error; ``init`` where the object exists all the same."""

    def __init__(self, text: str, init: InitFailed | None) -> None:
        super().__init__(text)
        self.text = text
        self.init = init


def urn_of(kind: str, name: str, stack: str = "test") -> str:
    return f"urn:pulumi:{stack}::qianyun::{token_of(kind)}::{name}"


def token_of(kind: str) -> str:
    return f"qianyun:openstack:{kind}"


class Plugin:
    """One plug-in process and a channel to it."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def _ask(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request, timeout=300)
        except grpc.RpcError as error:
            raise FailedError(error.details() or "", _init_failed(error)) from error

    def version(self) -> str:
        return str(self._ask("GetPluginInfo", empty_pb2.Empty()).version)

    def configure(self, **settings: Any) -> Any:
        return self._ask("Configure", provider_pb2.ConfigureRequest(args=struct(settings)))

    def check(
        self, kind: str, new: Mapping[str, Any], old: Mapping[str, Any] | None = None, secret: tuple[str, ...] = ()
    ) -> Any:
        request = provider_pb2.CheckRequest(urn=urn_of(kind, "x"), news=struct(new, secret), type=token_of(kind))
        if old is not None:
            request.olds.CopyFrom(struct(old))
        return self._ask("Check", request)

    def failures(self, kind: str, new: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> dict[str, str]:
        return {row.property: row.reason for row in self.check(kind, new, old).failures}

    def diff(
        self,
        kind: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        outputs: Mapping[str, Any] | None = None,
        ignore: tuple[str, ...] = (),
    ) -> tuple[dict[str, str], bool]:
        """({property: kind of its difference}, whether the old one goes first)."""
        request = provider_pb2.DiffRequest(
            id="i", urn=urn_of(kind, "x"), type=token_of(kind), olds=struct({**old, **(outputs or {})}),
            old_inputs=struct(old), news=struct(new), ignoreChanges=ignore,
        )  # fmt: skip
        found = self._ask("Diff", request)
        assert (found.changes == found.DIFF_SOME) == bool(found.detailedDiff)
        assert set(found.diffs) == set(found.detailedDiff)
        return {name: DIFFERENCES.Name(row.kind) for name, row in found.detailedDiff.items()}, found.deleteBeforeReplace

    def create(
        self, kind: str, inputs: Mapping[str, Any], name: str = "x", *, stack: str = "test", preview: bool = False,
        timeout: float = 0, secret: tuple[str, ...] = (),
    ) -> tuple[str, dict[str, Any]]:  # fmt: skip
        request = provider_pb2.CreateRequest(
            urn=urn_of(kind, name, stack), type=token_of(kind), properties=struct(inputs, secret), preview=preview,
            timeout=timeout,
        )  # fmt: skip
        made = self._ask("Create", request)
        return made.id, properties(made.properties).values

    def read(
        self, kind: str, id: str, inputs: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """(inputs, outputs); None: not there."""
        request = provider_pb2.ReadRequest(
            id=id,
            urn=urn_of(kind, "x"),
            type=token_of(kind),
            inputs=struct(inputs or {}),
            properties=struct(outputs or {}),
        )
        found = self._ask("Read", request)
        return (properties(found.inputs).values, properties(found.properties).values) if found.id else None

    def update(
        self, kind: str, id: str, old: Mapping[str, Any], new: Mapping[str, Any],
        outputs: Mapping[str, Any] | None = None, name: str = "x", *, preview: bool = False, stack: str = "test",
    ) -> dict[str, Any]:  # fmt: skip
        request = provider_pb2.UpdateRequest(
            id=id, urn=urn_of(kind, name, stack), type=token_of(kind), olds=struct({**old, **(outputs or {})}),
            old_inputs=struct(old), news=struct(new), preview=preview,
        )  # fmt: skip
        return properties(self._ask("Update", request).properties).values

    def delete(self, kind: str, id: str, inputs: Mapping[str, Any] | None = None) -> None:
        request = provider_pb2.DeleteRequest(
            id=id, urn=urn_of(kind, "x"), type=token_of(kind), properties=struct(inputs or {}),
            old_inputs=struct(inputs or {}),
        )  # fmt: skip
        self._ask("Delete", request)

    def cancel(self) -> None:
        self._ask("Cancel", empty_pb2.Empty())


def _init_failed(error: grpc.RpcError) -> InitFailed | None:
    call: Any = error  # the error of a call is the call, too
    for key, value in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            (detail,) = status.details
            content = provider_pb2.ErrorResourceInitFailed()
            assert isinstance(detail, any_pb2.Any)
            assert detail.Unpack(content)
            return InitFailed(
                content.id,
                properties(content.properties).values,
                properties(content.inputs).values,
                tuple(content.reasons),
            )
    return None


CODE = "from stacks.provider.main import main; raise SystemExit(main())"


@contextmanager
def plugin(code: str = CODE, environment: Mapping[str, str] | None = None) -> Iterator[Plugin]:
    """A plug-in process with what ``code`` starts in it."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.strip().isdigit(), process.communicate()[1]
        found = Plugin(process, int(line))
        yield found
        found.channel.close()
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def ended(process_id: int, seconds: float) -> bool:
    """Whether a process that is not our child ends in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False

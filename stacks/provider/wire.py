"""The server side of the engine's provider protocol (pulumi/provider.proto); knows no cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from stacks.provider import VERSION
from stacks.provider.model import Backend, Difference, Found, PartialError
from stacks.provider.values import Properties, has_unknown, properties, struct

__all__ = ["Servicer", "serve"]

MESSAGE_BYTES = 400 << 20
"""The engine's own limit for one message."""

THREADS = 32
# google/rpc/status.proto: code = 1, message = 2, details = 3. Its Python package is not part of the protocol's.
_UNKNOWN_CODE = 2


def _status(message: str, detail: any_pb2.Any) -> bytes:
    """A serialized google.rpc.Status with one detail, written by hand: varint keys, lengths, bytes."""

    def field(number: int, content: bytes) -> bytes:
        size, length = len(content), bytearray()
        while size > 0x7F:
            length.append(size & 0x7F | 0x80)
            size >>= 7
        length.append(size)
        return bytes([number << 3 | 2]) + bytes(length) + content

    return bytes([1 << 3, _UNKNOWN_CODE]) + field(2, message.encode()) + field(3, detail.SerializeToString())


def _token(request: Any) -> str:
    """Token of a request; engines before 3.115 name it in the URN only."""
    return str(request.type) or request.urn.split("::")[2].rsplit("$", 1)[-1]


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Turns requests into calls of a back end, and its answers and errors into messages."""

    def __init__(self, backend: Backend, schema: Callable[[], str] = lambda: "{}") -> None:
        self._backend = backend
        self._schema = schema

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema=self._schema())

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Another entry of clouds.yaml is another login to one place; another region or project is another place."""
        old, new = properties(request.olds).values, properties(request.news).values
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return provider_pb2.DiffResponse(
            changes=_some(names), diffs=names, replaces=[name for name in names if name in {"region", "project_id"}]
        )

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        settings = properties(request.args).values
        if not has_unknown(settings):
            self._backend.configure(settings)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=False)

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, new = _token(request), properties(request.news)
        failures = self._call(context, self._backend.check, token, new.values, properties(request.olds).values)
        return provider_pb2.CheckResponse(
            inputs=self._struct(token, new.values, new),
            failures=[provider_pb2.CheckFailure(property=row.name, reason=row.reason) for row in failures],
        )

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, outputs, new = _token(request), properties(request.olds).values, properties(request.news).values
        # Engines before 3.74 send what the object was made with among its outputs only.
        old = properties(request.old_inputs).values if request.HasField("old_inputs") else outputs
        for name in request.ignoreChanges:
            if name in old:
                new[name] = old[name]
            else:
                new.pop(name, None)
        found: Difference = self._call(context, self._backend.diff, token, old, outputs, new)
        names = sorted(found.changes)
        seen = {name: outputs.get(name) for name in found.observed}
        sides = ({**seen, **old}, {**seen, **new})
        return provider_pb2.DiffResponse(
            changes=_some(names),
            diffs=names,
            replaces=[name for name in names if found.changes[name]],
            deleteBeforeReplace=found.delete_first,
            hasDetailedDiff=True,
            detailedDiff={
                name: provider_pb2.PropertyDiff(
                    kind=_kind(name, *sides, replace=found.changes[name]),
                    inputDiff=name not in found.observed,
                )
                for name in names
            },
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, inputs = _token(request), properties(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=self._struct(token, inputs.values, inputs))
        made = self._call(
            context, self._backend.create, token, request.urn, inputs.values, request.timeout, sent=inputs, token=token
        )
        return provider_pb2.CreateResponse(
            id=made.id, properties=self._struct(token, {**inputs.values, **made.outputs}, inputs)
        )

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, inputs = _token(request), properties(request.inputs)
        outputs = properties(request.properties)
        found: Found | None = self._call(
            context, self._backend.read, token, request.id, inputs.values, outputs.values, sent=inputs, token=token
        )
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id,
            properties=self._struct(token, {**found.inputs, **found.outputs}, inputs, outputs),
            inputs=self._struct(token, found.inputs, inputs),
        )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, inputs, outputs = _token(request), properties(request.news), properties(request.olds)
        if request.preview:
            return provider_pb2.UpdateResponse(
                properties=self._struct(token, {**outputs.values, **inputs.values}, inputs, outputs)
            )
        old_inputs = properties(request.old_inputs).values if request.HasField("old_inputs") else outputs.values
        old = Found(request.id, old_inputs, outputs.values)
        new = self._call(
            context,
            self._backend.update,
            token,
            request.urn,
            old,
            inputs.values,
            request.timeout,
            sent=inputs,
            token=token,
        )
        return provider_pb2.UpdateResponse(properties=self._struct(token, {**inputs.values, **new}, inputs, outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        outputs = properties(request.properties).values
        inputs = properties(request.old_inputs).values if request.HasField("old_inputs") else outputs
        old = Found(request.id, inputs, outputs)
        self._call(context, self._backend.delete, _token(request), old, request.timeout)
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._backend.cancel()
        return empty_pb2.Empty()

    def _struct(self, token: str, values: Mapping[str, Any], *sources: Properties) -> Any:
        secrets = self._backend.secrets(token).union(*(source.secrets for source in sources))
        return struct(values, secrets)

    def _call(
        self,
        context: grpc.ServicerContext,
        function: Callable[..., Any],
        *arguments: Any,
        sent: Properties | None = None,
        token: str = "",
    ) -> Any:
        try:
            return function(*arguments)
        except PartialError as error:
            self._partial(context, error, token, sent or Properties({}))
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the engine gets one text without secrets
            context.abort(grpc.StatusCode.UNKNOWN, self._backend.explain(error))

    def _partial(self, context: grpc.ServicerContext, error: PartialError, token: str, inputs: Properties) -> NoReturn:
        """The object exists: its id and state go with the error, so that nothing is lost or made twice."""
        content = provider_pb2.ErrorResourceInitFailed(
            id=error.id,
            properties=self._struct(token, {**inputs.values, **error.outputs}, inputs),
            reasons=[error.reason],
            inputs=self._struct(token, inputs.values, inputs),
        )
        detail = any_pb2.Any()
        detail.Pack(content)
        context.set_trailing_metadata((("grpc-status-details-bin", _status(error.reason, detail)),))
        context.abort(grpc.StatusCode.UNKNOWN, error.reason)
        raise AssertionError  # abort raises


def _some(names: list[str]) -> Any:
    difference = provider_pb2.DiffResponse
    return difference.DIFF_SOME if names else difference.DIFF_NONE


def _kind(name: str, old: Mapping[str, Any], new: Mapping[str, Any], *, replace: bool) -> Any:
    kinds = provider_pb2.PropertyDiff
    if name not in old:
        return kinds.ADD_REPLACE if replace else kinds.ADD
    if name not in new:
        return kinds.DELETE_REPLACE if replace else kinds.DELETE
    return kinds.UPDATE_REPLACE if replace else kinds.UPDATE


def serve(backend: Backend, schema: Callable[[], str] = lambda: "{}") -> tuple[grpc.Server, int]:
    """Start answering on a free port of the loopback address; (server, port)."""
    options = [("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES)]
    server = grpc.server(ThreadPoolExecutor(THREADS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(backend, schema), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port

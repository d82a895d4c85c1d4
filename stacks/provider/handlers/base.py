"""What all kinds have in common: one object with an id behind the methods of one proxy of openstacksdk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openstack import exceptions

from stacks.errors import CloudError
from stacks.provider.cloud import Cloud
from stacks.provider.differences import normal, same
from stacks.provider.faults import mapped, reason_of
from stacks.provider.marks import Mark
from stacks.provider.model import Change, Failure, Found, Kind, Made, Marking, PartialError, Property, Shape

__all__ = ["Handler", "ObjectHandler", "Owned"]

LET_GO_SECONDS = 60
"""How long a removal is repeated while something still holds the object: ports of a server vanish after it."""


@dataclass(frozen=True)
class Owned:
    """An object in the cloud that carries our mark.

    Attributes:
        token: its kind.
        stack: as ``short_stack`` gives it.
        urn_hash: as ``urn_hash`` gives it.
    """

    token: str
    id: str
    urn_hash: str
    name: str
    stack: str = ""


class Handler(ABC):
    """One kind of object in one cloud. Methods raise ``PartialError``, ours, or foreign errors that faults.py maps."""

    def __init__(self, kind: Kind, cloud: Cloud) -> None:
        self.kind = kind
        self.cloud = cloud

    def what(self, inputs: Mapping[str, Any]) -> str:
        """The object in words."""
        return f"{self.kind.name} {inputs.get('name') or ''}".strip()

    def lookups(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Failure]:  # noqa: ARG002  # for those that have some
        """Inputs that name something that the cloud does not have; only what differs from ``old`` is asked for."""
        yield from ()

    def means(self, name: str, wanted: Any, outputs: Mapping[str, Any]) -> bool:  # noqa: ARG002  # the same
        """Whether another spelling of an input (a name for an id) means what the object already has."""
        return False

    @abstractmethod
    def create(self, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Made:
        """Make it; what an earlier try left is taken up."""

    @abstractmethod
    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        """What the cloud shows; None: not there. Empty ``inputs``: an import, so all of them are filled in."""

    def update(self, mark: Mark, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:  # noqa: ARG002  # relations have nothing to update
        """Change it; also called to finish what ``create`` left unfinished. Returns outputs."""
        return old.outputs

    @abstractmethod
    def delete(self, old: Found, seconds: float) -> None:
        """Remove it and wait until it is gone; what is gone already is fine."""

    @abstractmethod
    def find(self, mark: Mark, inputs: Mapping[str, Any]) -> str | None:
        """Id of the object that carries a mark."""

    def owned(self, stack: str) -> Iterator[Owned]:  # noqa: ARG002  # relations go with their ends
        """All objects that carry the mark of a stack (as ``short_stack`` gives it)."""
        yield from ()


class ObjectHandler(Handler):
    """A kind with the methods ``create_``, ``get_``, ``update_``, ``delete_`` and a list of all."""

    def call(self, verb: str) -> Any:
        """A method of the proxy."""
        proxy = self.cloud.service(self.kind.service)
        return getattr(proxy, self.kind.plural if verb == "list" else f"{verb}_{self.kind.singular}")

    # ---- to and from openstacksdk

    def attributes(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs as openstacksdk takes them."""
        rows = self.kind.by_name
        return {rows[name].sdk: value for name, value in inputs.items() if value is not None}

    def marked(self, mark: Mark, attributes: dict[str, Any]) -> dict[str, Any]:
        """Attributes that carry the mark in the request that makes the object."""
        match self.kind.marking:
            case Marking.TAGS | Marking.DESCRIPTION:
                return {**attributes, "description": mark.described(attributes.get("description", ""))}
            case Marking.LABELS:
                return {**attributes, "tags": mark.tags}
            case Marking.METADATA:
                return {**attributes, "metadata": {**attributes.get("metadata", {}), **mark.metadata}}
            case Marking.NONE:
                return attributes

    def carried(self, found: Any) -> Mark | None:
        """The mark that an object carries."""
        match self.kind.marking:
            case Marking.METADATA:
                return Mark.carried(metadata=found.metadata or {})
            case Marking.LABELS:
                return Mark.carried(tags=found.tags or ())
            case Marking.TAGS:
                return Mark.carried(found.description, found.tags or ())
            case Marking.DESCRIPTION:
                return Mark.carried(found.description)
            case Marking.NONE:
                return None

    def observe(self, found: Any, row: Property, wanted: Any, outputs: Mapping[str, Any]) -> Any:  # noqa: ARG002  # for those that need them
        """Value of a property as the cloud shows it."""
        seen = getattr(found, row.sdk, None)
        if row.name == "description":
            return Mark.undescribed(seen)[0]
        if row.shape is Shape.MAP:
            seen = {name: text for name, text in (seen or {}).items() if not name.startswith("qianyun.")}
            return seen if wanted is None else {name: text for name, text in seen.items() if name in wanted}
        return list(seen) if isinstance(seen, list | tuple) else seen

    def inputs(self, found: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs as the cloud shows them, in the spelling of the wished ones where both mean the same."""
        live: dict[str, Any] = {}
        for row in self.kind.properties:
            wanted = inputs.get(row.name)
            seen = wanted if row.blind else self.observe(found, row, wanted, outputs)
            if seen is None:
                continue
            if wanted is not None:
                live[row.name] = wanted if normal(row, wanted) == normal(row, seen) else seen
            elif row.required or (row.computed and not inputs) or self._differs(row, seen):
                live[row.name] = seen
        return live

    @staticmethod
    def _differs(row: Property, seen: Any) -> bool:
        """Whether what the cloud shows differs from what an absent value means."""
        return not row.computed and normal(row, seen) != normal(row, None)

    def outputs(self, found: Any, outputs: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002  # for those that need them
        """What the cloud adds."""
        return {name: getattr(found, name, None) for name in self.kind.outputs}

    # ---- what the engine asks for

    def create(self, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Made:
        attributes = self.marked(mark, self.attributes(inputs))
        found = self.cloud.once(
            lambda: self.call("create")(**attributes), lambda: self.existing(mark, inputs), self.what(inputs)
        )
        try:
            return Made(found.id, self.finish(found, mark, inputs, seconds))
        except PartialError:
            raise
        except Exception as error:
            raise self.unfinished(found, inputs, error) from error

    def unfinished(self, found: Any, inputs: Mapping[str, Any], error: Exception) -> PartialError:
        """The object is there, a further request failed."""
        ours = mapped(error, self.what(inputs), self.cloud)
        reason = ours.message if ours else self.cloud.scrub(reason_of(error))
        fault = CloudError("cloud-unfinished", what=self.what(inputs), reason=reason)
        return PartialError(found.id, self.outputs(found, {}), f"{fault.message}; {fault.hint} [{fault.code}]")

    def finish(self, found: Any, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:  # noqa: ARG002  # for those that need them
        """What follows the request that makes the object, also after an interruption; returns outputs."""
        if self.kind.marking is Marking.TAGS and not set(mark.tags) <= set(found.tags or ()):
            tags = sorted({*(found.tags or ()), *mark.tags})
            answer = self.cloud.service(self.kind.service).put(
                f"{found.base_path}/{found.id}/tags", json={"tags": tags}
            )
            exceptions.raise_from_response(answer)
        return self.outputs(found, {})

    def get(self, id: str) -> Any | None:
        """The object; None where it is not there."""
        try:
            return self.call("get")(id)
        except exceptions.NotFoundException:
            return None

    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        found = self.get(id)
        if found is None:
            return None
        live = self.inputs(found, inputs, outputs)
        return Found(id, live, self.outputs(found, outputs))

    def update(self, mark: Mark, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        found = self.get(old.id)
        if found is None:
            raise CloudError("cloud-gone", what=self.what(inputs))
        changed = {
            row.name: inputs.get(row.name, row.default)
            for row in self.kind.properties
            if row.change is not Change.REPLACE and not same(row, old.inputs.get(row.name), inputs.get(row.name))
        }
        if changed:
            found = self.change(found, changed, old, inputs)
        if self.carried(found) == mark:
            # The engine's outputs repeat the inputs, and those are the old ones.
            own = {name: value for name, value in old.outputs.items() if name not in self.kind.by_name}
            return {**own, **self.finish(found, mark, inputs, seconds)}
        return self.outputs(found, old.outputs)

    def change(self, found: Any, changed: dict[str, Any], old: Found, inputs: Mapping[str, Any]) -> Any:  # noqa: ARG002  # for those that need them
        """Write changed properties; absent ones have their default. Returns the object as it is now."""
        attributes = self.change_attributes(changed)
        mark = self.carried(found)
        if "description" in changed and mark and self.kind.marking in {Marking.TAGS, Marking.DESCRIPTION}:
            attributes["description"] = mark.described(changed["description"])
        return self.call("update")(found.id, **attributes)

    def change_attributes(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        """Changed properties as openstacksdk takes them."""
        rows = self.kind.by_name
        return {rows[name].sdk: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}

    def delete(self, old: Found, seconds: float) -> None:
        what = self.what(old.inputs)
        if not self.cloud.wait(lambda: self._delete(old.id, what), bool, min(seconds, LET_GO_SECONDS), what)[1]:
            self._delete(old.id, what, last=True)
        if not self.cloud.wait(lambda: self.gone(old.id), bool, seconds, what)[1]:
            raise CloudError("cloud-waiting", what=what, status="there", seconds=f"{seconds:g}")

    def _delete(self, id: str, what: str, *, last: bool = False) -> bool:
        """Ask for the removal; whether the cloud took it (something may still hold the object for a moment)."""
        try:
            self.remove(id)
        except exceptions.NotFoundException:
            return True
        except (exceptions.ConflictException, exceptions.BadRequestException) as error:
            if last or not self.held(error):
                raise mapped(error, what, self.cloud) or error from error
            return False
        return True

    def held(self, error: Exception) -> bool:
        """Whether a removal was refused because something still holds the object."""
        return isinstance(error, exceptions.ConflictException)

    def remove(self, id: str) -> None:
        """Ask for the removal."""
        self.call("delete")(id, ignore_missing=True)

    def gone(self, id: str) -> bool:
        """Whether a removed object is gone; most kinds are at once."""
        del id
        return True

    # ---- marks

    def candidates(self, mark: Mark, inputs: Mapping[str, Any]) -> Iterator[Any]:
        """Objects among which one with a mark would be: those of its name, and where tags can be asked for, by tag."""
        if self.kind.marking in {Marking.TAGS, Marking.LABELS}:
            yield from self.call("list")(tags=mark.tags[1])
        if "name" in inputs:
            yield from self.call("list")(name=inputs["name"])

    def existing(self, mark: Mark, inputs: Mapping[str, Any]) -> Any | None:
        """The object that carries a mark."""
        return next((found for found in self.candidates(mark, inputs) if self.carried(found) == mark), None)

    def find(self, mark: Mark, inputs: Mapping[str, Any]) -> str | None:
        found = self.existing(mark, inputs)
        return None if found is None else str(found.id)

    def all(self) -> Iterator[Any]:
        """Every object of the kind that the login sees."""
        yield from self.call("list")()

    def owned(self, stack: str) -> Iterator[Owned]:
        for found in self.all():
            mark = self.carried(found)
            if mark is not None and mark.stack == stack:
                yield Owned(self.kind.token, str(found.id), mark.hash, str(found.name or ""), mark.stack)

"""What a kind of object is, and what the wire and a back end say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

__all__ = [
    "Backend",
    "Change",
    "Difference",
    "Failure",
    "Found",
    "Kind",
    "Made",
    "Marking",
    "PartialError",
    "Property",
    "Shape",
]


class Shape(StrEnum):
    """What a value of a property looks like."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXTS = "texts"
    MAP = "map"
    POOLS = "pools"
    ADDRESSES = "addresses"


class Change(StrEnum):
    """What another value of a property means for the object."""

    UPDATE = "update"
    REPLACE = "replace"
    GROW = "grow"
    """More is an update, less a replacement."""


class Marking(StrEnum):
    """Where an object carries its stack and its URN."""

    TAGS = "tags"
    """Tags, and the description, which is written in the same request that makes the object."""
    DESCRIPTION = "description"
    METADATA = "metadata"
    LABELS = "labels"
    """Tags that are written in the same request that makes the object."""
    NONE = "none"
    """Nowhere: the object is a relation, recognised by its two ends, or by its name."""


@dataclass(frozen=True)
class Property:
    """An input of a kind.

    Attributes:
        name: as programs write it.
        default: what an absent value means.
        computed: an absent value means whatever the cloud chose, so it is never a difference.
        attribute: name in openstacksdk; empty: the same.
        secret: shown nowhere, encrypted in the state.
        blind: the cloud does not tell the value, so what was wished is taken for true.
        ordered: the order of a list has a meaning.
        address: the text is an address or a prefix, which has several spellings.
    """

    name: str
    shape: Shape = Shape.TEXT
    required: bool = False
    change: Change = Change.UPDATE
    default: Any = None
    computed: bool = False
    attribute: str = ""
    secret: bool = False
    blind: bool = False
    ordered: bool = False
    address: bool = False
    choices: tuple[Any, ...] = ()
    minimum: int | None = None

    @property
    def sdk(self) -> str:
        """Name of the attribute in openstacksdk."""
        return self.attribute or self.name


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    Attributes:
        name: last part of the token ``qianyun:openstack:NAME``.
        service: proxy of openstacksdk, as ``network``.
        singular, plural: the proxy's methods are ``create_SINGULAR``, ``PLURAL`` and so on; empty: the kind has a
            handler that speaks for itself.
        outputs: what the cloud adds, by name.
        clashes: old and new cannot exist at once (a name, a prefix, an address, a port), so the old one goes first.
        seconds: how long making, changing and removing may take, unless the program says otherwise.
    """

    name: str
    service: str
    properties: tuple[Property, ...]
    singular: str = ""
    plural: str = ""
    outputs: tuple[str, ...] = ()
    marking: Marking = Marking.NONE
    clashes: bool = False
    seconds: int = 120
    by_name: Mapping[str, Property] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {row.name: row for row in self.properties})

    @property
    def token(self) -> str:
        """Token of the kind in programs and states."""
        return f"qianyun:openstack:{self.name}"


@dataclass(frozen=True)
class Failure:
    """An input that cannot be right."""

    name: str
    reason: str


@dataclass(frozen=True)
class Difference:
    """What differs between what was wished and what is wished: property to whether it asks for a replacement.

    ``observed`` names properties of the outputs, not of the inputs.
    """

    changes: Mapping[str, bool]
    delete_first: bool = False
    observed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Made:
    """An object that was made."""

    id: str
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """An object as the cloud shows it."""

    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


class PartialError(Exception):
    """The object exists and has an id, but is not what was wished.

    ``outputs`` hold no secret that the inputs do not hold; ``reason`` is for people.
    """

    def __init__(self, id: str, outputs: Mapping[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.id = id
        self.outputs = dict(outputs)
        self.reason = reason


class Backend(Protocol):
    """What the wire needs of a cloud. All methods are called from several threads; errors are ``QianyunError``."""

    def configure(self, settings: Mapping[str, Any]) -> None: ...

    def check(self, token: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> list[Failure]: ...

    def secrets(self, token: str) -> frozenset[str]: ...

    def diff(
        self, token: str, old: Mapping[str, Any], outputs: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Difference: ...

    def create(self, token: str, urn: str, inputs: Mapping[str, Any], seconds: float) -> Made: ...

    def read(self, token: str, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None: ...

    def update(
        self, token: str, urn: str, old: Found, inputs: Mapping[str, Any], seconds: float
    ) -> Mapping[str, Any]: ...

    def delete(self, token: str, old: Found, seconds: float) -> None: ...

    def explain(self, error: Exception) -> str: ...

    def cancel(self) -> None: ...

"""What every kind of record shares: base model, ids, references, and the field helper that carries unit and example."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.functional_validators import AfterValidator
from pydantic_core import PydanticCustomError

__all__ = [
    "ID_PATTERN",
    "Address",
    "Cidr",
    "EndRef",
    "Id",
    "InterfaceAddress",
    "NonNegative",
    "Record",
    "Ref",
    "SelectorText",
    "Struct",
    "Text",
    "TypedRef",
    "Words",
    "field",
]

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"

Id = Annotated[str, Field(pattern=ID_PATTERN)]
"""ASCII, unique within a kind, never reused."""


@dataclass(frozen=True)
class Ref:
    """Marks a string field as the id of a record of ``kind``.

    ``soft``: the record stays usable when the reference dangles (a warning instead of an error).
    """

    kind: str
    soft: bool = False


@dataclass(frozen=True)
class TypedRef:
    """Marks a string field as ``KIND:ID`` with one of ``kinds``; the kind ``external`` may be any text."""

    kinds: tuple[str, ...]
    soft: bool = False


@dataclass(frozen=True)
class EndRef:
    """Marks a string field as the end of a dependency: SYSTEM, SYSTEM/COMPONENT or external_object:ID."""


@dataclass(frozen=True)
class SelectorText:
    """Marks a string field as a selector (``inventory.selectors``)."""


_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}")


def _check_address(value: str) -> str:
    if _IPV4.fullmatch(value):  # most addresses, at a tenth of the cost of the general way
        return value
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise PydanticCustomError("bad-address", "an IPv4 or IPv6 address") from None


@lru_cache(maxsize=1 << 16)
def _check_cidr(value: str) -> str:
    try:
        if "/" in value:
            return str(ipaddress.ip_network(value))
        raise ValueError
    except ValueError:
        pass
    try:
        network = str(ipaddress.ip_network(value, strict=False)) if "/" in value else ""
    except ValueError:
        network = ""
    if network:
        raise PydanticCustomError("bad-prefix", "host bits are set", {"nearest": network})
    raise PydanticCustomError("bad-cidr", "an IPv4 or IPv6 prefix such as 10.1.0.0/16")


def _check_interface_address(value: str) -> str:
    try:
        if "/" in value:
            return str(ipaddress.ip_interface(value))
    except ValueError:
        pass
    raise PydanticCustomError("bad-interface-address", "an address with its prefix length such as 10.1.0.1/30")


Address = Annotated[str, AfterValidator(_check_address)]
Cidr = Annotated[str, AfterValidator(_check_cidr)]
InterfaceAddress = Annotated[str, AfterValidator(_check_interface_address)]
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
"""Text that must not be empty."""
NonNegative = Annotated[float, Field(ge=0)]
Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
"""Text without control characters, so that it survives every file format."""


class Struct(BaseModel):
    """A frozen value without an id of its own; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Record(Struct):
    """A frozen record of one kind with an id."""

    id: Id = Field(description="ASCII letters, digits, '.', '_' and '-'; unique within its kind and never reused")


def field(
    description: str,
    default: Any = ...,
    *,
    unit: str = "",
    example: Any = None,
    alias: str | None = None,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
) -> Any:
    """A pydantic field whose JSON Schema carries description, unit and example."""
    return Field(
        default,
        description=description,
        alias=alias,
        ge=ge,
        gt=gt,
        le=le,
        examples=None if example is None else [example],
        json_schema_extra={"unit": unit} if unit else None,
    )

"""What components ask for their resources; two providers answer.

A component says what kind of thing it wants, in the words of ``FIELDS``; a way turns that into a resource of its
provider and hands back what components go on with: the id and the outputs of that kind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from stacks.design.model import Place
from stacks.design.model import Way as WayIn
from stacks.errors import StackError
from stacks.ways.kinds import Kind

if TYPE_CHECKING:
    from pulumi import Output, Resource

__all__ = ["Made", "Making", "Way", "Ways", "way_of"]


@dataclass(frozen=True)
class Making:
    """How the engine is to treat a resource.

    Attributes:
        parent: the component that it belongs to.
        depends_on: what must be there before it, beyond what its properties say.
        protect: whether the engine refuses to delete it.
    """

    parent: Resource | None = None
    depends_on: Sequence[Resource] = ()
    protect: bool = False


@dataclass(frozen=True)
class Made:
    """A resource as components know it.

    Attributes:
        kind: what it is.
        resource: what others may depend on.
        id: its id in the cloud; unknown until it exists.
        outputs: the outputs of its kind (``FIELDS[kind].outputs``), by our names.
    """

    kind: Kind
    resource: Resource
    id: Output[str]
    outputs: Mapping[str, Output[Any]] = field(default_factory=dict)


class Way(Protocol):
    """Makes resources on one cloud by one provider. Lives as long as one run of a program: it holds its login."""

    @property
    def kinds(self) -> Collection[Kind]:
        """What this way can make. Components leave out what it cannot and does not need."""
        ...

    def make(self, kind: Kind, name: str, properties: Mapping[str, Any], making: Making) -> Made:
        """Ask for a resource.

        Args:
            kind: one of ``kinds``.
            name: logical name, unique in the stack and stable.
            properties: plain values or outputs, by the names of ``FIELDS[kind].inputs``; None means not given.
            making: how the engine is to treat it.

        Raises:
            StackError: the way cannot make the kind, or a property is not one of its inputs.
        """
        ...

    def within(self, project: Output[str] | str, making: Making) -> Way:
        """The same cloud, seen from a project: what this makes belongs to it. One project's way is made once a run."""
        ...


Ways = Callable[[Place], Way]
"""Opens the way to a place; called anew in every run of a program, inside of it."""


def way_of(place: Place) -> Way:
    """The way that the place names.

    Raises:
        StackError: ``stack-no-way`` for a place that is had by form.
    """
    if place.way is WayIn.OPENSTACK:
        from stacks.ways.openstack import OpenStackWay

        return OpenStackWay(place)
    if place.way is WayIn.TERRAFORM:
        from stacks.ways.terraform import terraform_way

        return terraform_way(place)
    raise StackError("stack-no-way", cloud=place.cloud, way=place.way.value)

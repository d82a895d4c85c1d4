"""A gate: one step waits for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from inventory.kinds.network import Ipv6Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migration.check.case import Case

__all__ = ["Gate", "after", "any_verified", "in_turn"]

Step = tuple[str, str]
"""An object as KIND:ID and one of its steps."""


class Gate(NamedTuple):
    """``step`` starts on a later day than one of ``before`` has ended."""

    step: Step
    before: tuple[Step, ...]


def after(case: Case, step: Step, *before: Step) -> Iterator[Gate]:
    """A gate for each of ``before`` that is still to be done: all of them hold."""
    return (Gate(step, (first,)) for first in before if case.wants(*first))


def in_turn(name: str, steps: Sequence[str]) -> Iterator[Gate]:
    """Each step of one object after the one before it."""
    return (Gate((name, later), ((name, sooner),)) for sooner, later in pairwise(steps))


def any_verified(case: Case, step: Step, devices: Iterable[str]) -> Iterator[Gate]:
    """One of the devices is verified before; none is asked for where one is already, or none is on record."""
    known = [device for device in dict.fromkeys(devices) if device in case.inventory.devices]
    stages = (case.inventory.devices[device].ipv6_stage for device in known)
    if known and Ipv6Stage.VERIFIED not in stages:
        verified = [(f"device:{device}", "verified") for device in known]
        if all(case.wants(*one) for one in verified):
            yield Gate(step, tuple(verified))

"""All areas of checks, in the order in which they run."""

from __future__ import annotations

from itertools import chain

from inventory.checks.addressing import check_addressing
from inventory.checks.capacity import check_capacity
from inventory.checks.classified import check_classified
from inventory.checks.clouds import check_clouds
from inventory.checks.dates import check_dates
from inventory.checks.evidence import check_evidence
from inventory.checks.lines import check_lines
from inventory.checks.network import check_network
from inventory.checks.people import check_people
from inventory.checks.policy import check_policy
from inventory.checks.prefixes import check_prefixes
from inventory.checks.rooms import check_rooms
from inventory.checks.stacks import check_stacks
from inventory.checks.systems import check_systems
from inventory.checks.territory import check_territory
from inventory.inventory import Inventory
from inventory.problems import Problem

__all__ = ["run_checks"]

_AREAS = (
    check_territory,
    check_people,
    check_clouds,
    check_capacity,
    check_rooms,
    check_network,
    check_prefixes,
    check_addressing,
    check_stacks,
    check_lines,
    check_systems,
    check_policy,
    check_evidence,
    check_dates,
    check_classified,
)


def run_checks(inventory: Inventory) -> list[Problem]:
    """All problems of the records' content, area by area.

    ``inventory`` holds records that validated; what they refer to may be missing where it has an error of its own.
    """
    return list(chain.from_iterable(check(inventory) for check in _AREAS))

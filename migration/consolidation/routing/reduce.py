"""Leave out what can make no difference: links that carry all that may ever come, and choices that are never better.

Both steps keep every plan's cost and at least one of the best plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from migration.consolidation.routing.problem import Choice, RoutingProblem

__all__ = ["TOLERANCE", "reduced"]

TOLERANCE = 1e-6
"""Mbit/s by which sums of decimal fractions may be off."""


def reduced(problem: RoutingProblem) -> RoutingProblem:
    """The same lines with fewer choices, which name only links that can bind; the links keep their numbers."""
    problem = replace(problem, weights=problem.keeping)
    binding = [True] * len(problem.links)
    while True:
        binding = _binding(problem, binding)
        lines = []
        for line in problem.lines:
            named = [
                replace(choice, links=tuple(link for link in choice.links if binding[link])) for choice in line.choices
            ]
            lines.append(replace(line, choices=_worth_having(named)))
        smaller = replace(problem, lines=tuple(lines))
        if [len(choice.links) for choice in smaller.choices] == [len(choice.links) for choice in problem.choices]:
            return smaller
        problem = smaller


def _binding(problem: RoutingProblem, before: list[bool]) -> list[bool]:
    """Links, of those that did ``before``, on which all lines that may use them do not fit."""
    slot = np.arange(problem.slots)
    found = []
    for link, users, open_question in zip(problem.links, problem.users, before, strict=True):
        if not open_question or not len(users):
            found.append(False)
            continue
        most = np.zeros(problem.slots)
        for line in np.unique(problem.line_of[users]):
            mine = users[problem.line_of[users] == line]
            most += np.where(slot >= problem.begins[mine].min(), problem.demand[line], 0.0)
        found.append(bool(np.any(most > link.free[0] + TOLERANCE)))
    return found


def _worth_having(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Choices of which none other loads no further link, costs no more and can be had as early."""
    kept: list[Choice] = []
    for choice in sorted(choices, key=lambda choice: (choice.fee, choice.hops, len(choice.links), choice.first)):
        links = set(choice.links)
        if not any(
            set(other.links) <= links and other.first <= choice.first and other.hops <= choice.hops for other in kept
        ):
            kept.append(choice)
    return tuple(kept)

"""What is decided about lines, private networks and internet exits: most go, some stay with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from inventory.examples.shape import Office, Plain, World
from inventory.examples.tables.policy import OUTCOMES, ROLES

__all__ = ["exit_outcome", "line_outcome", "network_outcome"]

GOING = ("zombie", "shadow", "generic", "moves", "new")
"""What becomes of systems that no longer need a line: shut, replaced, or moved to a cloud."""
STAYING = {
    "shanxi": (("backup", 0.03), ("keep", 0.02), ("", 0.02)),
    "kaifeng": (("backup", 0.06), ("keep", 0.04), ("", 0.03)),
}
"""Shares of the lines that stay, or about which nothing is decided yet; the targets leave room for them."""


def line_outcome(world: World) -> Callable[[Plain, Office], Plain]:
    """Decisions about lines, one after the other: what ends at a room that is to close goes, whatever it is for."""
    random = world.shape.random("line-outcomes")
    closing = {site.reference for site in world.sites if site.keep == "close"}
    fates = {system.id: system.fate for system in world.systems}

    def decide(line: Plain, office: Office) -> Plain:
        draw, share = random.random(), random.random()
        free = not closing.intersection((line["a"], line["b"]))
        carried = [fates[id] for id in line.get("systems", ())]
        for outcome, part in STAYING[world.shape.like]:
            if draw < part and free:
                return _decision(world, random, "line", outcome)
            draw -= part
        if office.law:
            return _decision(world, random, "line", "internal_network" if share < 0.5 else "move")
        if carried and all(fate in GOING for fate in carried):
            return _decision(world, random, "line", "end" if share < 0.6 else "move")
        if not carried:
            return _decision(world, random, "line", "end" if share < 0.15 else "move")
        return _decision(world, random, "line", "move")

    return decide


def network_outcome(world: World) -> Callable[[Office], Plain]:
    """Decisions about private networks: those of mixed classification are sorted into the internal network, the others
    are connected; below the province a few are kept."""
    random = world.shape.random("network-outcomes")

    def decide(office: Office) -> Plain:
        if office.law:
            return _decision(world, random, "private_network", "internal_network")
        kept = world.shape.provincial and office.place.level != "province" and random.random() < 0.08
        return _decision(world, random, "private_network", "keep" if kept else "move")

    return decide


def exit_outcome(world: World) -> Callable[[Office | None], Plain]:
    """Decisions about internet exits: the unified ones stay, those of departments merge into them."""
    random = world.shape.random("exit-outcomes")

    def decide(office: Office | None) -> Plain:
        if office is None:
            return _decision(world, random, "internet_exit", "keep")
        draw = random.random()
        return _decision(world, random, "internet_exit", "move" if draw < 0.85 else "end" if draw < 0.97 else "")

    return decide


def _decision(world: World, random: Random, kind: str, outcome: str) -> Plain:
    """The field ``decisions`` of a record; nothing where nothing is decided."""
    if not outcome:
        return {}
    role = ROLES["province" if world.shape.provincial else "city"]
    day = world.shape.as_of - dt.timedelta(days=random.randrange(10, 90))
    found: Plain = {"value": outcome, "reason": random.choice(OUTCOMES[kind, outcome]), "role": role}
    return {"decisions": {"outcome": found | {"date": day.isoformat()}}}

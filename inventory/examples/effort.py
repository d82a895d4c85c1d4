"""How much work there is for each team of a made estate, by the shipped effort table."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from inventory.effort import EffortTable
from inventory.estate import Estate
from inventory.examples.shape import Place, Plain, SystemDraft, World
from inventory.inventory import Inventory
from inventory.kinds.people import Skill
from inventory.kinds.systems import Criticality

__all__ = ["Records", "needed_by_place"]

Records = Callable[[str], Iterable[Plain]]
"""The made records of a kind."""
MOVE = ("prepare", "replicate", "cutover", "verify", "decommission", "bridge", "filing", "assessment", "scan")
REPLACE = ("prepare", "switch_off", "remove")
RETIRE = ("switch_off", "remove")
STEPS = {
    "zombie": RETIRE, "shadow": RETIRE, "generic": REPLACE, "moves": MOVE, "new": MOVE, "retained": MOVE, "law": (),
}  # fmt: skip
DEVICE = ("assessed", "upgraded", "addressed", "underlay", "routing", "service", "security", "verified")
LINE = ("path_ready", "cutover", "terminated")
CLOUD = ("docked", "dual_stack")
ROOM = ("emptied", "handed_over", "closed")


def needed_by_place(world: World, records: Records) -> dict[str, Counter[Skill]]:
    """City, or province for what is provincial, -> person-days by skill of all five tracks.

    Evidence and bridges are counted for every system and upgrades for every device: a little more than there will be.
    """
    table = EffortTable(Inventory(estate=Estate(name="example", as_of=dt.date(2020, 1, 1))))
    found: dict[str, Counter[Skill]] = {}

    @cache
    def taken(track: str, steps: tuple[str, ...], technologies: tuple[str, ...], criticality: str) -> Counter[Skill]:
        whole: Counter[Skill] = Counter()
        for step in steps:
            rows = [table.row(track, step, technology, Criticality(criticality)) for technology in technologies]
            for skill in Skill:
                whole[skill] += max(row.skills.get(skill, 0) for row in rows)  # type: ignore[assignment]  # shares of days
        return whole

    def add(place: Place, track: str, steps: tuple[str, ...], of: tuple[str, ...], criticality: str = "medium") -> None:
        found.setdefault(place.city or place.province, Counter()).update(taken(track, steps, of, criticality))

    places = world.place_of
    owners = {office.id: office.place for office in world.offices}
    for system in world.systems:
        add(system.office.place, "system", STEPS[system.fate], _technologies(system), system.criticality)
    for device in records("device"):
        add(_place(places, device["division"]), "network", DEVICE, (device["platform"],))
    for cloud in world.clouds:
        add(cloud.place, "cloud", CLOUD, ("",))
        for _ in cloud.pools:
            add(cloud.place, "cloud", ("connected",), ("",))
    for kind in ("line", "private_network", "internet_exit"):
        for record in records(kind):
            place = owners[record["department"]] if "department" in record else places[record["division"]]
            add(place, "line", LINE, (kind,))
    for site in world.sites:
        if site.keep != "absorb":
            add(site.office.place, "room", ROOM, ("room",))
    return found


def _technologies(system: SystemDraft) -> tuple[str, ...]:
    return tuple(
        f"{part.technology}>{part.target_technology}" if part.target_technology else part.technology
        for part in system.parts
    )


def _place(places: dict[str, Place], division: str) -> Place:
    """The place of a division; townships are no places of their own and belong to their county."""
    return places.get(division) or places[division[:6]]

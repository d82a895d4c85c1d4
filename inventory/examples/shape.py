"""How large each part of a made estate is, and the drafts that its parts share while it is being made."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

__all__ = [
    "LIKES",
    "MAX_SYSTEMS",
    "MIN_SYSTEMS",
    "Cloud",
    "Office",
    "Part",
    "Place",
    "Plain",
    "Pool",
    "Shape",
    "Site",
    "SystemDraft",
    "World",
]

LIKES = ("shanxi", "kaifeng")
MIN_SYSTEMS, MAX_SYSTEMS = 5, 300_000
SYSTEMS_OF_A_PROVINCE = 15_000

Plain = dict[str, Any]
"""A record as it is written in files: aliases, defaults left out, the id first."""


def clamp(value: float, low: int, high: int) -> int:
    """The nearest whole number within the bounds."""
    return max(low, min(high, round(value)))


@dataclass(frozen=True)
class Shape:
    """Sizes of all parts, from the kind of estate and its systems, after figures of a city, a province, a country."""

    like: str
    systems: int
    seed: int

    def random(self, part: str) -> random.Random:
        """The random numbers of one part; parts do not disturb each other."""
        return random.Random(f"{self.like}/{self.systems}/{self.seed}/{part}")

    @property
    def provincial(self) -> bool:
        """A province or several, instead of one city."""
        return self.like == "shanxi"

    @property
    def as_of(self) -> dt.date:
        """Start of the programme: Shanxi's plan 2020-2022, Kaifeng's of 2024."""
        return dt.date(2020, 6, 30) if self.provincial else dt.date(2024, 4, 1)

    @property
    def slots(self) -> int:
        """Weeks of the time grid."""
        return 144 if self.provincial else 104

    @property
    def provinces(self) -> int:
        """A country has more provinces, not larger ones."""
        return clamp(self.systems / SYSTEMS_OF_A_PROVINCE, 1, 27) if self.provincial else 1

    @property
    def of_province(self) -> float:
        """Systems of one province (or of the one city)."""
        return self.systems / self.provinces

    @cached_property
    def growth(self) -> float:
        """0 up to a thousand systems, 1 from ten thousand on: how far down into the counties the estate reaches."""
        return min(1.0, max(0.0, math.log10(self.of_province / 1000)))

    @property
    def level_shares(self) -> dict[str, float]:
        """Share of the systems by level of their owner."""
        if not self.provincial:
            return {"province": 0.0, "city": 0.65, "county": 0.35}
        province = 0.40 - 0.25 * self.growth
        return {"province": province, "city": 0.35, "county": 0.65 - province}

    def cities(self, known: int) -> int:
        """Cities of a province."""
        return clamp(math.ceil(self.of_province / 25), 1, known)

    def counties(self, known: int) -> int:
        """Counties and districts of a province (or of the one city)."""
        return clamp(self.of_province // (6 if self.provincial else 10), 1, known)

    @property
    def townships(self) -> int:
        """Townships of a county."""
        return clamp(self.of_province / (225 if self.provincial else 36), 1, 11)

    def offices(self, level: str) -> int:
        """Departments of one division of a level."""
        size = self.of_province
        if self.provincial:
            return {
                "province": clamp(size * 0.13, 2, 114),
                "city": clamp(size / 75, 2, 70),
                "county": clamp(size / 225, 1, 60),
            }[level]
        return {"province": 0, "city": clamp(size * 0.105, 2, 105), "county": clamp(size / 40, 1, 60)}[level]

    @property
    def rooms(self) -> int:
        """Server rooms."""
        share = 0.111 + 0.039 * self.growth if self.provincial else 0.15
        return max(2, round(self.systems * share))

    @property
    def lines(self) -> int:
        """Dedicated lines."""
        share = 0.667 + 0.133 * self.growth if self.provincial else 0.75
        return max(2, round(self.systems * share))

    @property
    def private_networks(self) -> int:
        """Private networks."""
        return max(1, round(self.systems / (15 if self.provincial else 20)))


@dataclass(slots=True)
class Place:
    """A division of a made estate."""

    id: str
    name: str
    level: str
    city: str
    province: str
    zone: bool = False


@dataclass(slots=True)
class Office:
    """A department."""

    id: str
    name: str
    place: Place
    sector: str
    law: bool
    hub: bool
    weight: float
    systems: list[int] = field(default_factory=list)
    attached: list[Plain] = field(default_factory=list)


@dataclass(slots=True)
class Pool:
    """A pool and what may land in it: vCPU, GiB of memory, GiB of storage, systems."""

    id: str
    technology: str
    domain: str | None
    device: str = ""
    load: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])


@dataclass(slots=True)
class Cloud:
    """A cloud that is a target, with its pools."""

    id: str
    name: str
    tier: str
    place: Place
    sector: str
    grade: int
    pools: list[Pool]
    movers: int = 0


@dataclass(slots=True)
class Site:
    """A server room or an absorbed cloud in which systems run now."""

    id: str
    reference: str
    office: Office
    keep: str
    parts: int = 0
    systems: int = 0
    assets: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A component."""

    id: str
    role: str
    technology: str
    target_technology: str
    vcpu: int
    memory: int
    storage: int
    data: int
    port: int
    address: str = ""
    name: str = ""


@dataclass(slots=True)
class SystemDraft:
    """A system, as far as other parts need it. ``fate``: moves, zombie, shadow, generic, law, new or retained."""

    id: str
    name: str
    office: Office
    kind: str
    fate: str
    platform: int
    lifecycle: str
    domain: str | None
    technology: str | None
    grade: int
    criticality: str
    parts: list[Part]
    site: Site | None = None
    duplicate_of: str = ""

    @property
    def lands(self) -> bool:
        """Whether it will have a cutover to a pool and may be a provider that others wait for."""
        return self.fate in ("moves", "new")


@dataclass
class World:
    """All drafts of an estate while it is being made."""

    shape: Shape
    places: list[Place] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    clouds: list[Cloud] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    systems: list[SystemDraft] = field(default_factory=list)
    cores: dict[str, str] = field(default_factory=dict)
    """Division -> the device at which its traffic meets."""

    @cached_property
    def place_of(self) -> dict[str, Place]:
        """Id -> division."""
        return {place.id: place for place in self.places}

    def hub_of(self, place: Place) -> Office:
        """The office that runs the shared platforms and the common room of a division, or of the one above it."""
        return next(self._hubs[id] for id in (place.id, place.city, place.province) if id in self._hubs)

    @cached_property
    def _hubs(self) -> dict[str, Office]:
        return {office.place.id: office for office in self.offices if office.hub}

    def targets_of(self, system: SystemDraft) -> list[tuple[Cloud, Pool]]:
        """Pools that the 1+N rules leave a system: by tier, place, sector, grade, technology and domain."""
        place, found = system.office.place, []
        for cloud in self._clouds_of.get(place.province if place.level == "province" else place.city, []):
            if cloud.grade >= system.grade and cloud.sector in ("", system.office.sector):
                found += [(cloud, pool) for pool in cloud.pools if _suits(pool, system)]
        return found

    @cached_property
    def _clouds_of(self) -> dict[str, list[Cloud]]:
        own: dict[str, list[Cloud]] = {}
        for cloud in self.clouds:
            if cloud.tier != "industry":
                own.setdefault(cloud.place.id, []).append(cloud)
        for cloud in self.clouds:
            if cloud.tier == "industry":
                for id, listed in own.items():
                    if self.place_of[id].province == cloud.place.province:
                        listed.append(cloud)
        return own


def _suits(pool: Pool, system: SystemDraft) -> bool:
    return system.technology in (None, pool.technology) and (
        None in (pool.domain, system.domain) or pool.domain == system.domain
    )

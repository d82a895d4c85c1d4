"""Security groups, derived from dependencies: nothing is let through that no dependency, bridge or setting asks for.

* Each component that provides something has a group of its own; each system has one for what its machines say to one
  another and for what is not known to belong to one component.
* Who needs the system is let in on the provider's ports, from where the client stands now and, where the plan lands it,
  from where it will stand: both are there around its cutover. What the system needs is let out alike.
* A rule tells its reasons: ids of the dependencies and of the bridges (rule H14) that keep old addresses working.
* Where one port has more than ``MOST_REMOTES`` clients, the networks of their departments and landing zones stand in
  place of their addresses, and where that is still too many, those of their divisions and pools.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inventory.inventory import End, Inventory, end_of
from inventory.kinds.systems import Component, Dependency, Lifecycle
from inventory.problems import Problem
from migration.plan import Plan
from migration.steps import Track
from stacks.design.far_ends import FarEnd, FarEnds, now_ports, target_ports
from stacks.design.findings import finding
from stacks.design.ground import VERSIONS, Ground, Version
from stacks.design.landings import Landing, Landings
from stacks.design.model import Direction, GroupDesign, RuleDesign
from stacks.design.naming import group_name, rule_id

__all__ = ["EVERYBODY", "MOST_REMOTES", "Rules"]

EVERYBODY: Mapping[Version, str] = {4: "0.0.0.0/0", 6: "::/0"}
MOST_REMOTES = 50
"""Clients of one port with a rule each (clouds keep 100 rules for a group by default; assumption)."""

Ports = tuple[int, int] | None


@dataclass(frozen=True)
class _What:
    """What rules of one group differ in beside the other end."""

    direction: Direction
    version: Version
    protocol: str
    ports: Ports


class _Group:
    """A group in the making: what -> other ends with their reasons; what everybody may reach stands apart."""

    def __init__(self) -> None:
        self._found: dict[_What, list[tuple[FarEnd, tuple[str, ...]]]] = defaultdict(list)
        self._public: dict[_What, str] = {}

    def add(self, what: _What, far: FarEnd, reasons: tuple[str, ...]) -> None:
        self._found[what].append((far, reasons))

    def publish(self, what: _What, reason: str) -> None:
        self._public[what] = reason

    def rules(self) -> Iterator[RuleDesign]:
        for what, reason in self._public.items():
            yield _made(what, EVERYBODY[what.version], (reason,), public=True)
        for what, found in self._found.items():
            for remote, reasons in _narrowest(found).items():
                yield _made(what, remote, reasons)


def _made(what: _What, remote: str, reasons: Iterable[str], *, public: bool = False) -> RuleDesign:
    return RuleDesign(
        id=rule_id(what.direction, what.version, what.protocol, what.ports, remote),
        direction=what.direction,
        version=what.version,
        protocol=what.protocol,
        ports=what.ports,
        remote_prefix=remote,
        reasons=tuple(sorted(reasons)),
        public=public,
    )


def _narrowest(found: Iterable[tuple[FarEnd, tuple[str, ...]]]) -> dict[str, dict[str, None]]:
    """Prefix -> reasons, by the narrowest prefixes of which there are not too many."""
    listed = tuple(found)
    made: dict[str, dict[str, None]] = {}
    for width in ("prefix", "wider", "widest"):
        made = {}
        for far, reasons in listed:
            made.setdefault(getattr(far, width), {}).update(dict.fromkeys(reasons))
        if len(made) <= MOST_REMOTES:
            break
    return made


class Rules:
    """Makes the groups of one system after the other; dependencies and bridges are indexed once."""

    def __init__(self, inventory: Inventory, plan: Plan, ground: Ground, landings: Landings) -> None:
        self._inventory, self._ground, self._landings = inventory, ground, landings
        self._far = FarEnds(inventory, ground, landings)
        self._of: dict[str, list[tuple[Dependency, End, End]]] = defaultdict(list)
        for dependency in inventory.dependencies.values():
            client, provider = end_of(dependency.client), end_of(dependency.provider)
            gone = any(self._closed(end) for end in (client, provider))
            if dependency.rejected or client.system == provider.system or gone:
                continue
            for system in {client.system, provider.system} & landings.of.keys():
                self._of[system].append((dependency, client, provider))
        self._bridges: dict[str, list[str]] = defaultdict(list)
        for item in plan.items:
            if item.track is Track.SYSTEM and item.step == "bridge":
                for record in item.records:
                    self._bridges[record].append(item.id)

    def groups(self, system: str) -> tuple[tuple[GroupDesign, ...], tuple[Problem, ...]]:
        """Groups of a system that lands, and findings about dependencies that no rule can be made of."""
        landing = self._landings.of[system]
        made: dict[str, _Group] = {name: _Group() for name in _names(landing)}
        problems: list[Problem] = []
        for dependency, client, provider in sorted(self._of[system], key=lambda found: found[0].id):
            if provider.system == system:
                problems += self._serving(landing, made, dependency, client, provider)
            if client.system == system:
                problems += self._asking(landing, made, dependency, client, provider)
        for part in landing.system.components:
            problems += self._public(landing, made, part)
        groups = [GroupDesign(name=name, rules=tuple(group.rules())) for name, group in made.items()]
        groups[0] = groups[0].model_copy(update={"rules": (*self._among(landing), *groups[0].rules)})
        return tuple(groups), tuple(problems)

    def _closed(self, end: End) -> bool:
        record = self._inventory.systems.get(end.system)
        return record is not None and record.lifecycle is Lifecycle.CLOSED

    def _versions(self, landing: Landing) -> tuple[Version, ...]:
        return tuple(version for version in VERSIONS if self._ground.zone(landing.zone, version) is not None)

    def _reasons(self, dependency: Dependency) -> tuple[str, ...]:
        return (dependency.id, *self._bridges.get(f"dependency:{dependency.id}", ()))

    def _serving(
        self, landing: Landing, made: Mapping[str, _Group], dependency: Dependency, client: End, provider: End
    ) -> Iterator[Problem]:
        parts = _serving_parts(self._far.parts(provider), dependency.port)
        ports = target_ports(parts, dependency.port)
        group = _group_of(made, landing, parts)
        if not ports:
            yield self._problem("stack-no-port", landing, dependency)
            return
        found = False
        for version in self._versions(landing):
            for far in self._far.of(client, version):
                found = True
                _open(group, Direction.INGRESS, version, dependency, ports, far, self._reasons(dependency))
        if not found:
            yield self._problem("stack-no-client", landing, dependency, end=dependency.client)

    def _asking(
        self, landing: Landing, made: Mapping[str, _Group], dependency: Dependency, client: End, provider: End
    ) -> Iterator[Problem]:
        parts = _serving_parts(self._far.parts(provider), dependency.port)
        group = _group_of(made, landing, self._far.parts(client) if client.component else ())
        now, landed = now_ports(parts, dependency.port), target_ports(parts, dependency.port)
        if not now and not landed:
            yield self._problem("stack-no-port", landing, dependency)
            return
        narrow = provider if len(parts) != 1 else End(provider.system, parts[0].id)
        found = False
        for version in self._versions(landing):
            for far in self._far.of(narrow, version):
                found = True
                ports = landed if far.landed else now
                _open(group, Direction.EGRESS, version, dependency, ports, far, self._reasons(dependency))
        if not found:
            yield self._problem("stack-no-provider", landing, dependency, end=dependency.provider)

    def _public(self, landing: Landing, made: Mapping[str, _Group], part: Component) -> Iterator[Problem]:
        for end in (*part.endpoints, *part.target_endpoints):
            if end.public_address is None:
                continue
            if end.port is None:
                yield finding(
                    self._inventory, "stack-public-no-port", "system", landing.system.id, "components",
                    component=part.id, address=end.public_address,
                )  # fmt: skip
                continue
            for port in target_ports((part,), end.port):
                for version in self._versions(landing):
                    what = _What(Direction.INGRESS, version, "tcp", (port, port))
                    group = made[group_name(landing.system.id, part.id)]
                    group.publish(what, f"component:{landing.system.id}/{part.id}")

    def _among(self, landing: Landing) -> Iterator[RuleDesign]:
        """The machines of a system among themselves."""
        name = group_name(landing.system.id)
        for version in self._versions(landing):
            for direction in Direction:
                yield RuleDesign(
                    id=rule_id(direction, version, "", None, name),
                    direction=direction,
                    version=version,
                    remote_group=name,
                    reasons=(f"system:{landing.system.id}",),
                )

    def _problem(self, code: str, landing: Landing, dependency: Dependency, **data: str) -> Problem:
        return finding(
            self._inventory, code, "dependency", dependency.id, "", "", system=landing.system.id, **data
        )  # fmt: skip


def _names(landing: Landing) -> Iterator[str]:
    yield group_name(landing.system.id)
    yield from (group_name(landing.system.id, part.id) for part in landing.system.components)


def _serving_parts(parts: tuple[Component, ...], port: int | None) -> tuple[Component, ...]:
    """The components that a dependency means: those with an endpoint on its port, where any has one."""
    on_port = tuple(part for part in parts if port is not None and any(end.port == port for end in part.endpoints))
    return on_port or parts


def _group_of(made: Mapping[str, _Group], landing: Landing, parts: tuple[Component, ...]) -> _Group:
    """The group of the one component that is meant, else that of the whole system."""
    return made[group_name(landing.system.id, parts[0].id if len(parts) == 1 else "")]


def _open(
    group: _Group,
    direction: Direction,
    version: Version,
    dependency: Dependency,
    ports: Iterable[int],
    far: FarEnd,
    reasons: tuple[str, ...],
) -> None:
    protocol = "udp" if dependency.protocol.lower().startswith("udp") else "tcp"
    for port in ports:
        group.add(_What(direction, version, protocol, (port, port)), far, reasons)

"""References that lead nowhere, and which records have to be left out because of an error elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from inventory.base import EndRef, Ref
from inventory.inventory import Inventory, end_of, nearest_names
from inventory.kinds import KINDS
from inventory.kinds.systems import Dependency, Strength
from inventory.problems import Origin, Problem, problem
from inventory.references import Reference, Target, references_of, target_of, targets_of, values_at

__all__ = ["check_references", "quarantine"]

Key = tuple[str, str]
Place = Callable[[str, str, Origin, tuple[str | int, ...]], Origin]

NEAREST_AMONG = 20_000
"""Above so many ids the search for the nearest name would take longer than reading the estate."""


def check_references(inventory: Inventory, broken: Iterable[Key], place: Place) -> list[Problem]:
    """A problem for each reference to what is neither declared nor ``broken`` (declared, with an error of its own)."""
    known_broken = set(broken)
    components = {
        f"{system.id}/{component.id}" for system in inventory.systems.values() for component in system.components
    }
    found: list[Problem] = []
    for kind in KINDS:
        for reference in references_of(kind):
            for id, target in _unresolved(inventory, components, kind, reference):
                if _exists(inventory, components, known_broken, target):
                    continue
                written = _as_written(kind, target.path)
                origin = place(kind, id, inventory.origin(kind, id), written)
                found.append(_dangling(inventory, components, kind, id, origin, written, target))
    return found


def _unresolved(
    inventory: Inventory, components: set[str], kind: str, reference: Reference
) -> Iterator[tuple[str, Target]]:
    """(id, target) of the values that a look into one table does not settle; nearly all are settled that way."""
    marker, path = reference.marker, reference.path
    known: Container[str] = ()
    if isinstance(marker, Ref):
        known = inventory.of(marker.kind)
    elif isinstance(marker, EndRef):
        known = components | inventory.systems.keys()
    for id, record in inventory.of(kind).items():
        if len(path) == 1:
            value = getattr(record, path[0])
            if value is None or value in known:
                continue
        for place, text in values_at(record, path):
            if text not in known:
                yield id, target_of(place, text, marker)


def _as_written(kind: str, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path with the name that files use: ``from`` for ``client``."""
    info = KINDS[kind].model_fields.get(str(path[0]))
    return (info.alias, *path[1:]) if info is not None and info.alias else path


def _exists(inventory: Inventory, components: set[str], broken: set[Key], target: Target) -> bool:
    if target.kind == "component":
        return target.id in components or ("system", target.id.partition("/")[0]) in broken
    if target.kind == "external":
        return True
    return bool(target.kind) and (target.id in inventory.of(target.kind) or (target.kind, target.id) in broken)


def _dangling(
    inventory: Inventory,
    components: set[str],
    kind: str,
    id: str,
    origin: Origin,
    written: tuple[str | int, ...],
    target: Target,
) -> Problem:
    path = ".".join(str(step) for step in written)
    if not target.kind:
        return problem(
            "bad-reference", origin, kind=kind, id=id, path=path, value=target.text, choices=", ".join(target.kinds)
        )
    among: Iterable[str] = components if target.kind == "component" else inventory.of(target.kind)
    nearest = nearest_names(target.id, among) if len(list(among)) <= NEAREST_AMONG else ""
    code = "dangling-reference-soft" if target.soft else "dangling-reference"
    return problem(code, origin, kind=kind, id=id, path=path, nearest=nearest, target=target.kind, value=target.id)


def quarantine(inventory: Inventory, broken: Iterable[Key]) -> tuple[set[Key], list[Problem]]:
    """(everything to leave out, a warning for each record that is left out only because of another).

    A record follows what it refers to (soft references excepted); a client follows the provider of a hard dependency.
    """
    left_out = {key for key in broken if key[0] in KINDS}
    found: list[Problem] = []
    if not left_out:
        return left_out, found
    dependents = _dependents(inventory)
    queue = deque(sorted(left_out))
    while queue:
        key = queue.popleft()
        for dependent in dependents.get(key, ()):
            if dependent in left_out:
                continue
            left_out.add(dependent)
            queue.append(dependent)
            kind, id = dependent
            because = f"{key[0]} '{key[1]}'"
            found.append(problem("quarantined", inventory.origin(kind, id), kind=kind, id=id, because=because))
    return left_out, found


def _dependents(inventory: Inventory) -> Mapping[Key, list[Key]]:
    dependents: dict[Key, list[Key]] = {}
    for kind in KINDS:
        for id, record in inventory.of(kind).items():
            for target in targets_of(kind, record):
                if target.soft or not target.kind:
                    continue
                on = ("system", target.id.partition("/")[0]) if target.kind == "component" else (target.kind, target.id)
                dependents.setdefault(on, []).append((kind, id))
            if isinstance(record, Dependency) and record.strength is Strength.HARD and not record.rejected:
                client, provider = end_of(record.client), end_of(record.provider)
                if client.system and provider.system:
                    dependents.setdefault(("system", provider.system), []).append(("system", client.system))
    return dependents

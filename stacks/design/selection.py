"""Which stacks a command is about: by cloud, wave, system and name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from inventory.inventory import nearest_names
from stacks.design.designs import SYSTEM, Designs
from stacks.errors import StackError

__all__ = ["select_stacks"]


def select_stacks(
    designs: Designs,
    *,
    clouds: Sequence[str] = (),
    waves: Sequence[str] = (),
    systems: Sequence[str] = (),
    stacks: Sequence[str] = (),
) -> tuple[str, ...]:
    """Names of stacks in the order in which they are made; without any condition all.

    clouds: stacks on one of these clouds. waves: stacks of their systems, and the landing zones of those. systems,
    stacks: these stacks. Conditions of different kinds narrow one another; systems and stacks add up.

    Raises:
        StackError: ``stack-unknown-cloud``, ``stack-unknown-wave``, ``stack-unknown-system``, ``stack-unknown`` with
            the nearest known name.
    """
    chosen = set(designs.names)
    if clouds:
        known = {landing.cloud for landing in designs.landings.of.values()}
        _known("stack-unknown-cloud", clouds, known)
        on = {zone: designs.landings.of[of[0]].cloud for zone, of in designs.landings.zones.items()}
        chosen &= {name for name in designs.names if on[designs.zone_stack(name).partition(".")[2]] in clouds}
    if waves:
        chosen &= _of_waves(designs, waves)
    if systems or stacks:
        _known("stack-unknown-system", systems, designs.landings.of)
        _known("stack-not-designed", stacks, designs.names)
        chosen &= {*(f"{SYSTEM}{system}" for system in systems), *stacks}
    return tuple(name for name in designs.names if name in chosen)


def _of_waves(designs: Designs, waves: Sequence[str]) -> set[str]:
    """``waves``: ids, or running numbers of waves of systems."""
    ids = {str(wave.number): wave.id for wave in designs.plan.waves if wave.track.value == "system"}
    asked = {ids.get(wave, wave) for wave in waves}
    known = {landing.wave for landing in designs.landings.of.values()} - {""}
    _known("stack-unknown-wave", sorted(asked), known)
    found = {f"{SYSTEM}{id}" for id, landing in designs.landings.of.items() if landing.wave in asked}
    return found | {designs.zone_stack(name) for name in found}


def _known(code: str, asked: Iterable[str], known: Collection[str]) -> None:
    for name in asked:
        if name not in known:
            raise StackError(code, stack=name, nearest=nearest_names(name, known) or "-")

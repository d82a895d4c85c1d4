"""H1: the provider of a hard dependency moves earlier than its client or together with it."""

from __future__ import annotations

from collections.abc import Iterator

from inventory.kinds.systems import Dependency, DependencyOrder
from migration.check.case import Case, Cutover, Verdict, breach_of

__all__ = ["order"]


def order(case: Case) -> Iterator[Verdict]:
    """Breaches of H1, one a dependency.

    ``provider_first``: the provider's slot is not after the client's. ``together``: the slots are the same. A client
    that is planned while its provider, which is to move as well, is not, breaks the rule too.
    """
    for dependency, client_id, provider_id in case.ordered:
        client, provider = case.cutovers.get(client_id), case.cutovers.get(provider_id)
        together = dependency.order is DependencyOrder.TOGETHER
        if client is None or provider is None:
            alone = client or (provider if together else None)
            if alone is not None:
                yield _left_behind(dependency, alone, provider_id if alone is client else client_id)
        elif provider.slot > client.slot or (together and provider.slot != client.slot):
            yield _out_of_order(case, dependency, client, provider, together=together)


def _left_behind(dependency: Dependency, alone: Cutover, other: str) -> Verdict:
    records = (f"dependency:{dependency.id}", f"system:{other}")
    return breach_of(
        "H1", "order-unplanned", [alone], records, fact=not alone.movable, system=alone.system.id, provider=other
    )


def _out_of_order(case: Case, dependency: Dependency, client: Cutover, provider: Cutover, *, together: bool) -> Verdict:
    label = case.label
    return breach_of(
        "H1",
        "order-together" if together else "order-provider-first",
        [client, provider],
        [f"dependency:{dependency.id}"],
        fact=_beyond_repair(case, client, provider),
        client=client.system.id,
        provider=provider.system.id,
        client_slot=label(client.slot),
        provider_slot=label(provider.slot),
    )


def _beyond_repair(case: Case, client: Cutover, provider: Cutover) -> bool:
    """Whether the earlier of the two happened before the present slot, so that no movable one can join it."""
    earlier, later = sorted((client, provider), key=lambda cutover: cutover.slot)
    if not earlier.movable and not later.movable:
        return True
    return not earlier.movable and earlier.slot < case.present

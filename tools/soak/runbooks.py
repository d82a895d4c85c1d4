"""Runbooks whose steps leave a line or a row on a host."""

from __future__ import annotations

from collections.abc import Sequence

from migration.runbook.model import Call, ExecutorKind, Host, Runbook, RunbookItem, Stage, Step, StepGroup
from tools.soak.target import Target

__all__ = ["SITES", "make_runbook"]

SITES = ("140000", "140100")
STEPS = (("copy", "line", True), ("rows", "row", True), ("letter", "line", False), ("switch", "row", True),
         ("finish", "line", True))  # fmt: skip
"""Id of a step, how its effect is counted, whether it can be probed."""


def make_runbook(
    target: Target, name: str, systems: int, *, act_seconds: float, sites: Sequence[str] = SITES
) -> Runbook:
    """Systems of five steps each, spread over the sites, hosts and two rooms."""
    items = tuple(
        _item(target, f"{name}-{number:03d}", number, act_seconds, sites[number % len(sites)])
        for number in range(systems)
    )
    hosts = tuple(Host(name=f"host-{number}", address=address) for number, address in enumerate(target.hosts))
    return Runbook(name=name, stage=Stage.CUTOVER, hosts=hosts, items=items, error_budget=systems)


def _item(target: Target, name: str, number: int, act_seconds: float, site: str) -> RunbookItem:
    host = number % len(target.hosts)
    steps = tuple(
        _step(target, name, host, id, kind, probed=probed, act_seconds=act_seconds) for id, kind, probed in STEPS
    )
    return RunbookItem(item=name, object=f"system:{name}", site=site, groups=(StepGroup(id="all", steps=steps),))


def _step(target: Target, item: str, host: int, id: str, kind: str, *, probed: bool, act_seconds: float) -> Step:
    def call(what: str, seconds: float = 0.0) -> Call:
        return Call(argv=target.command(target.hosts[host], what, kind, f"{item}.{id}", seconds))

    return Step(
        id=id,
        executor=ExecutorKind.COMMAND,
        act=call("act", act_seconds),
        probe=call("probe") if probed else None,
        verify=call("verify") if id == "switch" else None,
        parameters={"kind": kind},
        targets=(f"host-{host}",),
        limits=(f"room:{'ab'[host % 2]}",),
        retries=1,
        timeout_seconds=30,
    )

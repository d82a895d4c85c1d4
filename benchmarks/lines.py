"""Routing of dedicated lines: planted estates with 500, 2,000 and 8,000 lines, 60 s each; the gap to the proved bound.

The estate stands in memory: a backbone of four levels and three carriers, a plan's cutovers and copies, and links that
are hardly wider than a drawn plan needs (benchmarks/_lines.py). The peer is one integer program over all lines, links
and slots (benchmarks/_highs.py), given to HiGHS with the same seconds and two threads (ours has one), and with the
same choices of paths and circuits and the same links left out.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._measure import measure, task
from benchmarks._report import Required, note, parser, publish, row

if TYPE_CHECKING:
    from benchmarks._lines import Planted
    from migration.consolidation.routing.problem import RoutingProblem

SIZES = (500, 2000, 8000)
REQUIRED: Required = {("route", 2000): {"gap_percent": 3.0}}
PEER_MEMORY = 12 * 10**9
"""Bytes that the peer may take."""


def _percent(cost: float, bound: float) -> float:
    return round(100 * (cost - bound) / bound, 3)


def ours(lines: int, seconds: float) -> dict[str, Any]:
    """One plan within the seconds, all included but making the estate; then the verifier."""
    from benchmarks._lines import planted
    from migration.consolidation.check import check_routes
    from migration.consolidation.routing import route

    made = planted(lines)
    heard: list[tuple[float, float]] = []
    began = perf_counter()
    found = route(
        made.inventory, made.decisions, plan=made.plan, time_limit=seconds,
        progress=lambda at, cost, _: heard.append((at, cost)),
    )  # fmt: skip
    ended = perf_counter()
    bound = found.bound_yuan
    return {
        "seconds": round(ended - began, 3),
        "lines": len(found.routes),
        "devices": len(made.inventory.devices),
        "cost_yuan": round(found.cost_yuan),
        "bound_yuan": None if bound is None else round(bound),
        "gap_percent": None if bound is None else _percent(found.cost_yuan, bound),
        "planted_percent": None if bound is None else _percent(made.cost, bound),
        "first_seconds": round(heard[0][0], 3) if heard else None,
        "first_percent": None if bound is None or not heard else _percent(heard[0][1], bound),
        "unplaced": len(found.unplaced),
        "upgrades": len(found.upgrades),
        "violations": len(check_routes(made.inventory, found, plan=made.plan)),
    }


def peer(lines: int, seconds: float, threads: int) -> dict[str, Any]:
    """The program of all starts; the work is writing and solving it."""
    from benchmarks._highs import solve_monolithic
    from benchmarks._lines import planted

    made = planted(lines)
    resource.setrlimit(resource.RLIMIT_AS, (PEER_MEMORY, PEER_MEMORY))
    problem = _posed(made)
    began = perf_counter()
    try:
        found = solve_monolithic(problem, seconds=seconds, threads=threads)
    except MemoryError:
        return {"plan_status": "out of memory"}
    answer = {"seconds": round(perf_counter() - began, 3), "columns": found.columns}
    if found.bound is not None:
        answer |= {"bound_yuan": round(found.bound)}
    if found.state is None:
        return {**answer, "plan_status": "no_solution_in_time"}
    state = found.state
    gap = {} if found.bound is None or found.bound <= 0 else {"gap_percent": _percent(state.cost, found.bound)}
    return {
        **answer,
        "lines": int((state.choice >= 0).sum()),
        "unplaced": int((state.choice < 0).sum()),
        "cost_yuan": round(state.cost),
        **gap,
    }


def _posed(made: Planted) -> RoutingProblem:
    from migration.consolidation.routing.build import Horizon, pose
    from migration.consolidation.routing.reduce import reduced

    horizon = Horizon.of(made.inventory, made.plan.grid, made.plan.now)
    return reduced(pose(made.inventory, made.decisions, made.plan, horizon).problem)


TASKS = {"ours": ours, "peer": peer}


def rows(sizes: list[int], seconds: float, threads: int, *, peers: bool) -> Iterator[dict[str, Any]]:
    for size in sizes:
        note(f"{size} lines, {seconds:g} s")
        used = measure(task("lines", "ours", lines=size, seconds=seconds))
        yield row("route", used, size=size, **used.answer)
        if peers:
            note(f"peer: {size} lines, {seconds:g} s")
            used = measure(
                task("lines", "peer", lines=size, seconds=seconds, threads=threads), longest=10 * seconds + 60
            )
            yield row("peer: one HiGHS program", used, size=size, against="route", **used.answer)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--lines", type=int, nargs="+", default=list(SIZES), metavar="N", help="sizes of estates")
    options.add_argument("--time", type=float, default=60.0, metavar="S", help="wall seconds of each plan")
    options.add_argument("--threads", type=int, default=2, metavar="N", help="threads of the peer; ours has one")
    options.add_argument("--no-peer", action="store_true", help="without the peer")
    chosen = options.parse_args()
    publish("lines", rows(chosen.lines, chosen.time, chosen.threads, peers=not chosen.no_peer), chosen, REQUIRED)


if __name__ == "__main__":
    main()

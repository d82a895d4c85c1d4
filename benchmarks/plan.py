"""Planning: the whole command with loading, whether effort repeats a plan, and the search beside one CP-SAT model.

The peer gets the same planning problem, as one monolithic model of OR-Tools CP-SAT with the same hard rules and the
first costs (``benchmarks._cpsat``), the same wall seconds for solving, and one worker as ours; then its usual portfolio
of eight workers on all cores; then that with ten times the seconds at the smallest size. What it finds is judged by our
planner: all its slots and pools are pinned, and the costs are counted by the same code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks._estates import cache_at, estate
from benchmarks._measure import Usage, measure, qianyun, task
from benchmarks._report import Required, note, parser, publish, row

if TYPE_CHECKING:
    from migration.planner import Objective, PlanningProblem

FIRST = 5.0
"""Wall seconds of search for a first good plan."""
REQUIRED: Required = {(f"plan make --time-limit {FIRST:g}", 10_000): {"wall_seconds": 30.0, "peak_rss_mb": 1000.0}}
ENDS = (0, 1, 3)
"""Exit codes with a plan: sound, with violations, with systems left out. The row says which by its counts."""
PORTFOLIO = 8
"""Workers from which CP-SAT runs all of its strategies."""
PEER_UP_TO = 10_000
"""Above this size the monolithic model needs more memory than the machines that this is meant for have."""
LONGER = 10


def ours(path: str, limit: float) -> dict[str, Any]:
    """Search within wall seconds on one core."""
    from migration.planner import solve

    problem, prepared = _problem(path)
    began, cpu = perf_counter(), process_time()
    found = solve(problem, time_limit=limit)
    return {
        **prepared,
        "seconds": round(perf_counter() - began, 3),
        "search_cpu_seconds": round(process_time() - cpu, 3),
        "plan_status": found.status.value,
        "unplanned": len(found.unplaced),
        **_costs(found.objective),
    }


def monolithic(path: str, limit: float, workers: int) -> dict[str, Any]:
    """The same with CP-SAT; ``sound``: our planner takes the whole plan as it is."""
    import os
    import resource

    from benchmarks._cpsat import solve_monolithic
    from migration.planner import solve

    # A model that outgrows the machine ends as a failure of this process, not of its neighbours.
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    problem, prepared = _problem(path)
    found = solve_monolithic(problem, time_limit=limit, workers=workers)
    answer: dict[str, Any] = {
        **prepared,
        "build_seconds": round(found.build, 3),
        "seconds": round(found.solve, 3),
        "search_cpu_seconds": round(found.cpu, 3),
        "plan_status": found.status,
        "booleans": found.booleans,
    }
    if found.slot:
        pins = {"pinned_slot": dict(enumerate(found.slot)), "pinned_pool": dict(enumerate(found.pool))}
        judged = solve(replace(problem, **pins), effort=0)  # type: ignore[arg-type]
        answer |= {"sound": not judged.unplaced, "unplanned": 0, **_costs(judged.objective)}
    return answer


def _problem(path: str) -> tuple[PlanningProblem, dict[str, Any]]:
    from inventory.load import load_estate
    from migration.planning import draft

    problem = draft(load_estate(path).inventory).track.problem
    return problem, {"items": problem.items}


def _costs(objective: Objective | None) -> dict[str, Any]:
    names = ("lateness", "shortfall", "slots", "waves", "end", "traffic", "risk", "placement", "money")
    return {"costs": {name: getattr(objective, name) for name in names}} if objective is not None else {}


TASKS = {"ours": ours, "monolithic": monolithic}


def rows(folder: Path, sizes: list[int], limit: float, effort: int) -> Iterator[dict[str, Any]]:
    for size in sizes:
        path = str(estate(folder, size))
        yield _whole(path, size, FIRST)
        yield _whole(path, size, limit)
        yield _twice(folder, path, size, effort)
        if size <= PEER_UP_TO:
            yield from _beside(folder, path, size, limit, longer=size == min(sizes))


def _whole(path: str, size: int, limit: float) -> dict[str, Any]:
    """The command with nothing cached."""
    case = f"plan make --time-limit {limit:g}"
    note(f"{case}, {size} systems")
    with tempfile.TemporaryDirectory() as name:
        command = qianyun("plan", "make", path, "-o", f"{name}/plan.json", "--time-limit", str(limit), "--json")
        used = measure(command, accept=ENDS, environment=cache_at(Path(name)))
    return row(case, used, size=size, **_made(used))


def _twice(folder: Path, path: str, size: int, effort: int) -> dict[str, Any]:
    """The command with effort, two times; ``repeated`` when both plan files are the same to the byte."""
    case = f"plan make --effort {effort}, twice"
    note(f"{case}, {size} systems")
    with tempfile.TemporaryDirectory() as name:
        plans = [Path(name) / f"{turn}.json" for turn in ("first", "second")]
        runs = [
            measure(
                qianyun("plan", "make", path, "-o", str(plan), "--effort", str(effort), "--json"),
                accept=ENDS,
                environment=cache_at(folder / "cache"),
            )
            for plan in plans
        ]
        written = [plan.read_bytes() for plan in plans if plan.exists()]
    repeated = len(written) == len(plans) and written[0] == written[1]
    return row(case, runs[-1], size=size, repeated=repeated, **_made(runs[-1]))


def _made(used: Usage) -> dict[str, Any]:
    answer = used.answer
    if not answer:
        return {}
    return {
        "plan_status": answer["status"],
        "items": answer["items"],
        "unplanned": len(answer["unplanned"]),
        "violations": len(answer["violations"]),
        "effort": answer["effort"],
        "stages": answer["seconds"],
        "costs": {cost["name"]: cost["value"] for cost in answer["objective"]},
    }


def _beside(folder: Path, path: str, size: int, limit: float, *, longer: bool) -> Iterator[dict[str, Any]]:
    at = cache_at(folder / "cache")
    case = f"search, {limit:g} s"
    note(f"{case}, {size} systems")
    used = measure(task("plan", "ours", path=path, limit=limit), environment=at)
    yield row(case, used, size=size, **used.answer)
    turns = [(1, limit), (PORTFOLIO, limit), *([(PORTFOLIO, LONGER * limit)] if longer else [])]
    for workers, seconds in turns:
        named = f"peer: CP-SAT, {workers} worker{'s' if workers > 1 else ''}, {seconds:g} s"
        note(f"{named}, {size} systems")
        used = measure(task("plan", "monolithic", path=path, limit=seconds, workers=workers), environment=at)
        yield row(named, used, size=size, **used.answer)


def main() -> None:
    options = parser(__doc__, sizes=(1_000, 10_000, 100_000))
    options.add_argument("--time-limit", type=float, default=20.0, metavar="S", help="wall seconds of each search")
    options.add_argument("--effort", type=int, default=100, metavar="N", help="effort of the plan that is made twice")
    chosen = options.parse_args()
    publish("plan", rows(chosen.folder, chosen.systems, chosen.time_limit, chosen.effort), chosen, REQUIRED)


if __name__ == "__main__":
    main()

"""Which rules a scene breaks, said a second time by the plainest means; nothing here knows of the checker."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations, pairwise, permutations

from tests.migration.check.scenes import (
    AREAS,
    BANDWIDTH,
    BRIDGE_DAYS,
    CAPACITY,
    COPY_KEEP_DAYS,
    ENDS,
    IDLE_DAYS,
    OBSERVED_DAYS,
    PARALLEL_RUN_DAYS,
    ROLLBACK,
    SLOTS,
    WINDOW,
    Key,
    Row,
    Scene,
    is_change,
    works,
)

STAGES = ("none", "assessed", "addressed", "underlay", "routing", "service", "security", "verified")
HOLIDAYS = (-3, -2, -1, *range(38, 45))
"""New Year, 1 to 3 January, and Spring Festival, 11 to 17 February 2021."""
MADE_UP = (34, 47)
"""Sunday 7 and Saturday 20 February 2021 were worked."""
LINE_DONE = {"in_use": 0, "path_ready": 1, "parallel_run": 1, "cut_over": 3}
CUTOVER = ("system:a", "cutover")
COPY = ("system:a", "replicate")


def steps(scene: Scene) -> list[Key]:
    """What has to be done, each object in its order."""
    found: list[Key] = []
    if scene.built is not None and scene.built > 0:
        found += [("pool:p", "built"), ("pool:p", "connected")]
    for device, stage in scene.stages.items():
        found += [(f"device:{device}", step) for step in STAGES[STAGES.index(stage) + 1 :]]
    if scene.line:
        chain = ["path_ready", "parallel_run", "cutover"][LINE_DONE[scene.line_state] :] if scene.line == "move" else []
        chain += ["idle", "notice", "terminated"] if scene.notice else ["idle", "terminated"]
        found += [("line:w", step) for step in chain]
    if scene.moves:
        found += [COPY] if scene.data else []
        found += [("system:a", "bridge")] if scene.address else []
        found += [CUTOVER, ("system:a", "verify"), ("system:a", "decommission")]
        found += [("system:a", "ipv6_record")] if scene.ipv6 == "by" else []
    if scene.retired:
        found += [("system:z", step) for step in ("switch_off", "observe", "remove")]
    if scene.room:
        found += [("room:r", step) for step in ("emptied", "handed_over", "closed")]
    return found


# ---- the network ----

Metrics = tuple[int, int, int]


def _metric(metrics: Metrics, one: str, other: str) -> int:
    towards = dict(zip(ENDS.values(), metrics, strict=True))
    return towards.get((one, other), 10)


@cache
def _ways(metrics: Metrics, device: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Every way without a loop to the root, with its metric, from the best; of equals the one over the smaller next
    device."""
    others = [name for name in AREAS if name not in (device, "root")]
    ways = [
        (device, *middle, "root")
        for count in range(len(others) + 1)
        for middle in permutations(others, count)
        if device != "root"
    ]
    return tuple(sorted((sum(_metric(metrics, *hop) for hop in pairwise(way)), way) for way in ways or [("root",)]))


def paths(scene: Scene) -> dict[str, tuple[str, ...]]:
    """Shortest ways to the root."""
    return {device: _ways(_metrics(scene), device)[0][1] for device in AREAS}


def _metrics(scene: Scene) -> Metrics:
    return scene.metrics["l1"], scene.metrics["l2"], scene.metrics["l3"]


@cache
def _upstreams(metrics: Metrics, device: str) -> tuple[str, ...]:
    if device == "root":
        return ()
    distance = {name: _ways(metrics, name)[0][0] for name in AREAS}
    others = [name for name in AREAS if name != device]
    ranked = sorted(others, key=lambda on: (_metric(metrics, device, on) + distance[on], on))
    return (ranked[0], *[on for on in ranked[1:] if distance[on] < distance[device]][:1])


# ---- gates ----


def gates(scene: Scene) -> list[tuple[str, Key, list[Key]]]:
    """(rule, step, steps of which one has ended before it); only between steps that have to be done."""
    todo = set(steps(scene))
    found: list[tuple[str, Key, list[Key]]] = []

    def gate(rule: str, later: Key, *sooner: Key) -> None:
        if later in todo and sooner and all(one in todo for one in sooner):
            found.append((rule, later, list(sooner)))

    gate("H9", ("pool:p", "connected"), ("pool:p", "built"))
    for device in AREAS:
        name = f"device:{device}"
        for sooner, later in pairwise(STAGES):
            gate("H9", (name, later), (name, sooner))
        above = [f"device:{one}" for one in _upstreams(_metrics(scene), device)]
        for one in above:
            gate("H9", (name, "routing"), (one, "routing"))
        for step in ("underlay", "service", "security", "verified"):
            gate("H9", (name, step), *((one, step) for one in above))
    gate("H9", ("line:w", "parallel_run"), ("line:w", "path_ready"))
    gate("H12", ("line:w", "cutover"), ("line:w", "parallel_run"))
    for step in ("idle", "notice"):
        gate("H9", ("line:w", step), CUTOVER if scene.line == "end" else ("line:w", "cutover"))
        gate("H9", ("line:w", "terminated"), ("line:w", step))
    gate("H7", CUTOVER, COPY)
    gate("H12", ("system:a", "verify"), CUTOVER)
    gate("H12", ("system:a", "decommission"), ("system:a", "verify"))
    gate("H9", ("system:a", "ipv6_record"), CUTOVER)
    gate("H12", ("system:z", "observe"), ("system:z", "switch_off"))
    gate("H12", ("system:z", "remove"), ("system:z", "observe"))
    first = COPY if COPY in todo else CUTOVER
    for step in ("built", "connected"):
        gate("H9", first, ("pool:p", step))
    if scene.line == "move":
        gate("H9", first, ("line:w", "path_ready"))
    for device in ("edge", "root"):
        verified = (f"device:{device}", "verified")
        for moved in {first, CUTOVER} if scene.ipv6 == "at_cutover" else ():
            gate("H9", moved, verified)
        if scene.ipv6 == "by":
            gate("H9", ("system:a", "ipv6_record"), verified)
    gate("H9", ("room:r", "emptied"), ("system:a", "decommission"))
    gate("H9", ("room:r", "emptied"), ("system:z", "remove"))
    gate("H9", ("room:r", "handed_over"), ("room:r", "emptied"))
    gate("H9", ("room:r", "closed"), ("room:r", "handed_over"))
    gate("H9", ("room:r", "closed"), ("line:w", "terminated"))
    return found


# ---- the rules ----


def expected(scene: Scene, *, whole: bool = True) -> set[str]:
    """Ids of the rules that the plan breaks. Not ``whole``: of a plan in the making, whose missing items are no
    fault."""
    found = {
        "plan": _shapeless(scene, whole),
        "H4": _overfull(scene),
        "H5": _overworked(scene),
        "H6": _crowded(scene),
        "H7": _copies(scene),
        "H8": any(_closed(scene, key, row) for key, row in scene.rows.items() if is_change(key)),
        "H10": _late(scene),
        "H11": scene.pin is not None and CUTOVER in scene.rows and scene.rows[CUTOVER].start // 7 != scene.pin,
        "H12": _lags(scene),
        "H13": _unsafe(scene),
        "H14": _unreached(scene, whole),
    }
    broken = {rule for rule, breaks in found.items() if breaks}
    for rule, later, sooner in gates(scene):
        if later in scene.rows:
            before = [scene.rows[key] for key in sooner if key in scene.rows]
            opened = any(row.end < scene.rows[later].start for row in before)
            if not opened and (before or whole):
                broken.add(rule)
    return broken


def _shapeless(scene: Scene, whole: bool) -> bool:
    counts = [(key in scene.rows) + (key in scene.out) for key in steps(scene)]
    if whole and any(count != 1 for count in counts):
        return True
    for key, row in scene.rows.items():
        if row.start < 0 or row.days < 1 or (is_change(key) and row.start >= SLOTS * 7):
            return True
        if key[1] == "built" and row.end + 1 != scene.built:
            return True
    return False


def _overfull(scene: Scene) -> bool:
    if CUTOVER not in scene.rows:
        return False
    since = min(scene.rows[key].start // 7 for key in (CUTOVER, COPY) if key in scene.rows)
    days = range(max(0, since) * 7, SLOTS * 7)
    return any(scene.vcpu > (CAPACITY if number >= (scene.built or 0) else 0) for number in days)


def _overworked(scene: Scene) -> bool:
    used: dict[int, float] = defaultdict(float)
    for key, row in scene.rows.items():
        if scene.effort and works(key):
            for number in range(row.start, row.end + 1):
                used[number // 7] += scene.effort / row.days
    return any(amount > scene.given * _worked(week) / 5 + 1e-6 for week, amount in used.items())


def _worked(week: int) -> int:
    """Working days of a week."""
    days = range(week * 7, week * 7 + 7)
    return sum(number in MADE_UP or (number % 7 < 5 and number not in HOLIDAYS) for number in days)


def _changes(scene: Scene) -> list[tuple[str, Row]]:
    return [
        (key[0].removeprefix("device:"), row)
        for key, row in scene.rows.items()
        if key[0].startswith("device:") and is_change(key)
    ]


def _crowded(scene: Scene) -> bool:
    where = [(AREAS[device], row.start // 7) for device, row in _changes(scene)]
    return any(where.count(place) > scene.changes for place in where)


def _copies(scene: Scene) -> bool:
    row = scene.rows.get(COPY)
    if row is None or CUTOVER not in scene.rows:
        return False
    way = {("l3",): True, ("l2", "l1"): True}
    share = BANDWIDTH * scene.share
    return row.links not in way or scene.data * 8589.934592 / (row.days * 86400) > share * (1 + 1e-6) + 1e-6


def _closed(scene: Scene, key: Key, row: Row) -> bool:
    if not 0 <= row.start < SLOTS * 7:
        return False
    night = scene.weekend and key == CUTOVER
    if row.start in HOLIDAYS or (night and (row.start % 7 < 5 or row.start in MADE_UP)):
        return True
    if key == CUTOVER and scene.outage + ROLLBACK > min(scene.allowed, WINDOW if night else 1440):
        return True
    if scene.freeze is None:
        return False
    selector, first, last = scene.freeze
    kinds = {"", f"kind:{key[0].partition(':')[0]}"} | ({"kind:cloud"} if key == CUTOVER else set())
    touched = range(row.start, row.start + 1 + night)
    return selector in kinds and any(first <= number <= last for number in touched)


def _late(scene: Scene) -> bool:
    if scene.late is None:
        return False
    metric, last = scene.late
    ends = {
        "systems_moved": CUTOVER,
        "systems_retired": ("system:z", "switch_off"),
        "rooms_closed": ("room:r", "closed"),
        "lines_ended": ("line:w", "terminated"),
    }
    counted = [ends[metric]] if metric in ends else [(f"device:{device}", "verified") for device in AREAS]
    return any(scene.rows[key].end > last for key in counted if key in scene.rows)


def _lags(scene: Scene) -> bool:
    least = {"idle": IDLE_DAYS, "observe": OBSERVED_DAYS, "notice": scene.notice}
    for key, row in scene.rows.items():
        if not is_change(key) and key[1] != "built" and row.days < least.get(key[1], scene.length(key[1])):
            return True
    cutover, copy = scene.rows.get(CUTOVER), scene.rows.get(COPY)
    if cutover and copy and cutover.start - copy.end > COPY_KEEP_DAYS:
        return True
    cut, parallel = scene.rows.get(("line:w", "cutover")), scene.rows.get(("line:w", "parallel_run"))
    return bool(cut and parallel and cut.start - parallel.start > PARALLEL_RUN_DAYS)


def _unsafe(scene: Scene) -> bool:
    way = paths(scene)
    return any(
        row.start == other_row.start
        and one != other
        and (one in way[other] or other in way[one] or (scene.twins and "root" not in (one, other)))
        for (one, row), (other, other_row) in combinations(_changes(scene), 2)
    )


def _unreached(scene: Scene, whole: bool) -> bool:
    cutover = scene.rows.get(CUTOVER)
    if not scene.address or cutover is None:
        return False
    row = scene.rows.get(("system:a", "bridge"))
    if row is None:
        return whole
    closes = cutover.start // 7 * 7 + 6 + BRIDGE_DAYS
    return row.end > cutover.end or row.method != "nat" or row.closes is None or row.closes < closes

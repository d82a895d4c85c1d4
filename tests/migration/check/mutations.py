"""Random scenes with sound plans, and one thing wrong with each."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random

from tests.migration.check.oracle import COPY, CUTOVER, LINE_DONE, expected, gates, steps
from tests.migration.check.scenes import (
    AREAS,
    BRIDGE_DAYS,
    IDLE_DAYS,
    OBSERVED_DAYS,
    SLOTS,
    Key,
    Row,
    Scene,
    is_change,
)

MOST = 12
BRIDGE = ("system:a", "bridge")


def scene_of(random: Random) -> Scene | None:
    """A scene of at most 12 items with a sound plan; None where none was found."""
    scene = _estate(random)
    if len(steps(scene)) > MOST:
        return None
    left = steps(scene)
    waits = gates(scene)
    if ("pool:p", "built") in left:
        assert scene.built is not None
        days = min(scene.length("built"), scene.built)
        scene.rows["pool:p", "built"] = Row(scene.built - days, days)
    while len(scene.rows) < len(left):
        ready = [
            key
            for key in left
            if key not in scene.rows
            and not (key == CUTOVER and scene.address and BRIDGE not in scene.rows)
            and all(any(one in scene.rows for one in sooner) for _, later, sooner in waits if later == key)
        ]
        if not ready or not _place(random, scene, random.choice(ready)):
            return None
    if scene.address:
        scene.rows[BRIDGE].closes = scene.rows[CUTOVER].start // 7 * 7 + 6 + BRIDGE_DAYS + random.randrange(2)
    if scene.moves and random.random() < 0.4:
        scene.pin = scene.rows[CUTOVER].start // 7
    scene.late = _deadline(random, scene)
    return scene


def _estate(random: Random) -> Scene:
    """Two or three tracks, each as far as chance has it."""
    tracks = random.sample(["line", "system", "room", "pool"], random.choice([1, 2]))
    if random.random() < 0.5:
        tracks.append("network")
    scene = Scene(moves="system" in tracks or "pool" in tracks, retired=random.random() < 0.2)
    scene.metrics = {link: random.choice([5, 10, 20, 40]) for link in scene.metrics}
    if "network" in tracks:
        scene.stages = random.choice(
            [
                {name: random.choice(["service", "service", "security", "verified"]) for name in AREAS},
                dict.fromkeys(AREAS, "service"),
                {"root": "verified", "mid": "routing", "edge": "routing"},
                {"root": "verified", "mid": "underlay", "edge": "underlay"},
            ]
        )
        scene.twins = random.random() < 0.4
        scene.changes = random.choice([1, 1, 2])
    if "line" in tracks:
        scene.line = random.choice(["move", "end"])
        scene.line_state = random.choice(list(LINE_DONE))
        scene.notice = random.choice([0, 5])
    if scene.moves:
        scene.data = random.choice([0.0, 300.0, 900.0])
        scene.share = random.choice([0.2, 0.5])
        scene.address = random.random() < 0.5
        scene.ipv6 = random.choice(["", "", "at_cutover", "by"])
        scene.ipv6_day = random.randrange(84)
        scene.weekend = random.random() < 0.4
    if "pool" in tracks:
        scene.built = random.choice([1, 6, 20])
    scene.room = "room" in tracks
    names = ("replicate", "verify", "decommission", "path_ready", "parallel_run", "verified", "built", "bridge")
    scene.lengths = {step: random.choice([1, 2, 3, 7]) for step in names}
    if random.random() < 0.6:
        scene.effort, scene.given = 1.0, random.choice([1.0, 1.25, 2.0])
    if random.random() < 0.4:
        first = random.randrange(50)
        kinds = ["", "kind:device", "kind:system", "kind:line", "kind:cloud"]
        scene.freeze = (random.choice(kinds), first, first + random.randrange(6))
    return scene


def _length(random: Random, scene: Scene, key: Key) -> int:
    if is_change(key):
        return 1
    least = {"idle": IDLE_DAYS, "observe": OBSERVED_DAYS, "notice": scene.notice}.get(key[1], scene.length(key[1]))
    return least + (random.choice([0, 0, 1, 3]) if key != ("pool:p", "built") else 0)


def _place(random: Random, scene: Scene, key: Key) -> bool:
    """Put one item on the first day from a random one on that breaks nothing."""
    first = random.choice([0, 0, 0, 3, 10, 25])
    ends = [
        min(scene.rows[one].end for one in sooner if one in scene.rows) for _, at, sooner in gates(scene) if at == key
    ]
    row = Row(0, _length(random, scene, key))
    if key == COPY:
        row.links = random.choice([("l3",), ("l2", "l1")])
    if key == BRIDGE:
        row.method, row.closes = "nat", 10_000
    scene.rows[key] = row
    for start in range(max([first, *(end + 1 for end in ends)]), SLOTS * 7 + 40):
        row.start = start
        if not expected(scene, whole=False):
            return True
    return False


def _deadline(random: Random, scene: Scene) -> tuple[str, int] | None:
    """A hard target that the plan just meets, or meets with some days to spare."""
    metrics = {
        "systems_moved": [CUTOVER],
        "systems_retired": [("system:z", "switch_off")],
        "rooms_closed": [("room:r", "closed")],
        "lines_ended": [("line:w", "terminated")],
        "devices_dual_stack": [(f"device:{name}", "verified") for name in scene.stages],
    }
    metric, keys = random.choice(list(metrics.items()))
    ends = [scene.rows[key].end for key in keys if key in scene.rows]
    return (metric, max(ends) + random.choice([0, 0, 5])) if ends else None


# ---- one thing wrong ----


def _moved(random: Random, scene: Scene) -> None:
    row = scene.rows[random.choice(list(scene.rows))]
    row.start += random.choice([-20, -8, -3, -1, 1, 3, 8, 20])


def _anywhere(random: Random, scene: Scene) -> None:
    scene.rows[random.choice(list(scene.rows))].start = random.randrange(SLOTS * 7)


def _dropped(random: Random, scene: Scene) -> None:
    del scene.rows[random.choice(list(scene.rows))]


def _left_out(random: Random, scene: Scene) -> None:
    key = random.choice(list(scene.rows))
    del scene.rows[key]
    scene.out.add(key)


def _shorter(random: Random, scene: Scene) -> None:
    long = [row for row in scene.rows.values() if row.days > 1]
    if long:
        random.choice(long).days -= 1


def _raised(random: Random, scene: Scene) -> None:
    name = random.choice(["vcpu", "data", "effort", "outage"])
    if name != "data" or scene.data:
        setattr(scene, name, getattr(scene, name) * random.choice([1.1, 1.5, 2, 4]))
    scene.outage = round(scene.outage)


def _swapped(random: Random, scene: Scene) -> None:
    changes = [key for key in scene.rows if key[0].startswith("device:") and is_change(key)]
    pairs = [(one, other) for one in changes for other in changes if one[0] < other[0]]
    if pairs:
        one, other = (scene.rows[key] for key in random.choice(pairs))
        one.start, other.start = other.start, one.start


def _joined(random: Random, scene: Scene) -> None:
    changes = [row for key, row in scene.rows.items() if key[0].startswith("device:") and is_change(key)]
    if len(changes) > 1:
        one, other = random.sample(changes, 2)
        one.start = other.start


def _bridge(random: Random, scene: Scene) -> None:
    row = scene.rows.get(BRIDGE)
    if row is not None and row.closes is not None:
        row.closes, row.method = random.choice([(row.closes - 3, "nat"), (None, "nat"), (row.closes, None)])


def _path(random: Random, scene: Scene) -> None:
    row = scene.rows.get(COPY)
    if row is not None:
        row.links = random.choice([("l1",), ("l1", "l2"), ("l2",), ("l3", "l1"), ("l9",), ()])


def _sooner_due(random: Random, scene: Scene) -> None:
    if scene.late is not None:
        scene.late = (scene.late[0], scene.late[1] - random.choice([1, 6]))


MUTATIONS: tuple[Callable[[Random, Scene], None], ...] = (
    _moved,
    _moved,
    _anywhere,
    _dropped,
    _left_out,
    _shorter,
    _raised,
    _swapped,
    _swapped,
    _joined,
    _joined,
    _bridge,
    _path,
    _sooner_due,
)


def mutated(random: Random, scene: Scene) -> Scene:
    """A copy of a scene with one thing changed."""
    found = deepcopy(scene)
    random.choice(MUTATIONS)(random, found)
    return found

"""Every hard rule binds in random small estates, every plan of them is sound and repeatable.

A rule binds an estate when lifting that rule alone changes what is feasible: the plan of the estate without it breaks
the rule in the estate with it, by the independent checker, or places an item that had no place.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from copy import deepcopy

import pytest

from inventory.inventory import Inventory
from migration.check import check_plan
from migration.graph.upstreams import Upstreams
from migration.plan import Plan
from migration.planning import make_plan
from tests.migration.estates import Records, random_estate

ESTATES = 24
LEAST = 0.1
"""Share of the estates in which each rule must bind."""


def plan_of(made: Records) -> tuple[Inventory, Plan]:
    """An estate and its plan."""
    inventory = made.inventory()
    return inventory, make_plan(inventory, now=made.now, effort=1)


# ---- one rule lifted ------------------------------------------------------------------------------------------------


def _no_order(made: Records) -> None:
    for row in made.of("dependency"):
        row["order"] = "together" if row.get("order") == "together" else "none"


def _no_groups(made: Records) -> None:
    made.of("move_group").clear()
    for row in made.of("dependency"):
        row["order"] = "provider_first" if row.get("order") in ("provider_first", "together") else "none"


def _any_pool(made: Records) -> None:
    for row in made.of("cloud"):
        row |= {"certified_grade": 5, "division": "140000"}
    for row in made.of("pool"):
        row.pop("domain", None)
    for row in made.of("system"):
        row["technology"] = None


def _huge_pools(made: Records) -> None:
    for row in made.of("pool"):
        for step in row["capacity"]:
            step |= {"vcpu": 1e6, "memory_gib": 1e6, "storage_gib": 1e6}


def _huge_teams(made: Records) -> None:
    for row in made.of("team"):
        row["skills"] = dict.fromkeys(row["skills"], 1000)


def _no_limits(made: Records) -> None:
    made.settings |= {"limits": [], "wave_size": {"max": 1000}, "network_changes": 1000}


def _broad_links(made: Records) -> None:
    for row in made.of("link"):
        row["bandwidth_mbps"] = 1e6


def _always_open(made: Records) -> None:
    made.of("window").clear()
    made.of("freeze").clear()
    made.settings["calendar"] = "always"
    made.add("calendar", id="always", base="every_day")
    for row in made.of("system"):
        row.pop("allowed_outage_minutes", None)
    for team in made.of("team"):
        # Holidays still bind those who work.
        team.setdefault("calendar", "legal")
    made.add("calendar", id="legal")


def _no_gates(made: Records) -> None:
    """No gate between objects; each one's own steps stay in their turn."""
    made.settings |= {"docking": {"industry": "soft"}, "management_root": None}
    for row in made.of("system"):
        row["needs_ipv6"] = "no" if row["needs_ipv6"] == "at_cutover" else row["needs_ipv6"]
    for row in made.of("line"):
        row["systems"] = []


def _no_hard_targets(made: Records) -> None:
    for row in made.of("target"):
        row["hard"] = False


def _no_pins(made: Records) -> None:
    for row in made.of("system"):
        row["decisions"].pop("slot", None)


def _short_lags(made: Records) -> None:
    made.settings |= {"idle_days": 0, "switched_off_days": 0, "parallel_run_days": 3650}
    for row in made.settings["effort"]:
        if row["step"] in ("verify", "verified", "parallel_run"):
            row["days"] = 1
    for kind in ("line", "internet_exit"):
        for row in made.of(kind):
            row["notice_days"] = min(1, row["notice_days"])


def _no_shared_paths(made: Records) -> None:
    made.settings["management_root"] = None
    for row in made.of("device"):
        row["redundancy_group"] = ""


def _no_addresses(made: Records) -> None:
    for row in made.of("dependency"):
        row["reaches_by"] = "name"


LIFTED: dict[str, Callable[[Records], None]] = {
    "H1": _no_order,
    "H2": _no_groups,
    "H3": _any_pool,
    "H4": _huge_pools,
    "H5": _huge_teams,
    "H6": _no_limits,
    "H7": _broad_links,
    "H8": _always_open,
    "H9": _no_gates,
    "H10": _no_hard_targets,
    "H11": _no_pins,
    "H12": _short_lags,
    "H13": _no_shared_paths,
    "H14": _no_addresses,
}


def _binds(rule: str, made: Records, inventory: Inventory, plan: Plan) -> str:
    """How a rule binds: ``broken`` by the plan without it, ``more`` is placed without it; empty where it does not."""
    free = deepcopy(made)
    LIFTED[rule](free)
    _, found = plan_of(free)
    if rule == "H13":
        # Without a root a plan has no ways to it; that alone is no breach.
        upstreams = Upstreams(inventory)
        found = found.model_copy(
            update={"paths": {one: way for one in inventory.devices if (way := upstreams.path(one))}}
        )
    if rule in check_plan(inventory, found).rules:
        return "broken"
    left_out = {entry.item for entry in plan.unplanned}
    return "more" if any(item.id in left_out for item in found.items) else ""


def test_every_hard_rule_binds() -> None:
    counts = {rule: Counter[str]() for rule in LIFTED}
    for seed in range(ESTATES):
        made = random_estate(seed)
        inventory, plan = plan_of(made)
        for rule in LIFTED:
            counts[rule][_binds(rule, made, inventory, plan)] += 1
    table = [
        f"{rule:4}  {found['broken']:6}  {found['more']:11}  {1 - found[''] / ESTATES:5.0%}"
        for rule, found in counts.items()
    ]
    sys.stdout.write("\n".join(["", "rule  broken  more placed  share", *table, ""]))
    assert {rule for rule, found in counts.items() if 1 - found[""] / ESTATES < LEAST} == set()


@pytest.mark.parametrize("seed", range(100, 120))
def test_every_plan_is_sound_whole_and_repeatable(seed: int) -> None:
    inventory, plan = plan_of(random_estate(seed))
    again = plan_of(random_estate(seed))[1]
    assert plan.violations == ()
    assert plan.model_dump_json() == again.model_dump_json()
    assert all(entry.causes for entry in plan.unplanned)
    assert check_plan(inventory, plan).sound

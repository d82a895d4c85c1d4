"""The examples in the repository: what the script makes, sound, and the same by way of their ledgers."""

from __future__ import annotations

import filecmp
import re
import shutil
from pathlib import Path

import pytest

from inventory.flows.decide import confirm
from inventory.flows.load import import_flows
from inventory.inventory import Inventory
from inventory.kinds.systems import DependencyOrder, ReachesBy, Strength
from inventory.ledger import apply_import, plan_import, read_kept_map, read_memory
from inventory.load import load_estate
from inventory.problems import Severity
from migration.planning import make_plan
from tools.make_examples import make_examples

EXAMPLES = Path(__file__).parents[3] / "examples"
CONFIRM = {
    "kind:dependency provider:410200-dsjj-0001/*": ReachesBy.ADDRESS,
    "kind:dependency provider:410200-dsjj-0002/*": ReachesBy.NAME,
}
MADE = ("shanxi", "kaifeng", "kaifeng-ledgers", "twin")
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """The city as a user gets it: the start folder, all ledgers, the connection list, two confirmations."""
    estate = tmp_path_factory.mktemp("city") / "estate"
    shutil.copytree(EXAMPLES / "kaifeng-ledgers" / "start", estate)
    for ledger in sorted(
        path for path in (EXAMPLES / "kaifeng-ledgers").iterdir() if path.is_file() and "flows" not in path.name
    ):
        loaded = load_estate(estate, cache=False)
        plan = plan_import(
            ledger, loaded.inventory, read_memory(estate), read_kept_map(estate), quarantined=loaded.quarantined
        )
        refused = {finding.code for finding in plan.findings if finding.level == "refused"}
        assert refused <= {"sheet-hidden"}, ledger.name
        assert plan.unknown_headers == ()
        apply_import(plan, estate)
    report = import_flows(load_estate(estate, cache=False).inventory, EXAMPLES / "kaifeng-ledgers" / "8-flows.csv")
    assert report.broken_count == 0
    assert report.unknown_count > 0
    for chosen, reached in CONFIRM.items():
        confirm(
            load_estate(estate, cache=False).inventory,
            chosen,
            strength=Strength.HARD,
            order=DependencyOrder.PROVIDER_FIRST,
            reaches_by=reached,
        )
    return load_estate(estate, cache=False).inventory


def test_the_script_makes_what_is_here(tmp_path: Path) -> None:
    make_examples(tmp_path)
    for name in MADE:
        made = sorted(path.relative_to(tmp_path) for path in (tmp_path / name).rglob("*") if path.is_file())
        here = sorted(path.relative_to(EXAMPLES) for path in (EXAMPLES / name).rglob("*") if path.is_file())
        assert here == made
        _, different, failed = filecmp.cmpfiles(tmp_path, EXAMPLES, [str(path) for path in made], shallow=False)
        assert (different, failed) == ([], [])


def test_the_ledgers_give_the_finished_city(imported: Inventory) -> None:
    finished = load_estate(EXAMPLES / "kaifeng", cache=False).inventory
    assert imported.counts == finished.counts
    for kind in finished.counts:
        assert dict(imported.of(kind)) == dict(finished.of(kind)), kind
    assert imported.estate == finished.estate


@pytest.mark.parametrize("name", ["shanxi", "kaifeng"])
def test_an_example_is_clean_and_plans_whole(name: str) -> None:
    loaded = load_estate(EXAMPLES / name, cache=False)
    assert [found for found in loaded.problems if found.severity is not Severity.NOTE] == []
    plan = make_plan(loaded.inventory, effort=1)
    assert (plan.violations, plan.unplanned) == ((), ())
    assert len(plan.items) > 200


@pytest.mark.parametrize("name", MADE)
def test_an_example_is_small_and_says_that_it_is_invented(name: str) -> None:
    files = [path for path in (EXAMPLES / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3 * MEGABYTE
    settings = next(path for path in files if path.name == "estate.yaml")
    assert "虚构" in settings.read_text(encoding="utf-8")


def test_no_carrier_has_a_real_name() -> None:
    for name in ("shanxi", "kaifeng"):
        carriers = load_estate(EXAMPLES / name, cache=False).inventory.carriers.values()
        assert all(re.fullmatch("运营商[甲乙丙]", carrier.name) for carrier in carriers)

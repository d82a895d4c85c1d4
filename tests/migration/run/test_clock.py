"""The times in a journal: the store's where it has a clock, and never going back where a machine's clock jumps."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migration.run import control
from migration.run.journal import read_events
from migration.run.store import Store
from tests.migration.run.engine import Bench, make_item, make_runbook
from tools.soak.cluster import Cluster

HOUR = dt.timedelta(hours=1)
PROGRAM = (
    "import sys\n"
    "from migration.run import control\n"
    "from migration.run.store import Store\n"
    "with Store.open(sys.argv[1]) as store:\n"
    "    getattr(control, sys.argv[2])(store, sys.argv[3], by='jumper')\n"
)


def jump(url: str, word: str, run: str, *, hours: int) -> None:
    """Pause or resume a run from a process whose clock is wrong by some hours."""
    command = ["faketime", "-f", f"{hours:+d}h", sys.executable, "-c", PROGRAM, url, word, run]
    subprocess.run(command, check=True, timeout=60, env=os.environ)


def times(store: Store, run: str) -> list[dt.datetime]:
    return [envelope.at for envelope in read_events(store, run)]


@pytest.mark.component("faketime")
def test_a_clock_that_is_set_back_turns_no_order_around(bench: Bench) -> None:
    run = bench.start(make_item("a"))
    jump(bench.url, "pause", run, hours=-5)
    found = times(bench.store, run)
    assert found == sorted(found)
    jump(bench.url, "resume", run, hours=5)
    control.pause(bench.store, run, by="tester")
    found = times(bench.store, run)
    assert found == sorted(found)
    assert len(set(bench.types(run))) == 4, "all are on record"


@pytest.mark.component("faketime")
@pytest.mark.component("postgresql")
def test_a_database_has_the_time(tmp_path: Path) -> None:
    with Cluster(tmp_path / "cluster") as cluster, Store.open(cluster.url) as store:
        run = control.start(store, make_runbook(make_item("a")), by="tester")
        jump(cluster.url, "pause", run, hours=-5)
        jump(cluster.url, "resume", run, hours=5)
        control.pause(store, run, by="tester")
        found = times(store, run)
    assert found == sorted(found)
    assert found[-1] - found[0] < HOUR
    assert abs(found[-1] - dt.datetime.now(dt.UTC)) < HOUR

"""``qianyun stack`` and what carries a stack's mark on the cloud without being in its state."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from stacks.engine import LockInfo
from stacks.errors import CloudUnreachableError
from stacks.journal import Journal
from stacks.provider.marks import urn_hash
from tests.stacks.made_engine import SINCE, MadeLooker, Marked, Rule
from tests.ui.made_stacks import STACK, SYSTEM, ZONE, Places


def _marked(kind: str, id: str, stack: str = STACK, urn_hash: str = "0") -> Marked:
    return Marked(f"qianyun:openstack:{kind}", id, urn_hash, f"name of {id}", stack)


def test_what_carries_the_mark_of_a_stack_and_is_not_in_its_state_is_drift(standing: Places) -> None:
    known = next(one for one in standing.engine.kept[STACK].made if one.name == "port-web")
    standing.looker.marked.append(_marked("Port", known.id))
    assert standing("drift").code == 0
    standing.looker.marked.append(_marked("Server", "s-77"))
    ran = standing("drift")
    assert (ran.code, "? Server name of s-77 (s-77)" in ran.out) == (1, True)
    answer = standing.answer("drift")
    assert answer["differs"]
    assert {one["stack"]: one["orphans"] for one in answer["stacks"] if one["orphans"]} == {
        STACK: [{"type": "qianyun:openstack:Server", "id": "s-77", "name": "name of s-77"}]
    }


def test_a_rule_with_our_mark_is_not_told_to_be_of_nobody(standing: Places) -> None:
    group = next(one.id for one in standing.engine.kept[ZONE].made if one.type.endswith("SecurityGroup"))
    standing.looker.rules.append(Rule("r-1", group))
    standing.looker.marked.append(_marked("SecurityGroupRule", "r-1", ZONE))
    (zone,) = (one for one in standing.answer("drift")["stacks"] if one["stack"] == ZONE)
    assert ([one["id"] for one in zone["orphans"]], zone["unmanaged_rules"]) == (["r-1"], [])


def test_recover_lists_what_is_left_and_not_what_it_took_over(standing: Places) -> None:
    standing.engine.leave_pending(STACK, "Volume", "volume-web-data")
    pending = standing.engine.kept[STACK].pending[0].resource.urn
    standing.looker.found["volume-web-data"] = "v-5"
    standing.looker.marked += [_marked("Volume", "v-5", urn_hash=urn_hash(pending)), _marked("Server", "s-77")]
    ran = standing("recover")
    assert (ran.code, "s-77" in ran.out, "v-5" in ran.out) == (0, True, False)
    assert f"qianyun stack destroy {standing.estate} --stack {STACK} --orphans" in ran.err
    (answer,) = standing.answer("recover", "--stack", STACK)["stacks"]
    assert ([one["id"] for one in answer["orphans"]], answer["unsearched"]) == (["s-77"], [])


def test_what_recover_is_to_end_is_no_orphan(standing: Places) -> None:
    standing.engine.leave_pending(STACK, "Volume", "volume-web-data")
    standing.engine.locks.clear()
    pending = standing.engine.kept[STACK].pending[0].resource.urn
    standing.looker.marked.append(_marked("Volume", "v-5", urn_hash=urn_hash(pending)))
    assert standing("drift", "--stack", STACK).code == 0


def test_recover_says_where_nothing_could_be_looked_up(standing: Places) -> None:
    standing.engine.leave_pending(STACK, "Volume", "volume-web-data")
    state = standing.engine.kept[STACK]
    made = state.pending[0].resource
    urn = made.urn.replace("qianyun:openstack:Volume", "system$qytest:index/volume:Volume")
    pending = (replace(state.pending[0], resource=replace(made, urn=urn, type="qytest:index/volume:Volume")),)
    standing.engine.kept[STACK] = replace(state, pending=pending)
    ran = standing("recover")
    assert (ran.code, "volume-web-data: being made through a Terraform provider" in ran.err) == (0, True)
    standing.engine.kept[STACK] = replace(state, pending=pending)
    (answer,) = standing.answer("recover")["stacks"]
    assert answer["unsearched"] == answer["dropped"] == [urn]


def test_what_recover_did_is_told_though_the_cloud_cannot_be_looked_through(
    standing: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_looker: MadeLooker, _stack: str) -> Any:
        raise CloudUnreachableError("cloud-unreachable", url="https://cloud", reason="refused")

    monkeypatch.setattr(MadeLooker, "owned", away)
    standing.engine.leave_pending(STACK, "Volume", "volume-web-data")
    ran = standing("recover")
    assert (ran.code, "1 that were never made" in ran.err) == (4, True)


def test_destroy_leaves_what_it_did_not_make_unless_it_is_asked(standing: Places) -> None:
    standing.looker.marked.append(_marked("Server", "s-77"))
    asked = standing("destroy", "--system", SYSTEM)
    assert "s-77" not in asked.out
    ran = standing("destroy", "--system", SYSTEM, "--yes", asked.err.partition("deleted: ")[2].split()[0])
    assert (ran.code, standing.looker.deleted) == (0, [])


def test_destroy_takes_what_the_state_does_not_know_with_it(standing: Places) -> None:
    before = standing("destroy", "--orphans", "--system", SYSTEM).err.partition("deleted: ")[2].split()[0]
    standing.looker.marked += [_marked("Server", "s-77"), _marked("Port", "p-77"), _marked("Port", "p-78", ZONE)]
    standing.looker.held["p-77"] = lambda: STACK in standing.engine.kept  # held by the stack's own server
    asked = standing("destroy", "--orphans", "--system", SYSTEM)
    found = asked.err.partition("deleted: ")[2].split()[0]
    assert ("- Server name of s-77 (s-77)" in asked.out, "p-77" in asked.out, "p-78" in asked.out) == (
        True,
        True,
        False,
    )
    assert standing("destroy", "--orphans", "--system", SYSTEM, "--yes", before).code == 5
    assert standing.looker.deleted == []
    ran = standing("destroy", "--orphans", "--system", SYSTEM, "--yes", found, "--json")
    assert ran.code == 0, ran
    assert [one["id"] for one in json.loads(ran.out)["stacks"][0]["orphans"]] == ["s-77", "p-77"]
    assert standing.looker.deleted == ["s-77", "p-77"]
    assert [one.id for one in standing.looker.marked] == ["p-78"]
    begun = list(Journal(standing.estate / ".qianyun" / "stacks").entries(STACK))[-2]
    assert begun.data["orphans"] == ["Server s-77 name of s-77", "Port p-77 name of p-77"]


def test_destroy_says_what_the_cloud_would_not_remove(standing: Places) -> None:
    standing.looker.marked.append(_marked("Server", "s-77"))
    standing.looker.held["s-77"] = lambda: True
    found = standing("destroy", "--orphans", "--system", SYSTEM).err.partition("deleted: ")[2].split()[0]
    ran = standing("destroy", "--orphans", "--system", SYSTEM, "--yes", found)
    assert (ran.code, "name of s-77" in ran.err) == (1, True)


def test_nothing_is_removed_beside_a_stack_that_somebody_holds(standing: Places) -> None:
    standing.looker.marked.append(_marked("Server", "s-77"))
    found = standing("destroy", "--orphans", "--system", SYSTEM).err.partition("deleted: ")[2].split()[0]
    standing.engine.locks[STACK] = LockInfo("wang@ops-1", 4321, SINCE, alive=True)
    assert standing("destroy", "--orphans", "--system", SYSTEM, "--yes", found).code == 5
    assert standing.looker.deleted == []

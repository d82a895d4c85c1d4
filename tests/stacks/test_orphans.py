"""What carries a stack's mark and is not in its state: seen with each of the stack's logins, removed with the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from stacks.engine import StackState, StateResource
from stacks.journal import Journal
from stacks.operations import Desk
from tests.stacks.made_engine import Declared, MadeEngine, MadeLooker, Marked

STACK = "zone.a"
OWN, WITHIN = ("bed", "", ""), ("bed", "", "p-1")


def _provider(name: str, project: str) -> StateResource:
    urn = f"urn:pulumi:{STACK}::qianyun::pulumi:providers:qianyun::{name}"
    return StateResource(urn, "pulumi:providers:qianyun", name, True, inputs={"cloud": "bed", "project_id": project})


def _network(id: str) -> StateResource:
    urn = f"urn:pulumi:{STACK}::qianyun::qianyun:openstack:Network::network"
    return StateResource(urn, "qianyun:openstack:Network", id, True)


def _marked(kind: str, id: str) -> Marked:
    return Marked(f"qianyun:openstack:{kind}", id, "0", id, STACK)


class Clouds:
    """One looker a login, on a stack with a login of its own and one within its project."""

    def __init__(self, folder: Path) -> None:
        self.lookers = {OWN: MadeLooker(), WITHIN: MadeLooker()}
        self.engine = MadeEngine()
        resources = (_provider("within", "p-1"), _provider("cloud", ""), _network("n-1"))
        self.engine.kept[STACK] = StackState(STACK, resources, {})
        look: Any = lambda *login: self.lookers[login]  # noqa: E731
        self.desk = Desk(self.engine, Journal(folder), look, Declared, "test")  # type: ignore[arg-type]


def test_what_is_in_a_project_comes_before_the_project_and_once(tmp_path: Path) -> None:
    clouds = Clouds(tmp_path)
    both = _marked("Port", "port-2")
    clouds.lookers[WITHIN].marked += [both, _marked("Network", "n-1"), _marked("Network", "n-2")]
    clouds.lookers[OWN].marked += [both, _marked("Project", "p-2")]
    found = clouds.desk.orphans(STACK)
    assert [(one.owned.id, one.login) for one in found] == [("port-2", WITHIN), ("n-2", WITHIN), ("p-2", OWN)]
    clouds.desk.destroy(STACK, orphans=found)
    assert (clouds.lookers[WITHIN].deleted, clouds.lookers[OWN].deleted) == (["port-2", "n-2"], ["p-2"])


def test_what_came_into_the_state_meanwhile_is_left_to_the_engine(tmp_path: Path) -> None:
    clouds = Clouds(tmp_path)
    clouds.lookers[WITHIN].marked.append(_marked("Network", "n-2"))
    found = clouds.desk.orphans(STACK)
    state = clouds.engine.kept[STACK]
    clouds.engine.kept[STACK] = replace(state, resources=(*state.resources, _network("n-2")))
    clouds.desk.destroy(STACK, orphans=found)
    assert clouds.lookers[WITHIN].deleted == []


def test_there_are_none_where_no_login_is_known(tmp_path: Path) -> None:
    clouds = Clouds(tmp_path)
    clouds.lookers[WITHIN].marked.append(_marked("Network", "n-2"))
    assert clouds.desk.orphans("zone.b") == ()
    clouds.engine.kept[STACK] = StackState(STACK, (_network("n-1"),), {})
    assert clouds.desk.orphans(STACK) == ()

"""What opens a gate: the worker's policy, and what a runbook asks for beyond; never less."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.kinds.territory import Level
from migration.run.errors import ApprovalError, RunError
from migration.run.events import ApprovalGiven
from migration.run.policy import ApprovalPolicy, Need, PolicyRule, load_policy, missing, need_of
from migration.runbook.model import ExecutorKind, Runbook, Stage
from tests.migration.run.signing import NOW, make_item, make_runbook

ROLES = {"wang": ("manager",), "li": ("safety", "network")}


def make_policy(*rules: PolicyRule) -> ApprovalPolicy:
    return ApprovalPolicy(principals=ROLES, rules=rules)


def make_given(principal: str, role: str = "", *, key: str = "", hours: float = 1) -> ApprovalGiven:
    return ApprovalGiven(
        gate="go",
        binds="",
        principal=principal,
        key=key or principal,
        role=role,
        document="",
        signature="",
        signers_hash="",
        policy_hash="",
        expires=NOW + dt.timedelta(hours=hours),
    )


def one(role: str = "", **parameters: Any) -> Runbook:
    return make_runbook(make_item("a", role=role, **parameters))


def test_without_a_policy_one_key_of_anyone_is_enough_unless_the_runbook_asks_for_more() -> None:
    assert need_of(None, one(), "go") == Need((), 1)
    assert need_of(None, one("manager", keys=2), "go") == Need(("manager",), 2)
    assert need_of(None, one(keys="3"), "go") == Need((), 3)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({}, True),
        ({"stage": Stage.CUTOVER}, True),
        ({"stage": Stage.DECOMMISSION}, False),
        ({"executor": ExecutorKind.COMMAND}, True),
        ({"executor": ExecutorKind.DEVICE}, False),
        ({"grade_from": 3}, True),
        ({"grade_from": 4}, False),
        ({"level": Level.CITY}, True),
        ({"level": Level.PROVINCE}, False),
        ({"stage": Stage.CUTOVER, "grade_from": 4}, False),
    ],
)
def test_a_rule_holds_where_all_that_it_names_fits(rule: dict[str, Any], fits: bool) -> None:
    policy = make_policy(PolicyRule(**rule, role="safety", keys=2, expires_hours=4))
    found = need_of(policy, one(grade="3", level="city"), "go")
    assert found == (Need(("safety",), 2, 4) if fits else Need((), 1))


def test_a_rule_for_a_grade_or_level_holds_where_the_runbook_says_none() -> None:
    policy = make_policy(PolicyRule(grade_from=5, keys=2), PolicyRule(level=Level.PROVINCE, keys=3))
    assert need_of(policy, one(), "go").keys == 3
    assert need_of(policy, one(grade="high"), "go").keys == 3
    assert need_of(policy, one(grade=1, level="city"), "go").keys == 1


def test_of_several_items_and_rules_the_most_is_asked_for() -> None:
    policy = make_policy(
        PolicyRule(role="manager", expires_hours=48),
        PolicyRule(grade_from=3, role="safety", keys=2, expires_hours=8),
        PolicyRule(expires_hours=24),
    )
    runbook = make_runbook(make_item("a", grade=2, role="network", keys=1), make_item("b", grade=3))
    found = need_of(policy, runbook, "go")
    assert sorted(found.roles) == ["manager", "network", "safety"]
    assert (found.keys, found.hours) == (2, 8)


def test_a_runbook_cannot_ask_for_less() -> None:
    policy = make_policy(PolicyRule(role="safety", keys=2))
    assert need_of(policy, one(keys=0), "go") == Need(("safety",), 2)
    assert need_of(policy, one(keys=-5), "go").keys == 2
    assert need_of(policy, one("manager", keys=1), "go") == Need(("manager", "safety"), 2)


def test_an_unknown_gate() -> None:
    with pytest.raises(RunError, match="no gate 'gp'") as raised:
        need_of(None, one(), "gp")
    assert raised.value.code == "gate-unknown"


def test_missing_keys() -> None:
    need = Need(("manager", "safety"), 3)
    wang, li = make_given("wang", "manager"), make_given("li", "safety")
    assert missing((), need, NOW) == 3
    assert missing((wang,), need, NOW) == 2
    assert missing((wang, wang), need, NOW) == 2
    assert missing((wang, make_given("wang", "safety", key="other")), need, NOW) == 2, "one person"
    assert missing((wang, make_given("zhao", "safety", key="wang")), need, NOW) == 2, "one key"
    assert missing((wang, li), need, NOW) == 1
    assert missing((wang, li, make_given("zhao", "network")), need, NOW) == 1, "a role that is not asked for"
    assert missing((wang, li, make_given("zhao", "manager")), need, NOW) == 0
    assert missing((wang, li, make_given("zhao", "manager", hours=0)), need, NOW) == 1, "run out"
    two_of_one_role = (wang, make_given("zhao", "manager"), make_given("sun", "manager"))
    assert missing(two_of_one_role, need, NOW) == 1, "enough keys, but nobody of the other role"
    assert missing((make_given("x", "any"),), Need((), 1), NOW) == 0


PEOPLE = st.builds(
    make_given,
    st.sampled_from(["a", "b", "c", "d"]),
    st.sampled_from(["", "manager", "safety"]),
    key=st.sampled_from(["k1", "k2", "k3", "k4"]),
    hours=st.sampled_from([-1.0, 1.0]),
)
NEEDS = st.builds(Need, st.sampled_from([(), ("manager",), ("manager", "safety")]), st.integers(1, 4))


@given(st.lists(PEOPLE, max_size=6), PEOPLE, NEEDS)
def test_one_more_approval_never_takes_away_and_brings_at_most_one(
    given_: list[ApprovalGiven], further: ApprovalGiven, need: Need
) -> None:
    before, after = missing(given_, need, NOW), missing([*given_, further], need, NOW)
    assert before - 1 <= after <= before
    assert missing(given_, need, NOW + dt.timedelta(hours=2)) == max(need.keys, len(need.roles))


# ---- the file


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_reading_a_policy(tmp_path: Path) -> None:
    path = write(
        tmp_path / "policy.yaml",
        "format: 1\nprincipals:\n  wang: [manager]\nrules:\n- {stage: cutover, role: manager, keys: 2}\n",
    )
    policy, digest = load_policy(path)
    assert policy is not None
    assert policy.rules == (PolicyRule(stage=Stage.CUTOVER, role="manager", keys=2),)
    assert policy.principals == {"wang": ("manager",)}
    assert len(digest) == 64
    assert load_policy(None) == (None, "")
    with pytest.raises(ApprovalError) as caught:
        load_policy(tmp_path / "absent")
    assert caught.value.code == "policy-missing"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("principals: {}\nruless: []", ":2: there is no setting 'ruless'"),
        ("principals: {}\nrules:\n- {stage: cutover}\n- stage: cut", ":4: rules.1.stage: 'cut' is not"),
        ("principals: {}\nrules:\n- level: provinc", ":3: rules.0.level: 'provinc' is not"),
        ("principals: {}\nrules:\n- keys: 0", ":3: rules.0.keys: '0' is not at least 1"),
        ("principals: {}\nrules:\n- {role: boss}", ":2: rules: .*nobody has 'boss'"),
        ("rules: []", "the setting 'principals' is missing"),
        ("principals: {a: [x]}\nprincipals: {b: [x]}", ":2: the setting 'principals' stands there twice"),
        ("format: 2\nprincipals: {}", "format 2"),
        ("principals: {}\nrules: [{keys: 2}]\nrules: [{keys: 1}]", ":3: the setting 'rules' stands there twice"),
        ("principals: [", "line"),
        ("principals: {wang: boss}", "principals.wang: 'boss' is not a list"),
    ],
)
def test_a_policy_with_mistakes_is_refused_with_the_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ApprovalError, match=said) as raised:
        load_policy(write(tmp_path / "policy.yaml", text))
    assert raised.value.code == "policy-unusable"
    assert "policy.yaml" in raised.value.message


def test_a_rule_for_cutovers_holds_for_a_cutover_in_a_runbook_that_names_no_such_stage() -> None:
    policy = ApprovalPolicy(principals=dict(ROLES), rules=(PolicyRule(stage=Stage.CUTOVER, role="safety", keys=2),))
    asked = need_of(policy, make_runbook(make_item("a"), stage=Stage.ITEMS), "go")
    assert (asked.roles, asked.keys) == (("safety",), 2)
    line = make_item("a").model_copy(update={"item": "line/a/cutover"})
    assert need_of(policy, make_runbook(line, stage=Stage.ITEMS), "go").keys == 1, "not a system's"

"""docs/approvals.md says what holds: its policy is one, its command verifies, its table has every code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from migration.run.approvals import ApprovalDocument
from migration.run.errors import ApprovalError
from migration.run.policy import PolicyRule, load_policy, need_of
from tests.migration.run.signing import Office, make_item, make_runbook

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "approvals.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_policy_of_the_page_is_one(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.rule(block("yaml"))
    policy, _ = load_policy(office.policy)
    need = need_of(policy, make_runbook(make_item("a", grade=3, level="city")), "go")
    assert (need.roles, need.keys, need.hours) == (("change-manager", "security-officer"), 2, 24)


@pytest.mark.component("ssh-keygen")
def test_the_command_of_the_page_verifies(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.allow(f'wang.jun namespaces="qianyun-approval" {office.public("wang.jun")}')
    given = office.approve("wang.jun")
    (tmp_path / "document").write_bytes(given.document.encode())
    (tmp_path / "signature").write_bytes(given.signature.encode())
    done = subprocess.run(["sh", "-c", block("sh")], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == f'Good "qianyun-approval" signature for wang.jun with ED25519 key {given.key}\n'


def test_the_page_names_every_code_and_field() -> None:
    named = set(re.findall(r"`([\w-]+)`", PAGE))
    assert set(ApprovalError.templates) - named == set()
    assert set(ApprovalDocument.model_fields) - {"format"} - named == set()
    assert set(PolicyRule.model_fields) - named == set()

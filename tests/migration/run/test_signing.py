"""Signing: by a key's file or an agent, and the documents that are signed."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.errors import QianyunError
from migration.run.approvals import make_document, sign
from migration.run.errors import ApprovalError, RunError
from migration.run.events import ApprovalGiven, ApprovalRefused
from tests.migration.run.signing import NOW, RUN, Office, make_runbook

pytestmark = pytest.mark.component("ssh-keygen")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = Office(tmp_path)
    found.allow("wang", "li")
    return found


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    started = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"(SSH_A\w+)=([^;]+);", started))
    monkeypatch.setenv("SSH_AUTH_SOCK", found["SSH_AUTH_SOCK"])
    yield
    os.kill(int(found["SSH_AGENT_PID"]), signal.SIGTERM)


def load(key: Path) -> None:
    subprocess.run(["ssh-add", "-q", str(key)], check=True, stdin=subprocess.DEVNULL)


@pytest.mark.usefixtures("agent")
def test_signing_with_an_agent(office: Office) -> None:
    document = office.document("wang")
    with pytest.raises(RunError) as raised:
        sign(document, key=None)
    assert raised.value.code == "sign-no-agent"
    load(office.key("wang"))
    assert isinstance(office.judge(document, sign(document, key=None)), ApprovalGiven)
    load(office.key("li"))
    with pytest.raises(RunError, match="wang, li") as raised:
        sign(document, key=None)
    assert raised.value.code == "sign-which-key"
    office.key("wang").unlink()
    public = office.folder / "wang.key.pub"
    assert isinstance(office.judge(document, sign(document, key=public)), ApprovalGiven)


def test_signing_without_an_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(RunError) as raised:
        sign("x", key=None)
    assert raised.value.code == "sign-no-agent"


def test_signing_with_what_is_no_key(office: Office) -> None:
    with pytest.raises(RunError) as raised:
        sign("x", key=office.folder / "absent")
    assert raised.value.code == "sign-key-missing"
    (office.folder / "text").write_text("no key")
    with pytest.raises(RunError) as raised:
        sign("x", key=office.folder / "text")
    assert raised.value.code == "sign-key-missing"


def test_documents_that_cannot_be_made(office: Office) -> None:
    with pytest.raises(RunError, match="no gate 'gone'") as raised:
        office.document("wang", gate="gone")
    assert raised.value.code == "gate-unknown"
    with pytest.raises(RunError) as raised:
        office.document("wang", scan=office.folder / "absent.pdf")
    assert raised.value.code == "scan-unreadable"
    for name in ("", "a b", "a,b", 'a"'):
        with pytest.raises(RunError) as raised:
            office.document(name)
        assert raised.value.code == "bad-argument"


def test_a_document_of_a_newer_format_says_so(office: Office) -> None:
    newer = office.document("wang").replace('"format": 1', '"format": 2')
    assert office.refusal(newer, sign(newer, key=office.key("wang"))) == "approval-format"


def test_documents_are_the_same_for_the_same_content() -> None:
    first = make_document(make_runbook(), "go", run=RUN, nonce="n", principal="wang", now=NOW)
    east = NOW.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert make_document(make_runbook(), "go", run=RUN, nonce="n", principal="wang", now=east) == first


def test_every_refusal_can_be_told(office: Office) -> None:
    document = office.document("wang")
    for changed in ({"run": "x"}, {"signers": office.folder / "absent"}, {"now": NOW + dt.timedelta(hours=99)}):
        found = office.judge(document, "x", **changed)
        assert isinstance(found, ApprovalRefused)
        told: QianyunError = ApprovalError(found.code, **found.data)
        assert told.message
        assert found.principal == "wang"

"""Who opens what was handed in, and for which run it counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from migration.run import approvals, control
from migration.run.approvals import make_document, sign
from migration.run.errors import RunError, RunVersionError
from migration.run.events import ApprovalRefused, RunPaused, RunStatus
from migration.run.journal import read_events
from migration.run.leases import Registration
from migration.run.letters import LetterBox
from migration.run.schema import inbox, runbooks
from tests.migration.run.engine import Bench, make_item
from tests.migration.run.signing import Office
from tests.migration.run.test_gates import at_the_gate, gated, hand_in, refusals

pytestmark = pytest.mark.component("ssh-keygen")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.allow("li", "wang")
    return made


def letters(bench: Bench) -> int:
    counted = sa.select(sa.func.count()).select_from(inbox)
    return int(bench.store.look(lambda connection: connection.execute(counted).scalar_one()))


def box(bench: Bench, worker: str, *, sites: tuple[str, ...] = (), signers: Path | None = None) -> LetterBox:
    settings = bench.settings if signers is None else bench.settings.model_copy(update={"signers": str(signers)})
    return LetterBox(bench.store, worker, sites, settings, lambda run: control.runbook_of(bench.store, run))


def test_an_approval_counts_for_no_run_of_the_name_in_another_store(
    bench: Bench, office: Office, tmp_path: Path
) -> None:
    elsewhere = Bench(f"sqlite:///{tmp_path}/other.db", tmp_path)
    run = bench.start(gated("a"))
    assert elsewhere.start(gated("a")) == run
    hand_in(elsewhere, office, run, "li")
    letter = elsewhere.store.look(lambda connection: connection.execute(sa.select(inbox)).one())
    elsewhere.store.close()
    control.deposit(bench.store, run, "go", letter.document, letter.signature)
    bench.work(run, until=lambda state: at_the_gate(state) and bool(refusals(bench, run)))
    assert refusals(bench, run) == ["approval-other-start"]
    assert bench.acted() == ["a/one"]


def test_a_document_whose_nonce_was_changed_does_not_fit_its_signature(bench: Bench, office: Office) -> None:
    run = bench.start(gated("a"))
    started = bench.state(run).started
    assert started is not None
    runbook, now = control.runbook_of(bench.store, run), dt.datetime.now(dt.UTC)
    signature = sign(
        make_document(runbook, "go", run=run, nonce="another", principal="li", now=now), key=office.key("li")
    )
    forged = make_document(runbook, "go", run=run, nonce=started.nonce, principal="li", now=now)
    control.deposit(bench.store, run, "go", forged, signature)
    bench.work(run, until=lambda state: at_the_gate(state) and bool(refusals(bench, run)))
    assert refusals(bench, run) == ["approval-signature"]


def test_a_worker_of_another_site_leaves_the_letter(bench: Bench, office: Office, tmp_path: Path) -> None:
    run = bench.start(gated("a"))
    hand_in(bench, office, run, "li")
    box(bench, "other", sites=("140100",), signers=tmp_path / "none").open_all()
    assert (letters(bench), refusals(bench, run)) == (1, [])
    box(bench, "right", sites=("140000",)).open_all()
    assert (letters(bench), len(bench.state(run).approvals["go"])) == (0, 1)


def test_a_worker_that_cannot_verify_leaves_the_letter_to_one_that_can(
    bench: Bench, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = bench.start(gated("a"))
    able = Registration(bench.store, name="able", sites=("140000",), lease_seconds=30)
    unable = box(bench, "unable", signers=tmp_path / "none")
    hand_in(bench, office, run, "li")
    unable.open_all()
    assert (letters(bench), refusals(bench, run)) == (1, []), "there is another one"
    monkeypatch.setattr("migration.run.letters.LEFT_SECONDS", 0.0)
    unable.open_all()
    assert refusals(bench, run) == ["no-signers"], "the other one has had its time"
    monkeypatch.setattr("migration.run.letters.LEFT_SECONDS", 60.0)
    able.leave()
    hand_in(bench, office, run, "li")
    unable.open_all()
    assert refusals(bench, run) == ["no-signers"] * 2, "nobody else is there"


def test_a_worker_that_cannot_verify_does_not_shut_a_gate_that_is_open(
    bench: Bench, office: Office, tmp_path: Path
) -> None:
    run = bench.start(gated("a"))
    bench.work(run, until=at_the_gate)
    hand_in(bench, office, run, "li")
    box(bench, "able").open_all()
    whole = bench.settings.signers
    bench.changed = {"signers": str(tmp_path / "none")}
    bench.work(run, until=lambda state: state.items["system/a/cutover"].held is not None)
    assert (bench.acted(), refusals(bench, run)) == (["a/one"], [])
    bench.changed = {"signers": whole}
    assert bench.work(run).status is RunStatus.SUCCEEDED


def test_no_room_for_verifying_neither_ends_the_worker_nor_loses_the_letter_unseen(
    bench: Bench, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    run = bench.start(gated("a"))
    hand_in(bench, office, run, "li")
    with monkeypatch.context() as patched:
        patched.setattr(approvals, "verify", full)
        bench.work(run, until=lambda state: at_the_gate(state) and bool(refusals(bench, run)))
    assert refusals(bench, run) == ["approval-unchecked"]
    hand_in(bench, office, run, "li")
    assert bench.work(run).status is RunStatus.SUCCEEDED


def test_trouble_of_the_machine_does_not_end_a_worker(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, failed = Registration.reap, list[bool]()

    def reap(registration: Registration, settle_seconds: float) -> list[str]:
        if not failed:
            failed.append(True)
            raise OSError(24, "Too many open files")
        return whole(registration, settle_seconds)

    monkeypatch.setattr(Registration, "reap", reap)
    assert bench.done(make_item("a")).status is RunStatus.SUCCEEDED
    assert failed


def test_a_policy_that_is_named_has_to_be_there(bench: Bench, office: Office, tmp_path: Path) -> None:
    run = bench.start(gated("a"))
    bench.changed = {"approval_policy": str(tmp_path / "policy.yaml")}
    with pytest.raises(RunError) as caught:
        bench.work(run)
    assert caught.value.code == "config-policy"
    assert bench.acted() == []
    office.rule("principals: {li: [boss]}\nrules: [{role: boss}]")

    def lose(*_: object) -> None:
        office.policy.unlink(missing_ok=True)

    bench.executor.before = lose
    hand_in(bench, office, run, "wang")
    bench.work(run, until=lambda state: at_the_gate(state) and bool(refusals(bench, run)))
    assert set(refusals(bench, run)) & {"policy-missing", "approval-unlisted"}
    assert bench.acted() == ["a/one"]


def test_a_run_whose_runbook_cannot_be_read_is_set_aside_once(bench: Bench) -> None:
    run, sound = bench.start(make_item("a"), make_item("b")), bench.start(make_item("c"), name="w15")
    with bench.store.write() as connection:
        connection.execute(sa.update(runbooks).where(runbooks.c.run == run).values(body='{"format": 9, "name": 3}'))
    assert bench.work(sound).status is RunStatus.SUCCEEDED
    bench.work(run, until=lambda state: state.paused)
    assert bench.work(sound).status is RunStatus.SUCCEEDED
    (event,) = (one.event for one in read_events(bench.store, run) if isinstance(one.event, RunPaused))
    assert event.code == "runbook-unreadable"
    assert not any(isinstance(one.event, ApprovalRefused) for one in read_events(bench.store, run))
    with pytest.raises(RunVersionError):
        control.runbook_of(bench.store, run)
    control.resume(bench.store, run, by="tester")
    bench.work(run, until=lambda state: state.paused)
    assert bench.types(run).count("run_paused") == 2, "once for each time a person lets it go on"


def test_pausing_what_is_paused_says_nothing_more(bench: Bench) -> None:
    run = bench.start(make_item("a"))
    for _ in range(2):
        control.pause(bench.store, run, by="tester")
    for _ in range(2):
        control.resume(bench.store, run, by="tester")
    control.pause(bench.store, run, by="tester")
    found = [name for name in bench.types(run) if name in ("run_paused", "run_resumed")]
    assert found == ["run_paused", "run_resumed", "run_paused"]

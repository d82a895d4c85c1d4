"""Approvals: real signatures count; forged, altered, replayed, expired and foreign ones do not, and say why."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from migration.run.approvals import binds_of, parse_document, sign, standing, still_valid
from migration.run.errors import ApprovalError, RunError
from migration.run.events import ApprovalGiven, ApprovalRefused
from migration.run.signatures import NAMESPACE
from tests.migration.run.signing import NONCE, NOW, RUN, Office, make_item, make_runbook

pytestmark = pytest.mark.component("ssh-keygen")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = Office(tmp_path)
    found.allow("wang", "li")
    return found


def test_a_signed_approval_counts_and_says_by_whom_and_with_what(office: Office) -> None:
    scan = office.folder / "form.pdf"
    scan.write_bytes(b"the scanned form")
    found = office.approve("wang", role="change-manager", form="BG-2021-0417", scan=scan)
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", f"{office.key('wang')}.pub"], check=True, capture_output=True, text=True
    )
    assert found.key == shown.stdout.split()[1]
    assert (found.principal, found.role, found.gate) == ("wang", "change-manager", "go")
    assert found.binds == binds_of(office.runbook, "go", NONCE)
    assert found.signers_hash == hashlib.sha256(office.signers.read_bytes()).hexdigest()
    assert found.policy_hash == "", "there is no policy"
    assert found.expires == NOW + 24 * HOUR
    says = parse_document(found.document)
    assert says.form == "BG-2021-0417"
    assert says.scan_sha256 == hashlib.sha256(b"the scanned form").hexdigest()
    assert says.items == ("system/a/cutover", "system/b/cutover")


def test_the_signature_can_be_verified_by_hand(office: Office) -> None:
    found = office.approve("wang")
    signature = office.folder / "signature"
    signature.write_text(found.signature)
    command = ["ssh-keygen", "-Y", "verify", "-f", str(office.signers), "-I", "wang", "-n", NAMESPACE]
    done = subprocess.run(
        [*command, "-s", str(signature)], input=found.document, capture_output=True, text=True, check=True
    )
    assert "wang" in done.stdout


# ---- forged and altered


def test_a_key_that_is_not_listed_is_refused(office: Office) -> None:
    document = office.document("wang")
    assert office.refusal(document, sign(document, key=office.key("mallory"))) == "approval-unknown-key"


def test_signing_as_somebody_else_is_refused(office: Office) -> None:
    document = office.document("wang")
    found = office.judge(document, sign(document, key=office.key("li")))
    assert isinstance(found, ApprovalRefused)
    assert (found.code, found.data["found"]) == ("approval-principal", "li")


def test_a_name_that_is_not_listed_is_refused(office: Office) -> None:
    document = office.document("nobody")
    assert office.refusal(document, sign(document, key=office.key("wang"))) == "approval-principal"


def test_every_altered_field_of_the_document_is_refused(office: Office) -> None:
    document = office.document("wang", form="BG-1")
    signature = sign(document, key=office.key("wang"))
    plain = json.loads(document)
    for name, value in plain.items():
        changed = [*value, "x"] if isinstance(value, list) else 0 if isinstance(value, int) else f"{value}x"
        if name in ("signed_at", "expires"):
            changed = (dt.datetime.fromisoformat(value) + HOUR / 30).isoformat().replace("+00:00", "Z")
        altered = json.dumps({**plain, name: changed}, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
        assert office.refusal(altered, signature).startswith("approval-"), name
    altered = json.dumps({**plain, "form": "BG-2"}, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    assert office.refusal(altered, signature) == "approval-signature"
    assert isinstance(office.judge(document, signature), ApprovalGiven), "the document itself still counts"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + " ",
        lambda text: text.replace("  ", ""),
        lambda text: text.replace('"gate": "go"', '"gate": "other",\n  "gate": "go"'),
        lambda _: "[]",
        lambda _: "",
        lambda _: "{" * 100_000,
        lambda text: text.replace('"run"', '"runs"'),
        lambda text: text.replace("go", "\ud800"),
        lambda _: "9" * 5_000_000,
    ],
)
def test_what_is_no_canonical_document_is_refused_even_when_signed(office: Office, spoil: object) -> None:
    altered = spoil(office.document("wang"))  # type: ignore[operator]
    signature = sign(altered.encode(errors="replace").decode(), key=office.key("wang"))
    assert office.refusal(altered, signature) == "approval-document"


def test_an_altered_signature_is_refused(office: Office) -> None:
    document = office.document("wang")
    signature = sign(document, key=office.key("wang"))
    lines = signature.splitlines()
    middle = lines[3]
    lines[3] = middle[:10] + ("A" if middle[10] != "A" else "B") + middle[11:]
    for altered in ("\n".join(lines), "", "garbage", signature[:80], "\ud800", document):
        assert office.refusal(document, altered) == "approval-signature", altered


def test_a_signature_for_another_purpose_is_refused(office: Office) -> None:
    document = office.document("wang")
    made = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-f", str(office.key("wang")), "-n", "git"],
        input=document,
        capture_output=True,
        text=True,
        check=True,
    )
    assert office.refusal(document, made.stdout) == "approval-namespace"


# ---- replayed


def test_an_approval_of_another_run_or_gate_is_refused(office: Office) -> None:
    document = office.document("wang")
    signature = sign(document, key=office.key("wang"))
    assert office.refusal(document, signature, run="w14-cutover-2") == "approval-other-run"
    two = make_runbook(make_item("a"), make_item("b", gate="after"))
    assert office.refusal(document, signature, runbook=two, gate="after") == "approval-other-gate"


def test_the_same_key_or_person_never_counts_twice(office: Office) -> None:
    office.allow("wang", f"wang {office.public('second')}", f"zhao {office.public('wang')}", "li")
    first = office.approve("wang")
    signature = first.signature
    assert office.refusal(first.document, signature, given=(first,)) == "approval-repeated"
    again = office.document("wang", form="new")
    assert office.refusal(again, sign(again, key=office.key("wang")), given=(first,)) == "approval-repeated"
    assert office.refusal(again, sign(again, key=office.key("second")), given=(first,)) == "approval-repeated"
    other_name = office.document("zhao")
    assert office.refusal(other_name, sign(other_name, key=office.key("wang")), given=(first,)) == "approval-repeated"
    assert office.approve("li", given=(first,)).key != first.key


def test_after_an_approval_ran_out_or_lost_its_key_the_person_may_approve_again(office: Office) -> None:
    first = office.approve("wang", hours=1)
    later = office.document("wang", now=NOW + 2 * HOUR)
    renewed = office.judge(later, sign(later, key=office.key("wang")), given=(first,), now=NOW + 2 * HOUR)
    assert isinstance(renewed, ApprovalGiven)
    office.allow(f"wang {office.public('second')}")
    document = office.document("wang")
    assert isinstance(office.judge(document, sign(document, key=office.key("second")), given=(first,)), ApprovalGiven)


# ---- bound to what is done


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("plan", make_runbook(plan_hash="p2")),
        ("runbook", make_runbook(error_budget=1)),
        ("records", make_runbook(make_item("a", slice_hash="s2"), make_item("b"))),
        ("items", make_runbook(make_item("a"))),
    ],
)
def test_a_change_after_the_signature_is_refused(office: Office, what: str, changed: object) -> None:
    document = office.document("wang")
    found = office.judge(document, sign(document, key=office.key("wang")), runbook=changed)
    assert isinstance(found, ApprovalRefused)
    assert found.code == "approval-changed"
    given = office.approve("wang")
    later = still_valid(
        given,
        run=RUN,
        nonce=NONCE,
        runbook=changed,  # type: ignore[arg-type]
        signers=office.signers,
        policy_path=None,
        now=NOW,
    )
    assert later is not None
    assert later.code == "approval-changed"
    assert binds_of(changed, "go", NONCE) != binds_of(office.runbook, "go", NONCE), what  # type: ignore[arg-type]


# ---- time


def test_time(office: Office) -> None:
    document = office.document("wang", hours=2)
    signature = sign(document, key=office.key("wang"))
    assert office.refusal(document, signature, now=NOW + 2 * HOUR) == "approval-expired"
    assert isinstance(office.judge(document, signature, now=NOW + 2 * HOUR - HOUR / 60), ApprovalGiven)
    assert office.refusal(document, signature, now=NOW - HOUR) == "approval-early"
    assert isinstance(office.judge(document, signature, now=NOW - HOUR / 30), ApprovalGiven), "clocks differ a little"


def test_validity_of_keys_in_the_signers_file(office: Office) -> None:
    document = office.document("wang")
    signature = sign(document, key=office.key("wang"))
    key = office.public("wang")
    office.allow(f'wang valid-after="20210101",valid-before="20210501" {key}')
    assert isinstance(office.judge(document, signature), ApprovalGiven)
    for options in ('valid-before="20210401"', 'valid-after="20210501"', 'namespaces="git"'):
        office.allow(f"wang {options} {key}")
        assert office.refusal(document, signature) == "approval-key-invalid", options


def test_keys_are_valid_or_not_at_the_workers_time(office: Office) -> None:
    document = office.document("wang", hours=24 * 30)
    signature = sign(document, key=office.key("wang"))
    office.allow(f'wang valid-before="20210415" {office.public("wang")}')
    assert isinstance(office.judge(document, signature), ApprovalGiven)
    assert office.refusal(document, signature, now=NOW + 24 * 7 * HOUR) == "approval-key-invalid"


# ---- roles


def test_a_role_that_a_person_does_not_have(office: Office) -> None:
    office.rule("principals: {wang: [boss], li: [safety]}\nrules: [{role: boss}, {role: safety}]")
    document = office.document("wang", role="safety")
    found = office.judge(document, sign(document, key=office.key("wang")))
    assert isinstance(found, ApprovalRefused)
    assert (found.code, found.data["roles"]) == ("approval-role", "boss")
    neither = office.document("wang")
    assert office.refusal(neither, sign(neither, key=office.key("wang"))) == "approval-role-unasked"
    assert office.approve("wang", role="boss").role == "boss"


def test_a_policy_shortens_what_an_approval_says(office: Office) -> None:
    office.rule("principals: {wang: [boss]}\nrules: [{expires_hours: 8}, {expires_hours: 200}]")
    given = office.approve("wang", hours=24)
    assert given.expires == NOW + 8 * HOUR
    assert office.refusal(given.document, given.signature, now=NOW + 8 * HOUR) == "approval-expired"
    assert office.approve("wang", hours=2).expires == NOW + 2 * HOUR


# ---- the worker's files


def test_without_signers_nothing_counts(office: Office) -> None:
    given = office.approve("wang")
    office.signers.unlink()
    assert office.refusal(given.document, given.signature) == "no-signers"


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_signers_that_others_may_change_are_refused(office: Office, mode: int) -> None:
    given = office.approve("wang")
    office.signers.chmod(mode)
    assert office.refusal(given.document, given.signature) == "signers-writable"
    office.signers.chmod(0o600)
    office.folder.chmod(0o777)
    assert office.refusal(given.document, given.signature) == "signers-writable", "its folder"
    office.folder.chmod(0o700)
    office.rule("principals: {wang: [boss]}")
    office.policy.chmod(mode)
    assert office.refusal(given.document, given.signature) == "signers-writable", "the policy"


def test_signers_that_belong_to_somebody_else_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    given = office.approve("wang")
    if os.geteuid() == 0:
        os.chown(office.signers, 54321, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert office.refusal(given.document, given.signature) == "signers-writable"


def test_signers_that_cannot_be_read(office: Office) -> None:
    given = office.approve("wang")
    assert office.refusal(given.document, given.signature, signers=office.folder) == "signers-unreadable"


def test_swapped_or_removed_signers_after_the_approval(office: Office) -> None:
    given = office.approve("wang")

    def now(**changed: object) -> str:
        wanted = {"run": RUN, "runbook": office.runbook, "signers": office.signers, "policy_path": office.in_force}
        wanted |= {"nonce": NONCE}
        found = still_valid(given, **{**wanted, "now": NOW + HOUR, **changed})  # type: ignore[arg-type]
        return found.code if found else ""

    assert now() == ""
    office.allow("wang", "li", "zhao")
    assert now() == "", "a further signer changes nothing"
    office.allow(f"wang {office.public('mallory')}")
    assert now() == "approval-unknown-key"
    office.signers.unlink()
    assert now() == "no-signers"
    office.allow("wang")
    assert now(now=NOW + 25 * HOUR) == "approval-expired"
    office.rule("principals: {li: [boss]}")
    assert now() == "approval-unlisted"
    office.rule("principals: {wang: [boss]}\nrules: [{role: boss}]")
    assert now() == "approval-role-unasked"
    office.rule("principals: [")
    assert now() == "policy-unusable"


def test_a_worker_without_ssh_keygen_refuses_and_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    given = office.approve("wang")
    monkeypatch.setenv("PATH", str(office.folder))
    assert office.refusal(given.document, given.signature) == "approval-unchecked"
    with pytest.raises(RunError, match="'ssh-keygen' is not installed") as raised:
        sign(given.document, key=office.key("wang"))
    assert raised.value.code == "ssh-keygen-missing"


def test_standing_counts_what_still_holds(office: Office) -> None:
    office.rule("principals: {wang: [boss], li: [safety]}\nrules: [{role: boss, keys: 2}, {role: safety}]")
    first = office.approve("wang", role="boss")
    second = office.approve("li", role="safety", given=(first,))
    files = {"run": RUN, "runbook": office.runbook, "gate": "go", "signers": office.signers}

    def now(*given: ApprovalGiven) -> tuple[int, list[str]]:
        missing, _, _, refused = standing(given, **files, nonce=NONCE, policy_path=office.in_force, now=NOW)  # type: ignore[arg-type]
        return missing, [found.code for found in refused]

    assert now() == (2, [])
    assert now(first) == (1, [])
    assert now(first, second) == (0, [])
    office.allow("li")
    assert now(first, second) == (1, ["approval-unknown-key"])
    office.policy.write_text("rules: 3")
    with pytest.raises(ApprovalError):
        now(first, second)


# ---- signing

"""Secrets are taken out of what events say; what identifies things is left as it is."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration.run.events import ApprovalGiven, ItemEnded, ItemStatus, StateChange, StepEnded, StepOutput, StepStatus
from migration.run.masking import MASK, LineMask, mask, mask_event, mask_value

HIDDEN = "tr0ub4dor-Xy"
KEY = (
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\nAAAEAAAAB\n-----END OPENSSH PRIVATE KEY-----"
)
VAULT = "$ANSIBLE_VAULT;1.1;AES256\n  623133653966623430613934643361633837643737646136\n  3637"


@pytest.mark.parametrize(
    "said",
    [
        "password={}",
        "Password: {}",
        "passwd:{} and more",
        "db_password = '{}'",
        '{{"ansible_become_password": "{}", "user": "root"}}',
        "{{'token': '{}'}}",
        "https://x/?access_token={}&page=2",
        "Authorization: Bearer {}",
        "curl -H 'authorization: Basic {}' https://x/",
        'Authorization: Digest username="u", response="{}"',
        "postgresql://repl:{}@10.14.3.10:5432/db",
        "cloning https://user:{}@host/x",
        "mysql -u root -p{} db",
        "sshpass -p {} ssh host",
        "tool --password {} --verbose",
        "PGPASSWORD={} psql",
        "CREATE USER a IDENTIFIED BY '{}'",
        "ALTER ROLE repl PASSWORD '{}' LOGIN",
        "secret_key: {}",
        "口令：{}",
        "master.pwd={}",
    ],
)
def test_what_looks_like_a_secret_is_masked(said: str) -> None:
    masked = mask(said.format(HIDDEN))
    assert HIDDEN not in masked
    assert MASK in masked


@pytest.mark.parametrize("said", ["password: 'one two three'", 'the "secret": "one \\" two three" end'])
def test_quoted_secrets_are_masked_to_their_end(said: str) -> None:
    assert "two" not in mask(said)


def test_a_password_with_an_at_sign_is_masked_whole() -> None:
    assert mask("ssh://u:one@two@host/path") == f"ssh://u:{MASK}@host/path"


@pytest.mark.parametrize(
    "said",
    [
        "ok=3 changed=1 unreachable=0 failed=0",
        "passed: 3, compass: north",
        "vault_password_file=/etc/qianyun/vault",
        "enter the password for root:",
        "http://[fe80::1]:8080/health answers",
        "system/140000-mzt-0003/cutover",
        "rows 4711 sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "UPDATE users SET name = 'x'",
    ],
)
def test_other_texts_stay(said: str) -> None:
    assert mask(said) == said


def test_keys_and_vaults_over_several_lines() -> None:
    assert mask(f"before\n{KEY}\nafter") == f"before\n{MASK}\nafter"
    masked = mask(f"secret_of_db: !vault |\n  {VAULT}\nnext: 1")
    assert "6231" not in masked
    assert "3637" not in masked
    assert masked.endswith("\nnext: 1")
    assert "AAAAB" not in mask(KEY[:80]), "a key that is cut off"


@pytest.mark.parametrize("block", [KEY, VAULT])
def test_keys_and_vaults_that_come_line_by_line(block: str) -> None:
    masker = LineMask(["known-secret"])
    shown = [masker(line) for line in ["a known-secret", *block.splitlines(), "after 1"]]
    assert shown[0] == f"a {MASK}"
    assert shown[-1] == "after 1"
    assert set(shown[1:-1]) == {MASK, ""}


def test_known_secrets_are_masked_wherever_they_stand() -> None:
    assert mask("it said: longer-hush and hush", ["hush", "longer-hush", "it"]) == f"it said: {MASK} and {MASK}"


def test_events_are_masked_in_what_they_say() -> None:
    output = StepOutput(host="db-1", task="set password=abcd", message="token: abcd", diff="-x\n+password: abcd\n")
    assert "abcd" not in mask_event(output).model_dump_json()
    assert mask_event(output).host == "db-1"
    ended = StepEnded(
        status=StepStatus.FAILED,
        message="my-own-value",
        evidence={"password": 12345678, "rows": 3, "inner": [{"api_key": "abcd", "says": "pwd=abcd"}]},
    )
    masked = mask_event(ended, ["my-own-value"])
    assert masked.message == MASK
    assert masked.evidence == {"password": MASK, "rows": 3, "inner": [{"api_key": MASK, "says": f"pwd={MASK}"}]}
    assert masked.status is StepStatus.FAILED
    assert ended.message == "my-own-value", "the event itself is not changed"


def test_what_is_signed_and_what_goes_to_the_estate_stays() -> None:
    given_ = ApprovalGiven(
        gate="go",
        binds="b",
        principal="p",
        key="SHA256:x",
        role="",
        document="password: abcd",
        signature="token: abcd",
        signers_hash="",
        policy_hash="",
        expires=dt.datetime(2021, 1, 1, tzinfo=dt.UTC),
    )
    assert mask_event(given_) == given_
    ended = ItemEnded(status=ItemStatus.SUCCEEDED, changes=(StateChange(object="room:a", set={"state": "pass=abcd"}),))
    assert mask_event(ended) == ended


LETTERS = st.text(st.characters(exclude_characters="*"), min_size=4, max_size=12)


@given(st.lists(LETTERS | st.text(max_size=20), max_size=12), st.lists(LETTERS, max_size=4))
def test_no_known_secret_is_left(pieces: list[str], secrets: list[str]) -> None:
    masked = mask("".join([*pieces, *secrets, *pieces]), secrets)
    assert [secret for secret in secrets if secret in masked] == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rows", "place"]), inner),
        max_leaves=10,
    )
)
def test_shapes_stay(value: object) -> None:
    def shape(of: object) -> object:
        if isinstance(of, dict):
            return {key: shape(inner) for key, inner in of.items()}
        return [shape(inner) for inner in of] if isinstance(of, list) else type(of)

    assert shape(mask_value(value)) == shape(value)

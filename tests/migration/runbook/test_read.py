"""Runbook files: what is written is read back, and every fault has its line."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import FileError, InputError
from migration.runbook.errors import RunbookError, RunbookVersionError
from migration.runbook.model import Call, Host, HostGroup, OnFailure, Runbook, RunbookItem, Stage, Step, StepGroup
from migration.runbook.read import load_runbook, read_runbook, write_runbook
from tests.migration.runbook.samples import sound

HEAD = "format: 1\nname: r\nstage: cutover\n"

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=15)
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
    | st.sampled_from(["no", "2021-04-05", "007", "0x10", "1e5", "~", "null", "=", "<<", "-", "{date}", "12:30"])
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))
free = st.dictionaries(words, values, max_size=3)
calls = st.builds(Call, do=words, argv=st.lists(words, max_size=2).map(tuple), parameters=free)
steps = st.builds(
    Step,
    id=ids,
    name=words,
    executor=st.sampled_from(["ansible", "manual", "command"]),
    act=calls,
    probe=st.none() | calls,
    reasons=st.dictionaries(words, words, max_size=2),
    parameters=free,
    retries=st.integers(0, 3),
    changes=st.booleans(),
)


zones = st.integers(-720, 840).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
moments = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1), timezones=zones)  # noqa: DTZ001 - bounds without a zone


@st.composite
def runbooks(draw: st.DrawFn) -> Runbook:
    names = draw(st.lists(ids, unique=True, max_size=3))
    groups = [
        tuple(
            StepGroup(id=f"g{number}", steps=tuple(draw(st.lists(steps, max_size=2, unique_by=lambda one: one.id))))
            for number in range(draw(st.integers(0, 1)))
        )
        for _ in names
    ]
    items = tuple(
        RunbookItem(
            item=name,
            object=f"room:{name}",
            site="140100",
            groups=own,
            parameters=draw(free),
            sets={f"room:{name}": draw(free)},
            after=tuple(names[:number]),
            window_start=draw(st.none() | moments),
            on_failure=draw(st.sampled_from(list(OnFailure))),
        )
        for number, (name, own) in enumerate(zip(names, groups, strict=True))
    )
    hosts = tuple(Host(name=name, variables=draw(free)) for name in draw(st.lists(ids, unique=True, max_size=2)))
    shared = tuple(HostGroup(name=name, variables=draw(free)) for name in draw(st.lists(ids, unique=True, max_size=2)))
    return Runbook(
        name=draw(ids), stage=draw(st.sampled_from(list(Stage))), items=items, hosts=hosts, host_groups=shared,
        estate=draw(words),
    )  # fmt: skip


@settings(max_examples=40)
@given(runbooks())
def test_what_is_written_is_read_back(runbook: Runbook) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.yaml"
        write_runbook(path, runbook)
        read = read_runbook(path)
    assert read == runbook
    assert read.hash == runbook.hash


def test_a_file_begins_with_words_and_leaves_out_defaults(tmp_path: Path) -> None:
    write_runbook(tmp_path / "r.yaml", sound())
    text = (tmp_path / "r.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "\nformat: 1\nname: night\n" in text
    assert "error_budget" not in text


def test_machines_have_the_variables_of_their_groups() -> None:
    hosts = (Host(name="a", groups=("one", "two"), variables={"own": 1, "both": 1}), Host(name="b", groups=("none",)))
    shared = (
        HostGroup(name="one", variables={"both": 2, "of_one": 2, "of_both": 2}),
        HostGroup(name="two", variables={"of_both": 3}),
    )
    runbook = sound().model_copy(update={"hosts": hosts, "host_groups": shared})
    assert runbook.by_host["a"].variables == {"own": 1, "both": 1, "of_one": 2, "of_both": 3}
    assert runbook.by_host["b"] == hosts[1]


def test_the_hash_counts_groups_only_where_there_are_some() -> None:
    plain = sound().model_dump(mode="json", exclude={"host_groups"})
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert sound().hash == hashlib.sha256(text.encode()).hexdigest()
    assert sound().model_copy(update={"host_groups": (HostGroup(name="x"),)}).hash != sound().hash


def test_a_group_that_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(HEAD + "host_groups:\n- {name: g}\n- {name: g}\nitems: []\n")
    _, problems = load_runbook(path)
    assert [(one.code, one.kind, one.origin.line) for one in problems] == [("duplicate-id", "host_group", 6)]


def test_the_hash_is_of_the_content_not_of_the_spelling(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(HEAD + "items: [{item: a, object: 'room:a', site: x, groups: [], parameters: {n: 1}}]\n")
    flow = read_runbook(path)
    path.write_text(
        '# words\n{"stage": "cutover", "name": "r", "items": [{"parameters": {"n": 1}, "groups": [], "site": "x",\n'
        ' "item": "a", "object": "room:a"}]}\n'
    )
    assert read_runbook(path).hash == flow.hash
    path.write_text(HEAD + "items: [{item: a, object: 'room:a', site: x, groups: [], parameters: {n: '1'}}]\n")
    assert read_runbook(path).hash != flow.hash


STEPS = "items:\n- item: a\n  object: room:a\n  site: x\n  groups:\n  - id: g\n    steps:\n"
ITEM = "- {{item: {}, object: 'room:a', site: x, groups: [], after: [{}]}}\n"
# Text behind HEAD (3 lines; STEPS has 7) -> (code, line, path, nearest name) of each fault.
FAULTS: dict[str, list[tuple[str, int, str, str]]] = {
    STEPS + "    - id: s\n      executor: ansibel\n": [("bad-choice", 12, "groups.0.steps.0.executor", "ansible")],
    STEPS + "    - id: s\n": [("missing-field", 11, "groups.0.steps.0.executor", "")],
    STEPS + "    - id: s\n      executor: manual\n      probee: {do: x}\n": [
        ("unknown-field", 13, "groups.0.steps.0.probee", "probe")
    ],
    STEPS + "    - {id: s, executor: check, retries: many, timeout_seconds: 0}\n": [
        ("out-of-range", 11, "groups.0.steps.0.timeout_seconds", ""),
        ("bad-value", 11, "groups.0.steps.0.retries", ""),
    ],
    STEPS + "    - {id: s, executor: check}\n    - {id: s, executor: check}\n": [("duplicate-id", 12, "", "")],
    "items:\n" + ITEM.format("a", "") + ITEM.format("a", ""): [("duplicate-id", 6, "", "")],
    "hosts:\n- {name: h1}\n- {name: h1}\nitems: []\n": [("duplicate-id", 6, "", "")],
    "hosts: [{name: web-1}]\n" + STEPS + "    - id: s\n      executor: command\n      targets: [web-2]\n": [
        ("dangling-reference", 14, "groups.0.steps.0.targets.0", "web-1")
    ],
    "items:\n" + ITEM.format("a-b", "a-c, z") + ITEM.format("a-d", ""): [
        ("dangling-reference", 5, "after.0", "a-d"),
        ("dangling-reference", 5, "after.1", ""),
    ],
    "items:\n" + ITEM.format("a", "b") + ITEM.format("b", "a") + ITEM.format("c", "b"): [
        ("runbook-loop", 5, "after", "")
    ],
    "items:\n- {item: a, object: 'room:a', site: x, groups: [], window_start: '2021-04-05T22:00'}\n": [
        ("bad-value", 5, "window_start", "")
    ],
    "items: []\nerror_budgt: 3\n": [("unknown-field", 5, "error_budgt", "error_budget")],
    "items: []\nwaves: [a]\n": [("unknown-field", 5, "waves", "wave")],
    "items: 3\n": [("bad-value", 4, "items", "")],
    "items: [x]\n": [("not-a-record", 4, "items", "")],
    "items: []\nname: again\n": [("duplicate-field", 5, "name", "")],
}


@pytest.mark.parametrize("text", FAULTS)
def test_every_fault_has_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(HEAD + text)
    _, problems = load_runbook(path)
    assert [(one.code, one.origin.line, one.path, one.nearest) for one in problems] == FAULTS[text]
    assert {one.origin.file for one in problems} == {str(path)}
    with pytest.raises(RunbookError) as caught:
        read_runbook(path)
    assert caught.value.code == "runbook-invalid"
    assert caught.value.exit_code == 2
    assert caught.value.data["count"] == len(problems)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.problems, again.message) == (problems, caught.value.message)


def test_steps_on_devices_name_no_hosts(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(HEAD + STEPS + "    - {id: s, executor: device, targets: [ty-core-1]}\n")
    assert read_runbook(path).items[0].steps[0].targets == ("ty-core-1",)


def others() -> Iterator[tuple[str, bytes | None, type[InputError | RunbookVersionError], str]]:
    yield "missing", None, RunbookError, "runbook-missing"
    yield "empty", b"", RunbookError, "runbook-not-a-runbook"
    yield "plan", b'{"format": 1, "grid": {}, "name": "x"}', RunbookError, "runbook-not-a-runbook"
    yield "whole plan", b'{"format": 1, "estate": "e", "items": [{"id": "x"}]}', RunbookError, "runbook-not-a-runbook"
    yield "list", b"- a\n", FileError, "file-syntax"
    yield "broken", b"name: [\n", FileError, "file-syntax"
    yield "newer", b"format: 2\nname: r\nstage: cutover\nitems: []\n", RunbookVersionError, "runbook-format"
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{'*' + chr(97 + n)}{', *' + chr(97 + n)}]\n" for n in range(22)
    )
    yield "bomb", (HEAD + bomb + "items: []\n").encode(), FileError, "file-expands"
    yield "deep", (HEAD + "items: " + "[" * 2000 + "]" * 2000).encode(), FileError, "file-nested"
    yield (
        "tag",
        (HEAD + "items: [{item: a, parameters: {x: !!python/name:os.system ''}}]\n").encode(),
        FileError,
        "file-syntax",
    )
    yield "two documents", (HEAD + "items: []\n---\nitems: []\n").encode(), FileError, "file-syntax"


@pytest.mark.parametrize(("content", "kind", "code"), [pytest.param(*row[1:], id=row[0]) for row in others()])
def test_files_that_are_no_runbooks(tmp_path: Path, content: bytes | None, kind: type[Exception], code: str) -> None:
    path = tmp_path / "r.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(kind) as caught:
        load_runbook(path)
    assert getattr(caught.value, "code") == code  # noqa: B009
    assert getattr(caught.value, "exit_code") == (5 if code == "runbook-format" else 2)  # noqa: B009


def test_a_folder_is_no_runbook(tmp_path: Path) -> None:
    with pytest.raises(RunbookError, match="is not a runbook"):
        load_runbook(tmp_path)

"""Templates: the shipped ones are whole, in both languages and fit the roles; faults of others have file and line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.errors import FileError
from migration.plan import Disposition
from migration.runbook.compose import Composed, Scope, compose
from migration.runbook.errors import TemplateError
from migration.runbook.model import ExecutorKind
from migration.runbook.parts import Lack, Value
from migration.runbook.template_file import read_templates, shipped_templates
from migration.steps import STEPS, Track
from tests.borders.tree import ROOT

ROLES = ROOT / "playbooks" / "roles"
WORDS = ("name", "role", "do")


def entries(value: Any) -> Iterator[dict[str, Any]]:
    """All mappings inside a template."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from entries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from entries(inner)


@cache
def shipped() -> dict[str, dict[str, Any]]:
    return {id: yaml.safe_load(template.content) for id, template in sorted(shipped_templates().by_id.items())}


@pytest.mark.parametrize("id", shipped())
def test_words_for_people_stand_in_both_languages(id: str) -> None:
    for entry in entries(shipped()[id]):
        texts = [entry[word] for word in WORDS if word in entry] + list((entry.get("reasons") or {}).values())
        for text in texts:
            if isinstance(text, dict):
                assert set(text) == {"en", "zh"}
                assert all(text.values())
                places = [sorted(part.split("}")[0] for part in words.split("{")[1:]) for words in text.values()]
                assert set(places[0]) >= set(places[1]), text
        if entry.get("executor") == "manual":
            assert isinstance(entry["act"]["do"], dict), entry
            assert isinstance(entry["role"], dict), entry


def test_every_step_of_every_track_has_a_template() -> None:
    known = {
        (template.use.track, step)
        for template in shipped_templates().by_id.values()
        if template.use is not None and template.use.of == "item"
        for step in template.use.steps
    }
    assert known == {(track, step) for track in Track for step in STEPS[track]}


def test_retired_and_repurchased_systems_are_prepared_otherwise() -> None:
    use = shipped_templates().by_id["system-retire-prepare"].use
    assert use is not None
    assert set(use.dispositions) == {Disposition.RETIRE, Disposition.REPURCHASE}


@cache
def specs(role: str) -> dict[str, Any]:
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["argument_specs"]
    return found


@pytest.mark.parametrize("id", shipped())
def test_roles_entries_and_parameters_exist(id: str) -> None:
    template = shipped()[id]
    shared = template.get("shared") or {}
    for entry in entries(template):
        if entry.get("executor") != "ansible":
            continue
        for call, expected in (("act", "main"), ("probe", "probe"), ("verify", "verify"), ("rollback", "rollback")):
            if call not in entry:
                continue
            role, _, name = entry[call]["do"].partition("/")
            assert (name or "main") == expected
            options = specs(role)[expected]["options"]
            given = shared | (entry.get("parameters") or {})
            assert set(entry.get("parameters") or {}) <= set(options)
            needed = {option for option, spec in options.items() if spec.get("required")}
            assert needed <= set(given), (id, entry["id"])


# ---- the language ----------------------------------------------------------------------------------------------------

HEAD = "format: 1\nid: mine\n"


def made(tmp_path: Path, text: str, **values: Any) -> Composed:
    """What a template of HEAD and this text makes of values."""
    (tmp_path / "mine.yaml").write_text(HEAD + text)
    templates = read_templates(tmp_path)
    known = {name: value if isinstance(value, Value) else Value(value) for name, value in values.items()}
    return compose(templates.by_id["mine"], Scope(known, templates, language="zh"))


def step(text: str) -> str:
    return f"groups:\n- id: g\n  steps:\n  - {{id: s, executor: check, {text}}}\n"


def test_a_place_alone_takes_the_type_and_one_in_a_text_the_words(tmp_path: Path) -> None:
    text = "shared: {all: '{list}'}\n" + step("parameters: {a: '{list}', b: 'n {n}', c: ['{n}'], d: 7}, retries: '{n}'")
    found = made(tmp_path, text, list=[1, {"x": True}], n=3)
    (one,) = found.groups[0].steps
    assert one.parameters == {"a": [1, {"x": True}], "b": "n 3", "c": [3], "d": 7}
    assert one.retries == 3
    assert found.parameters == {"all": [1, {"x": True}]}


def test_targets_of_many_are_flat_and_texts_in_the_language_asked_for(tmp_path: Path) -> None:
    text = step("name: {en: one, zh: '一 {n}'}, targets: ['{two}', x], act: {do: {en: look}}")
    (one,) = made(tmp_path, text, two=["a", "b"], n=1).groups[0].steps
    assert (one.targets, one.name, one.act.do) == (("a", "b", "x"), "一 1", "look")


def test_what_is_lacking_is_null_and_said_once(tmp_path: Path) -> None:
    lack = Lack("system", "s1", "components.app.target_endpoints")
    text = step("parameters: {a: '{gone}', b: 'at {gone}'}, act: {do: 'go to {gone}'}")
    found = made(tmp_path, text, gone=Value(None, (lack,)))
    (one,) = found.groups[0].steps
    assert one.parameters == {"a": None, "b": None}
    assert one.act.do == "go to {gone}"
    assert found.lacks == [lack]


def test_when_and_unless(tmp_path: Path) -> None:
    text = (
        "groups:\n- id: g\n  steps:\n  - {id: a, executor: check, when: no}\n  - {id: b, executor: check, unless: no}\n"
        "- id: empty\n  steps:\n  - {id: c, executor: check, unless: yes}\n"
    )
    found = made(tmp_path, text, no=[], yes=1)
    assert [(group.id, [one.id for one in group.steps]) for group in found.groups] == [("g", ["b"])]


def test_an_own_template_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("format: 1\nid: wait\ngroups: []\n")
    (tmp_path / "notes.txt").write_text("no template")
    templates = read_templates(tmp_path)
    assert templates.by_id["wait"].file == str(tmp_path / "a.yml")
    assert templates.by_id.keys() == shipped_templates().by_id.keys()


FAULTS: dict[str, tuple[str, int, dict[str, Any]]] = {
    step("targets: ['{hosts}']"): ("template-value", 6, {"name": "hosts", "nearest": "host"}),
    "groups:\n- id: g\n  steps:\n  - include: aproval\n": ("template-unknown", 6, {"nearest": "approval"}),
    "groups:\n- id: g\n  steps:\n  - include: approval\n": ("template-parameter", 6, {"name": "gate"}),
    "groups:\n- id: g\n  steps:\n  - include: approval\n    with: {gate: x, gates: y}\n": (
        "template-surplus", 6, {"name": "gates", "nearest": "gate"},
    ),
    "groups:\n- id: g\n  steps:\n  - include: mine\n": ("template-loop", 6, {"templates": "mine -> mine"}),
    "groups:\n- id: g\n  steps:\n  - id: s\n    executor: chek\n": ("template-invalid", 7, {"count": 1}),
    "groups:\n- id: g\n  steps:\n  - id: s\n    executor: check\n    retries: '{host}'\n": (
        "template-invalid", 8, {"count": 1},
    ),
    "groups:\n- id: g\n  stepps: []\n": ("template-invalid", 5, {"count": 1}),
    "use: {track: sytem, steps: [cutover]}\ngroups: []\n": ("template-invalid", 3, {"count": 1}),
}  # fmt: skip


@pytest.mark.parametrize("text", FAULTS)
def test_faults_have_file_and_line(tmp_path: Path, text: str) -> None:
    code, line, data = FAULTS[text]
    with pytest.raises(TemplateError) as caught:
        made(tmp_path, text, host="h")
    assert caught.value.code == code
    assert caught.value.data["place"] == f"{tmp_path / 'mine.yaml'}:{line}"
    assert {name: caught.value.data[name] for name in data} == data
    assert len(caught.value.problems) == (1 if code == "template-invalid" else 0)


def test_a_longer_loop_is_named_whole(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "b")):
        (tmp_path / f"{one}.yaml").write_text(
            f"format: 1\nid: {one}\ngroups: [{{id: g, steps: [{{include: {other}}}]}}]\n"
        )
    templates = read_templates(tmp_path)
    with pytest.raises(TemplateError) as caught:
        compose(templates.by_id["a"], Scope({}, templates))
    assert (caught.value.code, caught.value.data["templates"]) == ("template-loop", "b -> c -> b")


def test_two_templates_of_one_id(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("format: 1\nid: same\ngroups: []\n")
    with pytest.raises(TemplateError) as caught:
        read_templates(tmp_path)
    assert (caught.value.code, caught.value.data["first"]) == ("template-twice", f"{tmp_path / 'a.yaml'}:2")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_templates(tmp_path / "nothing")
    assert caught.value.code == "file-missing"


def test_component_templates_only_use_executors_that_exist() -> None:
    for id, template in shipped().items():
        for entry in entries(template):
            if "executor" in entry:
                assert entry["executor"] in list(ExecutorKind), id

"""Loading: every problem in one run with its place; quarantine; bad files; caching."""

from __future__ import annotations

import datetime as dt
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.errors import EstateError
from inventory.kinds.systems import Lifecycle
from inventory.load import Loaded, load_estate, read_estate

ESTATE = "name: 测试\nas_of: 2020-06-30\n"
BASE = """
divisions:
  - {id: "140000", code: "140000", name: 山西省, level: province}
departments:
  - {id: 140000-mzt, name: 省民政厅, division: "140000"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "estate.yaml").write_text(ESTATE)
    (tmp_path / "base.yaml").write_text(BASE)
    return tmp_path


def found(loaded: Loaded) -> set[tuple[str, str, str]]:
    return {(problem.code, str(problem.origin), problem.path) for problem in loaded.problems}


def test_all_problems_of_all_files_are_reported_in_one_run(folder: Path) -> None:
    (folder / "systems.yaml").write_text(
        "systems:\n"
        "  - id: s1\n"
        "    department: 140000-mzx\n"
        "    grade: 9\n"
        "    components:\n"
        "      - {id: web, vcpuu: 8}\n"
        "  - id: s2\n"
        "    department: 140000-mzx\n"
        "sistems: []\n"
    )
    (folder / "components.csv").write_text("system,id,vcpu\ns2,db,-1\nnone,db,1\n")
    assert found(read_estate(folder)) == {
        ("out-of-range", "systems.yaml:4", "grade"),
        ("unknown-field", "systems.yaml:6", "components.0.vcpuu"),
        ("out-of-range", "components.csv[C2]", "components.0.vcpu"),
        ("unknown-kind", "systems.yaml:9", ""),
        ("orphan-component", "components.csv:3", "system"),
    }


def test_a_dangling_reference_names_the_nearest_and_quarantines_what_depends_on_it(folder: Path) -> None:
    (folder / "more.yaml").write_text(
        "systems:\n"
        "  - {id: good, department: 140000-mzt, runs_in: 'external:x', components: [{id: c}]}\n"
        "  - {id: bad, department: 140000-mzx, components: [{id: c}]}\n"
        "  - {id: client, department: 140000-mzt, components: [{id: c}]}\n"
        "dependencies:\n"
        "  - {from: client, to: bad/c, strength: hard}\n"
        "  - {from: good, to: bad, strength: soft}\n"
    )
    loaded = load_estate(folder)
    dangling = next(problem for problem in loaded.problems if problem.code == "dangling-reference")
    assert (str(dangling.origin), dangling.id, dangling.path, dangling.nearest) == (
        "more.yaml:3", "bad", "department", "140000-mzt",
    )  # fmt: skip
    assert set(loaded.inventory.systems) == {"good"}
    assert {id for kind, id in loaded.quarantined if kind == "system"} == {"bad", "client"}
    assert len([id for kind, id in loaded.quarantined if kind == "dependency"]) == 2
    with pytest.raises(EstateError) as strict:
        load_estate(folder, strict=True)
    assert strict.value.code == "estate-strict"


def test_a_duplicate_id_is_found_across_files_and_names_the_first(folder: Path) -> None:
    (folder / "a.yaml").write_text("departments:\n  - {id: x, division: '140000'}\n")
    (folder / "b.yaml").write_text("departments:\n\n  - {id: x, division: '140000'}\n")
    problem = next(problem for problem in read_estate(folder).problems if problem.code == "duplicate-id")
    assert (str(problem.origin), problem.data["first"]) == ("b.yaml:3", "a.yaml:2")


def test_a_gbk_table_is_simply_read(folder: Path) -> None:
    (folder / "rooms.csv").write_bytes("id,name,division\nr1,民政厅机房,140000\n".encode("gb18030"))
    loaded = read_estate(folder)
    assert loaded.inventory.rooms["r1"].name == "民政厅机房"
    assert ("encoding-guessed", "rooms.csv", "") in found(loaded)
    assert not loaded.errors


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.yaml", b"\x00\x01\x02\x03" * 10, "file-binary"),
        ("x.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "file-binary"),
        ("x.xlsx", b"not a workbook", "file-binary"),
        ("x.yaml", b"systems: [", "file-syntax"),
        ("x.yaml", b"- a\n- b\n", "file-syntax"),
        ("systems.csv", b'id,name\ns,"open\n', "file-syntax"),
        ("x.yaml", b"a: " + b"[" * 200_000 + b"]" * 200_000, "file-nested"),
        ("x.yaml", b"a: &a [*a]", "file-nested"),
    ],
)
def test_a_broken_file_is_one_problem_and_the_rest_is_read(folder: Path, name: str, content: bytes, code: str) -> None:
    (folder / name).write_bytes(content)
    loaded = read_estate(folder)
    assert [problem.code for problem in loaded.problems if problem.origin.file == name] == [code]
    assert set(loaded.inventory.departments) == {"140000-mzt"}


def test_aliases_that_would_grow_without_bound_are_refused(folder: Path) -> None:
    names = "abcdefghi"
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in itertools.pairwise(names)]
    (folder / "bomb.yaml").write_text("\n".join(lines))
    assert [problem.code for problem in read_estate(folder).problems] == ["file-expands"]


def test_a_file_above_the_limit_is_not_read_and_the_advice_is_to_split(folder: Path) -> None:
    (folder / "estate.yaml").write_text(ESTATE + "settings: {max_file_mb: 1}\n")
    (folder / "big.yaml").write_text("departments:\n" + "# comment\n" * 150_000)
    (problem,) = read_estate(folder).problems
    assert (problem.code, problem.data) == ("file-too-large", {"size_mb": 2, "max_mb": 1})
    assert "split" in problem.hint


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda _path: None, "estate-missing"),
        (lambda path: path.write_text("x"), "estate-not-a-folder"),
        (lambda path: path.mkdir(), "estate-empty"),
    ],
)
def test_what_is_no_estate_is_said_in_one_error(tmp_path: Path, make: object, code: str) -> None:
    path = tmp_path / "estate"
    make(path)  # type: ignore[operator]
    with pytest.raises(EstateError) as error:
        read_estate(path)
    assert error.value.code == code


def test_a_folder_without_permission_is_said_in_one_error(tmp_path: Path) -> None:
    estate = tmp_path / "closed"
    estate.mkdir()
    (estate / "estate.yaml").write_text(ESTATE)
    estate.chmod(0)
    script = (
        "import os\n"
        "from inventory.errors import EstateError\n"
        "from inventory.load import read_estate\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"  # root may read everything
        "try: read_estate(sys.argv[1])\n"
        "except EstateError as error: print(error.code)\n"
    )
    code = f"import sys; sys.path[:0] = {sys.path!r}\n{script}"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(estate)], capture_output=True, text=True, check=False, cwd=Path.cwd()
        )
    finally:
        estate.chmod(0o755)
    assert (done.stdout.strip(), done.stderr) == ("estate-unreadable", "")


def test_errors_in_the_settings_stop_use_but_not_the_check(folder: Path) -> None:
    (folder / "estate.yaml").write_text("as_of: 2020-13-45\nnamee: x\nsettings: {headroom: 2}\n")
    assert found(read_estate(folder)) == {
        ("missing-field", "estate.yaml", "name"),
        ("bad-value", "estate.yaml:1", "as_of"),
        ("unknown-field", "estate.yaml:2", "namee"),
        ("out-of-range", "estate.yaml:3", "settings.headroom"),
    }
    with pytest.raises(EstateError) as error:
        load_estate(folder)
    assert error.value.code == "estate-invalid"


def test_a_newer_data_format_is_refused(folder: Path) -> None:
    (folder / "estate.yaml").write_text(ESTATE + "format: 99\n")
    with pytest.raises(EstateError) as error:
        read_estate(folder)
    assert error.value.code == "estate-format"


def test_the_cache_gives_the_same_and_notices_a_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANYUN_CACHE_DIR", str(folder / ".cache"))
    systems = folder / "systems.yaml"
    systems.write_text("systems:\n  - {id: s, department: 140000-mzt, last_used: 2020-01-01, components: [{id: c}]}\n")
    first, second = read_estate(folder), read_estate(folder)
    assert list((folder / ".cache" / "estates").glob("*.cache"))
    assert (second.inventory.systems, second.problems, second.quarantined) == (
        first.inventory.systems, first.problems, first.quarantined,
    )  # fmt: skip
    assert second.inventory.origin("system", "s") == first.inventory.origin("system", "s")
    systems.write_text("systems:\n  - {id: s, department: 140000-mzt, lifecycle: closed, components: [{id: c}]}\n")
    assert read_estate(folder).inventory.systems["s"].lifecycle is Lifecycle.CLOSED


def test_what_is_quarantined_keeps_its_place_in_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANYUN_CACHE_DIR", str(folder / ".cache"))
    (folder / "systems.yaml").write_text("systems:\n  - {id: s, department: 140000-mzt, grade: 9}\n")
    for loaded in (read_estate(folder), read_estate(folder)):
        assert ("system", "s") in loaded.quarantined
        assert str(loaded.inventory.origin("system", "s")) == "systems.yaml:2"


def test_of_two_columns_of_one_name_the_first_is_read_and_the_second_reported(folder: Path) -> None:
    (folder / "systems.csv").write_text("id,name,department,name\ns,first,140000-mzt,second\n")
    loaded = read_estate(folder)
    assert ("duplicate-field", "systems.csv[D1]", "name") in found(loaded)
    assert loaded.inventory.systems["s"].name == "first"


@pytest.mark.parametrize("content", ["id,,department\ns,lost,140000-mzt\n", "id,department\ns,140000-mzt,lost\n"])
def test_a_value_without_a_header_is_reported(folder: Path, content: str) -> None:
    (folder / "systems.csv").write_text(content)
    (problem,) = [one for one in read_estate(folder).problems if one.code == "bad-value"]
    assert (str(problem.origin), problem.data["value"]) == ("systems.csv:2", "lost")


def test_a_value_without_a_header_of_a_classified_record_is_not_repeated(folder: Path) -> None:
    (folder / "systems.csv").write_text("id,department,classified\ns,140000-mzt,true,secret\n")
    problems = read_estate(folder).problems
    assert "bad-value" in {one.code for one in problems}
    assert not [one for one in problems if "secret" in one.message]


def test_each_record_without_an_id_is_quarantined(folder: Path) -> None:
    (folder / "more.yaml").write_text(
        "dependencies:\n"
        "  - {from: a, to: b, kind: api}\n"
        "  - {from: b, to: a, kind: api}\n"
        "  - {from: c, to: a, kind: api}\n"
    )
    loaded = read_estate(folder)
    places = {str(loaded.inventory.origin(kind, id)) for kind, id in loaded.quarantined if kind == "dependency"}
    assert places == {"more.yaml:2", "more.yaml:3", "more.yaml:4"}


def test_only_the_user_may_read_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANYUN_CACHE_DIR", str(folder / ".cache"))
    estates = folder / ".cache" / "estates"
    estates.mkdir(parents=True, mode=0o755)
    read_estate(folder)
    (kept,) = estates.glob("*.cache")
    assert (estates.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_damaged_cache_is_read_as_absent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANYUN_CACHE_DIR", str(folder / ".cache"))
    first = read_estate(folder)
    (kept,) = (folder / ".cache" / "estates").glob("*.cache")
    for damaged in (kept.read_bytes()[:-20], b"{}\n", b""):
        kept.write_bytes(damaged)
        assert read_estate(folder).inventory.departments == first.inventory.departments


STATE = """
run: r1
format: 1
entries:
  - {at: '2020-08-01T02:00:00+08:00', item: system/s/cutover, object: 'system:s',
     set: {moved: 2020-08-01, runs_in: 'external:yun'}}
  - {at: '2020-09-01T02:00:00+08:00', item: system/s/db, object: 'component:s/db', set: {runs_in: 'cloud:none'}}
  - {at: '2020-09-02T02:00:00+08:00', item: x, object: 'system:gone', set: {moved: 2020-08-01}}
  - {at: '2020-09-02T02:00:00+08:00', item: y, object: 'system:s', set: {name: x}}
"""


def test_state_is_folded_over_declarations_and_up_to_a_day(folder: Path) -> None:
    (folder / "systems.yaml").write_text(
        "systems:\n  - {id: s, department: 140000-mzt, runs_in: 'external:old', components: [{id: db}]}\n"
    )
    (folder / "state").mkdir()
    (folder / "state" / "r1.yaml").write_text(STATE)
    before = read_estate(folder, as_of=dt.date(2020, 7, 1)).inventory
    assert (before.systems["s"].moved, before.systems["s"].runs_in, dict(before.done)) == (None, "external:old", {})
    between = read_estate(folder, as_of=dt.date(2020, 8, 1)).inventory
    assert (between.systems["s"].moved, between.systems["s"].runs_in) == (dt.date(2020, 8, 1), "external:yun")
    assert list(between.done) == ["system/s/cutover"]
    after = read_estate(folder)
    codes = {
        (problem.code, problem.origin.line) for problem in after.problems if problem.origin.file.startswith("state/")
    }
    assert {("state-unknown-object", 8), ("state-bad-change", 9)} <= codes
    assert any(problem.code == "dangling-reference" and problem.id == "s" for problem in after.problems)


def test_state_of_a_component_from_a_table_of_components_is_folded_too(folder: Path) -> None:
    (folder / "systems.csv").write_text("id,department,runs_in\ns,140000-mzt,external:old\n")
    (folder / "components.csv").write_text("system,id\ns,db\n")
    (folder / "rooms.csv").write_text("id,division\nr,140000\n")
    (folder / "state").mkdir()
    (folder / "state" / "r1.yaml").write_text(
        "run: r1\nentries:\n  - {at: '2020-06-01', item: x, object: 'component:s/db', set: {runs_in: 'room:r'}}\n"
    )
    component = read_estate(folder).inventory.component("s", "db")
    assert component is not None
    assert component.runs_in == "room:r"


def test_a_day_that_no_calendar_reckons_with_is_said_once_and_nothing_follows_from_it(folder: Path) -> None:
    (folder / "estate.yaml").write_text("name: x\nas_of: 9999-01-01\n")
    (folder / "systems.yaml").write_text("systems:\n  - {id: s, department: 140000-mzt, last_used: 2020-01-01}\n")
    loaded = read_estate(folder)
    assert [(found.code, found.path) for found in loaded.problems if found.severity == "error"] == [
        ("out-of-range", "as_of")
    ]
    assert "fact-after-as-of" not in {found.code for found in loaded.problems}

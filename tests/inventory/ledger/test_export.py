"""Exports are ledgers too: imported into an empty estate they give the same records; and text is written as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.dump import to_plain, write_csv, write_xlsx
from inventory.kinds import KINDS, PLURALS
from inventory.ledger import Action, Verdict
from inventory.ledger.edit import edited
from inventory.ledger.emit import list_text
from inventory.ledger.merge import MISSING, applied, flatten, merge
from inventory.load import load_estate
from tests.inventory.ledger.support import DATA, bring_in, new_estate


def of_all(estate: Path) -> dict[str, list[dict[str, Any]]]:
    inventory = load_estate(estate, cache=False).inventory
    listed = {name: [to_plain(record) for record in inventory.of(kind).values()] for name, kind in PLURALS.items()}
    return {name: sorted(records, key=str) for name, records in listed.items() if records}


def test_a_workbook_of_everything_comes_back_the_same(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    for sample in ("several-sheets.xlsx", "systems-merged.xlsx", "classified.xlsx", "lines-old.xls", "assets.xlsx"):
        bring_in(DATA / sample, estate)
    inventory = load_estate(estate, cache=False).inventory
    write_xlsx(tmp_path / "all.xlsx", {kind: inventory.of(kind).values() for kind in KINDS if inventory.of(kind)})
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "estate.yaml").write_text("name: 空\nas_of: 2021-06-30\n", encoding="utf-8")
    planned, _ = bring_in(tmp_path / "all.xlsx", empty)
    assert {row.verdict for row in planned.rows} == {Verdict.TAKEN}
    assert of_all(empty) == of_all(estate)
    again, _ = bring_in(tmp_path / "all.xlsx", empty)
    assert {row.action for row in again.rows} == {Action.SAME}


def test_a_table_file_of_one_kind_comes_back_the_same(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    bring_in(DATA / "systems-merged.xlsx", estate)
    inventory = load_estate(estate, cache=False).inventory
    write_csv(tmp_path / "systems.csv", inventory.systems.values())
    fresh = new_estate(tmp_path / "second")
    bring_in(tmp_path / "systems.csv", fresh)
    assert of_all(fresh) == of_all(estate)


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), codec="utf-8"), max_size=12)
SCALARS = st.one_of(WORDS, st.integers(-9, 10**6), st.booleans(), st.floats(0, 1e6).map(lambda value: round(value, 3)))
NAMES = st.sampled_from(["name", "note", "grade", "users", "model"])
PARTS = st.lists(st.dictionaries(NAMES, SCALARS, max_size=3), max_size=3).map(
    lambda parts: [{"id": f"p{number}", **part} for number, part in enumerate(parts)]
)
PLAIN = st.builds(
    lambda own, parts, usage: {
        **own,
        **({"components": parts} if parts else {}),
        **({"usage": usage} if usage else {}),
    },
    st.dictionaries(NAMES, SCALARS, min_size=1, max_size=4),
    PARTS,
    st.dictionaries(NAMES, SCALARS, max_size=2),
)
RECORDS = st.lists(PLAIN, min_size=1, max_size=4).map(
    lambda listed: [{"id": f"140000-x-{number:04d}", **plain} for number, plain in enumerate(listed)]
)


@given(RECORDS)
def test_what_is_written_is_what_yaml_reads(records: list[dict[str, Any]]) -> None:
    assert yaml.load(list_text("systems", records), Loader=yaml.BaseLoader) == as_text({"systems": records})


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@given(PLAIN, PLAIN, PLAIN)
def test_merging(last: dict[str, Any], now: dict[str, Any], new: dict[str, Any]) -> None:
    flat = [flatten(each) for each in (last, now, new)]
    spoken = frozenset(path.replace("[", ".").replace("]", "") for each in flat for path in each)
    merged = merge(flat[0], flat[1], flat[2], frozenset(flat[2]), spoken)
    after = flatten(applied(deep(now), merged.edits))
    for path in {*flat[1], *flat[2]}:
        current, before = flat[1].get(path, MISSING), flat[0].get(path, MISSING)
        if before is not MISSING and current is not MISSING and current != before:
            assert after[path] == current  # changed by hand
    untouched = merge(flat[1], flat[1], flat[2], frozenset(flat[2]), spoken)
    assert untouched.kept == ()
    brought = flatten(applied(deep(now), untouched.edits))
    assert {path: value for path, value in brought.items() if path in flat[2]} == flat[2]


def deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: deep(inner) for key, inner in value.items()}
    return [deep(inner) for inner in value] if isinstance(value, list) else value


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS, st.integers(0, 3), st.sampled_from(["grade", "users"]), st.integers(1, 99))
def test_one_edit_changes_one_record(records: list[dict[str, Any]], which: int, field: str, value: int) -> None:
    chosen = records[which % len(records)]["id"]
    text = "# head\n" + list_text("systems", records) + "# tail\n"
    after = edited(text, {("system", chosen): {field: value}}, {"system": [{"id": "140000-x-9999", "name": "新"}]})
    wanted = [{**record, field: value} if record["id"] == chosen else record for record in records]
    wanted.append({"id": "140000-x-9999", "name": "新"})
    read = yaml.safe_load(after)["systems"]
    assert [plain_of(record) for record in read] == [
        plain_of(record) for record in yaml.safe_load(list_text("systems", wanted))["systems"]
    ]
    assert after.startswith("# head\n")
    assert "# tail" in after


def plain_of(record: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(record.items()))


FILES = {
    "indented less": "systems:\n- id: a\n  grade: 1   # why\n\n# about b\n- id: b\n  grade: 2\n",
    "on one line": "systems: [{id: a, grade: 1}, {id: b, grade: 2}]\n",
    "two lists": "systems:\n  - id: a\n    grade: 1\n  - id: b\n    grade: 2\nrooms:\n  - {id: r}\n",
    "not at the end of a line": "systems:\n  - {id: a, grade: 1}\n  - {id: b,\n     grade: 2}",
    "with an anchor": "systems:\n  - &a\n    id: a\n    grade: 1\n  - <<: *a\n    id: b\n    grade: 2\n",
}


def test_files_as_people_write_them() -> None:
    for name, text in FILES.items():
        before = yaml.safe_load(text)
        after = edited(
            text, {("system", "b"): {"grade": 5, "note": "是"}}, {"system": [{"id": "c"}], "line": [{"id": "l"}]}
        )
        read = yaml.safe_load(after)
        assert read["systems"][0] == before["systems"][0], name
        assert read["systems"][1] == {**before["systems"][1], "grade": 5, "note": "是"}, name
        assert read["systems"][2] == {"id": "c"}, name
        assert read["lines"] == [{"id": "l"}], name
        assert read.get("rooms") == before.get("rooms"), name
        assert [line for line in text.splitlines() if "#" in line] == [
            line for line in after.splitlines() if "#" in line
        ], name

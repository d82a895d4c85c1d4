"""load(dump(x)) = x, for every kind and every file format."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inventory.base import Struct
from inventory.dump import from_row, to_plain, to_row, write_csv, write_xlsx, write_yaml
from inventory.kinds import KINDS, plural
from inventory.kinds.systems import Dependency, System
from inventory.loaders.folder import parse
from tests.inventory.records import records


def _back(model: type[Struct], name: str, folder: Path, kind: str) -> list[Struct]:
    raw = parse(name, (folder / name).read_bytes())
    assert not [found for found in raw.problems if found.severity == "error"], raw.problems
    return [model.model_validate(record.data) for record in raw.lists.get(plural(kind), [])]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(
    max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_every_format_gives_back_what_was_written(kind: str, data: st.DataObject) -> None:
    model = KINDS[kind]
    made = data.draw(st.lists(records(model), min_size=1, max_size=3))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_yaml(folder / "a.yaml", {kind: made})
        write_csv(folder / f"{plural(kind)}.csv", made)
        write_xlsx(folder / "a.xlsx", {kind: made})
        for file in ("a.yaml", f"{plural(kind)}.csv", "a.xlsx"):
            assert _back(model, file, folder, kind) == made, file


def test_words_that_look_like_an_empty_struct_stay_words() -> None:
    row = {"id": "idp", "department": "140000-mzt", "note": "{}", "needs_ipv6": "{}"}
    assert from_row(System, row) == {**row, "needs_ipv6": {}}


def test_defaults_are_left_out_and_the_id_of_a_dependency_is_made_again() -> None:
    dependency = Dependency.model_validate({"from": "a", "to": "b/db", "port": 443})
    assert dependency.id == "a>b/db:call:443"
    assert to_plain(dependency) == {"from": "a", "to": "b/db", "port": 443}
    named = Dependency.model_validate({"id": "mine", "from": "a", "to": "b"})
    assert to_plain(named)["id"] == "mine"


def test_a_row_is_flat_with_dots_and_lists_joined() -> None:
    system = System.model_validate(
        {
            "id": "s",
            "department": "d",
            "windows": ["w1", "w2"],
            "decisions": {"disposition": {"value": "retain", "reason": "contract"}},
            "components": [{"id": "db", "vcpu": 8}],
        }
    )
    assert to_row(system) == {
        "id": "s",
        "department": "d",
        "windows": "w1;w2",
        "decisions.disposition.value": "retain",
        "decisions.disposition.reason": "contract",
        "components": '[{"id":"db","vcpu":8.0}]',
    }


def test_text_longer_than_a_cell_of_excel_survives(tmp_path: Path) -> None:
    parts = [{"id": f"c{number}", "name": "组件" * 100} for number in range(300)]
    system = System.model_validate({"id": "s", "department": "d", "components": parts})
    write_xlsx(tmp_path / "a.xlsx", {"system": [system]})
    assert _back(System, "a.xlsx", tmp_path, "system") == [system]


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    system = System.model_validate({"id": "s", "department": "d", "name": "=1+1"})
    write_xlsx(tmp_path / "a.xlsx", {"system": [system]})
    assert _back(System, "a.xlsx", tmp_path, "system") == [system]

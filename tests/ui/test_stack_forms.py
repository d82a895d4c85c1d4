"""``stack request`` and ``stack deliver``: from the plan to the form, from the filled form into the estate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from inventory.load import load_estate
from stacks.errors import EngineSetupError
from tests.ui.commands import Runner
from tests.ui.stack_forms import fill_file, write_form_estate
from ui.texts import LANGUAGES


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    return write_form_estate(tmp_path)


def forms(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_from_the_plan_to_addresses_in_the_estate(runner: Runner, made: tuple[Path, Path], tmp_path: Path) -> None:
    estate, plan = made
    out = tmp_path / "forms"
    asked = runner("stack", "request", estate, plan, "--out", out, "--json", "--now", "2021-03-05")
    assert asked.code == 0, asked
    first, second = json.loads(asked.out)["requests"]
    assert first["stacks"] == ["zone.yun-a.mzt", "system.tysf"]
    assert second["stacks"] == ["system.hydj"]
    assert (first["needed_by"], first["hand_in"], first["replaced"]) == ("2021-03-31", "2021-03-11", False)
    assert forms(out) == [f"yun.mzt.2021-W{week}.{ending}" for week in (14, 16) for ending in ("docx", "xlsx")]
    form = out / "yun.mzt.2021-W14.xlsx"
    fill_file(form)

    looked = runner("stack", "deliver", estate, form, "--dry-run", "--json")
    assert looked.code == 0, looked
    assert json.loads(looked.out)["written"] == []
    assert not (estate / "deliveries" / "zone.yun-a.mzt.yaml").exists()

    taken = runner("stack", "deliver", estate, form, "--json", "--now", "2021-03-30")
    answer = json.loads(taken.out)
    assert (taken.code, answer["request"], answer["flaws"]) == (0, "yun.mzt.2021-W14", [])
    assert [(row["stack"], row["state"], row["machines"]) for row in answer["stacks"]] == [
        ("system.tysf", "new", 1), ("zone.yun-a.mzt", "new", 0),
    ]  # fmt: skip
    app = load_estate(estate, cache=False).inventory.systems["tysf"].components[0]
    assert app.target_endpoints[0].address is not None

    again = runner("stack", "deliver", estate, form, "--json")
    assert (again.code, json.loads(again.out)["written"]) == (0, [])
    assert {row["state"] for row in json.loads(again.out)["stacks"]} == {"same"}


def test_one_wrong_cell_and_nothing_is_taken(runner: Runner, made: tuple[Path, Path], tmp_path: Path) -> None:
    estate, plan = made
    assert runner("stack", "request", estate, plan, "--out", tmp_path / "forms", "--system", "tysf").code == 0
    form = tmp_path / "forms" / "yun.mzt.2021-W14.xlsx"
    fill_file(form)
    book = load_workbook(form)
    book.worksheets[5].cell(3, 14).value = "10.9.9.9"
    book.worksheets[5].cell(3, 13).value = None
    book.save(form)
    ran = runner("stack", "deliver", estate, form)
    assert ran.code == 1
    assert [line.split(": ")[0] for line in ran.out.splitlines()] == ["云主机 Machines M3", "云主机 Machines N3"]
    assert "云主机编号 Machine id" in ran.out
    assert forms(estate / "deliveries") == ["requests"]
    assert not (estate / "state").exists()


def test_a_form_of_an_older_request(runner: Runner, made: tuple[Path, Path], tmp_path: Path) -> None:
    estate, plan = made
    out = tmp_path / "forms"
    assert runner("stack", "request", estate, plan, "--out", out).code == 0
    form = out / "yun.mzt.2021-W14.xlsx"
    fill_file(form)
    records = (estate / "records.yaml").read_text(encoding="utf-8")
    (estate / "records.yaml").write_text(records.replace("lead_time_days: 20", "lead_time_days: 30"), encoding="utf-8")
    asked = runner("stack", "request", estate, plan, "--out", tmp_path / "newer", "--now", "2021-03-05")
    assert asked.code == 0
    assert "yun.mzt.2021-W14" in asked.err  # asks for something else, and is late
    ran = runner("stack", "deliver", estate, form)
    assert (ran.code, ran.out) == (5, "")


def test_what_lacks_something_is_left_out(runner: Runner, made: tuple[Path, Path], tmp_path: Path) -> None:
    estate, plan = made
    settings = (estate / "estate.yaml").read_text(encoding="utf-8")
    (estate / "estate.yaml").write_text(
        settings.replace("vcpu: 2, memory_gib: 4", "vcpu: 1, memory_gib: 1"), encoding="utf-8"
    )
    records = (estate / "records.yaml").read_text(encoding="utf-8")
    (estate / "records.yaml").write_text(
        records.replace("components: [{id: app}]", "components: [{id: app, vcpu: 8}]"), encoding="utf-8"
    )
    ran = runner("stack", "request", estate, plan, "--out", tmp_path / "forms", "--json")
    answer = json.loads(ran.out)
    assert ran.code == 0
    assert "system.tysf" in answer["left_out"]
    assert "stack-no-flavor" in ran.err


def test_what_was_delivered_is_listed_and_told_like_what_was_made_and_without_an_engine(
    runner: Runner, made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate, plan = made

    def none(*_: object, **__: object) -> None:
        raise EngineSetupError("engine-missing", oldest="3.205")

    monkeypatch.setattr("stacks.worksite.open_desk", none)
    assert runner("stack", "request", estate, plan, "--out", tmp_path / "forms", "--system", "tysf").code == 0
    form = tmp_path / "forms" / "yun.mzt.2021-W14.xlsx"
    fill_file(form)
    assert runner("stack", "deliver", estate, form).code == 0
    listed = json.loads(runner("stack", "list", estate, plan, "--json").out)["stacks"]
    assert {row["stack"]: row["state"] for row in listed} == {
        "zone.yun-a.mzt": "delivered", "system.tysf": "delivered", "system.hydj": "form",
    }  # fmt: skip
    told = json.loads(runner("stack", "outputs", estate, "--system", "tysf", "--json").out)["stacks"]
    (machine,) = told[0]["outputs"]["machines"].values()
    assert machine["id"] == "machine_id-system.tysf/machine-app"
    assert len(machine["addresses"]) == 2
    assert runner("stack", "preview", estate, plan).code == 0
    text = (estate / "estate.yaml").read_text(encoding="utf-8")
    (estate / "estate.yaml").write_text(
        text.replace("- cloud: yun", "- cloud: yun\n      way: openstack\n      login: x")
    )
    wanted = runner("stack", "list", estate, plan)
    assert (wanted.code, "the Pulumi engine is not on this machine" in wanted.err) == (2, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_are_in_chinese_and_in_english_as_well(
    runner: Runner, made: tuple[Path, Path], tmp_path: Path, language: str
) -> None:
    estate, plan = made
    assert runner("stack", "request", estate, plan, "--out", tmp_path / "forms", "--lang", language).code == 0
    title = load_workbook(tmp_path / "forms" / "yun.mzt.2021-W14.xlsx").worksheets[0]["B2"].value
    assert title == {"zh": "云资源申请单", "en": "云资源申请单 Request for cloud resources"}[language]

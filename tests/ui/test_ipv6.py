"""``qianyun ipv6``: what is printed, written and refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.borders.tree import ROOT
from tests.ui.commands import Runner, write_routers

KAIFENG = ROOT / "examples" / "kaifeng"


@pytest.fixture
def kaifeng(tmp_path: Path) -> Path:
    shutil.copytree(KAIFENG, tmp_path / "kaifeng")
    return tmp_path / "kaifeng"


def test_a_plan_is_shown_then_written_and_then_there_is_nothing_new(runner: Runner, kaifeng: Path) -> None:
    shown = runner("ipv6", "plan", kaifeng)
    assert shown.code == 0
    assert "3fff:418::/32" in shown.out
    assert "--write" in shown.err
    assert not (kaifeng / "prefixes-ipv6.csv").exists()
    before = json.loads(runner("ipv6", "plan", kaifeng, "--json").out)
    assert before["planned"] is True
    assert before["new"]["prefixes"] == len(before["prefixes"]) > 1000
    written = json.loads(runner("ipv6", "plan", kaifeng, "--write", "--json").out)
    assert written["written"] == ["devices.csv", "prefixes-ipv6.csv"]
    after = json.loads(runner("ipv6", "plan", kaifeng, "--write", "--json").out)
    assert after["new"] == {"prefixes": 0, "devices": 0}
    assert after["written"] == []
    assert [each["prefix"] for each in after["prefixes"]] == [each["prefix"] for each in before["prefixes"]]
    assert runner("inventory", "check", kaifeng).code == 0


def test_an_estate_without_settings_shows_what_it_has_and_plans_nothing(runner: Runner) -> None:
    ran = runner("ipv6", "plan", ROOT / "examples" / "lab")
    assert ran.code == 0
    assert "settings.addressing" in ran.err
    ran = runner("ipv6", "plan", ROOT / "examples" / "lab", "--write")
    assert ran.code == 2
    assert "docs/ipv6.md" in ran.err


def test_objects_and_addresses_are_found(runner: Runner) -> None:
    def shown(name: str) -> set[str]:
        answer = json.loads(runner("ipv6", "show", KAIFENG, name, "--json").out)
        return {each["prefix"] for each in answer["prefixes"]}

    assert "3fff:418:202::/48" in shown("division:410202")
    assert shown("pool:yun-4102-gg") == {"3fff:414:200::/56"}
    assert shown("10.0.8.9") == {"3fff:418:202::/52"}
    assert {"3fff:418::/32", "3fff:418:202::/48"} <= shown("3fff:418:202:800::7")
    device = json.loads(runner("ipv6", "show", KAIFENG, "device:410200-core-1", "--json").out)
    assert device["loopbacks"] == {"410200-core-1": "3fff:412:200:0:10:252:0:1"}
    assert "GigabitEthernet0/0/0" in device["interfaces"]["410200-core-1"]
    for wrong, hint in (("division:41020", "nearest: 4102"), ("nonsense", "KIND:ID")):
        ran = runner("ipv6", "show", KAIFENG, wrong)
        assert ran.code == 2
        assert hint in ran.err


def test_a_plan_with_errors_is_not_written(runner: Runner, kaifeng: Path) -> None:
    settings = (kaifeng / "estate.yaml").read_text(encoding="utf-8")
    narrow = settings.replace("own_length: 48, department_length: 56", "own_length: 48, department_length: 52")
    (kaifeng / "estate.yaml").write_text(narrow, encoding="utf-8")
    ran = runner("ipv6", "check", kaifeng)
    assert ran.code == 1
    assert "level city, 3fff:418:200::/40" in ran.out
    ran = runner("ipv6", "plan", kaifeng, "--write")
    assert ran.code == 2
    assert not (kaifeng / "prefixes-ipv6.csv").exists()


def test_wrong_settings_are_named_with_file_and_line(runner: Runner, kaifeng: Path) -> None:
    settings = (kaifeng / "estate.yaml").read_text(encoding="utf-8")
    (kaifeng / "estate.yaml").write_text(settings.replace("block_length: 32", "block_length: 34"), encoding="utf-8")
    checked = json.loads(runner("inventory", "check", kaifeng, "--json").out)
    found = next(each for each in checked["problems"] if each["code"] == "addressing-alignment")
    assert (found["file"], settings.splitlines()[found["line"] - 1].strip()) == ("estate.yaml", "block_length: 32")
    ran = runner("ipv6", "plan", kaifeng)
    assert ran.code == 2
    assert f"estate.yaml:{found['line']}: error [addressing-alignment]" in ran.err


@pytest.mark.parametrize("command", ["plan", "check"])
def test_prefixes_that_are_left_out_or_unwise_are_named_with_the_reason(
    runner: Runner, kaifeng: Path, command: str
) -> None:
    rows = (
        "{id: crooked, prefix: '3fff:418:0:1::/48', purpose: users, division: '410200'}",
        "{id: outer, prefix: '3fff:41f::/48', purpose: users, division: '410200', site: a}",
        "{id: inner, prefix: '3fff:41f::/56', purpose: users, division: '410200', site: b}",
        "{id: odd, prefix: '3fff:41f:100::/51', purpose: users, division: '410200'}",
    )
    (kaifeng / "bad.yaml").write_text("prefixes:\n" + "".join(f"  - {row}\n" for row in rows), encoding="utf-8")
    ran = runner("ipv6", command, kaifeng)
    for place, code, id in (
        ("bad.yaml:2", "bad-prefix", "crooked"),
        ("bad.yaml:4", "overlapping-prefixes", "inner"),
        ("bad.yaml:5", "prefix-misaligned", "odd"),
        ("bad.yaml:5", "prefix-below-level", "odd"),
    ):
        assert any(f"[{code}] {id}.prefix" in line for line in ran.err.splitlines() if line.startswith(place)), code
    assert "2 record(s) are left out" in ran.err
    strict = runner("ipv6", command, kaifeng, "--strict")
    assert strict.code == 2
    assert "2 error(s), 2 record(s) quarantined" in strict.err


def test_zones_and_table_are_exported(runner: Runner, tmp_path: Path) -> None:
    ran = runner(
        "ipv6", "export", KAIFENG, "--csv", tmp_path / "p.csv", "--zones", tmp_path / "zones",
        "--domain", "net.kf.cegn", "--server", "ns1.kf.cegn", "--json",
    )  # fmt: skip
    assert ran.code == 0
    assert len(json.loads(ran.out)["files"]) == 4
    assert "2024040101" in (tmp_path / "zones" / "2.1.4.0.f.f.f.3.ip6.arpa.zone").read_text()
    assert (tmp_path / "p.csv").read_text().startswith("id,prefix,purpose,")
    assert runner("ipv6", "export", KAIFENG).code == 2
    ran = runner("ipv6", "export", KAIFENG, "--zones", tmp_path / "z", "--domain", "a b", "--server", "ns1.kf.cegn")
    assert ran.code == 2
    assert "--domain a b" in ran.err


def test_a_netbox_that_is_not_there_is_a_clear_error(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "x" * 40)
    ran = runner("ipv6", "export", KAIFENG, "--netbox", "http://127.0.0.1:1")
    assert ran.code == 2
    assert "http://127.0.0.1:1" in ran.err


def test_an_import_with_a_wrong_row_writes_nothing(runner: Runner, kaifeng: Path, tmp_path: Path) -> None:
    file = tmp_path / "have.csv"
    file.write_text("prefix,purpose,division\n3fff:418:202::/52,users,410202\n3fff:418:203::1/52,users,410203\n")
    ran = runner("ipv6", "import", file, "--into", kaifeng)
    assert ran.code == 2
    assert "have.csv:3" in ran.err
    assert not (kaifeng / "prefixes-imported.csv").exists()
    file.write_text("prefix,purpose,division,vpn\n3fff:418:202:8000::/52,users,410202,41-common\n")
    assert runner("ipv6", "import", file, "--into", kaifeng).code == 0
    answer = json.loads(runner("ipv6", "show", kaifeng, "prefix:imported.41-common.3fff_418_202_8000_52", "--json").out)
    assert [(each["prefix"], each["pinned"]) for each in answer["prefixes"]] == [("3fff:418:202:8000::/52", True)]


def test_status_names_what_a_device_waits_for(runner: Runner) -> None:
    answer = json.loads(runner("ipv6", "status", ROOT / "examples" / "shanxi", "140000-acc-1", "--json").out)
    (device,) = answer["devices"]
    assert (device["reached"], device["next"]) == ("addressed", "routing")
    assert device["upstreams"] == ["140000-core-1", "140000-core-2"]
    ran = runner("ipv6", "status", ROOT / "examples" / "shanxi", "140000-acc-1", "--lang", "zh")
    assert "140000-core-1：路由; 140000-core-2：路由" in ran.out
    assert "6VPE" in ran.out
    assert "devices.csv:" in ran.out
    assert runner("ipv6", "status", ROOT / "examples" / "shanxi", "140000-ac-1").code == 2


def test_lint_names_lines_and_writes_sarif(runner: Runner, tmp_path: Path) -> None:
    estate = tmp_path / "routers"
    write_routers(estate)
    (estate / "core.conf").write_text("hostname core\n!\nip route 10.20.0.0/16 10.1.1.1\n", encoding="utf-8")
    ran = runner("ipv6", "lint", estate, estate / "core.conf", "--sarif", tmp_path / "p.sarif")
    assert ran.code == 1
    assert "core.conf:3: [parity-route-unpaired]" in ran.out
    log = json.loads((tmp_path / "p.sarif").read_text(encoding="utf-8"))
    assert log["runs"][0]["results"][0]["ruleId"] == "parity-route-unpaired"
    ran = runner("ipv6", "lint", estate, estate / "core.conf", "--lang", "zh")
    assert "没有配对的 IPv6 前缀" in ran.out
    (estate / "cor.conf").write_text("", encoding="utf-8")
    ran = runner("ipv6", "lint", estate, estate / "cor.conf")
    assert ran.code == 2
    assert "core" in ran.err

"""``qianyun lines evidence`` and ``lines savings``: what they say, keep, refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from network.testing.fake import FakeTransport
from network.testing.simulators.device import Simulator
from tests.migration.consolidation.evidence.made import counter_rows, write_counters
from tests.ui.commands import Ran, Runner
from ui.commands.net import asked

PORT = "GigabitEthernet0/0/1"
CONFIG = f"#\ninterface {PORT}\n ip address 10.0.0.1 255.255.255.252\n#\nreturn\n"
ESTATE = "name: 小城\nas_of: '2021-04-05'\nsettings: {idle_days: 3}\n"
RECORDS = f"""\
divisions: [{{id: "140000", code: "140000", level: province}}]
departments: [{{id: mzt, division: "140000"}}]
carriers: [{{id: carrier-a}}]
devices:
- {{id: r1, division: "140000", level: province, role: core, platform: huawei_vrp8, management_address: 192.0.2.1,
   host_key: ssh-ed25519 AAAA, credential: "prompt:netops"}}
- {{id: r2, division: "140000", level: province, role: core, platform: h3c_comware7, management_address: 192.0.2.2,
   host_key: ssh-ed25519 AAAA, credential: "prompt:netops"}}
lines:
- {{id: zx-1, department: mzt, a: "device:r1", a_interface: {PORT}, b: "device:r2", b_interface: {PORT},
   bandwidth_mbps: 10, carrier: carrier-a, fee_yuan_per_month: 3000, contract_end: '2021-04-30', notice_days: 30,
   decisions: {{outcome: {{value: end, role: r, date: '2021-01-01'}}}}}}
- {{id: zx-2, department: mzt, a: "department:mzt", b: "external:x", bandwidth_mbps: 10, fee_yuan_per_month: 1000,
   contract_end: '2021-06-30', notice_days: 60,
   decisions: {{outcome: {{value: keep, role: r, date: '2021-01-01'}}}}}}
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    folder.mkdir()
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    (folder / "records.yaml").write_text(RECORDS, encoding="utf-8")
    return folder


def _answer(ran: Ran, code: int = 0) -> dict[str, Any]:
    assert ran.code == code, ran
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_from_a_file_to_the_gate(runner: Runner, estate: Path, tmp_path: Path) -> None:
    path = write_counters(tmp_path / "c.csv", counter_rows(3.5), line="zx-1")
    found = _answer(runner("lines", "evidence", "import", path, "--estate", estate, "--json"))
    assert (found["rows"], found["wrong"], found["stored"][0]["new"]) == (3 * 288 + 144 + 1, [], True)
    again = _answer(runner("lines", "evidence", "import", path, "--estate", estate, "--json"))
    assert not again["stored"][0]["new"]
    assert again["stored"][0]["at"] == found["stored"][0]["at"]
    shown = _answer(runner("lines", "evidence", "show", estate, "zx-1", "--json"))
    line = shown["lines"][0]
    assert (line["silent_days"], line["since"], line["until"], line["missing"]) == (3, "2021-03-01", "2021-03-03", 0)
    assert (line["gate"], line["state"]) == (None, "in_use")
    assert "may end" in runner("lines", "evidence", "show", estate, "zx-1").err
    old = _answer(runner("lines", "evidence", "show", estate, "zx-1", "--json", "--now", "2021-03-20"))
    assert old["lines"][0]["gate"]["code"] == "line-evidence-old"
    assert "静默" in runner("lines", "evidence", "show", estate, "--lang", "zh").out


def test_wrong_rows_are_named_and_the_rest_is_kept(runner: Runner, estate: Path, tmp_path: Path) -> None:
    rows = counter_rows(4)
    rows[288 + 3] = (rows[288 + 3][0], -7, 1)
    path = write_counters(tmp_path / "c.csv", rows, line="zx-1")
    path.write_text(path.read_text(encoding="utf-8") + "zx-11,2021-03-09T00:00:00+08:00,1,1\n", encoding="utf-8")
    ran = runner("lines", "evidence", "import", path, "--estate", estate)
    assert ran.code == 1
    assert "c.csv:293: negative use" in ran.err
    assert "no line 'zx-11'" in ran.err
    assert "nearest: zx-1" in ran.err
    found = _answer(runner("lines", "evidence", "import", path, "--estate", estate, "--json"), code=1)
    assert [(one["code"], one["row"]) for one in found["wrong"]] == [("negative", 293)]
    assert found["unknown"] == [{"file": "c.csv", "row": 1155, "rows": 1, "line": "zx-11", "nearest": "zx-1"}]
    assert found["lines"][0]["silent_days"] == 2
    assert found["lines"][0]["broken"]["day"] == "2021-03-02"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("time,a,b\n1,2,3\n", ("--line", "zx-1"), "c.csv"),
        ("time,in_octets,out_octets\n2021-03-01 00:00:00,1,1\n", (), "line"),
        ("time,in_octets,out_octets\n2021-03-01 00:00:00,1,1\n", ("--line", "zx-9"), "zx-"),
        (
            "time,in_octets,out_octets\n2021-03-01 00:00:00,1,1\n",
            ("--line", "zx-1", "--timezone", "Asia/Nowhere"),
            "Nowhere",
        ),
    ],
)
def test_files_that_are_refused(
    runner: Runner, estate: Path, tmp_path: Path, language: str, content: str, more: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "c.csv"
    path.write_text(content, encoding="utf-8")
    ran = runner("lines", "evidence", "import", path, "--estate", estate, *more, "--lang", language)
    assert ran.code == 2, ran
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 2
    assert not (estate / "evidence").exists(), "nothing is stored"


def test_a_session_log_and_a_changed_file(runner: Runner, estate: Path, tmp_path: Path) -> None:
    path = write_counters(tmp_path / "c.csv", counter_rows(4), line="zx-1")
    assert runner("lines", "evidence", "import", path, "--estate", estate).code == 0
    log = tmp_path / "s.csv"
    log.write_text(
        "source,target,port,bytes,first,last\n10.0.0.1,10.0.0.2,443,9,2021-03-02,2021-03-02\n", encoding="utf-8"
    )
    call = ("lines", "evidence", "import", log, "--estate", estate, "--sessions")
    assert runner(*call).code == 2, "nobody says of which line"
    found = _answer(runner(*call, "--line", "zx-1", "--json"))
    assert found["lines"][0]["silent_days"] == 2
    assert "443" in found["lines"][0]["broken"]["message"]
    assert runner("lines", "evidence", "check", estate).code == 0
    file = next((estate / "evidence" / "lines" / "zx-1").glob("sessions-*.csv"))
    file.write_text(file.read_text(encoding="utf-8").replace("2021-03-02", "2021-02-02"), encoding="utf-8")
    ran = runner("lines", "evidence", "check", estate)
    assert ran.code == 1
    assert file.name in ran.err
    assert "changed afterwards" in ran.err


def test_readings_from_devices(runner: Runner, estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = {"r1": Simulator("huawei_vrp8", CONFIG, name="r1"), "r2": Simulator("h3c_comware7", CONFIG, name="r2")}
    for device, traffic in (("r1", (1000, 2000)), ("r2", (2000, 1000))):
        devices[device].traffic[PORT] = traffic
    monkeypatch.setattr(asked, "_transport", lambda: FakeTransport(devices))
    monkeypatch.setattr("click.prompt", lambda *_, **__: "Lab-Pass-1")
    call = ("lines", "evidence", "read", estate, "--ask-password", "--json")
    found = _answer(runner(*call))
    assert found["failed"] == {}
    rows = [(one["line"], one["interface"], one["in_octets"], one["out_octets"]) for one in found["readings"]]
    assert rows == [("zx-1", f"r1/{PORT}", 1000, 2000), ("zx-1", f"r2/{PORT}", 2000, 1000)]
    del devices["r2"]
    devices["r1"].traffic[PORT] = (1500, 2500)
    found = _answer(runner(*call, "--line", "zx-1"), code=1)
    assert found["failed"]["r2"]["code"] == "transport-unreachable"
    assert len(found["readings"]) == 1
    text = next((estate / "evidence" / "lines" / "zx-1").glob("readings-*.csv")).read_text(encoding="utf-8")
    assert [line.rsplit(",", 3)[1:] for line in text.splitlines()[1:]] == [
        ["1000", "2000", ""], ["2000", "1000", ""], ["1500", "2500", ""],
    ]  # fmt: skip
    ran = runner("lines", "evidence", "read", estate, "--line", "zx-2", "--ask-password")
    assert ran.code == 1
    assert "a_interface" in ran.err


def test_savings(runner: Runner, estate: Path, tmp_path: Path) -> None:
    """3,000 a month; the plan ends the line after its contract has gone on for a year, to 2022-04-30."""
    plan = tmp_path / "plan.json"
    assert runner("plan", "make", estate, "-o", plan, "--effort", "1").code == 0
    call = ("lines", "savings", estate, "--plan", plan)
    found = _answer(runner(*call, "--json"))
    assert found["baseline"] == "2021-04-05"
    assert len(found["months"]) == 36
    assert found["months"][0]["baseline"] == pytest.approx(4000 * 26 / 30, abs=0.01)
    contract = {
        name: found["contracts"][0][name] for name in ("id", "end", "last_cancel", "missed", "next_end", "cost_yuan")
    }
    assert contract == {
        "id": "zx-1", "end": "2021-04-30", "last_cancel": "2021-03-31", "missed": True, "next_end": "2022-04-30",
        "cost_yuan": 36000,
    }  # fmt: skip
    assert len(found["contracts"]) == 1, "what is kept is not canceled"
    saved = {one["month"]: one["planned_saved"] for one in found["months"]}
    assert (saved["2022-04"], saved["2022-05"]) == (0, 3000)
    assert found["months"][-1]["planned_total"] == 23 * 3000
    assert {one["name"]: one["planned_saved"] for one in found["groups"]["carrier"]} == {"carrier-a": 69000, "": 0}
    assert "no baseline" in runner(*call).err
    assert "baseline written" in runner(*call, "--baseline").err
    kept = (estate / "evidence" / "savings-baseline.json").read_bytes()
    assert runner(*call, "--baseline").code == 0
    ran = runner(*call, "--baseline", "--now", "2021-05-01")
    assert ran.code == 2
    assert "2021-04-05" in ran.err
    assert (estate / "evidence" / "savings-baseline.json").read_bytes() == kept


def test_savings_with_routes(runner: Runner, estate: Path, tmp_path: Path) -> None:
    plan, routes = tmp_path / "plan.json", tmp_path / "lines.json"
    assert runner("plan", "make", estate, "-o", plan, "--effort", "1").code == 0
    assert runner("lines", "plan", estate, "--plan", plan, "--write", routes).code == 0
    call = ("lines", "savings", estate, "--plan", plan, "--routes", routes)
    assert runner(*call, "--by", "department", "--lang", "zh").code == 0
    routes.write_text("{}", encoding="utf-8")
    ran = runner(*call)
    assert ran.code == 2
    assert "lines.json" in ran.err

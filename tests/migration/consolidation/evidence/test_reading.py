"""Exports and session logs: what is wrong is said with file and row, and proves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from migration.consolidation.evidence import LineEvidence, Read, Sample, read_export, read_sessions, silence_of
from migration.consolidation.evidence.errors import EvidenceError
from tests.migration.consolidation.evidence.made import FLOOR, LINE, MIDNIGHT, NOW, STEP, counter_rows, write_counters

KNOWN = {id: LINE.model_copy(update={"id": id, "classified": id == "m-1"}) for id in ("zx-1", "zx-2", "m-1")}
DAY = 288


def _read(path: Path, **more: object) -> Read:
    return read_export(path, KNOWN, **({"line": "zx-1", "now": NOW.timestamp()} | more))  # type: ignore[arg-type]


def _days(found: Read) -> int:
    samples = found.lines["zx-1"][""]
    evidence = LineEvidence({"": tuple(one for one in samples if isinstance(one, Sample))})
    return silence_of(LINE, evidence, floor=FLOOR, longest_seconds=900, needed=30).days


def _spoiled(tmp_path: Path, change: object) -> Read:
    rows = counter_rows(4)
    changed = change(rows)  # type: ignore[operator]
    return _read(write_counters(tmp_path / "c.csv", changed or rows))


def _at(place: int, into: object = None, time: str | None = None) -> object:
    def change(rows: list[tuple[object, object, object]]) -> None:
        old = rows[place]
        rows[place] = (old[0] if time is None else time, old[1] if into is None else into, old[2])

    return change


def test_a_good_file(tmp_path: Path) -> None:
    assert _days(_spoiled(tmp_path, lambda rows: rows)) == 4


BAD_ROW = DAY + 10
SPOILS = {
    "negative": _at(BAD_ROW, -5),
    "bad-number": _at(BAD_ROW, "many"),
    "bad-time": _at(BAD_ROW, time="soon"),
    "mixed-zones": _at(BAD_ROW, time="2021-03-02 00:50:00"),
    "future": _at(BAD_ROW, time="2031-03-02T00:50:00+08:00"),
    "unsorted": lambda rows: [*rows[: BAD_ROW - 1], rows[BAD_ROW], rows[BAD_ROW - 1], *rows[BAD_ROW + 1 :]],
    "duplicate": lambda rows: [*rows[:BAD_ROW], rows[BAD_ROW - 1], *rows[BAD_ROW:]],
    "clock-back": _at(BAD_ROW, time=(MIDNIGHT + STEP * (BAD_ROW - 3)).isoformat()),
    "columns": lambda rows: [*rows[:BAD_ROW], (*rows[BAD_ROW], 7), *rows[BAD_ROW + 1 :]],
}


@pytest.mark.parametrize("code", SPOILS)
def test_a_wrong_row_is_named_and_its_day_is_not_silent(tmp_path: Path, code: str) -> None:
    found = _spoiled(tmp_path, SPOILS[code])
    assert [one.code for one in found.marked] == [code]
    assert (found.marked[0].file, found.marked[0].row) == ("c.csv", BAD_ROW + 2)
    assert found.rows >= 4 * DAY
    if code != "future":  # no day is known of it
        assert _days(found) == 2


def test_a_file_cut_in_half(tmp_path: Path) -> None:
    path = write_counters(tmp_path / "c.csv", counter_rows(4))
    text = path.read_text(encoding="utf-8")
    for length in range(len(text) // 2, len(text) // 2 + 40):
        path.write_text(text[:length], encoding="utf-8")
        found = _read(path)
        assert _days(found) == 2
        assert {one.code for one in found.marked} <= {"cut", "bad-number", "bad-time"}
        if text[length - 1] != "\n":
            assert found.marked[-1].row == text[:length].count("\n") + 1


def test_lines_of_a_file_and_unknown_ones(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = ["线路,采集时间,入字节,出字节"]
    for step in range(3):
        time = (MIDNIGHT + STEP * step).strftime("%Y/%m/%d %H:%M")
        rows += [f"zx-1,{time},{step},{step}", f"zx-2,{time},{step},{step}", f"zx-9,{time},{step},{step}"]
    path.write_bytes(("\n".join(rows) + "\n").encode("gb18030"))
    found = _read(path, line="")
    assert {line: len(series[""]) for line, series in found.lines.items()} == {"zx-1": 3, "zx-2": 3}
    assert found.unknown == {"zx-9": (4, 3)}
    first = found.lines["zx-1"][""][0]
    assert isinstance(first, Sample)
    assert first.at == MIDNIGHT.timestamp()


def test_time_zones(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("time,in_octets,out_octets\n2021-02-28 16:00:00,1,1\n", encoding="utf-8")
    found = _read(path, zone="UTC").lines["zx-1"][""][0]
    assert isinstance(found, Sample)
    assert found.at == MIDNIGHT.timestamp()
    path.write_text("time,in_octets,out_octets\n1614528000,1,1\n", encoding="utf-8")
    found = _read(path).lines["zx-1"][""][0]
    assert isinstance(found, Sample)
    assert found.at == MIDNIGHT.timestamp()


@pytest.mark.parametrize(
    ("content", "more", "code"),
    [
        ("", {}, "evidence-empty"),
        ("time,in_octets,out_octets\n", {}, "evidence-empty"),
        ("time,traffic\n2021-03-01 00:00:00,1\n", {}, "evidence-columns"),
        ("time,in,out\n2021-03-01 00:00:00,1,1\n", {}, "evidence-columns"),
        ("time,in_kbps,out_kbps\n2021-03-01 00:00:00,1,1\n", {}, "evidence-columns"),
        ("time,in_octets,in_bytes,out_octets\n2021-03-01 00:00:00,1,1,1\n", {}, "evidence-columns"),
        ("time,in_octets,out_octets\n2021-03-01 00:00:00,1,1\n", {"zone": "Mars/Base"}, "evidence-zone"),
        ("time,in_octets,out_octets\n2021-03-01 00:00:00,1,1\n", {"line": ""}, "evidence-no-line"),
        ("line,time,in_octets,out_octets\nzx-1,2021-03-01 00:00:00,1,1\n", {}, "evidence-two-lines"),
        ("time,in_octets,out_octets\n2021-03-01 00:00:00,1,1\n", {"line": "zx-3"}, "evidence-unknown-line"),
        ("line,time,in_octets,out_octets\nzx-3,2021-03-01 00:00:00,1,1\n", {"line": ""}, "evidence-unknown-line"),
        ("line,time,in_octets,out_octets\nm-1,2021-03-01 00:00:00,1,1\n", {"line": ""}, "evidence-classified"),
        ("time,in_octets,out_octets\nnever,1,1\nnever,1,1\n", {}, "evidence-nothing"),
        ("time,in_octets,out_octets\n\0,1,1\n", {}, "evidence-binary"),
    ],
)
def test_files_that_are_none(tmp_path: Path, content: str, more: dict[str, object], code: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        _read(path, **more)
    assert caught.value.code == code
    assert (str(path) in caught.value.message) == (code != "evidence-classified")
    if code == "evidence-unknown-line":
        assert caught.value.data["nearest"] in KNOWN


def test_session_logs(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "source,target,protocol,port,bytes,first,last\n"
        "10.0.0.1,10.0.0.2,tcp,443,9,2021-03-02,2021-03-02\n"
        "10.0.0.1,10.0.0.2,ospf,,9,2021-03-02,2021-03-02\n"
        "10.0.0.1,10.0.0.2,icmp,,9,2021-03-02,2021-03-02\n"
        "10.0.0.1,10.0.0.2,tcp,179,9,2021-03-02,2021-03-02\n"
        "10.0.0.1,10.0.0.2,udp,3784,9,2021-03-02,2021-03-02\n"
        "10.0.0.1,here,udp,53,9,2021-03-02,2021-03-02\n",
        encoding="utf-8",
    )
    found = read_sessions(path)
    assert [(one.port, one.row, one.flaw) for one in found.flows] == [(443, 2, ""), (None, 7, "unreadable")]
    assert (found.control, found.rows) == (4, 6)
    assert [(one.code, one.row) for one in found.marked] == [("unreadable", 7)]


def test_a_session_log_without_days(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("source,target,port\n10.0.0.1,10.0.0.2,443\n", encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        read_sessions(path)
    assert caught.value.code == "evidence-nothing"

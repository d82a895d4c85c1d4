"""Each known kind of list, against results written by hand."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.errors import FileError
from inventory.flows.aggregate import Aggregate, Seen
from inventory.flows.errors import FlowError
from inventory.flows.load import FlowReport, import_flows
from inventory.flows.places import Places
from inventory.flows.records import BrokenLineError, Connection
from inventory.flows.source import FlowSource
from inventory.load import load_estate
from tests.inventory.flows.support import DATA, HEADER, bring_in, new_estate

EXPECTED: dict[str, Any] = yaml.safe_load((DATA / "expected.yaml").read_text("utf-8"))
INVENTORY = load_estate(DATA / "estate", cache=False).inventory


def added_up(file: Path) -> Aggregate:
    aggregate = Aggregate(Places(INVENTORY))
    for _, found in FlowSource(file).connections():
        if isinstance(found, Connection):
            aggregate.add(found)
    return aggregate


def plain(uses: dict[Any, Seen]) -> dict[str, list[Any]]:
    return {
        f"{use.client} > {use.provider} : {'null' if use.port is None else use.port}":
        [seen.bytes, seen.lines, seen.first, seen.last] for use, seen in uses.items()
    }  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_samples(name: str) -> None:
    expected = EXPECTED[name]
    report = import_flows(INVENTORY, DATA / name, dry_run=True)
    assert plain(added_up(DATA / name).uses) == expected["uses"]
    assert report.format.value == expected["format"]
    assert report.ignored == dict(sorted(expected.get("ignored", {}).items()))
    assert report.ambiguous == expected.get("ambiguous", {})
    assert [list(line) for line in report.broken] == expected.get("broken", [])
    assert report.broken_count == len(report.broken)
    assert [
        [item.address, item.seen.bytes, item.seen.lines, item.hint.prefix or item.hint.code] for item in report.unknown
    ] == expected.get("unknown", [])


def test_every_sample_has_an_expectation() -> None:
    assert {path.name for path in DATA.iterdir() if path.is_file()} - {"expected.yaml"} == set(EXPECTED)


def test_packed_files_are_read_alike(tmp_path: Path) -> None:
    packed = tmp_path / "flows.csv.gz"
    packed.write_bytes(gzip.compress((DATA / "chinese.csv").read_bytes()))
    assert plain(added_up(packed).uses) == EXPECTED["chinese.csv"]["uses"]


def test_files_of_excel_are_read(tmp_path: Path) -> None:
    text = (DATA / "english.tsv").read_text("utf-8")
    for encoding in ("utf-16", "utf-8-sig"):
        file = tmp_path / f"{encoding}.txt"
        file.write_bytes(text.encode(encoding))
        assert plain(added_up(file).uses) == EXPECTED["english.tsv"]["uses"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "flows-empty"),
        (b"\n\n", "flows-empty"),
        (HEADER.encode(), "flows-empty"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "flows-binary"),
        (b"\x1f\x8b\x08\x00broken", "flows-damaged"),
        (gzip.compress(b"source,target,port\n" + b"10.1.0.1,10.1.1.1,8080\n" * 50_000, mtime=0)[:-40], "flows-damaged"),
        (b"dear colleagues\nplease find enclosed\n", "flows-unknown-format"),
        (b"name,department,address\na,b,10.1.0.1\n", "flows-columns"),
        ("源地址,目的地址\n10.1.0.1,10.1.1.1\n".encode(), "flows-columns"),
        (HEADER.encode() + b"x,y,z,1,,\n", "flows-broken"),
        (HEADER.encode() + b"x,y,z,1,,\n" * 11 + b"10.1.0.1,10.1.1.1,8080,1,,\n" * 40, "flows-broken"),
    ],
)
def test_what_is_no_list_is_refused_and_nothing_is_written(tmp_path: Path, content: bytes, code: str) -> None:
    estate, file = new_estate(tmp_path), tmp_path / "flows"
    file.write_bytes(content)
    with pytest.raises(FlowError) as error:
        bring_in(estate, file)
    assert error.value.code == code
    assert str(file) in error.value.message
    assert not (estate / "flows").exists()


def test_the_missing_columns_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("源地址,字节数\n10.1.0.1,5\n", encoding="utf-8")
    with pytest.raises(FlowError) as error:
        import_flows(INVENTORY, file, dry_run=True)
    assert "target (目的地址), port (目的端口)" in error.value.message


def test_a_missing_file_and_an_estate_without_addresses(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        import_flows(INVENTORY, tmp_path / "none.csv", dry_run=True)
    with pytest.raises(FlowError) as error:
        import_flows(INVENTORY.replace(systems={}), DATA / "chinese.csv", dry_run=True)
    assert error.value.code == "flows-no-endpoints"


def test_a_few_broken_lines_are_endured_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEADER + "x,y,z,1,,\n" * 30 + "10.1.0.1,10.1.1.1,8080,1,,\n" * 200, encoding="utf-8")
    report: FlowReport = import_flows(INVENTORY, file, dry_run=True)
    assert (report.broken_count, len(report.broken), report.lines) == (30, 20, 200)
    assert [line.line for line in report.broken[:2]] == [2, 3]


def test_line_numbers_count_lines_not_rows(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('source,target,port,note\n10.1.0.1,10.1.1.1,1,"two\nlines"\n\nx,10.1.1.1,1,\n', encoding="utf-8")
    found = [
        (number, str(line)) for number, line in FlowSource(file).connections() if isinstance(line, BrokenLineError)
    ]
    assert found == [(5, "address")]


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEADER + "10.1.0.1,10.1.1.1,8080,1,,\n" * 50_000, encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    import_flows(INVENTORY, file, dry_run=True, progress=lambda *step: told.append(step))
    assert len(told) == 2
    assert {total for _, _, total in told} == {file.stat().st_size}
    assert 0 < told[0][1] < told[1][1] <= file.stat().st_size

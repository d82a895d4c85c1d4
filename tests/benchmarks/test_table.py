"""The tables of docs/benchmarks.md."""

from __future__ import annotations

from benchmarks._table import names, table

RESULT = {
    "date": "2021-04-12", "commit": "0123456789", "cpu": "made", "cores": 2, "memory_gb": 8.0, "kernel": "made",
    "python": "3.11", "versions": {"made": "1"}, "load_average": 0.1, "results": [],
}  # fmt: skip


def test_what_was_not_measured_anew_stays() -> None:
    first, second, *_ = names()
    once = table({first: RESULT})
    assert once.count("2021-04-12") == 1
    assert f"### {second}\n\nNot measured." in once
    twice = table({second: RESULT | {"date": "2021-04-13"}}, once)
    assert [part.split("\n")[0] for part in twice.split("### ")[1:]] == names()
    assert "2021-04-12" in twice.partition(f"### {second}")[0]
    assert "2021-04-13" in twice.partition(f"### {second}")[2]
    assert table({}, twice) == twice

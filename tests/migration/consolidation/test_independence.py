"""A line more never changes the decision of another with which it shares no private network."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from migration.consolidation.decisions import decide
from tests.migration.check.builder import MONDAY
from tests.migration.consolidation.drafts import line, lined

ENDS = ("department:city", "department:county", "room:room-1", "device:root", "device:edge", "external:某单位")

lines = st.fixed_dictionaries(
    {
        "a": st.sampled_from(ENDS[:3]),
        "b": st.sampled_from(ENDS[3:]),
        "department": st.sampled_from(["city", "county"]),
        "p95_mbps": st.sampled_from([None, 0, 0.01, 2]),
        "peak_mbps": st.sampled_from([None, 0.02, 5]),
        "availability": st.sampled_from([None, 0.999, 0.9995, 0.9999]),
        "max_latency_ms": st.sampled_from([None, 1, 3, 10]),
        "carrier": st.sampled_from([None, "first", "second"]),
        "state": st.sampled_from(["in_use", "path_ready", "notice_given", "terminated"]),
        "systems": st.lists(st.sampled_from(["stays", "goes", "ends"]), unique=True, max_size=2),
        "decisions": st.sampled_from([{}, {}, {"outcome": {"value": "keep"}}, {"outcome": {"value": "move"}}]),
    }
)


@given(st.lists(lines, min_size=1, max_size=5), lines)
def test_a_line_more_changes_no_other_decision(some: list[dict[str, Any]], more: dict[str, Any]) -> None:
    draft = lined().system("goes")
    for fate in ("retain", "retire"):
        draft.system("stays" if fate == "retain" else "ends", decisions={"disposition": {"value": fate}})
    for number, fields in enumerate(some):
        line(draft, f"l{number}", **fields)
    before = decide(draft.inventory(), MONDAY)
    after = decide(line(draft, "more", **more).inventory(), MONDAY)
    assert len(before) == len(some)
    assert after[: len(before)] == before
    assert after == decide(draft.inventory(), MONDAY)

"""settings.routing: selectors and families that cannot be right are named with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.load import read_estate

HEAD = "name: x\nas_of: '2024-04-01'\nsettings:\n  routing:\n"


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        ("reflectors: 'lvl:city'", "selector-field", "settings.routing.reflectors"),
        ("speakers: 'kind:system'", "selector-place", "settings.routing.speakers"),
        ("areas: [{area: '1', devices: 'levle:county'}]", "selector-field", "settings.routing.areas.0.devices"),
        ("areas: [{area: one, devices: ''}]", "bad-value", "settings.routing.areas.0.area"),
        ("servers: {ntp: [{ipv4: '3fff::1'}]}", "bad-value", "settings.routing.servers.ntp.0.ipv4"),
        ("management: [{ipv6: 10.0.0.0/8}]", "bad-value", "settings.routing.management.0.ipv6"),
        ("asn: 0", "out-of-range", "settings.routing.asn"),
        ("igb: ospf", "unknown-field", "settings.routing.igb"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, code: str, path: str) -> None:
    (tmp_path / "estate.yaml").write_text(f"{HEAD}    {line}\n", encoding="utf-8")
    problems = read_estate(tmp_path, cache=False).problems
    assert [(one.code, one.path) for one in problems] == [(code, path)]
    assert problems[0].origin.line == 5

"""Findings as a SARIF log, the format that code review tools and editors read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from network.parity.finding import Finding
from network.parity.tables.rules import LEVELS, MESSAGES

__all__ = ["message", "sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def message(finding: Finding) -> str:
    """What is missing, in English."""
    return MESSAGES[finding.code].format(**finding.data)


def sarif(findings: Mapping[str, Sequence[Finding]]) -> dict[str, Any]:
    """One run of a SARIF 2.1.0 log; ``findings`` by the path of the configuration, relative, with ``/``.

    A fingerprint stays the same while lines above the finding come and go.
    """
    codes = list(MESSAGES)
    rules = [
        {
            "id": code,
            "shortDescription": {"text": MESSAGES[code]},
            "defaultConfiguration": {"level": LEVELS[code]},
        }
        for code in codes
    ]
    results = [_result(path, finding, codes) for path in sorted(findings) for finding in findings[path]]
    tool = {"driver": {"name": "qianyun ipv6 lint", "rules": rules}}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": tool, "results": results}]}


def _result(path: str, finding: Finding, codes: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": path}}
    if finding.number:
        place["region"] = {"startLine": finding.number, "snippet": {"text": finding.text}}
    mark = hashlib.sha256(f"{finding.code}\n{path}\n{finding.text}".encode()).hexdigest()
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": LEVELS[finding.code],
        "message": {"text": message(finding)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"line/v1": mark},
    }

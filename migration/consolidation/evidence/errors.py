"""Errors of evidence and of what is saved.

InputError
└── EvidenceError   a file of readings, the store of evidence or the baseline is wrong (exit 2)
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError

__all__ = ["EvidenceError"]


class EvidenceError(InputError):
    """A file of readings, the store of evidence or the baseline is wrong."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "evidence-columns": (
            "{path}:{row}: {reason}",
            "needed are time and counters (time,in_octets,out_octets) or rates (start,end,in_kbps,out_kbps)",
        ),
        "evidence-empty": ("{path} holds no reading", "the file has a row of titles and a row for each reading"),
        "evidence-binary": ("{path} is no text file", "export it as CSV"),
        "evidence-zone": (
            "{path}:{row}: there is no time zone '{zone}'",
            "name one of the IANA data base, such as Asia/Shanghai or UTC",
        ),
        "evidence-no-line": (
            "{path}: nobody can tell of which line these readings are",
            "add a column 'line', or name it with --line",
        ),
        "evidence-two-lines": ("{path}: it has a column 'line', and --line was given", "use one of the two"),
        "evidence-unknown-line": ("{path}:{row}: no line '{line}' in this estate", "nearest: {nearest}"),
        "evidence-classified": (
            "line {line} is a classified stub: nothing about it is kept here",
            "take its rows out of the file; it is looked after on the classified network",
        ),
        "evidence-nothing": (
            "{path}: none of its {rows} rows can be used; first, row {row}: {reason}",
            "look at the columns and the time zone",
        ),
        "evidence-no-interface": (
            "line {line}: no end of it is a device with a named interface",
            "set a_interface or b_interface of the line",
        ),
        "baseline-exists": (
            "{path} holds another baseline, of {day}",
            "it is written once; move it away by hand if it is really to be made anew",
        ),
        "baseline-damaged": ("{path} is no baseline of savings: {reason}", "take it back from version control"),
        "routes-damaged": (
            "{path} holds no decisions and routes: {reason}",
            "write it with: qianyun lines plan --write",
        ),
    }

"""Errors of reading flows and deciding on them.

InputError (inventory.errors)
└── FlowError       the file holds no flows, or a decision names none
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError

__all__ = ["FlowError"]

_KNOWN = "known: CSV with a header, firewall session logs (Huawei, H3C), nfdump -o csv, ss -tn; also as .gz"


class FlowError(InputError):
    """The file holds no flows, or a decision names none (exit 2)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "flows-empty": ("{path} holds no connections", "export the connections again and check the period"),
        "flows-binary": ("{path} is not a text file", _KNOWN),
        "flows-damaged": ("{path} cannot be unpacked: {reason}", "copy the file again"),
        "flows-unknown-format": ("{path}: no known kind of connection list; the first line is: {line}", _KNOWN),
        "flows-columns": (
            "{path}: no column for {missing}; the header has: {header}",
            "name the columns source, target, port, bytes, first, last (源地址, 目的地址, 目的端口, 字节数)",
        ),
        "flows-broken": (
            "{path}: {count} of {total} lines cannot be read, first line {line}: {reason}",
            "check that the columns are in their places and export the file again",
        ),
        "flows-no-endpoints": (
            "no component in this estate has an address, so no connection can be placed",
            "give components endpoints with addresses, or import a ledger that has them",
        ),
        "flows-none-observed": (
            "{path} has no observed dependencies yet",
            "run: qianyun flows import FILE --into ESTATE",
        ),
        "flows-unknown-id": ("no observed dependency '{id}'", "nearest: {nearest}"),
        "flows-nothing-selected": (
            "'{selector}' selects no observed dependency",
            "see them with: qianyun inventory find ESTATE 'kind:dependency source:observed'",
        ),
        "flows-file-invalid": ("{path}, line {line}: {reason}", "correct the line, or restore the file"),
    }

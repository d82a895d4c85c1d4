"""Errors of the ledger import: a ledger or a map that cannot be read at all. What is wrong with one row is a
finding, not an error."""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import FileError

__all__ = ["LedgerError", "MapError"]


class LedgerError(FileError):
    """The ledger as a whole cannot be read; nothing was imported."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "ledger-is-folder": ("{path} is a folder", "name one ledger file (.xlsx, .xls or .csv)"),
        "ledger-empty": ("{path} is empty", "check that the file was copied completely"),
        "ledger-macros": ("{path} is a workbook with macros", "save it as .xlsx: macros are never opened"),
        "ledger-password": ("{path} is protected by a password", "open it, remove the password and save it again"),
        "ledger-broken": (
            "{path} is damaged or cut off: {reason}",
            "open it in a spreadsheet program and save it again",
        ),
        "ledger-ending": (
            "{path} is not what its name says: it is {found}",
            "rename it, or open it in a spreadsheet program and save it as .xlsx",
        ),
        "ledger-unknown": ("{path} is no ledger: it is {found}", "ledgers are .xlsx, .xls and .csv files"),
        "ledger-expands": (
            "{path} would unpack to {size_mb} MB; at most {max_mb} MB are read",
            "split it into several files or raise settings.max_file_mb",
        ),
        "ledger-stale": ("{path} is gone since it was compared", "import the ledger again"),
        "ledger-no-table": (
            "no sheet of {path} has a table with known headers",
            "name the sheets' kinds and the headers' fields in a map file: --map FILE",
        ),
    }


class MapError(FileError):
    """The map file cannot be used."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "map-invalid": ("{path}, {where}: {reason}", "see docs/ledgers.md for the form of a map"),
        "memory-invalid": (
            "{path}: what earlier imports remembered cannot be read: {reason}",
            "restore the file from git or a backup; without it, importing again would double every record",
        ),
    }

"""Errors of rooms.

InputError (inventory.errors)
├── TransferError       a list of assets cannot be made, or a filled-in one cannot be read as a whole
└── ColocationError     equipment cannot be placed as it is on record
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError

__all__ = ["ColocationError", "TransferError"]


class TransferError(InputError):
    """A list of assets cannot be made, or a filled-in one cannot be read as a whole."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "transfer-to": (
            "'{name}' is neither a department nor a room of this estate",
            "name who or where the assets go to; nearest: {nearest}",
        ),
        "transfer-nothing": (
            "no assets to hand over to {to} from {source}",
            "see what stands there: qianyun rooms show {path}",
        ),
        "transfer-no-form": (
            "{path} is no transfer list",
            "take a list that qianyun rooms transfer has written (.xlsx), and keep its hidden rows and column",
        ),
        "transfer-damaged": (
            "{path}, sheet {sheet}: the hidden rows or the hidden column have been changed",
            "copy what was filled in into a list that qianyun rooms transfer writes anew",
        ),
        "transfer-columns": (
            "{path}, sheet {sheet}, cell {cell}: the column {expected} stands elsewhere or is gone",
            "keep the columns as the list had them; fill in condition and remarks only",
        ),
        "transfer-merged": (
            "{path}, sheet {sheet}: cells {cells} are merged among the assets",
            "split them; every asset has a row of its own",
        ),
        "transfer-other-estate": (
            "{path} lists assets of {giver}, which this estate has not",
            "name the estate that the list was made from",
        ),
    }


class ColocationError(InputError):
    """Equipment cannot be placed as it is on record."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "colocation-no-room": (
            "{path} has no room for colocation",
            "give a room the kind 'colocation', with racks, rack_units, power_kw and cooling_kw",
        ),
        "colocation-no-racks": (
            "room {room} takes colocated equipment and has no racks on record",
            "add racks and rack_units to its record",
        ),
        "colocation-uneven": (
            "room {room}: {rack_units} rack units are no equal racks of {racks}",
            "give rack_units as racks times the height of one",
        ),
        "colocation-no-power": (
            "room {room} takes colocated equipment and has no power or cooling on record",
            "add power_kw and cooling_kw to its record",
        ),
    }

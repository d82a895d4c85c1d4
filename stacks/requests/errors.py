"""Errors of requests by form and of deliveries.

InputError (inventory.errors)
├── RequestError        a request or a form cannot be read as a whole (exit 2)
└── DeliveryError        one thing in a form that is not as it was asked for; collected, told together
VersionError
└── RequestChangedError a form of a request that has been written anew since (exit 5)
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError, VersionError

__all__ = ["DeliveryError", "RequestChangedError", "RequestError"]


class RequestError(InputError):
    """A request or a form cannot be read as a whole."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "request-unknown": (
            "{path} answers the request {request}, which this estate has not written",
            "name the estate it was written from; its requests are in deliveries/requests",
        ),
        "request-unreadable": (
            "{path} cannot be read: {reason}",
            "restore it from version control, or write the request anew: qianyun stack request",
        ),
        "delivery-no-form": (
            "{path} is none of our forms, or it has lost its hidden rows and columns",
            "hand in the workbook (.xlsx) that 'qianyun stack request' has written, with its hidden rows and columns",
        ),
        "delivery-record": (
            "{path} cannot be read: {reason}",
            "restore it from version control, or take the delivery over again: qianyun stack deliver",
        ),
    }


class RequestChangedError(VersionError):
    """The form is of a request that has been written anew since."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "request-changed": (
            "{path} is of request {request} as it was ({found}); it has been written anew since ({known})",
            "have the newer form filled in; nothing was taken over",
        ),
    }


class DeliveryError(InputError):
    """One thing in a form that is not as it was asked for. ``sheet`` and ``cell`` say where."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "delivery-sheet": ("{sheet}: the sheet is missing or its hidden first row was changed", ""),
        "delivery-row-missing": ("{sheet}: the row of {row} is missing", ""),
        "delivery-row-twice": ("{sheet} {cell}: the row of {row} is there twice", ""),
        "delivery-row-extra": ("{sheet} {cell}: nothing was asked for in this row", ""),
        "delivery-changed": ("{sheet} {cell}: '{found}' instead of what was asked for, '{asked}'", ""),
        "delivery-empty": ("{sheet} {cell}: '{column}' is not filled in", ""),
        "delivery-formula": ("{sheet} {cell}: a formula; only its value can be taken over", ""),
        "delivery-unreadable": ("{sheet} {cell}: '{found}' cannot be read as '{column}'", ""),
        "delivery-rounded": (
            "{sheet} {cell}: {found} is a number that the spreadsheet may have rounded",
            "write it as text, with an apostrophe before it",
        ),
        "delivery-id-twice": ("{sheet} {cell}: '{found}' is also given in {other}", ""),
        "delivery-family": ("{sheet} {cell}: {found} is no IPv{version} address", ""),
        "delivery-outside": ("{sheet} {cell}: {found} is not an address for machines in {prefix}", ""),
        "delivery-address-other": ("{sheet} {cell}: {found} instead of the address asked for, {asked}", ""),
        "delivery-address-twice": ("{sheet} {cell}: {found} is given to {other} already", ""),
        "delivery-not-done": ("{sheet} {cell}: {row} is not done", "ask the operator why"),
    }

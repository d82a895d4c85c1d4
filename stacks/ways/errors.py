"""Errors of the second way: vendors' Terraform providers.

StackError (stacks.errors)
└── VendorError     a provider, its table or its login is missing, or cannot make what is asked for (exit 2)
"""

from __future__ import annotations

from typing import ClassVar

from stacks.errors import StackError

__all__ = ["VendorError"]


class VendorError(StackError):
    """A vendor's provider, its table or its login is missing, or it cannot make what is asked for."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "vendor-no-file": (
            "a cloud is reached by a Terraform provider, and no file says by which",
            "name the file with the providers' logins in the variable {variable}: docs/terraform.md",
        ),
        "vendor-file": ("{path} cannot be used: {reason}", "docs/terraform.md shows both files"),
        "vendor-login": ("{path} has no cloud '{login}'", "nearest: {nearest}"),
        "vendor-no-program": (
            "the Terraform provider {provider} is not on this machine",
            "put its program at {file} below the folder that {variable} names (now: {folder})",
        ),
        "vendor-kind": (
            "the table of {provider} has no resource for {kind}",
            "add one to its table, if the provider has one",
        ),
        "vendor-property": (
            "the table of {provider} does not say what '{name}' of {kind} is there",
            "add it to its table; null where the provider has no such property",
        ),
    }

"""Checks of an estate's content, by area; each rule yields problems."""

from inventory.checks.areas import run_checks

__all__ = ["run_checks"]

"""The runner of commands for all tests of this folder."""

from __future__ import annotations

from tests.ui.commands import runner

__all__ = ["runner"]

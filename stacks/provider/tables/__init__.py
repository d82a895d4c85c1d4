"""Kinds of objects as rows of data."""

from __future__ import annotations

__all__: list[str] = []

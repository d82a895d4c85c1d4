"""How each kind of object is made, seen, changed and removed with openstacksdk."""

from __future__ import annotations

__all__: list[str] = []

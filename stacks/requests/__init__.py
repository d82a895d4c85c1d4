"""Clouds without an interface: what is asked for by form, and what their operators have delivered.

making: which forms are needed. sheets: a form as tables. workbook, document: the form as files. filled, checking: a
filled workbook against its request. records: requests and deliveries in the estate.
"""

from __future__ import annotations

__all__: list[str] = []

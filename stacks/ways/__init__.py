"""How components have their resources made: one interface over our own provider and vendors' Terraform providers."""

from __future__ import annotations

from stacks.ways.kinds import FIELDS, Kind, KindFields
from stacks.ways.way import Made, Making, Way, Ways, way_of

__all__ = ["FIELDS", "Kind", "KindFields", "Made", "Making", "Way", "Ways", "way_of"]

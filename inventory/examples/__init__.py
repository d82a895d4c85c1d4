"""Made estates of any size in the shape of a province or of a city: for trying, testing and measuring."""

from __future__ import annotations

from inventory.examples.build import Sketch, make_estate, make_sketch
from inventory.examples.errors import ExampleError
from inventory.examples.shape import LIKES, MAX_SYSTEMS, MIN_SYSTEMS
from inventory.examples.write import refuse_occupied, write_estate, write_sketch

__all__ = [
    "LIKES",
    "MAX_SYSTEMS",
    "MIN_SYSTEMS",
    "ExampleError",
    "Sketch",
    "make_estate",
    "make_sketch",
    "refuse_occupied",
    "write_estate",
    "write_sketch",
]

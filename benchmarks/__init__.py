"""Measurements, each a module: ``python -m benchmarks.NAME --json``; all of them: ``make bench`` (docs/benchmarks.md).

Modules whose names begin with an underscore are their shared parts. Nothing here is part of the program.
"""

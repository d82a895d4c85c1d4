"""Observed connections become proposed dependencies: read, map to components, merge with what is known, decide.

``load.import_flows`` reads and proposes, ``decide.confirm`` and ``decide.reject`` keep what people say about proposals.
"""

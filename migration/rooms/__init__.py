"""Rooms on their way out: what stands in them, lists of assets handed over, colocation, systems that nobody needs.

Pure functions of the inventory, a plan where there is one, and *now*; nothing is written.
"""

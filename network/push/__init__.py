"""Pushing configurations so that a mistake undoes itself: guards, journal, checks, batches.

Start with ``device.push_device`` for one device and ``fleet.push_fleet`` for many. Nothing here decides what a device
should have (``network.intent``, ``network.rendering``, ``network.diff``) or how it is spoken to
(``network.transport``).
"""

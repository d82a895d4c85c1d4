"""Laboratories: machines of an estate as network namespaces of one Linux machine, each with its own files and sshd.

``topology``, ``layer``, ``processes``, ``wiring`` and ``state`` are the base: nodes, files, processes, cables, records.
``addressing``, ``names``, ``access`` and ``hosts`` make hosts of an inventory on that base.
"""

from __future__ import annotations

from network.lab.building import build
from network.lab.kernel import check_root
from network.lab.lab import Lab
from network.lab.pinging import Ping, Pinger, Tally, reached
from network.lab.state import LabHost, records, remove

__all__ = [
    "Lab",
    "LabHost",
    "Ping",
    "Pinger",
    "Tally",
    "build",
    "check_root",
    "reached",
    "records",
    "remove",
]

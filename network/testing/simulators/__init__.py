"""Simulated Huawei VRP 8 and H3C Comware 7: what their documents say about views, commits, order, undo and refusals.

What a simulator accepts is not proven on a device; what it refuses shows a mistake of ours.
"""

from network.testing.simulators.clock import ManualClock
from network.testing.simulators.device import Simulator
from network.testing.simulators.faults import Account, Faults
from network.testing.simulators.server import Served, serve

__all__ = ["Account", "Faults", "ManualClock", "Served", "Simulator", "serve"]

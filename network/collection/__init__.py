"""Collecting configurations into a folder, and reading what display and show commands answer."""

from network.collection.collecting import Collected, collect
from network.collection.counters import Counted, InterfaceCounters, interface_counters, read_counters
from network.collection.folder import BackupFolder, Written
from network.collection.text import decode, encode, mask_secrets, masked, stable_text
from network.collection.views import (
    BgpNeighbour,
    InterfaceState,
    Ospfv3Neighbour,
    Route6,
    bgp_ipv4_neighbours,
    bgp_ipv6_neighbours,
    interface_states,
    ipv6_routes,
    ospfv3_neighbours,
)

__all__ = [
    "BackupFolder",
    "BgpNeighbour",
    "Collected",
    "Counted",
    "InterfaceCounters",
    "InterfaceState",
    "Ospfv3Neighbour",
    "Route6",
    "Written",
    "bgp_ipv4_neighbours",
    "bgp_ipv6_neighbours",
    "collect",
    "decode",
    "encode",
    "interface_counters",
    "interface_states",
    "ipv6_routes",
    "mask_secrets",
    "masked",
    "ospfv3_neighbours",
    "read_counters",
    "stable_text",
]

"""Ports of protocols that keep a network going and are no application (IANA, Service Name and Transport Protocol Port
Number Registry). OSPF, IS-IS, VRRP and ICMP have none: readers of session logs leave them out anyway."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CONTROL_PORTS"]

CONTROL_PORTS: Mapping[int, str] = {
    161: "SNMP: the reading of the counters itself",
    162: "SNMP traps",
    179: "BGP",
    520: "RIP",
    521: "RIPng",
    639: "MSDP",
    646: "LDP",
    3503: "MPLS LSP ping",
    3784: "BFD control",
    3785: "BFD echo",
    4784: "BFD multihop",
    6784: "BFD on link aggregation",
}

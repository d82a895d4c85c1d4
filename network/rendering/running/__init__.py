"""Reading the IPv4 side of running configurations."""

from network.rendering.running.model import (
    AccessList,
    Bgp,
    Family,
    IgpInterface,
    IgpProcess,
    Running,
    RunningInterface,
    RunningVpn,
    Session,
    StaticRoute,
)
from network.rendering.running.read import running_of

__all__ = [
    "AccessList",
    "Bgp",
    "Family",
    "IgpInterface",
    "IgpProcess",
    "Running",
    "RunningInterface",
    "RunningVpn",
    "Session",
    "StaticRoute",
    "running_of",
]

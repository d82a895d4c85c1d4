"""Whether what IPv4 has on a device, IPv6 has too."""

from network.parity.finding import Finding

__all__ = ["Finding"]

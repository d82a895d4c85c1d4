"""Whether what IPv4 has on a device, IPv6 has too."""

from network.parity.finding import Finding
from network.parity.lint import parity
from network.parity.sarif import message, sarif

__all__ = ["Finding", "message", "parity", "sarif"]

"""What each device shall do, typed and free of any maker's words."""

from network.intent.maker import Intents, instance_name, intent_in_vpn, intent_of
from network.intent.model import (
    BgpIntent,
    BgpIpv6,
    BgpPeer,
    DeviceIntent,
    HostIntent,
    IgpIntent,
    InterfaceIntent,
    InterfaceRole,
    Loopback,
    ServerPair,
    ServicesIntent,
    VpnIntent,
    VpnIpv6,
)
from network.intent.pairs import PairTable

__all__ = [
    "BgpIntent",
    "BgpIpv6",
    "BgpPeer",
    "DeviceIntent",
    "HostIntent",
    "IgpIntent",
    "Intents",
    "InterfaceIntent",
    "InterfaceRole",
    "Loopback",
    "PairTable",
    "ServerPair",
    "ServicesIntent",
    "VpnIntent",
    "VpnIpv6",
    "instance_name",
    "intent_in_vpn",
    "intent_of",
]

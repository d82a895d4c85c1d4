"""The families of command lines.

Sources of the forms: running configurations in the makers' configuration guides (Huawei NetEngine 40E V800R021, H3C S6800
release 6555, FRRouting 8.4 user guide and source, Cisco IOS 15 configuration fundamentals, ZTE ZXR10 M6000).
"""

from __future__ import annotations

import re

from network.config.dialect import Block, Dialect, Leaving

__all__ = ["DIALECTS"]

_QUOTED = Block(re.compile(r'header (?:login|shell) information "(?!.*"$).*'), r'.*"')
_KEY = Block(re.compile(r"public-key-code begin"), r"\s*public-key-code end")

VRP = Dialect(
    separator="#",
    indent=1,
    noise=re.compile(r"#|!.*|return"),
    leave="quit",
    last="return",
    sections=True,
    nested_separator=True,
    blocks=(_QUOTED, _KEY),
    aliases=(
        (re.compile(r"^((?:ospf|ospfv3) \d+ area|area) (\d+)$"), "area"),
        (re.compile(r"^(ipv6 address) (\S+) (\d+)\b"), "slash"),
    ),
)

COMWARE = Dialect(
    separator="#",
    indent=1,
    noise=re.compile(r"#|!.*|return"),
    leave="quit",
    last="return",
    sections=True,
    lone_indent=1,
    nested_separator=True,
    blocks=(Block(re.compile(r"header (?:legal|login|motd|shell|incoming) (\S)(?!.*\1$).*"), r".*{0}"), _KEY),
    aliases=(
        (re.compile(r"^((?:ospf|ospfv3) \d+ area|area) (\d+)$"), "area"),
        (re.compile(r"^(ipv6 address) (\S+) (\d+)\b"), "slash"),
    ),
)

FRR = Dialect(
    separator="!",
    indent=1,
    noise=re.compile(
        r"!.*|end|exit|exit-(?:vrf|address-family|vni|vnc|link-params|bmp|srv6|srv6-locator|locators|mapping-policy)"
        r"|Building configuration\.\.\.|Current configuration:"
    ),
    leave="exit",
    last="end",
    nested_separator=True,
    leavings=(
        Leaving(re.compile(r"address-family .*"), "exit-address-family"),
        Leaving(re.compile(r"vrf \S+"), "exit-vrf"),
        Leaving(re.compile(r"vni \d+"), "exit-vni"),
        Leaving(re.compile(r".*"), "exit"),
    ),
    unshown=re.compile(r"address-family .*"),
)

CISCO = Dialect(
    separator="!",
    indent=1,
    noise=re.compile(
        r"!.*|end|exit|exit-(?:address-family|vrf|peer-policy|peer-session|if-atm-vc-config)"
        r"|Building configuration\.\.\.|Current configuration ?:.*"
    ),
    leave="exit",
    last="end",
    nested_separator=True,
    leavings=(Leaving(re.compile(r"address-family .*"), "exit-address-family"),),
    blocks=(
        Block(re.compile(r"banner \S+ (\^C|\S)(?!.*\1$).*"), r".*{0}"),
        Block(re.compile(r"certificate .*"), r"\s*quit"),
    ),
    ordered=re.compile(r"(?:ip|ipv6) access-list .*"),
)

ZTE = Dialect(
    separator="!",
    indent=2,
    noise=re.compile(r"!.*|\$|end|exit|Building configuration\.\.\."),
    leave="exit",
    last="end",
    leavings=(Leaving(re.compile(r".*"), "$"),),
)

DIALECTS = {"vrp": VRP, "comware": COMWARE, "frr": FRR, "ios": CISCO, "zxros": ZTE}
"""By `Platform.dialect`."""

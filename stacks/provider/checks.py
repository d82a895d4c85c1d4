"""Inputs that cannot be right, found without asking a cloud."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stacks.provider.model import Failure, Kind, Property, Shape
from stacks.provider.values import Unknown, has_unknown

__all__ = ["failures", "nearest"]

LONGEST_NAME = 255
LONGEST_DESCRIPTION = 150
"""Characters: the cloud's 255 less what the mark of stack and URN takes."""

PROTOCOLS = frozenset(
    [
        *("ah", "dccp", "egp", "esp", "gre", "icmp", "icmpv6", "ipv6-icmp", "igmp", "ipip", "ospf", "pgm", "rsvp"),
        *("sctp", "tcp", "udp", "udplite", "vrrp"),
    ]
)
KEY_TYPES = ("ssh-ed25519 ", "ssh-rsa ", "ecdsa-sha2-", "sk-ssh-ed25519", "sk-ecdsa-sha2-")
PLAIN: dict[Shape, tuple[tuple[type, ...], str]] = {
    Shape.TEXT: ((str,), "a text"),
    Shape.INTEGER: ((int,), "a whole number"),
    Shape.BOOLEAN: ((bool,), "true or false"),
    Shape.TEXTS: ((list, tuple), "a list of texts"),
    Shape.MAP: ((dict,), "texts by name"),
    Shape.POOLS: ((list, tuple), "a list of {start, end}"),
    Shape.ADDRESSES: ((list, tuple), "a list of {subnet_id, ip_address}"),
}
PARTS = {Shape.POOLS: {"start", "end"}, Shape.ADDRESSES: {"subnet_id", "ip_address"}}


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names that are most like one, or the first few; for hints."""
    names = sorted({text for text in known if text})
    return ", ".join(difflib.get_close_matches(name, names, 3, 0.5) or names[:5]) or "-"


def failures(kind: Kind, inputs: Mapping[str, Any]) -> list[Failure]:
    """Everything wrong with the inputs of a kind that their values alone tell."""
    found = [
        Failure(name, f"{kind.name} has no property {name}; nearest: {nearest(name, kind.by_name)}")
        for name in inputs
        if name not in kind.by_name
    ]
    for row in kind.properties:
        value = inputs.get(row.name)
        if value is None:
            if row.required:
                found.append(Failure(row.name, f"{kind.name} needs {row.name}"))
        else:
            found.extend(Failure(row.name, reason) for reason in _value(row, value))
    if not found:
        known = {name: value for name, value in inputs.items() if not has_unknown(value)}
        found.extend(RULES.get(kind.name, _nothing)(known))
    return found


def _value(row: Property, value: Any) -> Iterator[str]:
    if isinstance(value, Unknown):
        return
    kinds, words = PLAIN[row.shape]
    if not isinstance(value, kinds) or (isinstance(value, bool) and row.shape is not Shape.BOOLEAN):
        yield f"{value!r} is not {words}" if not row.secret else f"is not {words}"
        return
    if row.choices and value not in row.choices:
        yield f"{value!r} is not one of {', '.join(str(choice) for choice in row.choices)}"
    if isinstance(value, int) and row.minimum is not None and value < row.minimum:
        yield f"{value} is less than {row.minimum}"
    if isinstance(value, str):
        longest = LONGEST_DESCRIPTION if row.name == "description" else LONGEST_NAME
        if not value.strip() and row.required:
            yield "is empty"
        if len(value) > longest and not row.secret and row.name != "public_key":
            yield f"has {len(value)} characters; at most {longest} fit"
    yield from _parts(row, value)


def _parts(row: Property, value: Any) -> Iterator[str]:
    match row.shape:
        case Shape.TEXTS:
            yield from (f"{part!r} is not a text" for part in value if not isinstance(part, str | Unknown))
        case Shape.MAP:
            for name, part in value.items():
                if not isinstance(part, str | Unknown):
                    yield f"{name}: {part!r} is not a text"
                if name.startswith("qianyun."):
                    yield f"{name}: names that begin with qianyun. are the provider's own"
        case Shape.POOLS | Shape.ADDRESSES:
            needed = {"start", "end"} if row.shape is Shape.POOLS else {"subnet_id"}
            for part in value:
                if not isinstance(part, dict | Unknown) or (
                    isinstance(part, dict) and not needed <= set(part) <= PARTS[row.shape]
                ):
                    yield f"{part!r} is not {{{', '.join(sorted(PARTS[row.shape]))}}}"


def _nothing(_: Mapping[str, Any]) -> Iterator[Failure]:
    yield from ()


def _address_reason(text: str, version: int | None) -> str | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return f"{text!r} is not an address"
    return (
        None
        if version in {None, found.version}
        else f"{text} is an IPv{found.version} address in an IPv{version} subnet"
    )


def _subnet(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    version = inputs.get("ip_version")
    if "cidr" not in inputs:
        return
    try:
        prefix = ipaddress.ip_network(inputs["cidr"])
    except ValueError as error:
        yield Failure("cidr", str(error))
        return
    if version is not None and prefix.version != version:
        yield Failure("cidr", f"{prefix} is an IPv{prefix.version} prefix, ip_version says {version}")
        return
    places = [("gateway_ip", inputs.get("gateway_ip"))]
    places += [("allocation_pools", text) for pool in inputs.get("allocation_pools", ()) for text in pool.values()]
    for name, text in places:
        if text is None:
            continue
        reason = _address_reason(text, prefix.version)
        if reason is None and ipaddress.ip_address(text) not in prefix:
            reason = f"{text} is not in {prefix}"
        if reason:
            yield Failure(name, reason)
    for text in inputs.get("dns_nameservers", ()):
        reason = _address_reason(text, None)
        if reason:
            yield Failure("dns_nameservers", reason)
    if prefix.version == 4:
        for name in ("ipv6_address_mode", "ipv6_ra_mode"):
            if inputs.get(name) is not None:
                yield Failure(name, "belongs to IPv6 subnets only")


def _rule(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    low, high = inputs.get("port_range_min"), inputs.get("port_range_max")
    if (low is None) != (high is None):
        yield Failure(
            "port_range_max" if high is None else "port_range_min", "is needed beside the other end of the range"
        )
    elif low is not None and high is not None and low > high:
        yield Failure("port_range_max", f"{high} is less than port_range_min {low}")
    protocol = inputs.get("protocol")
    if protocol is not None and protocol not in PROTOCOLS and not protocol.isdigit():
        yield Failure("protocol", f"{protocol!r} is no protocol; nearest: {nearest(protocol, PROTOCOLS)}")
    if low is not None and protocol is None:
        yield Failure("protocol", "is needed where ports are named")
    if inputs.get("remote_ip_prefix") is not None and inputs.get("remote_group_id") is not None:
        yield Failure("remote_group_id", "only one of remote_ip_prefix and remote_group_id can be the other end")
    if inputs.get("remote_ip_prefix") is not None:
        try:
            prefix = ipaddress.ip_network(inputs["remote_ip_prefix"])
        except ValueError as error:
            yield Failure("remote_ip_prefix", str(error))
        else:
            if "ether_type" in inputs and inputs["ether_type"] != f"IPv{prefix.version}":
                yield Failure("remote_ip_prefix", f"{prefix} is not {inputs['ether_type']}")


def _port(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    for entry in inputs.get("fixed_ips", ()):
        if entry.get("ip_address") is not None:
            reason = _address_reason(entry["ip_address"], None)
            if reason:
                yield Failure("fixed_ips", reason)


def _network(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    if inputs.get("mtu", 0) > 65535:
        yield Failure("mtu", f"{inputs['mtu']} is more than 65535")


def _keypair(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    if "public_key" in inputs and not inputs["public_key"].startswith(KEY_TYPES):
        yield Failure("public_key", "is no public key of OpenSSH")


def _server(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    if inputs.get("port_ids") == []:
        yield Failure("port_ids", "a server needs at least one port")


def _zone(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    if not inputs.get("name", ".").endswith("."):
        yield Failure("name", f"{inputs['name']} needs its final dot")
    if "@" not in inputs.get("email", "@"):
        yield Failure("email", f"{inputs['email']} is no mail address")


def _records(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    if not inputs.get("name", ".").endswith("."):
        yield Failure("name", f"{inputs['name']} needs its final dot")
    if inputs.get("records") == []:
        yield Failure("records", "at least one is needed")
    version = {"A": 4, "AAAA": 6}.get(inputs.get("type", ""))
    for text in inputs.get("records", ()) if version else ():
        try:
            fits = ipaddress.ip_address(text).version == version
        except ValueError:
            fits = False
        if not fits:
            yield Failure("records", f"{text} is no IPv{version} address, as {inputs['type']} records hold")


RULES = {
    "Network": _network,
    "Subnet": _subnet,
    "SecurityGroupRule": _rule,
    "Port": _port,
    "Keypair": _keypair,
    "Server": _server,
    "DnsZone": _zone,
    "RecordSet": _records,
}

"""What display and ping print."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from network.testing.simulators.console import Console
    from network.testing.simulators.device import Simulator
    from network.testing.simulators.tree import Line

__all__ = ["display"]

_PIPE = re.compile(r"(?P<command>.*?)(?: \| (?P<how>include|exclude|begin) (?P<what>.+))?")
_HEAD = {
    "huawei_vrp8": (
        "Huawei Versatile Routing Platform Software\n"
        "VRP (R) software, Version 8.220 (NetEngine 8000 V800R022C00SPC500)\n"
        "HUAWEI NetEngine 8000 F1A uptime is 12 days, 3 hours, 4 minutes"
    ),
    "h3c_comware7": (
        "H3C Comware Software, Version 7.1.070, Release 6555P01\n"
        "H3C S6800-54QF uptime is 1 week, 5 days, 3 hours, 4 minutes"
    ),
}


def display(console: Console, line: str) -> str:
    """The answer to a display or ping command, with its filter carried out."""
    found = _PIPE.fullmatch(line)
    assert found is not None  # it matches anything
    device = console.device
    said = next((text for pattern, text in device.answers if re.search(pattern, line)), None)
    if said is None:
        said = _ping(device, line) if line.startswith("ping ") else _answer(console, found["command"])
    if found["how"] is None:
        return said
    wanted = re.compile(found["what"].strip().strip('"'))
    lines = said.splitlines()
    if "current-configuration" in line and not device.two_stage and device.armed is not None:
        # No document says where an armed delay is shown. Here the filter finds it, and it is no part of the text.
        lines.append(f"configuration commit delay {device.armed.seconds // 60}")
    if found["how"] == "begin":
        first = next((at for at, one in enumerate(lines) if wanted.search(one)), len(lines))
        return "\n".join(lines[first:])
    keep = found["how"] == "include"
    return "\n".join(one for one in lines if (wanted.search(one) is not None) == keep)


def _answer(console: Console, line: str) -> str:
    device = console.device
    match line.split()[1:]:
        case ["current-configuration"]:
            return device.running.rstrip("\n")
        case ["current-configuration", *rest]:
            return _part(device, " ".join(rest))
        case ["saved-configuration"]:
            return device.startup.rstrip("\n")
        case ["version"]:
            return _HEAD[device.platform]
        case ["this"] if console.configuring:
            return _this(console)
        case ["ip", "interface", "brief"]:
            return "\n".join(_interfaces(device, r"ip address (\S+) (\S+)(?: sub)?"))
        case ["ipv6", "interface", "brief"]:
            return "\n".join(_interfaces(device, r"ipv6 address (\S+)/(\d+).*"))
        case ["users"]:
            lines = [f"+ VTY {one.number}  {one.user}  {one.prompt}" for one in device.consoles.values()]
            return "\n".join(["  User-Intf    Username", *lines])
        case ["configuration", "candidate"] if device.two_stage:
            return (console.candidate or device.running).rstrip("\n")
        case ["configuration", "trial", "status"] if device.two_stage:
            return _trial(device)
        case ["configuration", "commit", "list", *_] if device.two_stage:
            return "\n".join(
                f"{number}) CommitId: {one.id}  Label: {one.label or '-'}  User: {one.user}"
                for number, one in enumerate(reversed(device.commits), 1)
            )
        case ["interface", name] if name != "brief":
            return _counters(device, name)
        case ["ospf" | "ospfv3" | "isis" | "bgp" | "ip" | "ipv6" | "interface" | "clock" | "startup" | "lldp", *_]:
            return ""
    return device.dialect.errors["unknown"]


def _part(device: Simulator, which: str) -> str:
    """``display current-configuration interface X`` and ``configuration bgp``."""
    name = which.removeprefix("configuration ")
    views = [one for one in device.root.children if one.text == name or one.text.startswith(f"{name} ")]
    if not views:
        return device.dialect.errors["wrong"]
    return "\n".join(["#", *(line for one in views for line in (*_tree(one, 0), "#")), "return"])


def _this(console: Console) -> str:
    found = console.device.root
    for text in console.path:
        below = found.child(text)
        if below is None:
            return "#\nreturn"
        found = below
    return "\n".join(["#", *_tree(found, 0), "#", "return"])


def _tree(line: Line, depth: int) -> Iterator[str]:
    yield " " * depth + line.text
    for child in line.children:
        yield from _tree(child, depth + 1)


def _interfaces(device: Simulator, pattern: str) -> Iterator[str]:
    yield f"{'Interface':<30}{'IP Address/Mask':<44}{'Physical':<10}Protocol"
    for one in device.root.children:
        if not one.text.startswith("interface "):
            continue
        down = one.child("shutdown") is not None
        state = "*down     down" if down else "up        up"
        for line in one.children:
            found = re.fullmatch(pattern, line.text)
            if found is not None:
                length = ipaddress.ip_network(f"0.0.0.0/{found[2]}").prefixlen if "." in found[2] else found[2]
                yield f"{one.text.split()[1]:<30}{found[1] + '/' + str(length):<44}{state}"


def _counters(device: Simulator, name: str) -> str:
    if not any(one.text == f"interface {name}" for one in device.root.children):
        return device.dialect.errors["wrong"]
    into, out = device.traffic.get(name, (0, 0))
    if device.two_stage:
        return "\n".join(
            [
                f"{name} current state : UP (ifindex: 7)",
                "Line protocol current state : UP",
                "Last 300 seconds input rate: 120 bits/sec, 0 packets/sec",
                f"    Input: {into // 100} packets, {into} bytes",
                f"    Output: {out // 100} packets, {out} bytes",
            ]
        )
    return "\n".join(
        [
            name,
            "Current state: UP",
            "Line protocol state: UP",
            " Last 300 seconds input rate:  15 bytes/sec, 120 bits/sec, 0 packets/sec",
            f" Input (total):  {into // 100} packets, {into} bytes",
            f" Output (total): {out // 100} packets, {out} bytes",
        ]
    )


def _trial(device: Simulator) -> str:
    if device.armed is None:
        return "Trial status: inactive"
    left = max(int(device.armed.due - device.clock.now()), 0)
    return f"Trial status: active\nUser session: {device.armed.session}\nRemaining time (s): {left}"


def _ping(device: Simulator, line: str) -> str:
    words = line.split()
    address = words[-1]
    vpn = next((words[at + 1] for at, word in enumerate(words[:-1]) if word.lstrip("-") == "vpn-instance"), "")
    if vpn and not re.search(rf"(?m)^\s+ip binding vpn-instance {re.escape(vpn)}$", device.running):
        return device.dialect.errors["wrong"]
    count = int(words[words.index("-c") + 1]) if "-c" in words else 5
    back = 0 if f"{vpn} {address}".strip() in device.unreachable else count
    lines = [f"  PING {address}: 56  data bytes, press CTRL_C to break"]
    lines += [f"    Reply from {address}: bytes=56 Sequence={n} ttl=255 time=1 ms" for n in range(1, back + 1)]
    lost = 100 - 100 * back // max(count, 1)
    return "\n".join(
        [
            *lines,
            f"  --- {address} ping statistics ---",
            f"    {count} packet(s) transmitted",
            f"    {back} packet(s) received",
            f"    {lost}.00% packet loss",
        ]
    )

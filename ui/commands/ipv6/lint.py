"""``qianyun ipv6 lint``: whether what IPv4 has in configurations, IPv6 has too."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import FileError, InputError
from inventory.files import reason_of, write_atomic
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.network import Device
from ui.commanding import Common, argument, command, common, option
from ui.commands.ipv6.registry import VIOLATIONS, group, open_plan
from ui.output import emit, say
from ui.texts import text

if TYPE_CHECKING:
    from network.addressing import Addresses
    from network.parity import Finding

__all__ = ["lint"]

ENDINGS = (".cfg", ".conf", ".txt")
"""Files of a folder that are taken for configurations."""


@command(
    group,
    "lint",
    example="qianyun ipv6 lint my-estate backup\nqianyun ipv6 lint my-estate ty-core-1.cfg --sarif parity.sarif",
)
@argument("estate", type=Path)
@argument("files", nargs=-1, required=True, type=Path, metavar="FILE...")
@option("--device", metavar="DEVICE", key="ipv6.option.device")
@option("--sarif", "sarif_file", type=Path, metavar="FILE", key="ipv6.option.sarif")
@common()
@click.pass_context
def lint(
    context: click.Context, common: Common, estate: Path, files: tuple[Path, ...], device: str | None,
    sarif_file: Path | None,
) -> None:  # fmt: skip
    """Name each IPv4 line without its IPv6 counterpart; exit code 1 when there is one."""
    from network.parity import sarif

    inventory, addresses = open_plan(estate, common)
    found = {path.as_posix(): _findings(inventory, addresses, path, device) for path in _files(files)}
    if sarif_file is not None:
        write_atomic(sarif_file, json.dumps(sarif(found), ensure_ascii=False, indent=2) + "\n")
    count = sum(map(len, found.values()))
    if common.json:
        emit(
            {
                "files": len(found),
                "findings": [_answer(path, each) for path, listed in found.items() for each in listed],
            }
        )
    else:
        for path, listed in found.items():
            sys.stdout.writelines(f"{path}:{each.number}: [{each.code}] {_words(each)}\n" for each in listed)
        say("ipv6.linted", files=len(found), count=count)
    if sarif_file is not None:
        say("ipv6.written", path=sarif_file)
    if count:
        context.exit(VIOLATIONS)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and of folders the configurations in them."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix in ENDINGS and each.is_file())
        else:
            yield path


def _findings(inventory: Inventory, addresses: Addresses, path: Path, named: str | None) -> tuple[Finding, ...]:
    from network.config import parse
    from network.parity import parity
    from network.platforms import platform_of

    device = _device(inventory, path, named)
    platform = platform_of(device.platform)
    tree = parse(platform, _text(path, device))
    return parity(platform, tree, _pairs(addresses, device))


def _pairs(addresses: Addresses, device: Device) -> Mapping[IPv4Network, IPv6Network]:
    """What the device's own VPNs pair goes before what only another VPN does."""
    found = dict(addresses.pairs)
    for vpn in ("", *(interface.vpn or "" for interface in device.interfaces)):
        found |= addresses.pairs_of_vpn.get(vpn, {})
    return found


def _device(inventory: Inventory, path: Path, named: str | None) -> Device:
    """The device of a file: by --device, else by the file's name or its folder's."""
    if named is not None:
        found = inventory.get("device", named.removeprefix("device:"))
        assert isinstance(found, Device)
        return found
    by_name = {device.name: device for device in inventory.devices.values() if device.name}
    for name in (path.stem, path.parent.name):
        known = inventory.devices.get(name) or by_name.get(name)
        if known is not None:
            return known
    nearest = nearest_names(path.stem, inventory.devices) or "-"
    raise InputError("bad-argument", argument=str(path), reason=text("ipv6.no-device", nearest=nearest))


def _text(path: Path, device: Device) -> str:
    try:
        return path.read_bytes().decode(device.encoding.value)
    except FileNotFoundError as error:
        raise FileError("file-missing", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise FileError(
            "file-unreadable", path=str(path), reason=text("ipv6.encoding", name=device.encoding.value)
        ) from error
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error


def _words(finding: Finding) -> str:
    """A finding's message in the present language."""
    return text(f"parity.{finding.code}", **finding.data)


def _answer(path: str, finding: Finding) -> dict[str, Any]:
    return {
        "file": path,
        "line": finding.number or None,
        "code": finding.code,
        "text": finding.text,
        "message": _words(finding),
        "data": dict(finding.data),
    }

"""``qianyun ipv6 export|import``: the address plan in other forms, and what exists already."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from inventory.inventory import Inventory
from ui.commanding import Common, argument, command, common, option
from ui.commands.inventory import problem_answer
from ui.commands.ipv6.registry import group, open_plan
from ui.opening import open_estate
from ui.output import emit, problem_line, say, table
from ui.texts import text

if TYPE_CHECKING:
    from network.addressing import Addresses
    from network.addressing.netbox import NetboxChanges

__all__ = ["export", "import_"]

_NAME = re.compile(r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{1,63}\.?")
TOKEN = "NETBOX_TOKEN"  # noqa: S105 - the name of a variable


@command(
    group,
    "export",
    example="qianyun ipv6 export examples/kaifeng --csv plan.csv\n"
    "qianyun ipv6 export examples/kaifeng --zones zones --domain net.kf.cegn --server ns1.kf.cegn\n"
    "qianyun ipv6 export examples/kaifeng --netbox https://netbox.example",
)
@argument("estate", type=Path)
@option("--csv", "table_file", type=Path, metavar="FILE", key="ipv6.option.csv")
@option("--zones", type=Path, metavar="DIR", key="ipv6.option.zones")
@option("--domain", metavar="NAME", key="ipv6.option.domain")
@option("--server", "servers", multiple=True, metavar="NAME", key="ipv6.option.server")
@option("--contact", metavar="NAME", key="ipv6.option.contact")
@option("--serial", type=click.IntRange(min=1, max=4294967295), key="ipv6.option.serial")
@option("--netbox", metavar="URL", key="ipv6.option.netbox")
@option("--apply", "apply", is_flag=True, key="ipv6.option.apply")
@common()
def export(
    common: Common, *, estate: Path, table_file: Path | None, zones: Path | None, domain: str | None,
    servers: tuple[str, ...], contact: str | None, serial: int | None, netbox: str | None, apply: bool,
) -> None:  # fmt: skip
    """Write the plan as CSV, as reverse DNS zones, or into a NetBox (without --apply only what would change)."""
    if table_file is None and zones is None and netbox is None:
        raise InputError("bad-argument", argument="ipv6 export", reason=text("ipv6.export-nothing"))
    if zones is not None:
        _check_names("--domain", (domain,))
        _check_names("--server", servers or (None,))
    inventory, addresses = open_plan(estate, common)
    answer: dict[str, Any] = {"files": []}
    if table_file is not None:
        answer["files"].append(_write_table(table_file, addresses))
    if zones is not None:
        assert domain is not None
        day = common.now or inventory.estate.as_of
        number = serial or int(f"{day:%Y%m%d}01")
        mailbox = contact or f"hostmaster.{domain}"
        answer["files"] += _write_zones(zones, inventory, addresses, domain, servers, mailbox, number)
    if netbox is not None:
        answer["netbox"] = _netbox(netbox, inventory, addresses, apply=apply)
    if common.json:
        emit(answer)
        return
    for name in answer["files"]:
        say("ipv6.written", path=name)
    if netbox is not None:
        _show_netbox(answer["netbox"], netbox)


def _check_names(option_name: str, names: tuple[str | None, ...]) -> None:
    for name in names:
        if name is None or not _NAME.fullmatch(name):
            raise InputError("bad-argument", argument=f"{option_name} {name or ''}".strip(), reason=text("ipv6.name"))


def _write_table(path: Path, addresses: Addresses) -> str:
    from inventory.files import write_atomic
    from network.addressing.write import csv_text, record_of

    write_atomic(path, csv_text(record_of(each) for each in addresses.prefixes))
    return str(path)


def _write_zones(
    folder: Path, inventory: Inventory, addresses: Addresses, domain: str, servers: tuple[str, ...], contact: str,
    serial: int,
) -> list[str]:  # fmt: skip
    from inventory.files import write_together
    from network.addressing.reverse import reverse_zones

    zones = reverse_zones(inventory, addresses, domain=domain, servers=servers, contact=contact, serial=serial)
    listed = "".join(f'zone "{name}" {{ type primary; file "{name}.zone"; }};\n' for name in zones)
    files = {f"{name}.zone": content for name, content in zones.items()} | {"named.conf.zones": listed}
    write_together(folder, files)
    return [str(folder / name) for name in files]


# ---- NetBox ---------------------------------------------------------------------------------------------------------


def _netbox(url: str, inventory: Inventory, addresses: Addresses, *, apply: bool) -> dict[str, Any]:
    from network.addressing.netbox import address_payloads, apply_changes, compare, connect, prefix_payloads

    token = os.environ.get(TOKEN) or click.prompt(text("ipv6.token", name=TOKEN), hide_input=True, err=True)
    session = connect(url, token)
    changes = compare(session, prefix_payloads(inventory, addresses), address_payloads(addresses), url)
    done = apply_changes(session, changes, url) if apply else None
    return _netbox_answer(changes, done)


def _netbox_answer(changes: NetboxChanges, done: int | None) -> dict[str, Any]:
    return {
        "applied": done is not None,
        "done": done or 0,
        "unchanged": changes.unchanged,
        "create": {kind: list(listed) for kind, listed in changes.create.items()},
        "update": {kind: list(listed) for kind, listed in changes.update.items()},
        "missing": {kind: list(listed) for kind, listed in changes.missing.items()},
    }


def _show_netbox(answer: dict[str, Any], url: str) -> None:
    rows = [(kind, len(answer["create"][kind]), len(answer["update"][kind])) for kind in answer["create"]]
    rows += [(kind, len(listed), 0) for kind, listed in answer["missing"].items()]
    table([text(f"ipv6.column.{name}") for name in ("what", "create", "update")], rows, title=url, right=[1, 2])
    say(
        "ipv6.netbox-done" if answer["applied"] else "ipv6.netbox-preview",
        count=answer["done"],
        same=answer["unchanged"],
    )


# ---- import ---------------------------------------------------------------------------------------------------------


@command(group, "import", example="qianyun ipv6 import 现有前缀.csv --into my-estate --dry-run")
@argument("file", type=Path)
@option("--into", "estate", type=Path, required=True, metavar="ESTATE", key="ipv6.option.into")
@option("--dry-run", is_flag=True, key="ipv6.option.dry-run")
@common(estate=False)
def import_(common: Common, file: Path, estate: Path, dry_run: bool) -> None:
    """Import prefixes or addresses that exist; a file with a wrong row is refused as a whole."""
    from network.addressing.reading import IMPORTED, read_addresses
    from network.addressing.write import write_changes
    from network.errors import AddressingError

    inventory = open_estate(estate, common).inventory
    found = read_addresses(file, inventory)
    if found.errors:
        if common.json:
            emit({"problems": [problem_answer(each) for each in found.problems], "written": []})
        else:
            sys.stderr.writelines(problem_line(each) + "\n" for each in found.problems)
        raise AddressingError("addressing-import", path=str(file), count=found.errors)
    written = () if dry_run else write_changes(inventory, found.changes, file=IMPORTED)
    if common.json:
        emit(
            {
                "dry_run": dry_run,
                "prefixes": len(found.changes.prefixes),
                "devices": len(found.changes.devices),
                "known": found.known,
                "problems": [problem_answer(each) for each in found.problems],
                "written": list(written),
            }
        )
        return
    for each in found.problems:
        sys.stdout.write(problem_line(each) + "\n")
    sys.stdout.write(
        text(
            "ipv6.imported", prefixes=len(found.changes.prefixes), devices=len(found.changes.devices), known=found.known
        )
        + "\n"
    )
    for name in written:
        say("ipv6.written", path=estate / name)

"""``qianyun ipv6 plan|show|check``: the address plan."""

from __future__ import annotations

import ipaddress
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from inventory.inventory import Inventory, split_ref
from inventory.kinds import KINDS
from inventory.problems import Problem
from ui.commanding import Common, argument, command, common, option
from ui.commands.inventory import problem_answer
from ui.commands.ipv6.registry import (
    LISTED,
    VIOLATIONS,
    address_answers,
    errors_of,
    group,
    open_plan,
    prefix_answer,
    title_of,
)
from ui.output import emit, problem_line, say, table
from ui.texts import text, value_word

if TYPE_CHECKING:
    from network.addressing import Addresses, Assignment
    from network.addressing.model import Usage
    from network.addressing.write import Changes

__all__ = ["check", "plan", "show"]


@command(
    group,
    "plan",
    example="qianyun ipv6 plan examples/kaifeng\nqianyun ipv6 plan my-estate --write",
)
@argument("estate", type=Path)
@option("-o", "--output", type=Path, metavar="FILE", key="ipv6.option.output")
@option("--write", is_flag=True, key="ipv6.option.write")
@common()
@click.pass_context
def plan(context: click.Context, common: Common, estate: Path, output: Path | None, write: bool) -> None:
    """Plan prefixes and addresses; exit code 1 where something found no place."""
    from network.addressing.write import changes_of
    from network.errors import AddressingError

    if output is not None and output.suffix.lower() not in (".csv", ".json"):
        raise InputError("bad-argument", argument=str(output), reason=text("ipv6.endings"))
    inventory, addresses = open_plan(estate, common, tell=True)
    if write and inventory.estate.settings.addressing is None:
        raise AddressingError("addressing-absent", path=str(estate))
    problems = _problems(inventory, addresses)
    changes = changes_of(inventory, addresses)
    written = _write(estate, inventory, changes, problems) if write else ()
    if output is not None:
        _write_file(output, addresses)
    if common.json:
        emit(
            {
                "planned": inventory.estate.settings.addressing is not None,
                "new": {"prefixes": len(changes.prefixes), "devices": len(changes.devices)},
                "prefixes": [prefix_answer(each) for each in addresses.prefixes],
                **address_answers(addresses),
                "problems": [problem_answer(found) for found in problems],
                "written": list(written),
            }
        )
    else:
        _show_plan(inventory, addresses, changes, problems)
        for name in written:
            say("ipv6.written", path=estate / name)
        if output is not None:
            say("ipv6.written", path=output)
        if not write and not changes.empty:
            say("ipv6.how-write", estate=estate)
    if errors_of(problems):
        context.exit(VIOLATIONS)


def _problems(inventory: Inventory, addresses: Addresses) -> tuple[Problem, ...]:
    from network.addressing.check import check_plan

    return check_plan(inventory, addresses)


def _write(estate: Path, inventory: Inventory, changes: Changes, problems: Sequence[Problem]) -> tuple[str, ...]:
    from network.addressing.write import write_changes
    from network.errors import AddressingError

    if errors_of(problems):
        for found in problems:
            sys.stderr.write(problem_line(found) + "\n")
        raise AddressingError("addressing-findings", path=str(estate), count=errors_of(problems))
    return write_changes(inventory, changes)


def _write_file(output: Path, addresses: Addresses) -> None:
    import json

    from inventory.files import write_atomic
    from network.addressing.write import csv_text, record_of

    if output.suffix.lower() == ".csv":
        write_atomic(output, csv_text(record_of(each) for each in addresses.prefixes))
        return
    answer = {"format": 1, "prefixes": [prefix_answer(each) for each in addresses.prefixes]} | address_answers(
        addresses
    )
    write_atomic(output, json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def _show_plan(inventory: Inventory, addresses: Addresses, changes: Changes, problems: Sequence[Problem]) -> None:
    new = {record.id for record in changes.prefixes}
    counts: Counter[tuple[str, str]] = Counter()
    kept: Counter[tuple[str, str]] = Counter()
    widest: dict[tuple[str, str], Assignment] = {}
    for each in addresses.prefixes:
        key = (each.purpose.value, each.vpn or "")
        (counts if each.id in new else kept)[key] += 1
        if key not in widest or each.block.length < widest[key].block.length:
            widest[key] = each
    rows = [
        (value_word(key[0]), key[1], widest[key].prefix, counts[key], kept[key])
        for key in sorted(widest, key=lambda key: (widest[key].block, key))
    ]
    columns = [text(f"ipv6.column.{name}") for name in ("purpose", "vpn", "within", "new", "kept")]
    table(columns, rows, title=text("ipv6.plan-title", name=inventory.estate.name), right=[3, 4])
    sys.stdout.write(
        text("ipv6.plan-sum", loopbacks=len(addresses.loopbacks), interfaces=len(addresses.interfaces),
             pairs=sum(map(len, addresses.pairs_of_vpn.values())), devices=len(changes.devices)) + "\n"
    )  # fmt: skip
    if inventory.estate.settings.addressing is None:
        say("ipv6.no-settings")
    _print_problems(problems)


def _print_problems(problems: Sequence[Problem]) -> None:
    """Errors and warnings in full, notes by number."""
    notes = Counter(found.code for found in problems if found.severity == "note")
    for found in problems:
        if found.severity != "note":
            sys.stdout.write(problem_line(found) + "\n")
    for code, count in notes.items():
        say("ipv6.notes", code=code, count=count)


# ---- show -----------------------------------------------------------------------------------------------------------


@command(
    group,
    "show",
    example="qianyun ipv6 show examples/kaifeng division:410202\n"
    "qianyun ipv6 show examples/kaifeng device:410200-core-1 10.0.8.0/22",
)
@argument("estate", type=Path)
@argument("objects", nargs=-1, metavar="[OBJECT]...")
@option("--all", "everything", is_flag=True, key="ipv6.option.all")
@common()
def show(common: Common, estate: Path, objects: tuple[str, ...], everything: bool) -> None:
    """The prefixes and addresses of objects, or what an address belongs to."""
    inventory, addresses = open_plan(estate, common)
    chosen = [each for each in addresses.prefixes if not objects or _is_of(inventory, each, objects)]
    devices = [id for kind, id in map(split_ref, objects) if kind == "device"] if objects else [*inventory.devices]
    for id in devices:
        inventory.get("device", id)
    ends = {end: listed for end, listed in addresses.interfaces.items() if end[0] in set(devices)}
    if common.json:
        from dataclasses import replace

        loopbacks = {id: address for id, address in addresses.loopbacks.items() if id in set(devices)}
        found = replace(addresses, interfaces=ends, loopbacks=loopbacks)
        emit({"prefixes": [prefix_answer(each) for each in chosen], **address_answers(found)})
        return
    if chosen:
        columns = [text(f"ipv6.column.{name}") for name in ("prefix", "purpose", "vpn", "owner", "ipv4", "id")]
        listed = chosen if everything or objects else chosen[:LISTED]
        rows = [
            (
                each.prefix,
                value_word(each.purpose.value),
                each.vpn or "",
                title_of(inventory, each),
                each.ipv4 or "",
                each.id,
            )
            for each in listed
        ]
        table(columns, rows)
        if len(chosen) > len(listed):
            say("graph.more", count=len(chosen) - len(listed))
    if not chosen and not (objects and devices):
        say("ipv6.nothing")
    if objects and devices:
        table(
            [text(f"ipv6.column.{name}") for name in ("device", "interface", "address")],
            [
                *_loopback_rows(addresses, devices),
                *((*end, ", ".join(map(str, listed))) for end, listed in ends.items()),
            ],
        )


def _loopback_rows(addresses: Addresses, devices: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for id in devices:
        if id in addresses.loopbacks:
            yield id, text("ipv6.loopback"), str(addresses.loopbacks[id])


def _is_of(inventory: Inventory, assignment: Assignment, objects: Sequence[str]) -> bool:
    return any(_matches(inventory, assignment, name) for name in objects)


def _matches(inventory: Inventory, assignment: Assignment, name: str) -> bool:
    kind, id = split_ref(name)
    if kind in KINDS and id:
        inventory.get(kind, id)
    match kind:
        case "division":
            return assignment.division == id and assignment.department is None
        case "department":
            return assignment.department == id
        case "vpn":
            return assignment.vpn == id
        case "prefix":
            return id in (assignment.id, assignment.pair)
        case "device" | "link" | "room" | "pool":
            return assignment.site == id or assignment.site.startswith(f"{id}/")
    try:
        network = ipaddress.ip_network(name)
    except ValueError:
        raise InputError("bad-argument", argument=name, reason=text("ipv6.objects")) from None
    if isinstance(network, ipaddress.IPv4Network):
        return assignment.ipv4 is not None and (
            network.subnet_of(assignment.ipv4) or assignment.ipv4.subnet_of(network)
        )
    return network.subnet_of(assignment.prefix)


# ---- check ----------------------------------------------------------------------------------------------------------


@command(group, "check", example="qianyun ipv6 check examples/kaifeng")
@argument("estate", type=Path)
@common()
@click.pass_context
def check(context: click.Context, common: Common, estate: Path) -> None:
    """Check the plan for overlaps, and foretell what runs out; exit code 1 on an error."""
    inventory, addresses = open_plan(estate, common, tell=True)
    problems = _problems(inventory, addresses)
    fullest = list(_fullest(addresses.usages))
    if common.json:
        emit(
            {
                "prefixes": len(addresses.prefixes),
                "problems": [problem_answer(found) for found in problems],
                "usage": [_usage_answer(each) for each in fullest],
            }
        )
    else:
        columns = [
            text(f"ipv6.column.{name}") for name in ("level", "what", "division", "prefix", "used", "places", "left")
        ]
        rows = [
            (value_word(each.level), value_word(each.what), each.division, each.prefix, each.used, each.places,
             f"{100 * each.left // max(1, each.places)} %")
            for each in fullest
        ]  # fmt: skip
        table(columns, rows, title=text("ipv6.usage-title"), right=[4, 5, 6])
        _print_problems(problems)
        sys.stdout.write(text("ipv6.checked", count=len(addresses.prefixes), errors=errors_of(problems)) + "\n")
    if errors_of(problems):
        context.exit(VIOLATIONS)


def _fullest(usages: Sequence[Usage]) -> Iterator[Usage]:
    """Of each level and kind of place the prefix of which the smallest share is left."""
    found: dict[tuple[str, str], Usage] = {}
    for each in usages:
        known = found.get((each.level, each.what))
        if known is None or each.left * known.places < known.left * each.places:
            found[each.level, each.what] = each
    return iter(sorted(found.values(), key=lambda each: (each.left / max(1, each.places), each.division)))


def _usage_answer(usage: Usage) -> dict[str, Any]:
    return {
        "level": usage.level.value,
        "what": usage.what,
        "division": usage.division,
        "prefix": str(usage.prefix),
        "used": usage.used,
        "places": usage.places,
        "left": usage.left,
        "reserve": usage.reserve,
    }

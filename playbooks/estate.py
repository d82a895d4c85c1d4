#!/usr/bin/env -S python3 -P
"""The machines of an estate as a dynamic inventory of Ansible.

    QIANYUN_ESTATE=ESTATE ansible-inventory -i .../playbooks/estate.py --graph
    python -m playbooks.estate ESTATE [--list | --host NAME]

Machines have the names that runbooks and labs give them: ``SYSTEM.COMPONENT.source`` and ``SYSTEM.COMPONENT.target``.
Groups: ``source``, ``target``; the component's role (``database``); the family of its technology (``postgresql``);
``system_ID``, ``department_ID``, ``place_KIND_ID``; ``division_CODE``, with the divisions below it.

The format: https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from inventory.errors import QianyunError
from inventory.inventory import Inventory
from inventory.load import load_estate
from migration.runbook.hosts import hosts_of
from migration.runbook.model import Host
from playbooks.workspace import group_names

__all__ = ["listing", "main"]

ENVIRONMENT = "QIANYUN_ESTATE"
DIVISION = "division_"


def listing(inventory: Inventory) -> dict[str, Any]:
    """All groups with their hosts, and all variables of the hosts under ``_meta``, as Ansible reads them."""
    members: dict[str, list[str]] = {}
    children: dict[str, set[str]] = {}
    variables: dict[str, dict[str, Any]] = {}
    for system in inventory.systems:
        above = list(_divisions(inventory, system))
        for parent, child in zip(above[1:], above, strict=False):
            children.setdefault(parent, set()).add(child)
        for host in hosts_of(inventory, system):
            variables[host.name] = _variables(host)
            for group in (*host.groups, *_groups(inventory, system, host), *above[:1]):
                members.setdefault(group, []).append(host.name)
    names = group_names(dict.fromkeys([*members, *children]))
    groups: dict[str, Any] = {names[group]: {"hosts": hosts} for group, hosts in members.items()}
    for group, below in children.items():
        groups.setdefault(names[group], {})["children"] = sorted(names[child] for child in below)
    return {**groups, "_meta": {"hostvars": variables}}


def _groups(inventory: Inventory, system: str, host: Host) -> Iterator[str]:
    yield f"system_{system}"
    yield f"department_{inventory.systems[system].department}"
    if host.place:
        yield f"place_{host.place.replace(':', '_')}"


def _divisions(inventory: Inventory, system: str) -> Iterator[str]:
    """Groups of the system's division and of those above it."""
    department = inventory.departments.get(inventory.systems[system].department)
    division = inventory.divisions.get(department.division) if department is not None else None
    seen: set[str] = set()
    while division is not None and division.id not in seen:
        seen.add(division.id)
        yield f"{DIVISION}{division.code or division.id}"
        division = inventory.divisions.get(division.parent or "")


def _variables(host: Host) -> dict[str, Any]:
    known = {"ansible_host": host.address, "ansible_port": host.port} if host.address else {}
    return {**known, "qianyun_object": host.object, "qianyun_place": host.place, **host.variables}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what Ansible asks for; the exit code."""
    parser = argparse.ArgumentParser(description="The machines of an estate as a dynamic inventory of Ansible.")
    parser.add_argument("estate", nargs="?", default=os.environ.get(ENVIRONMENT), help=f"default: ${ENVIRONMENT}")
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--list", action="store_true", help="all groups and hosts (the default)")
    wanted.add_argument("--host", metavar="NAME", help="variables of one host")
    given = parser.parse_args(arguments)
    if not given.estate:
        parser.error(f"name an estate, or set {ENVIRONMENT}")
    try:
        loaded = load_estate(given.estate)
    except QianyunError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return error.exit_code
    if loaded.quarantined:
        sys.stderr.write(f"{len(loaded.quarantined)} record(s) are left out: qianyun inventory check {given.estate}\n")
    found = listing(loaded.inventory)
    if given.host:
        found = found["_meta"]["hostvars"].get(given.host, {})
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Which interfaces of which devices lines end on, and reading their counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError, QianyunError
from inventory.inventory import Inventory, nearest_names, split_ref
from inventory.kinds.lines import Line, LineState
from migration.consolidation.evidence.errors import EvidenceError
from ui.commanding import Common
from ui.commands.net.asked import ask
from ui.output import progress
from ui.texts import text

if TYPE_CHECKING:
    from network.collection import Counted
    from network.transport import Login, Target

__all__ = ["places_of", "read_lines"]

Places = Mapping[tuple[str, str], Sequence[str]]


def places_of(
    inventory: Inventory, lines: Sequence[str]
) -> tuple[dict[tuple[str, str], list[str]], dict[str, QianyunError]]:
    """(device, interface) -> lines that end there; chosen lines without such an end. Without a choice all lines that
    have one and have not ended. InputError for an unknown line."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    failed: dict[str, QianyunError] = {}
    for id in lines:
        if id not in inventory.lines:
            nearest = nearest_names(id, inventory.lines) or "-"
            raise InputError("bad-argument", argument=f"--line {id}", reason=text("lines.no-line", nearest=nearest))
    for id in lines or tuple(inventory.lines):
        line = inventory.lines[id]
        ends = _ends(inventory, line)
        if line.classified or (not lines and line.state is LineState.TERMINATED):
            continue
        if lines and not ends:
            failed[id] = EvidenceError("evidence-no-interface", line=id)
        for end in ends:
            found[end].append(id)
    return found, failed


def _ends(inventory: Inventory, line: Line) -> list[tuple[str, str]]:
    ends = []
    for end, interface in ((line.a, line.a_interface), (line.b, line.b_interface)):
        kind, device = split_ref(end or "")
        if kind == "device" and interface and device in inventory.devices:
            ends.append((device, interface))
    return ends


def read_lines(
    common: Common, estate: Path, lines: Sequence[str], options: Mapping[str, Any]
) -> tuple[Places, Counted, dict[str, QianyunError]]:
    """Read the counters where lines end; the errors of ``ask`` and ``places_of``."""
    from network.collection import read_counters
    from network.push.access import facts_of, login_of, target_of

    asked = ask(common, estate, **options)
    inventory = asked.inventory
    places, failed = places_of(inventory, lines)
    chosen = set(asked.devices)
    wanted: dict[str, list[str]] = defaultdict(list)
    targets: dict[str, Target] = {}
    logins: dict[str, Login] = {}
    for device, interface in places:
        if device not in chosen or device in failed:
            continue
        try:
            if device not in targets:
                logins[device] = login_of(device, facts_of(inventory.devices[device]), asked.access)
                targets[device] = target_of(inventory, device, asked.access)
            wanted[device].append(interface)
        except QianyunError as error:
            failed[device] = error
    sites = {device: inventory.devices[device].room or inventory.devices[device].division for device in targets}
    with progress(text("evidence.reading")) as report:
        found = read_counters(
            asked.transport,
            targets,
            lambda target: logins[target.device],
            wanted,
            site_of=sites,
            workers=asked.threads,
            progress=lambda done, total: report("", done, total),
        )
    failed |= {f"{device} {interface}".strip(): error for (device, interface), error in found.failed.items()}
    return places, found, failed

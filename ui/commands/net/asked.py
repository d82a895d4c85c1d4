"""What a command of ``qianyun net`` works with: the devices that are meant, and the way to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError, MissingExtraError, QianyunError
from inventory.inventory import Inventory
from inventory.kinds.network import Ipv6Stage
from ui.commanding import Common
from ui.opening import open_estate
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.settings import WorkerSettings
    from network.push.access import Access
    from network.push.journal import Journal
    from network.push.preview import DevicePreview, Wish
    from network.transport import Transport

__all__ = ["Asked", "ask", "found_wishes"]

PLACE = Path(".qianyun") / "network"


@dataclass(frozen=True)
class Asked:
    """The devices of an estate that a command is about.

    Attributes:
        devices: their ids.
        settings: the worker's, for limits and times.
        threads: devices at a time.
    """

    estate: Path
    inventory: Inventory
    devices: tuple[str, ...]
    settings: WorkerSettings
    access: Access
    transport: Transport
    journal: Journal
    threads: int


def ask(
    common: Common,
    estate: Path,
    *,
    only: Sequence[str],
    config: Path | None,
    user: str,
    key: Path | None,
    ask_password: bool,
    threads: int,
    journal: Path | None = None,
) -> Asked:
    """Open the estate, select its devices, ask for the password where that is wished for.

    InputError for a selector that selects no device; SelectorError; MissingExtraError.
    """
    from migration.run.settings import load_settings

    settings = load_settings(config)
    inventory = open_estate(estate, common).inventory
    devices = _selected(inventory, only)
    transport = _transport()
    from network.executor import access_of
    from network.push.journal import Journal

    access = access_of(settings)
    if user:
        access = dataclasses.replace(access, user=user)
    if key is not None:
        if not key.is_file():
            raise InputError("bad-argument", argument=f"--key {key}", reason=text("net.no-key"))
        access = dataclasses.replace(access, key_file=key)
    if ask_password:
        asked = click.prompt(text("net.password"), hide_input=True, err=True)
        access = dataclasses.replace(access, password=str(asked))
    kept = Journal(journal if journal is not None else estate / PLACE)
    return Asked(estate, inventory, devices, settings, access, transport, kept, threads)


def _selected(inventory: Inventory, only: Sequence[str]) -> tuple[str, ...]:
    from inventory.selectors import find

    if not only:
        return tuple(inventory.devices)
    found: dict[str, None] = {}
    for selector in only:
        if selector in inventory.devices:
            found[selector] = None
            continue
        chosen = [record.id for kind, record in find(inventory, selector) if kind == "device"]
        if not chosen:
            raise InputError("bad-argument", argument=f"--only {selector}", reason=text("net.no-device"))
        found |= dict.fromkeys(chosen)
    return tuple(found)


def _transport() -> Transport:
    try:
        from network.transport import NetmikoTransport

        return NetmikoTransport()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("network"):
            raise
        raise MissingExtraError("missing-extra", command="qianyun net", extra="network") from error


def found_wishes(asked: Asked, stage: str) -> tuple[list[Wish], list[DevicePreview]]:
    """What the devices are to have up to a stage; devices of which that cannot be told, with the error."""
    from network.addressing import plan_addresses
    from network.intent import Intents
    from network.push.access import facts_of, login_of, target_of
    from network.push.preview import DevicePreview, Wish
    from network.push.probes import Dependents
    from network.rendering import intended

    addresses = plan_addresses(asked.inventory)
    intents, dependents = Intents(asked.inventory, addresses), Dependents(asked.inventory, addresses)
    upto = Ipv6Stage(stage)
    wishes: list[Wish] = []
    failed: list[DevicePreview] = []
    for device in asked.devices:
        try:
            intent = intents[device]
            target = target_of(asked.inventory, device, asked.access)
            login = login_of(device, facts_of(asked.inventory.devices[device]), asked.access)
        except QianyunError as error:
            failed.append(DevicePreview(device, error=error))
            continue

        def wanted(running: Any, intent: Any = intent) -> Any:
            return intended(intent, upto, running)

        wishes.append(Wish(target, login, wanted, label=stage, probes=dependents.of(device)))
    return wishes, failed

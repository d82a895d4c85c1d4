"""Where a device is reached and who logs in: from the inventory and from what a worker or a person says of logins."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.errors import FileError
from inventory.files import reason_of
from inventory.inventory import Inventory
from network.errors import PushRefusedError
from network.platforms import platform_of

if TYPE_CHECKING:
    from inventory.kinds.network import Device
    from network.transport import Login, Target

__all__ = ["METHODS", "Access", "Jump", "facts_of", "login_of", "read_known_hosts", "target_of", "target_of_facts"]

METHODS = ("agent", "key", "prompt")
"""Ways to log in that a device's ``credential`` may name, as METHOD:USER."""
SSH = 22


@dataclass(frozen=True)
class Jump:
    """A host that sessions go through. ``host_key``: as in known_hosts."""

    address: str
    host_key: str
    user: str = ""
    port: int = SSH


@dataclass(frozen=True)
class Access:
    """What a worker's settings or a person's options say of logins.

    Attributes:
        user: for all devices, over what their records say; empty: as they say.
        key_file: private key; None: the agent's, or a password.
        password: asked for at the terminal; never shown.
        jump: a host that all sessions go through.
        port: of SSH on the devices.
        host_keys: address or id -> key, for devices whose records have none (``read_known_hosts``).
    """

    user: str = ""
    key_file: Path | None = None
    password: str | None = field(default=None, repr=False)
    jump: Jump | None = None
    port: int = SSH
    host_keys: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_known_hosts(path: Path) -> dict[str, str]:
    """Host -> key of a file of known host keys; of several keys the first. Hashed names and marked lines are left out:
    what a device is known by has to be readable. FileError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
    found: dict[str, str] = {}
    for line in lines:
        names, _, key = line.strip().partition(" ")
        if names and names[0] not in "#|@" and key:
            for name in names.split(","):
                found.setdefault(name, " ".join(key.split()[:2]))
    return found


def facts_of(device: Device) -> dict[str, Any]:
    """What is needed of a device's record to reach it, as plain data: a runbook keeps it."""
    return {
        "platform": device.platform,
        "address": device.management_address or "",
        "host_key": device.host_key,
        "encoding": device.encoding.value if "encoding" in device.model_fields_set else "",
        "credential": device.credential,
    }


def target_of(inventory: Inventory, device_id: str, access: Access) -> Target:
    """How a device of the inventory is reached.

    UnknownObjectError; UnknownPlatformError; PushRefusedError ``push-no-address``, ``push-no-host-key``,
    ``push-credential``.
    """
    inventory.get("device", device_id)
    return target_of_facts(device_id, facts_of(inventory.devices[device_id]), access)


def target_of_facts(device: str, facts: Mapping[str, Any], access: Access) -> Target:
    """The same from what ``facts_of`` gave. Errors as ``target_of``, without UnknownObjectError."""
    from network.transport import Target

    platform = platform_of(str(facts.get("platform", "")))
    address, port = str(facts.get("address", "")), int(facts.get("port", 0) or access.port)
    known = (address if port == SSH else f"[{address}]:{port}", device)
    host_key = str(facts.get("host_key", "")) or next(
        (access.host_keys[one] for one in known if one in access.host_keys), ""
    )
    if not address:
        raise PushRefusedError("push-no-address", device=device)
    if not host_key:
        raise PushRefusedError("push-no-host-key", device=device)
    jump = None
    if access.jump is not None:
        jump = Target(
            device=f"jump {access.jump.address}", platform=platform, address=access.jump.address,
            port=access.jump.port, host_key=access.jump.host_key, user=access.jump.user or _user(access, device, facts),
            encoding="utf-8", jump=None,
        )  # fmt: skip
    return Target(
        device=device,
        platform=platform,
        address=address,
        port=port,
        host_key=host_key,
        user=_user(access, device, facts),
        encoding=str(facts.get("encoding", "")) or platform.encoding,
        jump=jump,
    )


def login_of(device: str, facts: Mapping[str, Any], access: Access) -> Login:
    """How to log in. PushRefusedError ``push-credential``: the record asks for what nobody has given."""
    from network.transport import Login

    method, _ = _credential(device, facts)
    if method == "key" and access.key_file is None:
        raise _unusable(device, facts, "no key file is given")
    if method == "prompt" and access.password is None:
        raise _unusable(device, facts, "no password was asked for")
    agent = access.key_file is None and access.password is None
    return Login(password=access.password, key_file=access.key_file, agent=agent)


def _user(access: Access, device: str, facts: Mapping[str, Any]) -> str:
    if access.user:
        return access.user
    _, user = _credential(device, facts)
    return user or getpass.getuser()


def _credential(device: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    method, _, user = str(facts.get("credential", "")).partition(":")
    if method and method not in METHODS:
        raise _unusable(device, facts, f"'{method}' is no way to log in")
    return method, user


def _unusable(device: str, facts: Mapping[str, Any], reason: str) -> PushRefusedError:
    known = ", ".join(f"{method}:USER" for method in METHODS)
    return PushRefusedError(
        "push-credential", device=device, credential=facts.get("credential", ""), reason=reason, known=known
    )

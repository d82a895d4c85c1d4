"""Requests and deliveries of an estate: the files under deliveries/, and what a delivery changes in the estate.

``deliveries/requests/ID.yaml`` is what was asked for, ``deliveries/STACK.yaml`` what has been delivered. Addresses
become state of the components (``state/stack-STACK.yaml``), as those of machines that the engine has made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from inventory.base import Struct
from inventory.dump import yaml_text
from inventory.files import reason_of, write_atomic, write_together
from inventory.inventory import Inventory
from inventory.loaders.folder import DELIVERIES
from inventory.state import StateEntry
from migration.run.outcomes import write_state
from stacks.outcome import entry_of
from stacks.requests.errors import RequestChangedError, RequestError
from stacks.requests.filled import FilledForm
from stacks.requests.model import Delivery, Request

__all__ = [
    "Taking",
    "addresses_of_others",
    "read_deliveries",
    "read_delivery",
    "request_of_form",
    "take_over",
    "taking_of",
    "write_request",
]

Found = TypeVar("Found", bound=Struct)
REQUESTS = f"{DELIVERIES}/requests"
SYSTEM = "system."


def write_request(estate: Path, request: Request) -> bool:
    """Keep what is asked for; whether it takes the place of another request. Errors as ``write_atomic``."""
    path = estate / REQUESTS / f"{request.id}.yaml"
    content = yaml_text(request.model_dump(mode="json")).encode()
    before = path.read_bytes() if path.exists() else content
    if not path.exists() or before != content:
        write_atomic(path, content)
    return before != content


def request_of_form(estate: Path, form: FilledForm, path: Path) -> Request:
    """The request that a form answers.

    Raises:
        RequestError: ``request-unknown``, ``request-unreadable``.
        RequestChangedError: ``request-changed``.
    """
    kept = estate / REQUESTS / f"{Path(form.request).name}.yaml"
    if not kept.is_file():
        raise RequestError("request-unknown", path=str(path), request=form.request)
    request = _read(kept, Request, "request-unreadable")
    if request.hash != form.hash:
        raise RequestChangedError(
            "request-changed", path=str(path), request=request.id, found=form.hash, known=request.hash
        )
    return request


def read_delivery(estate: Path, stack: str) -> Delivery | None:
    """What was delivered for a stack; None where nothing was. RequestError ``delivery-record`` for a spoilt record."""
    path = estate / DELIVERIES / f"{stack}.yaml"
    return _read(path, Delivery, "delivery-record") if path.is_file() else None


def read_deliveries(estate: Path) -> dict[str, Delivery]:
    """All that was delivered, by stack. Errors as ``read_delivery``."""
    found = (_read(path, Delivery, "delivery-record") for path in sorted((estate / DELIVERIES).glob("*.yaml")))
    return {delivery.stack: delivery for delivery in found}


def _read(path: Path, model: type[Found], code: str) -> Found:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RequestError(code, path=str(path), reason=reason_of(error)) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise RequestError(code, path=str(path), reason=type(error).__name__) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RequestError(code, path=str(path), reason=f"{place}: {first['msg']}") from error


# ---- what a delivery changes ----


@dataclass(frozen=True)
class Taking:
    """What taking a form over writes: deliveries that are new or other than those on record, and entries of state."""

    new: tuple[Delivery, ...]
    changed: tuple[Delivery, ...]
    same: tuple[Delivery, ...]
    entries: Mapping[str, tuple[StateEntry, ...]]

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.new or self.changed or self.entries)


def addresses_of_others(inventory: Inventory, request: Request, deliveries: Mapping[str, Delivery]) -> dict[str, str]:
    """Address -> who has it: components and deliveries, without those of the systems that the request is for."""
    own = {system.id for system in request.systems}
    taken: dict[str, str] = {}
    for id, system in inventory.systems.items():
        if id not in own:
            for part in system.components:
                for end in (*part.endpoints, *part.target_endpoints):
                    for address in (end.address, end.address_v6):
                        if address:
                            taken[address] = f"{id}/{part.id}"
    for stack, delivery in deliveries.items():
        if stack.removeprefix(SYSTEM) not in own:
            for component, machine in delivery.machines.items():
                taken |= {address: f"{stack.removeprefix(SYSTEM)}/{component}" for address in machine.addresses}
    return taken


def taking_of(
    inventory: Inventory, known: Mapping[str, Delivery], deliveries: Iterable[Delivery], at: dt.datetime
) -> Taking:
    """What of the deliveries is not on record yet. The day of a delivery alone makes no difference."""
    new, changed, same = [], [], []
    entries: dict[str, tuple[StateEntry, ...]] = {}
    for delivery in deliveries:
        before = known.get(delivery.stack)
        if before is None:
            new.append(delivery)
        elif before.model_copy(update={"delivered": delivery.delivered}) == delivery:
            same.append(delivery)
        else:
            changed.append(delivery)
        found = tuple(_entries(inventory, delivery, at))
        if found:
            entries[delivery.stack] = found
    return Taking(tuple(new), tuple(changed), tuple(same), entries)


def _entries(inventory: Inventory, delivery: Delivery, at: dt.datetime) -> Iterable[StateEntry]:
    for component, machine in delivery.machines.items():
        entry = entry_of(inventory, delivery.stack.removeprefix(SYSTEM), component, machine.addresses, at)
        if entry is not None:
            yield entry


def take_over(estate: Path, taking: Taking) -> tuple[Path, ...]:
    """Write all of it; the files written. Interrupted, it is ended by taking the same form over again.

    Errors as ``write_together`` and ``migration.run.outcomes.write_state``.
    """
    records = {f"{delivery.stack}.yaml": yaml_text(_plain(delivery)) for delivery in (*taking.new, *taking.changed)}
    write_together(estate / DELIVERIES, records)
    states = [write_state(estate, f"stack-{stack}", entries) for stack, entries in taking.entries.items()]
    return (*(estate / DELIVERIES / name for name in records), *states)


def _plain(delivery: Delivery) -> dict[str, object]:
    return delivery.model_dump(mode="json", exclude_defaults=True)

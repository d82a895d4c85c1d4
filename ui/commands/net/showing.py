"""Previews and results of pushes as tables and as JSON."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError, QianyunError, UnreachableError, VersionError
from ui.output import emit, say, table
from ui.texts import error_texts, text

if TYPE_CHECKING:
    from inventory.inventory import Inventory
    from network.push.model import PushResult
    from network.push.preview import DevicePreview

__all__ = [
    "exit_code",
    "preview_answer",
    "result_answer",
    "show_patches",
    "show_previews",
    "show_results",
    "tell_previews",
]

FAILED, INTERRUPTED = 1, 130


def preview_answer(found: DevicePreview, inventory: Inventory) -> dict[str, Any]:
    """One device of a preview."""
    record = inventory.devices[found.device]
    wrong = found.error or found.refusal
    platform = None if found.change is None else found.change.platform
    back = () if found.back is None else found.back.commands
    commands = () if found.change is None else found.change.patch.commands
    return {
        "device": found.device,
        "name": record.name,
        "platform": record.platform,
        "proof": "" if platform is None else platform.proof.value,
        "lines": found.lines,
        "commands": [] if platform is None else [platform.masked(line) for line in commands],
        "back": [] if platform is None else [platform.masked(line) for line in back],
        "warning": "" if found.warning is None else found.warning.code,
        **_wrong(wrong),
    }


def tell_previews(
    inventory: Inventory, previews: Sequence[DevicePreview], head: Mapping[str, Any], *, json: bool
) -> str:
    """What a command prints that only previews, ``head`` first; the hash by which a person agrees to it."""
    from network.push.batches import batches_of
    from network.push.preview import preview_hash

    digest = preview_hash(previews)
    if not json:
        show_patches(previews)
        show_previews(previews, inventory, digest=digest)
        return digest
    batches = batches_of(inventory, [found.device for found in previews])
    place = {device: number for number, batch in enumerate(batches, 1) for device in batch}
    devices = [preview_answer(found, inventory) | {"batch": place[found.device]} for found in previews]
    emit({**head, "hash": digest, "devices": devices})
    return digest


def show_previews(previews: Sequence[DevicePreview], inventory: Inventory, *, digest: str) -> None:
    """One line a device, then what stands against it."""
    rows = []
    for found in previews:
        wrong = found.error or found.refusal
        state = "changes" if found.lines else "unchanged"
        if wrong is not None:
            state = "refused" if found.refusal is not None else "failed"
        record = inventory.devices[found.device]
        proof = "" if found.change is None else text(f"net.proof.{found.change.platform.proof.value}")
        rows.append((found.device, record.name, record.platform, proof, found.lines, text(f"net.state.{state}")))
    columns = [text(f"net.column.{name}") for name in ("device", "name", "platform", "proof", "lines", "state")]
    table(columns, rows, title=text("net.preview-title", hash=digest), right=[4])
    _tell([(found.device, found.error or found.refusal or found.warning) for found in previews])


def show_patches(previews: Sequence[DevicePreview]) -> None:
    """The commands of each device, secrets masked."""
    for found in previews:
        if found.change is None or not found.lines:
            continue
        sys.stdout.write(text("net.patch-of", device=found.device) + "\n")
        sys.stdout.writelines(f"  {found.change.platform.masked(line)}\n" for line in found.change.patch.commands)


def result_answer(result: PushResult) -> dict[str, Any]:
    """One device of a push."""
    return {
        "device": result.device,
        "status": result.status.value,
        "lines": result.lines,
        "seconds": round(result.seconds, 3),
        "differences": list(result.notes),
        **_wrong(result.error),
    }


def show_results(results: Sequence[PushResult]) -> None:
    """One line a device, the sums, then what went wrong."""
    rows = [
        (result.device, text(f"net.status.{result.status.value}"), result.lines, f"{result.seconds:.1f}")
        for result in results
    ]
    columns = [text(f"net.column.{name}") for name in ("device", "state", "lines", "seconds")]
    counts = Counter(result.status.value for result in results)
    summary = ", ".join(f"{text(f'net.status.{status}')} {count}" for status, count in sorted(counts.items()))
    table(columns, rows, title=summary, right=[2, 3])
    _tell([(result.device, result.error) for result in results])


def exit_code(errors: Sequence[QianyunError | None], *, canceled: bool = False) -> int:
    """0 where nothing is wrong; 2, 4 or 5 where all that is wrong is of that kind, else 1; 130 after an interrupt."""
    if canceled:
        return INTERRUPTED
    wrong = [error for error in errors if error is not None]
    if not wrong:
        return 0
    kinds = (InputError, UnreachableError, VersionError)
    return next((kind.exit_code for kind in kinds if all(isinstance(error, kind) for error in wrong)), FAILED)


def _wrong(error: QianyunError | None) -> dict[str, str]:
    message, hint = ("", "") if error is None else error_texts(error)
    return {"code": "" if error is None else error.code, "message": message, "hint": hint}


def _tell(errors: Sequence[tuple[str, QianyunError | None]]) -> None:
    for _, error in errors:
        if error is not None:
            message, hint = error_texts(error)
            say("net.wrong", message=message, hint=f" ({hint})" if hint else "")

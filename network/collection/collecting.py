"""Reads the running configurations of many devices at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.errors import QianyunError
from network.collection.folder import BackupFolder, Written

if TYPE_CHECKING:
    from network.transport import Login, Target, Transport

__all__ = ["Collected", "collect"]


@dataclass(frozen=True)
class Collected:
    """Device -> what became of it, each in one of the two."""

    written: Mapping[str, Written] = field(default_factory=dict)
    failed: Mapping[str, QianyunError] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[str, ...]:
        """Devices whose configuration differs from what was kept."""
        return tuple(device for device, one in self.written.items() if one.changed)


def collect(
    transport: Transport,
    targets: Mapping[str, Target],
    login_of: Callable[[Target], Login],
    folder: BackupFolder,
    *,
    workers: int = 8,
    progress: Callable[[int, int], None] | None = None,
) -> Collected:
    """Reads every target's running configuration into a folder; what fails keeps its former file.

    ``progress`` gets (done, total), in the calling thread. Results are in the order of the targets.
    """
    written: dict[str, Written] = {}
    failed: dict[str, QianyunError] = {}

    def one(device: str, target: Target) -> Written:
        with transport.open(target, login_of(target)) as session:
            text = session.running()
        return folder.write(device, target.platform, text)

    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="collect") as pool:
        waiting = {pool.submit(one, device, target): device for device, target in targets.items()}
        for done, future in enumerate(as_completed(waiting), 1):
            device = waiting[future]
            try:
                written[device] = future.result()
            except QianyunError as error:
                failed[device] = error
            if progress is not None:
                progress(done, len(targets))
    return Collected(
        {device: written[device] for device in targets if device in written},
        {device: failed[device] for device in targets if device in failed},
    )

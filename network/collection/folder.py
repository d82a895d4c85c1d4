"""A folder of configurations, made to be kept in git: one file a device, changed only when the device has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inventory.files import reason_of, write_atomic
from network.collection.text import stable_text
from network.errors import CollectionError
from network.platforms import Platform

__all__ = ["BackupFolder", "Written"]

SUFFIX = ".cfg"


@dataclass(frozen=True)
class Written:
    """A device's file; ``changed``: it is new or its content is."""

    path: Path
    changed: bool


@dataclass(frozen=True)
class BackupFolder:
    """``DEVICE.cfg`` in one folder, UTF-8, whatever encoding the devices use. Files are written whole or not at all,
    readable by their owner only."""

    path: Path

    def file_of(self, device: str) -> Path:
        """Where a device's configuration stands. Ids are plain ASCII names (``inventory.base.ID_PATTERN``)."""
        return self.path / f"{device}{SUFFIX}"

    def write(self, device: str, platform: Platform, text: str) -> Written:
        """Keep a running configuration without its secrets; an unchanged one leaves the file alone.

        InputError ``cannot-write`` where the folder cannot be written.
        """
        path = self.file_of(device)
        content = stable_text(platform, text).encode()
        if path.is_file() and path.read_bytes() == content:
            return Written(path, changed=False)
        write_atomic(path, content, private=True)
        return Written(path, changed=True)

    def read(self, device: str) -> str:
        """A device's configuration as it was last kept; CollectionError where there is none."""
        path = self.file_of(device)
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CollectionError("collection-missing", device=device, path=str(self.path)) from None
        except UnicodeDecodeError as error:
            raise CollectionError(
                "collection-encoding", device=device, encoding="utf-8", position=error.start
            ) from error
        except OSError as error:
            raise CollectionError("collection-unreadable", path=str(path), reason=reason_of(error)) from error

    def devices(self) -> Iterator[str]:
        """Ids of the devices that have a file, sorted."""
        yield from sorted(path.name.removesuffix(SUFFIX) for path in self.path.glob(f"*{SUFFIX}"))

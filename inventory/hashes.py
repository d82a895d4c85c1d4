"""The hash of what an estate declares. The hash of the slice that a work item depends on is in ``migration.graph``."""

from __future__ import annotations

import hashlib
from pathlib import Path

from inventory.load import max_file_mb
from inventory.loaders.folder import read_folder

__all__ = ["declared_hash"]


def declared_hash(path: Path | str) -> str:
    """SHA-256 (hex) over names and bytes of all files of the estate but those under state/, evidence/, deliveries/ and
    hidden ones.
    """
    digest = hashlib.sha256()
    for name, content in read_folder(Path(path), max_file_mb(Path(path))).declared():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

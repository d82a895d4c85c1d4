"""Files under evidence/: they exist and are the ones that were recorded."""

from __future__ import annotations

import hashlib
from pathlib import Path

from inventory.checks.common import Found, about
from inventory.inventory import Inventory

__all__ = ["check_evidence"]

_FOLDER = "evidence"


def check_evidence(inventory: Inventory) -> Found:
    """Evidence of systems and risks against the files; records without a path claim no file."""
    root = inventory.path / _FOLDER
    for kind in ("system", "risk"):
        for id, record in inventory.of(kind).items():
            for number, item in enumerate(getattr(record, "evidence", ())):
                if not item.path:
                    continue
                file = _inside(root, item.path)
                path = f"evidence.{number}"
                if file is None:
                    yield about(inventory, "evidence-missing", kind, id, f"{path}.path", value=item.path)
                elif item.sha256 and _sha256(file) != item.sha256.lower():
                    yield about(inventory, "evidence-altered", kind, id, f"{path}.sha256", value=item.path)


def _inside(root: Path, path: str) -> Path | None:
    """The file below evidence/ that a path names, with or without that folder's name; None when there is none."""
    file = (root / path.removeprefix(f"{_FOLDER}/")).resolve()
    return file if file.is_relative_to(root.resolve()) and file.is_file() else None


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""

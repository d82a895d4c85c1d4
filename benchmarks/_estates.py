"""Made estates to measure on: the same content for the same size, kept between runs until the generator changes."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

from benchmarks._measure import ROOT, measure, qianyun
from benchmarks._report import note

__all__ = ["cache_at", "estate"]

_MAKES = ("inventory/examples", "inventory/kinds", "inventory/dump.py", "inventory/estate.py")
"""What decides how a made estate looks."""


@cache
def _generator() -> str:
    digest = hashlib.blake2b(digest_size=4)
    for name in _MAKES:
        place = ROOT / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in (".py", ".csv"):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def estate(folder: Path, systems: int, *, like: str = "shanxi", seed: int = 1) -> Path:
    """Folder of a made estate; made where it is not there yet."""
    place = folder.resolve() / "estates" / f"{like}-{systems}-{seed}-{_generator()}"
    if not place.exists():
        note(f"making an estate of {systems} systems")
        part = place.with_name(f"{place.name}.part")
        size, number = str(systems), str(seed)
        made = measure(qianyun("example", "make", str(part), "--like", like, "--systems", size, "--seed", number))
        if made.status != "ok":
            sys.exit(f"no estate of {systems} systems could be made: {made.note}")
        part.rename(place)
    return place


def cache_at(folder: Path) -> dict[str, str]:
    """Environment in which loaded estates are cached in ``folder`` and not among the user's own."""
    return {"QIANYUN_CACHE_DIR": str(folder.resolve())}

"""Where the engine's program is: on PATH, or in the cache that `make tools` fills."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from stacks.engine.model import EngineFound
from stacks.errors import EngineSetupError

__all__ = ["OLDEST", "cached_programs", "find_engine", "version_of"]

OLDEST = (3, 205)
"""Oldest engine that works: it streams its events over gRPC and refreshes and destroys with inline programs."""


def cached_programs() -> Path:
    """Folder with links to the programs that `make tools` has built; it may not exist."""
    from platformdirs import user_cache_path

    return user_cache_path("qianyun") / "tools" / "bin"


def version_of(program: Path, argument: str = "version") -> str:
    """What a program says of its version, without a leading 'v'; empty when it says none within ten seconds."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        said = subprocess.run(  # noqa: S603  a program found on PATH
            [str(program), argument], capture_output=True, text=True, env=environment, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.match(r"v?(\d+\.\d+\S*)", said.stdout.strip())
    return found[1] if found and said.returncode == 0 else ""


def find_engine(environment: Mapping[str, str] | None = None) -> EngineFound:
    """The engine on PATH if it is new enough, else the one of `make tools`.

    Raises:
        EngineSetupError: ``engine-missing``; ``engine-old`` when the only one is older than ``OLDEST``.
    """
    environment = os.environ if environment is None else environment
    too_old: EngineFound | None = None
    for path, source in _candidates(environment):
        found = EngineFound(path, version_of(path), source)
        if _numbers(found.version) >= OLDEST:
            return found
        too_old = too_old or found
    oldest = ".".join(map(str, OLDEST))
    if too_old:
        raise EngineSetupError("engine-old", path=too_old.path, version=too_old.version or "?", oldest=oldest)
    raise EngineSetupError("engine-missing", oldest=oldest)


def _candidates(environment: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    on_path = shutil.which("pulumi", path=environment.get("PATH"))
    if on_path:
        yield Path(on_path), "path"
    built = cached_programs() / "pulumi"
    if os.access(built, os.X_OK):
        yield built, "cache"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version)[:2])

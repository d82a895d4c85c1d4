"""Keeps a bed that was set up and stopped, so that the next one need not be set up.

An archive holds passwords, keys and tables; it is unpacked anywhere and started on other ports. It fits as long as the
files of this package and the versions of the Debian packages are those that it was made with.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import Layout
from tools.cloudbed.services import PACKAGES

__all__ = ["archive", "keep", "key", "missing_packages", "take"]

KEPT = ("database", "dns", "images", "lib", "secrets.json", "set-up")
"""What a stopped bed consists of; the rest is written at each start. The message queue starts empty."""

SHAPING = (
    "backing.py",
    "building.py",
    "cache.py",
    "configs.py",
    "content.py",
    "services.py",
    "inside/*.py",
    "templates/*",
)
"""The files that say what is in an archive."""

ARCHIVES = 3
"""As many are kept, the newest: other checkouts have others."""


def key() -> str:
    """What an archive depends on, as 16 hexadecimal digits.

    Raises:
        BedError: a Debian package is missing.
    """
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted({found for pattern in SHAPING for found in folder.glob(pattern)}):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    installed = _installed()
    if missing := [name for name in PACKAGES if name not in installed]:
        raise BedError(f"not installed: {', '.join(missing)}; as root: bash tools/system_packages.sh")
    digest.update(repr(sorted(installed.items())).encode())
    return digest.hexdigest()[:16]


def archive(key_: str) -> Path:
    """Where the archive of a key is, or would be."""
    return user_cache_path("qianyun") / "cloudbed" / f"{key_}.tar.gz"


def keep(layout: Layout, path: Path) -> None:
    """Packs a stopped bed. A full disk leaves no archive, and is no error: the next bed is set up anew."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                for item in KEPT:
                    tar.add(layout.root / item, arcname=item)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
        old = sorted(path.parent.glob("*.tar.gz"), key=lambda one: one.stat().st_mtime, reverse=True)[ARCHIVES:]
        for one in old:
            one.unlink(missing_ok=True)


def take(layout: Layout, path: Path) -> bool:
    """Unpacks a bed into a prepared folder; False when there is no archive, or a damaged one (which is removed)."""
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            tar.extractall(layout.root, filter="tar")
            path.touch()
    except FileNotFoundError:
        return False
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, tarfile.TarError) and error.errno is not None:
            raise BedError(f"the bed cannot be unpacked into {layout.root}: {error.strerror}") from error
        path.unlink(missing_ok=True)
        for item in KEPT:
            shutil.rmtree(layout.root / item, ignore_errors=True)
            with contextlib.suppress(OSError):
                (layout.root / item).unlink()
        layout.prepare()
        return False
    return True


def missing_packages() -> list[str]:
    """Debian packages of a bed that are not installed; all of them where there is no Debian."""
    return [name for name in PACKAGES if name not in _installed()]


def _installed() -> dict[str, str]:
    """Versions by name."""
    try:
        done = subprocess.run(
            ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package} ${Version}\n", *PACKAGES],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return {}
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[1]: row[2] for row in rows if row[0] == "installed"}

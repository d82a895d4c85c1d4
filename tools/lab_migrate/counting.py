"""What is stored, counted by the database and by the machine that has the files; never from anybody's record."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from network.lab import Lab
from tools.lab_migrate.accounts import Accounts, Ack, account
from tools.lab_migrate.client import file_of
from tools.lab_migrate.estate import System
from tools.lab_migrate.hosts import DATABASE, run

__all__ = ["count", "stored_files", "stored_rows"]

_COUNT = "SELECT n, count(*) FROM entries GROUP BY n"
_COMMANDS = {
    "postgresql": ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "-qAtF", "\t", DATABASE],
    "mariadb": ["mariadb", "--batch", "--skip-column-names", DATABASE],
}
_CHECKSUMS = "cd /srv/files && find . -maxdepth 1 -type f -name '[0-9]*.txt' -print0 | xargs -0r sha256sum"


def stored_rows(lab: Lab, system: System, side: str) -> dict[int, int]:
    """Number -> rows of it, in the database of a side (source or target)."""
    host = getattr(system.database, side)
    lines = run(lab, host, _COMMANDS[system.make], f"{_COUNT};\n".encode()).decode().splitlines()
    return {int(n): int(times) for n, _, times in (line.partition("\t") for line in lines)}


def stored_files(lab: Lab, system: System, side: str) -> dict[int, str]:
    """Number -> SHA-256 of its file, computed on the machine of a side."""
    lines = run(lab, getattr(system.files, side), ["sh", "-c", _CHECKSUMS]).decode().splitlines()
    found = {}
    for line in lines:
        checksum, _, name = line.partition(" ")
        found[int(name.strip().removeprefix("./").removesuffix(".txt"))] = checksum
    return found


def count(lab: Lab, system: System, side: str, acks: Sequence[Ack]) -> Accounts:
    """The accounts of a side. ``acks`` must be read before: what is acknowledged meanwhile is no row too many."""
    wanted = {ack.n: hashlib.sha256(file.encode()).hexdigest() for ack in acks if (file := file_of(ack.n))}
    return account(acks, stored_rows(lab, system, side), stored_files(lab, system, side), wanted)

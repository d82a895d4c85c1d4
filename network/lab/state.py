"""What is on record of the laboratories of this machine: a folder each below /run, read and written by root only."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from inventory.base import Struct, field
from inventory.files import write_atomic
from network.errors import LabError, LabFailedError, LabVersionError, UnknownLabError
from network.lab.processes import end, is_alive, marked, start_time

__all__ = ["LABS", "LabHost", "Plug", "Record", "claim", "known", "read", "records", "remove", "sweep", "write"]

FORMAT = 2
"""Version of a laboratory's record that this program reads and writes."""
LABS = Path("/run/qianyun/labs")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_FILE = "hosts.json"


class Plug(Struct):
    """One interface of a host."""

    name: str = field("Name of the interface")
    port: str = field("The backbone's end of its cable; empty: it leads to another host", "")
    segment: str = field("Segment it is plugged into, or the host at the other end", "")
    vpn: str = field("VPN instance of the host that it belongs to; empty: none", "")
    addresses: tuple[str, ...] = field("Addresses that it was given when it was built, with prefix length", ())


class LabHost(Struct):
    """A running host of a laboratory."""

    name: str = field("Name")
    kind: str = field("host, router, dns, client, ops or backbone")
    names: tuple[str, ...] = field("Further names of the same machine", ())
    place: str = field("Where it stands, as KIND:ID", "")
    plugs: tuple[Plug, ...] = field("Interfaces", ())
    vpns: tuple[str, ...] = field("VPN instances, each a network of its own inside", ())
    pid: int = field("First process of the host, as the machine numbers it")
    host_key: str = field("SSH host key: type and key; empty: nobody logs in by SSH", "")
    login: str = field("Address at which operators log in; empty: the first one", "")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses without prefix length: where operators log in, then in the order of the interfaces."""
        of_plugs = (address.partition("/")[0] for plug in self.plugs for address in plug.addresses)
        return tuple(dict.fromkeys((*([self.login] if self.login else []), *of_plugs)))


class Record(Struct):
    """A laboratory."""

    format: int = field("Version of this file", FORMAT)
    name: str = field("Name")
    estate: str = field("Folder of the estate it was built from", "")
    ready: bool = field("Whether it has been built to the end", False)
    owner: int = field("Process without which it is of no use; 0: it stays until it is taken down", 0)
    owner_started: int = field("When that process started, in clock ticks since boot", 0)
    hosts: tuple[LabHost, ...] = field("Its hosts, the backbone first", ())

    @property
    def orphaned(self) -> bool:
        """Whether the process that it belonged to has ended."""
        return self.owner != 0 and not is_alive(self.owner, self.owner_started)


@contextmanager
def _locked(folder: Path, name: str) -> Iterator[None]:
    """Hold a laboratory's folder; the kernel lets go of it when the process ends.

    Raises:
        LabError: lab-busy. UnknownLabError: lab-unknown, it has been taken down meanwhile.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        raise UnknownLabError("lab-unknown", name=name, known=", ".join(known()) or "-") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError("lab-busy", name=name) from None
        if not os.fstat(handle).st_nlink:  # taken down between the two calls
            raise UnknownLabError("lab-unknown", name=name, known=", ".join(known()) or "-")
        yield
    finally:
        os.close(handle)


@contextmanager
def claim(name: str, estate: str) -> Iterator[Path]:
    """A new laboratory's folder, held while it is built.

    Raises:
        LabError: lab-name, lab-exists.
    """
    if not _NAME.fullmatch(name):
        raise LabError("lab-name", name=name)
    own = os.getpid()
    started = start_time(own)
    made = ""
    while not made:
        with suppress(FileNotFoundError):  # the last laboratory that goes takes the folders above with it
            LABS.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = tempfile.mkdtemp(prefix=f".{own}-{started}-", dir=LABS)
    # It appears under its name with its record in it and held, so that nobody can take it for an abandoned one.
    write(Path(made), Record(name=name, estate=estate, owner=own, owner_started=started))
    with _locked(Path(made), name):
        try:
            Path(made).rename(LABS / name)
        except OSError:
            shutil.rmtree(made)
            raise LabError("lab-exists", name=name) from None
        yield LABS / name


def write(folder: Path, record: Record) -> None:
    """Put a record into a laboratory's folder, whole or not at all."""
    write_atomic(folder / _FILE, record.model_dump_json(indent=1) + "\n", private=True)


def read(name: str) -> Record:
    """The record of a laboratory.

    Raises:
        UnknownLabError: lab-unknown, there is none, or none that is whole. LabVersionError: lab-format.
    """
    try:
        plain: dict[str, Any] = json.loads((LABS / name / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnknownLabError("lab-unknown", name=name, known=", ".join(known()) or "-") from None
    if plain.get("format") != FORMAT:
        raise LabVersionError("lab-format", name=name)
    return Record.model_validate(plain)


def known() -> tuple[str, ...]:
    """Names of all laboratories of this machine, broken ones as well."""
    with suppress(OSError):
        return tuple(sorted(entry.name for entry in LABS.iterdir() if _NAME.fullmatch(entry.name)))
    return ()


def records() -> tuple[Record, ...]:
    """All laboratories of this machine that can be read."""
    found = []
    for name in known():
        with suppress(UnknownLabError, LabVersionError):
            found.append(read(name))
    return tuple(found)


def remove(name: str, *, held: bool = False) -> None:
    """End all processes of a laboratory, and forget it. ``held``: the caller holds its folder already.

    Raises:
        LabError: lab-busy. UnknownLabError: lab-unknown. LabFailedError: lab-stuck.
    """
    folder = LABS / name
    if not held:
        with _locked(folder, name):
            remove(name, held=True)
        return
    backbone = 0
    with suppress(UnknownLabError, LabVersionError):
        record = read(name)
        backbone = next((host.pid for host in record.hosts if host.kind == "backbone"), 0)
    # The backbone last: until then connections into the laboratory are closed properly, and who holds one notices.
    left = end(pid for pid in marked(folder) if pid != backbone) + end(marked(folder))
    if left:
        raise LabFailedError("lab-stuck", name=name, count=left)
    shutil.rmtree(folder)
    for above in (LABS, LABS.parent):
        with suppress(OSError):
            above.rmdir()


def sweep() -> tuple[str, ...]:
    """Take down what processes that have died left behind. Returns the names of those laboratories."""
    gone = []
    for name in known():
        with suppress(LabError, UnknownLabError):
            if _abandoned(name):
                remove(name)
                gone.append(name)
    for begun in LABS.glob(".*"):
        pid, started, _ = begun.name[1:].split("-", 2)
        if not is_alive(int(pid), int(started)):
            shutil.rmtree(begun, ignore_errors=True)
    return tuple(gone)


def _abandoned(name: str) -> bool:
    try:
        return read(name).orphaned
    except UnknownLabError:  # killed while it was taken down
        return True
    except LabVersionError:
        return False

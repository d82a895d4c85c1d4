"""A host's own files, laid over the machine's by overlayfs, and what of the machine a host must not see."""

from __future__ import annotations

import grp
import io
import os
import pwd
import stat
import tarfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = ["Entry", "accounts", "file", "folder", "masks", "pack"]

_OPAQUE = {"SCHILY.xattr.trusted.overlay.opaque": "y"}
"""Extended attribute that makes overlayfs hide what the layer below has in a folder (kernel: filesystems/overlayfs)."""
_PROGRAMS = {"bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "var", "opt"}
"""Folders of the root that hold programs (Filesystem Hierarchy Standard); all others hold data of the machine."""
_MOUNTED = {"proc", "sys", "dev"}


@dataclass(frozen=True)
class Entry:
    """A file, or with ``content`` None a folder that hides what the machine has at its place.

    An entry whose user or group this machine does not have is left out: its program is not installed either.
    """

    content: bytes | None
    mode: int
    user: str = "root"
    group: str = "root"


_STATE: Mapping[str, Entry] = {
    path: Entry(None, mode, user, group)
    for path, mode, user, group in (
        ("/run/frr", 0o755, "frr", "frr"),
        ("/run/lock", 0o1777, "root", "root"),
        ("/run/sshd", 0o755, "root", "root"),
        ("/run/sudo", 0o711, "root", "root"),
        ("/run/mysqld", 0o755, "mysql", "mysql"),
        ("/run/named", 0o775, "bind", "bind"),
        ("/run/postgresql", 0o2775, "postgres", "postgres"),
        ("/var/tmp", 0o1777, "root", "root"),  # noqa: S108 - a path of the host
        ("/var/cache/bind", 0o775, "root", "bind"),
        ("/var/lib/bind", 0o775, "root", "bind"),
        ("/var/lib/mysql", 0o755, "mysql", "mysql"),
        ("/var/lib/postgresql", 0o755, "postgres", "postgres"),
        ("/var/spool/cron", 0o755, "root", "root"),
        ("/etc/bind", 0o2755, "root", "bind"),
        ("/etc/frr", 0o2775, "frr", "frrvty"),
        ("/etc/postgresql", 0o755, "postgres", "postgres"),
        ("/etc/qianyun", 0o755, "root", "root"),
        ("/etc/ssh", 0o755, "root", "root"),
        ("/etc/ssl/private", 0o710, "root", "ssl-cert"),
    )
}
"""Folders where services keep their state, as their packages make them."""


def file(content: str, mode: int = 0o644, *, user: str = "root", group: str = "root") -> Entry:
    """A file with a text."""
    return Entry(content.encode(), mode, user, group)


def folder(mode: int = 0o755, *, user: str = "root", group: str = "root") -> Entry:
    """A folder that is empty at first, whatever the machine has there."""
    return Entry(None, mode, user, group)


def masks(*, homes: bool = True) -> dict[str, Entry]:
    """Folders that hide the machine's data, secrets and runtime state: all of the root's but those of programs, and
    those where services keep state. ``homes`` False: only runtime state is hidden, data of the machine stays visible.
    """
    found = {}
    for entry in os.scandir("/"):
        if not entry.is_dir(follow_symlinks=False) or entry.name in _MOUNTED:
            continue
        if entry.name in {"run", "tmp"} or (homes and entry.name not in _PROGRAMS):
            found[f"/{entry.name}"] = folder(stat.S_IMODE(entry.stat().st_mode))
    found |= _STATE
    found["/var/log"] = folder()
    for entry in os.scandir("/var/log"):
        if entry.is_dir(follow_symlinks=False):
            known = entry.stat()
            owner, group = _name_of(pwd.getpwuid, known.st_uid), _name_of(grp.getgrgid, known.st_gid)
            found[f"/var/log/{entry.name}"] = folder(stat.S_IMODE(known.st_mode), user=owner, group=group)
    return found


def _name_of(find: object, number: int) -> str:
    try:
        return str(find(number)[0])  # type: ignore[operator]
    except KeyError:
        return "root"


_ROUTER_GROUPS = {"frr", "frrvty"}
"""Whose members may speak to FRR's daemons (vtysh(1)) and write its configuration."""


def accounts(operator: str, number: int) -> dict[str, Entry]:
    """The machine's accounts without their passwords, and one more that may do everything by sudo and, where FRR is
    installed, is in its groups.

    ``*`` as password: log in by key only, but not locked, which sshd without PAM would refuse.
    """
    lines = Path("/etc/passwd").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    kept = [line for line in lines if line and line.split(":")[0] != operator]
    names = [line.split(":")[0] for line in kept] + [operator]
    kept.append(f"{operator}:x:{number}:{number}::/home/{operator}:/bin/bash")
    groups = Path("/etc/group").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    groups = [_joined(line, operator) if line.split(":")[0] in _ROUTER_GROUPS else line for line in groups]
    groups.append(f"{operator}s:x:{number}:")
    return {
        "/etc/passwd": _raw(kept, 0o644),
        "/etc/group": _raw(groups, 0o644),
        "/etc/shadow": _secret([f"{name}:*:19000:0:99999:7:::" for name in names]),
        "/etc/gshadow": _secret([f"{line.split(':')[0]}:*::" for line in groups]),
        f"/etc/sudoers.d/{operator}": file(f"{operator} ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440),
    }


def _joined(line: str, member: str) -> str:
    """A line of group(5) with one more member."""
    known = [name for name in line.rpartition(":")[2].split(",") if name]
    return f"{line.rpartition(':')[0]}:{','.join([*known, member])}"


def _secret(lines: list[str]) -> Entry:
    """A file that PAM's helper may read where that belongs to the group shadow (Debian)."""
    content = _raw(lines, 0).content
    return Entry(content, 0o640, group="shadow") if _number_of_group("shadow") else Entry(content, 0o600)


def _number_of_group(name: str) -> int | None:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None


def _raw(lines: list[str], mode: int) -> Entry:
    return Entry(("\n".join(lines) + "\n").encode(errors="surrogateescape"), mode)


def pack(entries: Mapping[str, Entry], numbers: Mapping[str, int]) -> bytes:
    """The entries as a tar archive for the upper layer of an overlay.

    ``numbers``: user and group numbers of names that the machine does not have. Folders above an entry are taken from
    the machine, with their owner and mode.
    """
    owned = {path: ids for path, entry in entries.items() if (ids := _owner(entry, numbers)) is not None}
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        done: set[str] = set()
        for path in sorted(owned):
            for above in _above(path):
                if above not in done and above not in owned:
                    archive.addfile(_machine_folder(above))
                done.add(above)
            archive.addfile(*_member(path, entries[path], owned[path]))
            done.add(path)
    return target.getvalue()


def _above(path: str) -> Iterator[str]:
    return (str(parent) for parent in reversed(PurePosixPath(path).parents) if str(parent) != "/")


def _machine_folder(path: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path.lstrip("/"))
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    if Path(path).is_dir():
        known = Path(path).stat()
        info.mode, info.uid, info.gid = stat.S_IMODE(known.st_mode), known.st_uid, known.st_gid
    return info


def _member(path: str, entry: Entry, owner: tuple[int, int]) -> tuple[tarfile.TarInfo, io.BytesIO | None]:
    info = tarfile.TarInfo(path.lstrip("/"))
    info.mode, (info.uid, info.gid), info.mtime = entry.mode, owner, int(time.time())
    if entry.content is None:
        info.type, info.pax_headers = tarfile.DIRTYPE, dict(_OPAQUE)
        return info, None
    info.size = len(entry.content)
    return info, io.BytesIO(entry.content)


def _owner(entry: Entry, numbers: Mapping[str, int]) -> tuple[int, int] | None:
    try:
        user = numbers[entry.user] if entry.user in numbers else pwd.getpwnam(entry.user).pw_uid
        group = numbers[entry.group] if entry.group in numbers else grp.getgrnam(entry.group).gr_gid
    except KeyError:
        return None
    return user, group

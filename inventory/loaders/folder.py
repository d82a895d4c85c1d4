"""The files of an estate's folder: found, read as bytes within the size limit, and parsed by their ending."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from inventory.errors import EstateError, FileError
from inventory.files import reason_of
from inventory.loaders.raw import RawFile
from inventory.loaders.table_file import decode, read_csv, read_xlsx
from inventory.loaders.yaml_file import read_yaml
from inventory.problems import Origin, Problem, problem

__all__ = ["DELIVERIES", "ESTATE_FILE", "EVIDENCE", "STATE", "Folder", "evidence_marks", "parse", "read_folder"]

ESTATE_FILE = "estate.yaml"
STATE = "state"
EVIDENCE = "evidence"
DELIVERIES = "deliveries"
"""What was asked of clouds by form, and what was delivered: read by ``stacks.requests``."""
TEXT_ENDINGS = (".yaml", ".yml", ".json")
ENDINGS = (*TEXT_ENDINGS, ".csv", ".xlsx")
MEGABYTE = 1_000_000


@dataclass
class Folder:
    """What a folder holds: relative name -> bytes, in the order of the names; and what could not be read."""

    contents: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def declared(self) -> Iterator[tuple[str, bytes]]:
        """The files of declarations (not those under state/)."""
        return ((name, content) for name, content in self.contents.items() if PurePosixPath(name).parts[0] != STATE)

    def state(self) -> Iterator[tuple[str, bytes]]:
        """The files under state/."""
        return ((name, content) for name, content in self.contents.items() if PurePosixPath(name).parts[0] == STATE)


def _names(path: Path, folder: Folder) -> list[str]:
    names: list[str] = []

    def refused(error: OSError) -> None:
        where = Path(error.filename or path)
        if where == path:
            raise EstateError("estate-unreadable", path=str(path), reason=reason_of(error)) from error
        origin = Origin(where.relative_to(path).as_posix())
        folder.problems.append(problem("folder-unreadable", origin, reason=reason_of(error)))

    for parent, folders, files in os.walk(path, onerror=refused):
        inside = Path(parent)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not (inside == path and name in (EVIDENCE, DELIVERIES))
        )
        names += [
            (inside / name).relative_to(path).as_posix()
            for name in files
            if not name.startswith((".", "~$")) and name.lower().endswith(ENDINGS)
        ]
    return sorted(names)


def read_folder(path: Path, max_file_mb: int) -> Folder:
    """Read every file of the estate that may hold records; hidden files and folders, evidence/ and deliveries/ are not
    looked at.

    Raises EstateError when ``path`` is no estate folder.
    """
    try:
        present = path.exists()
    except OSError as error:
        raise EstateError("estate-unreadable", path=str(path), reason=reason_of(error)) from error
    if not present:
        raise EstateError("estate-missing", path=str(path))
    if not path.is_dir():
        raise EstateError("estate-not-a-folder", path=str(path))
    folder = Folder()
    for name in _names(path, folder):
        content = _read(path / name, name, folder, max_file_mb)
        if content is not None:
            folder.contents[name] = content
    if not (path / ESTATE_FILE).is_file() and not any(found.origin.file == ESTATE_FILE for found in folder.problems):
        raise EstateError("estate-empty", path=str(path))
    return folder


def _read(file: Path, name: str, folder: Folder, max_file_mb: int) -> bytes | None:
    try:
        size = file.stat().st_size
        if size > max_file_mb * MEGABYTE:
            size_mb = round(size / MEGABYTE)
            folder.problems.append(problem("file-too-large", Origin(name), size_mb=size_mb, max_mb=max_file_mb))
            return None
        return file.read_bytes()
    except OSError as error:
        folder.problems.append(problem("file-unreadable", Origin(name), reason=reason_of(error)))
        return None


def evidence_marks(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, size and time of change) of every file under evidence/: enough to notice that one was changed. Readings of
    lines are left out: no record names them, and a province has a million."""
    readings = path / EVIDENCE / "lines"
    for file in sorted((path / EVIDENCE).rglob("*")):
        if file.is_file() and readings not in file.parents:
            status = file.stat()
            yield file.relative_to(path).as_posix(), f"{status.st_size} {status.st_mtime_ns}".encode()


def parse(name: str, content: bytes) -> RawFile:
    """Parse one file by its ending; what is wrong with it as a whole becomes a problem of the result."""
    ending = PurePosixPath(name).suffix.lower()
    try:
        if ending != ".xlsx" and b"\0" in content[:8192] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileError("file-binary", path=name)
        if ending in TEXT_ENDINGS:
            return _parse_text(name, content)
        return read_csv(content, name) if ending == ".csv" else read_xlsx(content, name)
    except FileError as error:
        data = {key: value for key, value in error.data.items() if key not in ("path", "line")}
        return RawFile(problems=[problem(error.code, Origin(name, error.data.get("line")), **data)])


def _parse_text(name: str, content: bytes) -> RawFile:
    text, encoding = decode(content)
    if encoding == "utf-8":
        return read_yaml(content, name)
    raw = read_yaml(text.encode(), name)
    raw.problems.append(problem("encoding-guessed", Origin(name), encoding=encoding))
    return raw

"""Checks the requirement files and the settings of package tools; part of `make check`.

Exact versions with hashes, and nowhere an address of a package index: which index serves them is the machine's setting,
not the project's. Prints each finding as `file:line: text`; exit code 1 when there is one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Files in which package tools look for an index, wherever they lie in the tree.
SETTING_FILES = {"pip.conf", "pip.ini", "uv.toml", ".npmrc", ".yarnrc", ".pypirc", "config.toml", "Pipfile"}
LOCK_FILES = {"package-lock.json", "uv.lock", "go.sum", "go.mod", "yarn.lock"}

# Options and keys that name an index. `--no-emit-...` keeps one out of a lock and is no address.
OPTION = re.compile(
    r"(?<![\w-])(?:--(?:(?:extra-|default-)?index(?:-url)?|find-links|trusted-host)|(?:extra-)?index-url)[ =]+\S*[./]"
    r"|^\[\[(?:tool\.uv\.)?index\]\]"
)
VARIABLE = re.compile(r"\b(?:PIP|UV)_(?:EXTRA_|DEFAULT_)?INDEX(?:_URL)?=\S*[./]|\bnpm_config_registry=\S")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[^\s;]+( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")

Finding = tuple[str, int, str]


def tracked_files(root: Path) -> list[str]:
    """Paths of the files of the working tree that git does not ignore, relative to root, in order.

    Raises:
        subprocess.CalledProcessError: root is not a git working tree.
    """
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return sorted({path for path in listed.split("\0") if path and (root / path).is_file()})


def lock_findings(name: str, text: str) -> Iterator[Finding]:
    """Lines of a requirement file that are neither a comment, nor an exact version, nor a SHA-256 of one."""
    expects_hash = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if PINNED.match(line):
            expects_hash = True
        elif not (expects_hash and HASH.match(line)):
            yield name, number, f"not an exact version with hashes: {line.strip()}"


def address_findings(name: str, text: str) -> Iterator[Finding]:
    """Lines that name a package index: any address in a file of a package tool, elsewhere an option with a value."""
    path = Path(name)
    requirement_file = path.parts[0] == "requirements" or re.fullmatch(
        r"(requirements|constraints).*\.(txt|in)", path.name
    )
    for number, line in enumerate(text.splitlines(), start=1):
        whole_file = requirement_file or path.name in SETTING_FILES | LOCK_FILES
        if OPTION.search(line) or VARIABLE.search(line) or (whole_file and ADDRESS.search(line)):
            yield name, number, f"address of a package index: {line.strip()[:100]}"


def findings(root: Path) -> list[Finding]:
    """All findings in the tree below root. Files that are not text are passed over."""
    found: list[Finding] = []
    for name in tracked_files(root):
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += address_findings(name, text)
        if name.startswith("requirements/") and name.endswith(".txt"):
            found += lock_findings(name, text)
    return found


def main() -> int:
    found = findings(ROOT)
    for name, line, text in found:
        print(f"{name}:{line}: {text}", file=sys.stderr)
    if not found:
        print("Requirement files: exact versions with hashes, no address of a package index")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

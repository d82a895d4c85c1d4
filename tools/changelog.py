"""Changelog fragments: `changelog.py check` looks at changelog.d/, `changelog.py show` prints the next section.

A fragment is one Markdown file a change, named TOPIC.KIND.md (changelog.d/README.md). Exit code 1: one is malformed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "changelog.d"

# The sections of keepachangelog.com, in its order.
KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
NAME = re.compile(rf"[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(KINDS)})\.md")
LONGEST = 1200


def problems(folder: Path) -> list[str]:
    """What is wrong with the fragments in a folder, one line each: name, emptiness, length (characters), headings."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name == "README.md":
            continue
        if not NAME.fullmatch(path.name):
            found.append(
                f"{path.name}: a fragment is named topic-of-the-change.KIND.md, KIND one of {', '.join(KINDS)}"
            )
            continue
        text = path.read_text(encoding="utf-8").strip()
        if not text:
            found.append(f"{path.name}: empty")
        elif len(text) > LONGEST:
            found.append(
                f"{path.name}: {len(text)} characters; a fragment says in at most {LONGEST} what a user notices"
            )
        elif text.startswith("#"):
            found.append(f"{path.name}: starts with a heading; its kind is its heading")
    return found


def section(folder: Path) -> str:
    """The fragments as Markdown, one heading a kind that occurs, one list entry a fragment, in order of name."""
    parts = []
    for kind in KINDS:
        paths = sorted(folder.glob(f"*.{kind}.md"))
        if paths:
            entries = [path.read_text(encoding="utf-8").strip().replace("\n", "\n  ") for path in paths]
            parts.append(f"### {kind.capitalize()}\n\n" + "\n".join(f"* {entry}" for entry in entries))
    return "\n\n".join(parts)


def main(arguments: list[str]) -> int:
    if arguments not in (["check"], ["show"]):
        print("usage: changelog.py check|show", file=sys.stderr)
        return 2
    found = problems(FOLDER)
    for line in found:
        print(f"changelog.d/{line}", file=sys.stderr)
    if found:
        return 1
    print(section(FOLDER) if arguments == ["show"] else "Changelog fragments are well formed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

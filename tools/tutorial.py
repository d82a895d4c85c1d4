"""The tutorial in the READMEs: run as printed, compared with what is printed.

`python -m tools.tutorial README.md README.zh.md` runs the tutorial in a copy of the tracked files and writes the
outputs that it gives now into the file. The test of the tutorial compares instead.

In a block marked ``console`` a line "$ ..." is a command, what follows is its output: whole, or its beginning and its
end around one line "...". A block marked ``sh`` is run without looking at its output.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ("## Tutorial", "## 教程")
SECONDS = re.compile(r"\d+\.\d+ (s|秒)")
LEFT_OUT = "..."


@dataclass(frozen=True)
class Step:
    """One command with the output that is printed below it (None: not shown); ``first`` to ``last``: its lines."""

    command: str
    shown: tuple[str, ...] | None
    first: int = 0
    last: int = 0


def steps(markdown: str) -> list[Step]:
    """All commands of the tutorial's section, in order."""
    found: list[Step] = []
    lines = markdown.splitlines()
    inside, fence, start = False, "", 0
    for number, line in enumerate(lines):
        if line.startswith("## "):
            inside = line in HEADINGS
        elif inside and not fence and line.startswith("```"):
            fence, start = line.removeprefix("```") or "text", number + 1
        elif fence and line == "```":
            if fence == "sh":
                found.append(Step("\n".join(lines[start:number]), None))
            elif fence == "console":
                found += _commands(lines, start, number)
            fence = ""
    return found


def _commands(lines: list[str], start: int, end: int) -> list[Step]:
    places = [number for number in range(start, end) if lines[number].startswith("$ ")]
    return [
        Step(lines[place].removeprefix("$ "), tuple(lines[place + 1 : stop]), place + 1, stop)
        for place, stop in zip(places, [*places[1:], end], strict=True)
    ]


def copy_tree(folder: Path) -> None:
    """The tracked files as a fresh clone has them, and a .venv that runs the command from that copy."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    script = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(folder / "cli.py"))} "$@"\n'
    (programs / "qianyun").write_text(script, encoding="utf-8")
    (programs / "qianyun").chmod(0o755)
    (programs / "activate").write_text(f"export PATH={shlex.quote(str(programs))}:$PATH\n", encoding="utf-8")


def run(commands: list[str], folder: Path, timeout: float = 600) -> list[list[str]]:
    """Run commands one after the other in one shell in ``folder``; the lines that each prints on both streams."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
        "QIANYUN_CACHE_DIR": str(folder / ".cache"),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        calls = []
        for number, command in enumerate(commands):
            Path(place, f"{number}.sh").write_text(command + "\n", encoding="utf-8")
            calls.append(f". {place}/{number}.sh >{place}/{number}.out 2>&1\n")
        subprocess.run(
            ["bash", "-c", "".join(calls)], cwd=folder, env=environment, check=False, timeout=timeout,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return [_lines(Path(place, f"{number}.out")) for number in range(len(commands))]


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def as_shown(step: Step, lines: list[str]) -> list[str]:
    """Of what a command prints, the part that the tutorial shows."""
    shown = list(step.shown or ())
    if LEFT_OUT not in shown:
        return lines
    before = shown.index(LEFT_OUT)
    after = len(shown) - before - 1
    if len(lines) <= before + after:
        return lines
    return [*lines[:before], LEFT_OUT, *lines[len(lines) - after :]]


def comparable(lines: list[str]) -> list[str]:
    """Lines without what differs from run to run: seconds."""
    return [SECONDS.sub(r"0.0 \1", line.rstrip()) for line in lines]


def rewritten(markdown: str, folder: Path) -> str:
    """The text with the outputs that its commands give now."""
    lines, found = markdown.splitlines(), steps(markdown)
    outputs = run([step.command for step in found], folder)
    for step, output in reversed(list(zip(found, outputs, strict=True))):
        if step.shown is not None:
            lines[step.first : step.last] = as_shown(step, output)
    return "\n".join(lines) + "\n"


def main(paths: list[str]) -> int:
    for path in map(Path, paths):
        with tempfile.TemporaryDirectory() as folder:
            copy_tree(Path(folder))
            path.write_text(rewritten(path.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

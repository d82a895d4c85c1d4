"""Pictures of real output for the READMEs: `python -m tools.pictures` writes docs/images/waves.{en,zh}.svg.

The commands run on the example province as anybody would run them; what they print is cut, not changed:
after some lines, and where a command begins with what the one before it has printed.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PLAN = "build/shanxi.plan.json"
CALLS = (
    (("inventory", "check", "examples/shanxi"), 4),
    (("plan", "make", "examples/shanxi", "-o", PLAN), 15),
    (("plan", "show", PLAN), 27),
)
# A picture must not fetch anything: the fonts are those of the reader.
FETCHED = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
LENGTH = re.compile(r'textLength="[\d.]+"([^>]*)>([^<]*)</text>')
# Wide characters stand in runs of their own, in the colour that text has anyway: each run begins at its own cell.
WIDE = r"[\u2e80-\uffef]+"
FOREGROUND = "#c5c8c6"
CELL = 12.2
TITLE = "qianyun 迁云"


def picture(language: str, folder: Path) -> str:
    """One SVG with what the commands print in a language."""
    console = Console(file=io.StringIO(), record=True, width=104, force_terminal=True, highlight=False)
    before: list[str] = []
    for arguments, most in CALLS:
        command = [sys.executable, str(ROOT / "cli.py"), "--lang", language, *arguments]
        (folder / "build").mkdir(exist_ok=True)
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        lines = [line.rstrip() for line in ran.stdout.rstrip().splitlines()]
        repeated = next((place for place, pair in enumerate(zip(before, lines, strict=False)) if len(set(pair)) > 1), 0)
        before, lines = lines, lines[repeated:]
        console.print(Text(f"$ qianyun {' '.join(arguments)}", style="bold green"))
        shown = Text("\n".join(lines[:most]))
        shown.highlight_regex(WIDE, FOREGROUND)
        console.print(shown)
        if len(lines) > most:
            console.print(Text("…"))
    drawn = FETCHED.sub("", console.export_svg(title=TITLE, unique_id=f"waves-{language}"))
    return LENGTH.sub(_measured, drawn)


def _measured(found: re.Match[str]) -> str:
    """The width of a text by the cells that it takes: rich counts characters."""
    return f'textLength="{cell_len(html.unescape(found[2])) * CELL:g}"{found[1]}>{found[2]}</text>'


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "examples").symlink_to(ROOT / "examples")
        for language in ("en", "zh"):
            (IMAGES / f"waves.{language}.svg").write_text(picture(language, folder), encoding="utf-8")


if __name__ == "__main__":
    main()

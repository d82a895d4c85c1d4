#!/usr/bin/env python3
"""Write the examples again: examples/shanxi, examples/kaifeng, examples/kaifeng-ledgers and examples/twin.

.venv/bin/python tools/make_examples.py [--into DIR]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["OPENPYXL_LXML"] = "False"  # it writes other bytes where lxml is installed

from inventory.examples import make_sketch, write_sketch  # noqa: E402
from tools.example_ledgers import write_ledgers  # noqa: E402 - found on the path that was just set
from tools.example_spoken import spoken, start_of  # noqa: E402
from tools.example_twin import SIZES, write_twin  # noqa: E402

PROVINCE, CITY, SEED = 900, 400, 1


def make_examples(folder: Path) -> None:
    """Write the examples into ``folder``; what stands there under their names is replaced."""
    for name in ("shanxi", "kaifeng", "kaifeng-ledgers", "twin"):
        if (folder / name).exists():
            shutil.rmtree(folder / name)
    write_sketch(make_sketch("shanxi", PROVINCE, SEED), folder / "shanxi")
    city = spoken(make_sketch("kaifeng", CITY, SEED))
    write_sketch(city, folder / "kaifeng")
    write_sketch(start_of(city), folder / "kaifeng-ledgers" / "start")
    write_ledgers(city, folder / "kaifeng-ledgers")
    write_twin(folder / "twin", SIZES[24])


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the examples again.")
    parser.add_argument("--into", type=Path, default=ROOT / "examples", help="folder to write into (default: examples)")
    make_examples(parser.parse_args().into)


if __name__ == "__main__":
    main()

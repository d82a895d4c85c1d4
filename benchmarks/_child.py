"""The other side of ``benchmarks._measure.task``: call one function of a benchmark and print its answer as JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main() -> None:
    module, name, arguments = sys.argv[1:]
    answer = import_module(f"benchmarks.{module}").TASKS[name](**json.loads(arguments))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

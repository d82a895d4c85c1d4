"""``python -m tools.stack_kills.worker``: an operation told by JSON on stdin, a line for each begun resource."""

from __future__ import annotations

import json
import sys

from inventory.errors import QianyunError
from stacks.engine import Progress
from tools.stack_kills.grounds import ground_of


def main() -> int:
    """The exit code: 1 where the operation failed, with its code as the last line."""
    order = json.load(sys.stdin)
    ground = ground_of(order["ground"])

    def tell(progress: Progress) -> None:
        if progress.kind == "begin":
            print(f"begin {progress.op} {progress.name}", flush=True)

    engine = ground.engine()
    try:
        if order["version"] is None:
            engine.destroy(order["stack"], on_event=tell)
        else:
            engine.up(order["stack"], ground.program(order["stack"], order["version"]), on_event=tell)
    except QianyunError as error:
        print(f"error {error.code}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

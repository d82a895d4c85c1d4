"""The child process that works on one stack for one call of a step: ``python -m stacks.child``.

A request comes as JSON on standard input (``Request``); standard output gets one JSON object a line, of results under
way and last the answer. The engine and its plug-ins are children of this process and end with its group: the worker's
guard ends them when the worker is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

from inventory.base import Struct, field
from inventory.errors import QianyunError, UnreachableError
from stacks.steps import StepAnswer, StepRequest, carry_out
from stacks.worksite import Worksite, open_desk

__all__ = ["Request", "main"]


class Request(Struct):
    """What the executor asks for."""

    worksite: Worksite = field("Where stacks are kept")
    step: StepRequest = field("What is to be done")


def main() -> None:
    """Read the request, carry it out, write the answer."""
    request = Request.model_validate_json(sys.stdin.read())
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)  # the stream is for events only
    from stacks.engine import Cancel

    cancel, lock = Cancel(), threading.Lock()

    def stop(_number: int, _frame: object) -> None:
        cancel.ask()  # the engine ends its work in the cloud's hands before it goes; what is left is recovered

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)

    def write(kind: str, content: Mapping[str, Any]) -> None:
        with lock:
            stream.write(json.dumps({kind: content}, ensure_ascii=False, default=str) + "\n")
            stream.flush()

    try:
        desk = open_desk(request.worksite, who=request.step.who, step=request.step.step)
        answer = carry_out(request.step, desk, lambda output: write("output", output), cancel)
    except QianyunError as error:
        code = "unreachable" if isinstance(error, UnreachableError) else error.code
        message = f"{error.message} ({error.hint})" if error.hint else error.message
        answer = StepAnswer(ok=False, code=code, message=message)
    write("answer", answer.model_dump(mode="json"))


if __name__ == "__main__":
    main()

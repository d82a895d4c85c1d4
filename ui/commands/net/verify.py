"""``net verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import QianyunError
from ui.commanding import Common, argument, command, common
from ui.commands.net.asked import ask, found_wishes
from ui.commands.net.previewing import stopping
from ui.commands.net.registry import device_options, group, journal_option, stage_option
from ui.commands.net.showing import exit_code
from ui.output import emit, progress, say, table
from ui.texts import error_texts, text

if TYPE_CHECKING:
    from network.push.verification import Verified

__all__ = ["verify"]

FAILED = 1


@command(
    group,
    "verify",
    example="qianyun net verify examples/twin --stage routing\n"
    "qianyun net verify examples/twin --stage security --only 'level:county' --json",
)
@argument("estate", type=Path)
@stage_option
@device_options
@journal_option
@common()
@click.pass_context
def verify(context: click.Context, /, common: Common, *, estate: Path, stage: str, **options: Any) -> None:
    """Whether devices have what a stage asks for, saved, and reach in both families what depends on them."""
    from network.push.verification import verify_all

    asked = ask(common, estate, **options)
    wishes, failed = found_wishes(asked, stage)
    with stopping() as cancel, progress(text("net.reading")) as report:
        found = verify_all(
            wishes,
            asked.transport,
            threads=asked.threads,
            cancel=cancel,
            done=lambda count: report("", count, len(wishes)),
        )
    errors: list[QianyunError | None] = [one.error for one in failed] + [one.error for one in found]
    if common.json:
        bad = [{"device": one.device, "ok": False, **_wrong(one.error)} for one in failed]
        emit({"estate": str(estate), "stage": stage, "devices": [*bad, *map(_answer, found)]})
    else:
        _show(found)
        for error in errors:
            if error is not None:
                message, hint = error_texts(error)
                say("net.wrong", message=message, hint=f" ({hint})" if hint else "")
    code = exit_code(errors, canceled=cancel.is_set())
    context.exit(code or (0 if all(one.ok for one in found) else FAILED))


def _wrong(error: QianyunError | None) -> dict[str, str]:
    return {"code": "" if error is None else error.code, "message": "" if error is None else error_texts(error)[0]}


def _answer(one: Verified) -> dict[str, Any]:
    return {
        "device": one.device,
        "ok": one.ok,
        **_wrong(one.error),
        "missing": list(one.missing),
        "saved": one.saved,
        "neighbours": one.neighbours,
        "routes": one.routes,
        "reached": {"ipv4": list(one.reached[0]), "ipv6": list(one.reached[1])},
    }


def _show(found: tuple[Verified, ...]) -> None:
    rows = [
        (
            one.device,
            text("net.state.good" if one.ok else "net.state.bad"),
            len(one.missing),
            text("net.yes" if one.saved else "net.no"),
            one.neighbours,
            one.routes,
            "{}/{}".format(*one.reached[0]),
            "{}/{}".format(*one.reached[1]),
        )
        for one in found
    ]
    names = ("device", "state", "missing", "saved", "neighbours", "routes", "ipv4", "ipv6")
    table([text(f"net.column.{name}") for name in names], rows, title=text("net.verified-title"), right=[2, 4, 5, 6, 7])

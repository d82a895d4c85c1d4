"""The command line: the root group and the one place where failures become messages and exit codes."""

from __future__ import annotations

import difflib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from inventory.errors import InputError, QianyunError
from inventory.files import reason_of
from ui.commanding import LazyGroup, option
from ui.output import fail, say
from ui.texts import LANGUAGES, detect_language, set_language, text

__all__ = ["root", "run"]

AREAS = {
    "inventory": "ui.commands.inventory",
    "ledger": "ui.commands.ledger",
    "flows": "ui.commands.flows",
    "graph": "ui.commands.graph",
    "plan": "ui.commands.plan",
    "runbook": "ui.commands.runbook",
    "run": "ui.commands.run",
    "worker": "ui.commands.worker",
    "state": "ui.commands.state",
    "stack": "ui.commands.stack",
    "net": "ui.commands.net",
    "ipv6": "ui.commands.ipv6",
    "lines": "ui.commands.lines",
    "rooms": "ui.commands.rooms",
    "systems": "ui.commands.systems",
    "lab": "ui.commands.lab",
    "example": "ui.commands.example",
    "schema": "ui.commands.schema",
    "doctor": "ui.commands.doctor",
}
INTERRUPTED = 130
FAILED = 1
USAGE = 2
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

root = LazyGroup("cli", AREAS)
"""The command ``qianyun``."""


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"qianyun {version('qianyun')}")
        ctx.exit()


for add in (
    option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, key="cli.option.version"),
    option("--lang", type=click.Choice(LANGUAGES), expose_value=False, key="cli.option.lang"),
):
    add(root)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code (0 done, 1 failed or violations, 2 input, 3 no plan, 4, 5, 130)."""
    set_language(detect_language(arguments, os.environ))
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell
            setattr(sys, name, _nowhere())
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = root.main(list(arguments), prog_name="qianyun", standalone_mode=False)
        sys.stdout.flush()
    except QianyunError as error:
        fail(error)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        return _usage(error)
    except (KeyboardInterrupt, click.Abort):
        say("cli.interrupted")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click and rich leave the program when nobody reads any more
        _silence()
        return 0
    except OSError as error:
        if error.errno not in FULL:
            return _bug(error)
        _silence()
        full = InputError("cannot-write", path="-", reason=reason_of(error))
        fail(full)
        return full.exit_code
    except Exception as error:  # noqa: BLE001 - the border: whatever is left is a bug of ours
        return _bug(error)
    return code if isinstance(code, int) else 0


def _silence() -> None:
    """What is left for stdout goes nowhere."""
    sys.stdout = _nowhere()


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open until the program ends


def _usage(error: click.ClickException) -> int:
    match error:
        case click.NoSuchOption():
            nearest = ", ".join(error.possibilities or ()) or "-"
            say("cli.error.no-such-option", name=error.option_name, nearest=nearest)
        case click.exceptions.NoSuchCommand():
            known = _commands(error.ctx)
            nearest = ", ".join(difflib.get_close_matches(error.command_name, known)) or "-"
            say("cli.error.no-such-command", name=error.command_name, nearest=nearest)
        case click.MissingParameter(param=click.Parameter() as parameter):
            say("cli.error.missing", name=_shown(parameter))
        case click.BadParameter(param=click.Parameter() as parameter):
            say("cli.error.bad", name=_shown(parameter), reason=_reason(error, parameter))
        case click.BadOptionUsage():
            say("cli.error.option-value", name=error.option_name)
        case click.UsageError() if error.message.startswith("Got unexpected extra argument"):
            say("cli.error.extra", names=error.message.partition("(")[2].removesuffix(")"))
        case _:
            say("cli.error.usage", reason=error.format_message())
    context = getattr(error, "ctx", None)
    if context is not None:
        say("cli.error.see-help", command=context.command_path)
    return USAGE


def _shown(parameter: click.Parameter) -> str:
    """A parameter as it is typed: the longest form of an option, the word of an argument."""
    return max(parameter.opts, key=len) if isinstance(parameter, click.Option) else parameter.make_metavar(_NOWHERE)


def _reason(error: click.BadParameter, parameter: click.Parameter) -> str:
    """What a value has to be, in the present language; click says it in English only."""
    kind = parameter.type
    if isinstance(kind, click.Choice):
        return text("cli.error.choice", choices=", ".join(kind.choices))
    if isinstance(kind, click.IntRange | click.FloatRange):
        key = "cli.error.above" if kind.min_open else "cli.error.at-least"
        return text(key, low=kind.min)
    return text("cli.error.number") if kind is click.INT else error.message


_NOWHERE = click.Context(click.Command("qianyun"))


def _commands(context: click.Context | None) -> list[str]:
    group = context.command if context is not None else None
    return group.list_commands(context) if context is not None and isinstance(group, click.Group) else []


def _bug(error: Exception) -> int:
    import traceback

    from inventory.cache import cache_folder
    from inventory.files import write_atomic

    path = Path(cache_folder().parent / "debug.log")
    try:
        write_atomic(path, "".join(traceback.format_exception(error)), private=True)
    except QianyunError:
        path = Path("-")
    say("cli.bug", error=type(error).__name__, path=path)
    return FAILED

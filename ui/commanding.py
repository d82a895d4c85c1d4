"""Building blocks of commands: help texts looked up when shown, groups whose commands are imported when called.

A command's help text has the key ``<area>.<command>.help``; its options ``<area>.option.<name>`` or, for those that
all commands share, ``cli.option.<name>``; the example below each help stands in the decorator: it is the same in every
language.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any

import click

from ui.texts import LANGUAGES, has_text, set_language, text

__all__ = ["Common", "Group", "LazyGroup", "argument", "command", "common", "option", "parse_day"]

Function = Callable[..., Any]


class _Option(click.Option):
    """An option whose ``help`` is a key of the catalogue."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        shown = copy.copy(self)
        shown.help = text(self.help) if self.help else self.help
        return click.Option.get_help_record(shown, ctx)


class _Texts:
    """Usage, help text, options and example in the present language."""

    area: str = ""
    example: str = ""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=text("cli.usage") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            for line in text(self.help).splitlines():  # type: ignore[attr-defined]
                formatter.write_text(line) if line else formatter.write_paragraph()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [record for item in self.get_params(ctx) if (record := item.get_help_record(ctx))]  # type: ignore[attr-defined]
        if records:
            with formatter.section(text("cli.options")):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.example:
            with formatter.section(text("cli.example")):
                for line in self.example.splitlines():
                    formatter.write(" " * formatter.current_indent + line + "\n")

    def get_short_help_str(self, limit: int = 80) -> str:
        return text(self.help).splitlines()[0]  # type: ignore[attr-defined]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option()


def _help_option() -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()

    return _Option(["--help"], is_flag=True, is_eager=True, expose_value=False, callback=show, help="cli.option.help")


class _Command(_Texts, click.Command):
    pass


class Group(_Texts, click.Group):
    """A group of commands of one area."""

    def __init__(self, area: str, **options: Any) -> None:
        super().__init__(name=area, help=f"{area}.help", no_args_is_help=True, **options)
        self.area = area

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = [
            (name, found.get_short_help_str())
            for name in self.list_commands(ctx)
            if (found := self.get_command(ctx, name))
        ]
        if rows:
            with formatter.section(text("cli.commands")):
                formatter.write_dl(rows)


class LazyGroup(Group):
    """The root: knows its sub-groups by name and imports one only when it is called. ``areas``: name -> module."""

    def __init__(self, area: str, areas: Mapping[str, str], **options: Any) -> None:
        super().__init__(area, **options)
        self.areas = areas

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.areas)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.areas:
            return None
        found: click.Command = import_module(self.areas[cmd_name]).group
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _Texts.format_options(self, ctx, formatter)
        with formatter.section(text("cli.commands")):  # without importing the commands
            formatter.write_dl([(name, text(f"cli.group.{name}")) for name in self.areas])


@dataclass(frozen=True)
class Common:
    """Values of the options that all commands share."""

    json: bool = False
    now: dt.date | None = None
    as_of: dt.date | None = None
    strict: bool = False


def command(group: Group | None, name: str, *, example: str, area: str = "") -> Callable[[Function], Any]:
    """A command of a group (None: it stands alone, and ``area`` names its texts); help text ``<area>.<name>.help``."""

    def decorate(function: Function) -> Any:
        made = click.command(name, cls=_Command, help=f"{group.area if group else area}.{name}.help")(function)
        made.example = example
        made.area = group.area if group else area
        if group is not None:
            group.add_command(made)
        return made

    return decorate


def option(*names: str, key: str, **options: Any) -> Callable[[Function], Function]:
    """An option whose help is the catalogue's text ``key``."""
    return click.option(*names, cls=_Option, help=key, **options)


def argument(name: str, **options: Any) -> Callable[[Function], Function]:
    """An argument; paths come as pathlib.Path by ``type=Path``."""
    return click.argument(name, **options)


def parse_day(_: click.Context, parameter: click.Parameter, value: str | None) -> dt.date | None:
    """Callback of an option that takes a day."""
    if value is None:
        return None
    from inventory.estate import EARLIEST_DAY, LATEST_DAY

    try:
        day = dt.date.fromisoformat(value)
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise ValueError
        return day
    except ValueError:
        raise click.BadParameter(text("cli.error.date", value=value), param=parameter) from None


def _use_language(_: click.Context, __: click.Parameter, value: str | None) -> None:
    if value is not None:
        set_language(value)


def common(*, estate: bool = True) -> Callable[[Function], Function]:
    """Add --json, --lang and --now, and with ``estate`` --as-of and --strict; the function gets a ``Common`` first."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def called(**values: Any) -> Any:
            shared = Common(
                json=values.pop("as_json"),
                now=values.pop("now"),
                as_of=values.pop("as_of", None),
                strict=values.pop("strict", False),
            )
            return function(shared, **values)

        wrapped: Function = called
        if estate:
            wrapped = option("--strict", is_flag=True, key="cli.option.strict")(wrapped)
            wrapped = option("--as-of", "as_of", metavar="DATE", callback=parse_day, key="cli.option.as-of")(wrapped)
        wrapped = option("--now", metavar="DATE", callback=parse_day, key="cli.option.now")(wrapped)
        wrapped = option(
            "--lang", type=click.Choice(LANGUAGES), callback=_use_language, expose_value=False, key="cli.option.lang"
        )(wrapped)
        return option("--json", "as_json", is_flag=True, key="cli.option.json")(wrapped)

    return decorate


def missing_texts(group: click.Group) -> list[str]:
    """Keys of help texts below a group that the present language lacks (for the completeness test)."""
    keys = [group.help or ""]
    for found in group.commands.values():
        keys += missing_texts(found) if isinstance(found, click.Group) else [found.help or ""]
        keys += [item.help for item in found.params if isinstance(item, click.Option) and item.help]
    return [key for key in keys if key and not has_text(key)]

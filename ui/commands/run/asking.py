"""Asking a person before something is done that cannot be taken back."""

from __future__ import annotations

import sys

import click

from inventory.errors import InputError
from ui.output import say
from ui.texts import text

__all__ = ["agreed"]

DECLINED = 1


def agreed(*, yes: bool, json: bool, question: str, needed: bool = False) -> None:
    """Go on only where a person says yes to the text ``question``; a no ends the command with exit code 1.

    Nobody is asked with ``yes``, in JSON, or where no terminal is: there ``needed`` wants ``--yes``. InputError.
    """
    if yes:
        return
    if json or not sys.stdin.isatty():
        if needed:
            raise InputError("bad-argument", argument="--yes", reason=text("run.nobody-to-ask"))
        return
    if not click.confirm(text(question), default=False, err=True):
        say("run.declined")
        click.get_current_context().exit(DECLINED)

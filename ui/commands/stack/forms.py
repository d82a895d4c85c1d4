"""What the commands about forms share: the words on a form, and the extra that writes them."""

from __future__ import annotations

import datetime as dt

from inventory.errors import MissingExtraError
from ui.commanding import Common
from ui.texts import language, text

__all__ = ["form_word", "moment", "need_extra"]

CHINA = dt.timezone(dt.timedelta(hours=8))


def form_word(key: str) -> str:
    """A word on a form: Chinese, and in the English language English behind it; values that are chosen are Chinese."""
    from ui.texts.zh.form import TEXTS

    chinese = TEXTS[key]
    if language() == "zh" or key.startswith("value-"):
        return chinese
    return f"{chinese} {text(f'form.{key}')}"


def need_extra(command: str) -> None:
    """MissingExtraError where the library that writes Word files is not installed."""
    try:
        import docx  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("missing-extra", command=command, extra="stacks") from error


def moment(common: Common) -> dt.datetime:
    """Now in China, on the day of ``--now`` where that is given."""
    now = dt.datetime.now(CHINA).replace(microsecond=0)
    return now if common.now is None else dt.datetime.combine(common.now, now.timetz())

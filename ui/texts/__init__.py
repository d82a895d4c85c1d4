"""The catalogue of user texts. ``text("plan.made", path=...)``: area ``plan``, name ``made``. In a text ``{count:item|items}``
stands for the first word where the count is 1, else for the second.

Each area is a module with a dict ``TEXTS`` in ``ui/texts/en`` and one in ``ui/texts/zh``. English texts of problems and errors stand
with their codes below ``ui``; here is only their Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inventory.errors import QianyunError
    from inventory.problems import Problem

__all__ = [
    "LANGUAGES",
    "detect_language",
    "error_texts",
    "has_text",
    "kind_word",
    "language",
    "problem_texts",
    "set_language",
    "text",
    "value_word",
]

LANGUAGES = ("en", "zh")
_NAMES_A_KIND = {"kind", "target", "owner", "because"}
"""Data of problems and errors that begin with the name of a kind."""
_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The language in use: ``en`` or ``zh``."""
    return _language.get()


def set_language(name: str) -> None:
    """Use a language from here on in this context."""
    if name not in LANGUAGES:
        raise ValueError(name)
    _language.set(name)


def detect_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """--lang among the arguments, else QIANYUN_LANG, else the locale's language, else English."""
    for place, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            chosen = argument.removeprefix("--lang=")
        elif argument == "--lang" and place + 1 < len(arguments):
            chosen = arguments[place + 1]
        else:
            continue
        if chosen in LANGUAGES:
            return chosen
    names = (environment.get(name, "") for name in ("QIANYUN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    named = next((name for name in names if name), "")
    return "zh" if named.lower().startswith("zh") else "en"


@cache
def _area(name: str, area: str) -> Mapping[str, str]:
    texts: Mapping[str, str] = import_module(f"ui.texts.{name}.{area}").TEXTS
    return texts


def has_text(key: str) -> bool:
    """Whether the catalogue has a key in the present language."""
    area, _, name = key.partition(".")
    try:
        return name in _area(language(), area)
    except ModuleNotFoundError:
        return False


def text(key: str, **data: Any) -> str:
    """A text in the present language, its places filled. KeyError for a key that the catalogue lacks."""
    area, _, name = key.partition(".")
    template = _area(language(), area)[name]
    if not data:
        return template
    return _FORMS.vformat(template, (), data) if "|" in template else template.format(**data)


class _Forms(Formatter):
    """Fills ``{count:item|items}`` with the word for one or for another number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return one if value == 1 else many


_FORMS = _Forms()


def problem_texts(problem: Problem) -> tuple[str, str]:
    """(message, hint) of a problem in the present language."""
    if language() == "en":
        return problem.message, problem.hint
    words = _with_kind_words({**problem.words, "kind": problem.kind})
    texts = _area("zh", "problems")
    return texts[f"{problem.code}.message"].format(**words), texts[f"{problem.code}.hint"].format(**words)


def error_texts(error: QianyunError) -> tuple[str, str]:
    """(message, hint) of an error in the present language."""
    if language() == "en":
        message, hint = error.message, error.hint
    else:
        texts, words = _area("zh", "errors"), _with_kind_words(error.data)
        message = texts[f"{error.code}.message"].format(**words)
        hint = texts[f"{error.code}.hint"].format(**words)
    return message, "" if error.data.get("nearest") == "-" else hint


def _with_kind_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data that fill a text, with the word for a kind in place of its name: ``system`` or ``system 'ID'``."""
    words = dict(data)
    for name in _NAMES_A_KIND & words.keys():
        kind, space, rest = str(words[name]).partition(" ")
        words[name] = f"{kind_word(kind)}{space}{rest}"
    return words


def kind_word(kind: str) -> str:
    """The word for a kind of record in the present language."""
    return _area(language(), "kinds").get(kind, kind)


def value_word(value: str) -> str:
    """The word for a field's value (a level, a kind of system) in the present language; other values as they are."""
    return _area(language(), "values").get(value, value)

"""Previews and results of stacks as tables, JSON and Markdown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from inventory.errors import QianyunError
from inventory.problems import Severity
from ui.commands.inventory import problem_answer
from ui.commands.stack.looking import Looked, Seen
from ui.output import problem_line, say, table
from ui.texts import error_texts, text

if TYPE_CHECKING:
    from stacks.engine import ResourceChange
    from stacks.operations import Orphan

__all__ = [
    "COUNTED",
    "change_answer",
    "change_lines",
    "error_answer",
    "error_words",
    "exit_code",
    "looked_answer",
    "markdown",
    "orphan_answer",
    "orphan_lines",
    "show_findings",
    "show_looked",
    "tell_errors",
]

FAILED, UNREACHABLE, INPUT, VERSION, INTERRUPTED = 1, 4, 2, 5, 130
COUNTED = ("create", "update", "replace", "delete", "same")
SIGNS: Mapping[str, str] = {"create": "+", "update": "~", "replace": "±", "delete": "-", "import": "=", "read": ">"}
LONGEST = 100
"""Characters of a value that are shown."""


def exit_code(errors: Sequence[QianyunError | None], *, forbidden: bool = False, canceled: bool = False) -> int:
    """0 where nothing is wrong; 130 after an interrupt; the errors' own code where all have the same, else 1."""
    if canceled:
        return INTERRUPTED
    wrong = [error for error in errors if error is not None]
    if forbidden:
        return FAILED
    codes = {error.exit_code for error in wrong}
    return codes.pop() if len(codes) == 1 else FAILED if codes else 0


def error_answer(error: QianyunError | None) -> dict[str, str]:
    """Code, message and hint; empty where nothing is wrong."""
    message, hint = ("", "") if error is None else error_words(error)
    return {"code": "" if error is None else error.code, "message": message, "hint": hint}


def error_words(error: QianyunError) -> tuple[str, str]:
    """(message, hint) in the present language; of failed resources what our plug-in has told of the first, too."""
    failures = error.data.get("failures")
    if not failures:
        return error_texts(error)
    reason, advice = _cause(failures[0])
    message, hint = error_texts(type(error)(error.code, **{**error.data, "reason": reason}))
    return message, text("stack.advice", first=advice, then=hint) if advice else hint


def _cause(failure: Mapping[str, str]) -> tuple[str, str]:
    """(message, hint) of a failed resource; its words as they are where they are not our plug-in's."""
    from stacks.errors import cause_of

    cause = cause_of(failure["code"], failure["message"])
    return (failure["message"], "") if cause is None else error_texts(cause)


def tell_errors(errors: Sequence[QianyunError | None]) -> None:
    """A line for each on stderr, and for each further resource that failed."""
    for error in errors:
        if error is not None:
            message, hint = error_words(error)
            say("stack.wrong", message=message, hint=f" ({hint})" if hint else "")
            for failure in error.data.get("failures", ())[1:]:
                say("stack.failed-too", name=failure["name"], reason=_cause(failure)[0])


# ---- changes ----


def change_answer(change: ResourceChange) -> dict[str, Any]:
    """One resource of a preview, a drift or a result."""
    return {
        "name": change.name,
        "type": change.type,
        "op": change.op.value,
        "id": change.id,
        "protected": change.protect,
        "diff": {path: {"old": old, "new": new} for path, (old, new) in change.diff.items()},
    }


def change_lines(changes: Sequence[ResourceChange]) -> Iterator[str]:
    """A line for each resource, below it the properties that change."""
    for change in changes:
        sign = SIGNS.get(change.op.value, "?")
        yield f"{sign} {change.type.rpartition(':')[2]} {change.name}"
        if change.op.value in ("update", "replace"):
            for path, (old, new) in change.diff.items():
                yield f"    {path}: {_short(old)} -> {_short(new)}"


def orphan_answer(orphan: Orphan) -> dict[str, Any]:
    """An object with a stack's mark that is not in its state."""
    return {"type": orphan.owned.token, "id": orphan.owned.id, "name": orphan.owned.name}


def orphan_lines(orphans: Sequence[Orphan], sign: str) -> Iterator[str]:
    """A line for each."""
    for one in orphans:
        kind = one.owned.token.rpartition(":")[2]
        yield text("stack.orphan", sign=sign, type=kind, name=one.owned.name, id=one.owned.id)


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


# ---- previews ----


def looked_answer(looked: Looked) -> dict[str, Any]:
    """Previews of all chosen stacks."""
    return {
        "hash": looked.hash,
        "forbidden": looked.forbidden,
        "stacks": [_seen_answer(one) for one in looked.seen],
        "findings": [problem_answer(one) for one in looked.findings],
    }


def _seen_answer(one: Seen) -> dict[str, Any]:
    preview = one.preview
    return {
        "stack": one.stack,
        "cloud": one.design.place.cloud,
        "pool": one.design.place.pool,
        "way": one.design.place.way.value,
        "counts": {name: 0 if preview is None else preview.counts.get(name, 0) for name in COUNTED},
        "changes": [] if preview is None else [change_answer(change) for change in preview.changes],
        **error_answer(one.error),
    }


def _counts(one: Seen) -> tuple[int | str, ...]:
    if one.preview is None:
        return ("",) * len(COUNTED)
    return tuple(one.preview.counts.get(name, 0) for name in COUNTED)


def _state(one: Seen) -> str:
    if one.error is not None:
        return text("stack.state.failed")
    if one.preview is None:
        return text("stack.state.not-looked")
    return text("stack.state.changes" if one.preview.changes else "stack.state.unchanged")


def show_looked(looked: Looked, *, details: bool) -> None:
    """A line for each stack, each change where ``details``, findings and failures."""
    if details:
        for one in looked.seen:
            if one.preview is not None and one.preview.changes:
                sys.stdout.write(text("stack.of", stack=one.stack) + "\n")
                sys.stdout.writelines(f"  {line}\n" for line in change_lines(one.preview.changes))
    rows = [(one.stack, one.design.place.cloud, *_counts(one), _state(one)) for one in looked.seen]
    names = ("stack", "cloud", *COUNTED, "state")
    columns = [text(f"stack.column.{name}") for name in names]
    title = text("stack.preview-title", hash=looked.hash) if looked.hash else text("stack.preview-partial")
    table(columns, rows, title=title, right=[2, 3, 4, 5, 6])
    show_findings(looked)
    tell_errors(looked.errors)


def show_findings(looked: Looked) -> None:
    """What the checks say, a line each."""
    sys.stdout.writelines(f"{problem_line(one)}\n" for one in looked.findings)


def markdown(looked: Looked) -> str:
    """Previews for a merge request: a table, findings, and each stack's changes folded away."""
    names = ("stack", "cloud", *COUNTED, "state")
    lines = [
        f"### {text('stack.markdown-title')}",
        "",
        "| " + " | ".join(text(f"stack.column.{name}") for name in names) + " |",
        "|---|---|" + "--:|" * len(COUNTED) + "---|",
    ]
    for one in looked.seen:
        cells = (one.stack, one.design.place.cloud, *map(str, _counts(one)), _state(one))
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    if looked.hash:
        lines += ["", text("stack.markdown-hash", hash=looked.hash)]
    signs = {Severity.ERROR: "❌", Severity.WARNING: "⚠️"}
    lines += [""] if looked.findings else []
    lines += [f"- {signs.get(one.severity, 'ℹ️')} {_cell(problem_line(one))}" for one in looked.findings]
    lines += [f"- ❌ {_cell(error_words(error)[0])}" for error in looked.errors if error is not None]
    for one in looked.seen:
        if one.preview is not None and one.preview.changes:
            summary = text("stack.markdown-changes", stack=one.stack, count=len(one.preview.changes))
            lines += ["", f"<details><summary>{summary}</summary>", "", "```diff"]
            lines += [_diff_line(line) for line in change_lines(one.preview.changes)]
            lines += ["```", "", "</details>"]
    return "\n".join(lines) + "\n"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _diff_line(line: str) -> str:
    """Signs that highlighters of diffs know."""
    return {"~": "!", "±": "!"}.get(line[:1], line[:1]) + line[1:]

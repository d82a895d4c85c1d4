"""Every code that the checker can give has a message, in both languages, with the same places to fill."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import migration.check
from inventory.kinds.policy import RuleEffect
from migration.check.tables.messages import MESSAGES
from ui.texts.en.check import TEXTS as ENGLISH
from ui.texts.zh.check import TEXTS as CHINESE


def given() -> set[str]:
    """Codes that stand in the source: the texts passed to what makes findings, and the conditions of eligibility."""
    found = {f"place-{effect.value}" for effect in RuleEffect}
    for path in Path(migration.check.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value, f"place-{node.value}"}
    return found


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_no_message_is_left_over() -> None:
    assert set(MESSAGES) <= given()


def test_both_languages_say_the_same() -> None:
    assert ENGLISH is MESSAGES
    assert set(CHINESE) == set(MESSAGES)
    for code, template in MESSAGES.items():
        assert places(CHINESE[code]) == places(template), code

"""``qianyun schema``: the JSON Schema of records, for editors."""

from __future__ import annotations

import json
import sys
from typing import Any

from inventory.errors import InputError
from inventory.schema import schema, schema_all, schema_of
from ui.commanding import Common, argument, command, common, option
from ui.texts import text

__all__ = ["group"]


@command(None, "schema", area="inventory", example="qianyun schema system\nqianyun schema --all > estate.schema.json")
@argument("kind", required=False)
@option("--all", "everything", is_flag=True, key="inventory.option.all")
@common(estate=False)
def group(_common: Common, kind: str | None, everything: bool) -> None:
    """Print the schema of one kind, of runbooks, or of a file with all kinds: JSON, with or without --json."""
    if everything == (kind is not None):
        raise InputError("bad-argument", argument="KIND", reason=text("inventory.schema.help"))
    answer = schema_all() if kind is None else _runbook() if kind == "runbook" else schema(kind)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def _runbook() -> dict[str, Any]:
    from migration.runbook.model import Runbook

    return schema_of(Runbook)

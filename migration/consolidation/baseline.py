"""Files of savings: the baseline, which is written once, and the routes of ``qianyun lines plan --write``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from inventory.errors import FileError
from inventory.files import reason_of, write_atomic
from migration.consolidation.evidence.errors import EvidenceError
from migration.consolidation.model import Route, Upgrade
from migration.consolidation.savings import Baseline

__all__ = ["FILE", "read_baseline", "read_routes", "write_baseline"]

FILE = "evidence/savings-baseline.json"
_ROUTE = ("links", "backup_links", "accesses", "backup_accesses", "postponed")


def read_baseline(estate: Path) -> Baseline | None:
    """The baseline of an estate; None where there is none. FileError; EvidenceError ``baseline-damaged``."""
    path = estate / FILE
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
    except ValidationError as error:
        raise EvidenceError("baseline-damaged", path=str(path), reason=_first(error)) from error


def write_baseline(estate: Path, baseline: Baseline) -> bool:
    """Write it where there is none; whether it was. EvidenceError ``baseline-exists``: there is another one."""
    known = read_baseline(estate)
    if known == baseline:
        return False
    if known is not None:
        raise EvidenceError("baseline-exists", path=str(estate / FILE), day=str(known.day))
    write_atomic(estate / FILE, baseline.model_dump_json(indent=1) + "\n")
    return True


def read_routes(path: Path) -> tuple[tuple[Route, ...], tuple[Upgrade, ...]]:
    """Routes and upgrades of a file of decisions. FileError; EvidenceError ``routes-damaged``."""
    try:
        plain: dict[str, Any] = json.loads(path.read_bytes())
        routes = tuple(
            Route.model_validate({"line": row["line"], "slot": row["slot"], **{name: row[name] for name in _ROUTE}})
            for row in plain["decisions"]
            if row["kind"] == "line" and row["slot"] is not None
        )
        return routes, tuple(Upgrade.model_validate(row) for row in plain["upgrades"])
    except FileNotFoundError as error:
        raise FileError("file-missing", path=str(path)) from error
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
    except ValidationError as error:
        raise EvidenceError("routes-damaged", path=str(path), reason=_first(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceError("routes-damaged", path=str(path), reason=f"{type(error).__name__}: {error}") from error


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"

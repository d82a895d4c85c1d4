"""``qianyun inventory``: check, stats, show, find, export."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from inventory.dump import to_plain, write_csv, write_xlsx, write_yaml, yaml_text
from inventory.errors import InputError
from inventory.inventory import Inventory, split_ref
from inventory.kinds import KINDS, plural
from inventory.load import read_estate
from inventory.problems import Problem, Severity
from inventory.selectors import find as find_records
from ui.commanding import Common, Group, argument, command, common, option
from ui.opening import loading, open_estate
from ui.output import emit, problem_line, say, table
from ui.texts import kind_word, problem_texts, text, value_word

__all__ = ["group"]

group = Group("inventory")
FOUND_ERRORS = 2


@command(group, "check", example="qianyun inventory check examples/kaifeng")
@argument("estate", type=Path)
@common()
@click.pass_context
def check(context: click.Context, common: Common, estate: Path) -> None:
    """Report all problems; exit code 2 when any is an error."""
    with loading() as report:
        loaded = read_estate(estate, as_of=common.as_of, progress=report)
    counts = Counter(found.severity for found in loaded.problems)
    if common.json:
        emit(
            {
                "estate": str(estate),
                "records": loaded.inventory.counts,
                "problems": [problem_answer(found) for found in loaded.problems],
                "counts": {severity.value: counts[severity] for severity in Severity},
                "quarantined": len(loaded.quarantined),
            }
        )
    else:
        for found in loaded.problems:
            sys.stdout.write(problem_line(found) + "\n")
        summary = {severity.value: counts[severity] for severity in Severity}
        sys.stdout.write(
            text("inventory.checked", records=sum(loaded.inventory.counts.values()), **summary) + "\n"
            + text("inventory.quarantined", count=len(loaded.quarantined)) + "\n"
        )  # fmt: skip
    if counts[Severity.ERROR]:
        context.exit(FOUND_ERRORS)


def problem_answer(found: Problem) -> dict[str, Any]:
    """A problem as JSON answers give it (docs/formats.md)."""
    message, hint = problem_texts(found)
    origin = found.origin
    return {
        "code": found.code,
        "severity": found.severity.value,
        "file": origin.file,
        "line": origin.line,
        "sheet": origin.sheet,
        "cell": origin.cell,
        "kind": found.kind,
        "id": found.id,
        "path": found.path,
        "message": message,
        "hint": hint,
        "nearest": found.nearest,
    }


@command(group, "stats", example="qianyun inventory stats examples/shanxi")
@argument("estate", type=Path)
@common()
def stats(common: Common, estate: Path) -> None:
    """Count records by kind, and systems by what matters to planning."""
    loaded = open_estate(estate, common)
    inventory = loaded.inventory
    breakdown = _breakdown(inventory)
    if common.json:
        emit({"estate": inventory.estate.name, "as_of": str(inventory.estate.as_of), "records": inventory.counts,
              "systems": breakdown})  # fmt: skip
        return
    title = text("inventory.stats-title", name=inventory.estate.name, as_of=inventory.estate.as_of)
    rows = [(kind_word(kind), count) for kind, count in inventory.counts.items()]
    table([text("inventory.kind"), text("inventory.count")], rows, title=title, right=[1])
    for name, counts in breakdown.items():
        columns = [text(f"inventory.by-{name}"), text("inventory.count")]
        table(columns, [(value_word(value), count) for value, count in counts.items()], right=[1])


def _breakdown(inventory: Inventory) -> dict[str, dict[str, int]]:
    systems = [system for system in inventory.systems.values() if not system.classified]
    levels = Counter(
        inventory.divisions[inventory.departments[system.department].division].level.value for system in systems
    )
    by: dict[str, Counter[str]] = {
        "level": levels,
        "kind": Counter(system.kind.value for system in systems),
        "lifecycle": Counter(system.lifecycle.value for system in systems),
        "criticality": Counter(system.criticality.value for system in systems),
        "grade": Counter(str(system.grade or "-") for system in systems),
    }
    return {name: dict(counts.most_common()) for name, counts in by.items()}


@command(group, "show", example="qianyun inventory show examples/kaifeng department:410200-mzj")
@argument("estate", type=Path)
@argument("object")
@common()
def show(common: Common, estate: Path, object: str) -> None:  # noqa: A002 - the argument's name on the command line
    """Print one record, where it stands, and what refers to it."""
    from inventory.references import targets_of

    inventory = open_estate(estate, common).inventory
    kind, id = split_ref(object)
    if not id:
        raise InputError("bad-argument", argument=object, reason=text("inventory.object-form"))
    record = inventory.get(kind, id)
    referring = [
        f"{other}:{other_id}"
        for other in KINDS
        for other_id, candidate in inventory.of(other).items()
        if any(target.kind == kind and target.id == id for target in targets_of(other, candidate))
    ]
    if common.json:
        emit({"kind": kind, "id": id, "origin": str(inventory.origin(kind, id)),
              "record": to_plain(record), "referred_to_by": referring})  # fmt: skip
        return
    sys.stdout.write(f"# {kind_word(kind)} {id}, {inventory.origin(kind, id)}\n{yaml_text(to_plain(record))}")
    if referring:
        sys.stdout.write(text("inventory.referred", count=len(referring)) + "\n")
        sys.stdout.writelines(f"  {name}\n" for name in referring)


@command(
    group,
    "find",
    example="qianyun inventory find examples/shanxi 'kind:system division:1401* grade>=3'",
)
@argument("estate", type=Path)
@argument("selector")
@common()
def find(common: Common, estate: Path, selector: str) -> None:
    """List the records that a selector selects."""
    inventory = open_estate(estate, common).inventory
    found = find_records(inventory, selector)
    if common.json:
        emit({"selector": selector, "count": len(found),
              "records": [{"kind": kind, **to_plain(record)} for kind, record in found]})  # fmt: skip
        return
    columns = [text("inventory.kind"), text("inventory.id"), text("inventory.name"), text("inventory.origin")]
    rows = [
        (kind_word(kind), record.id, getattr(record, "name", ""), inventory.origin(kind, record.id))
        for kind, record in found
    ]
    table(columns, rows)
    say("inventory.found", count=len(found))


@command(
    group,
    "export",
    example="qianyun inventory export examples/kaifeng -o kaifeng.xlsx\n"
    "qianyun inventory export examples/kaifeng -o systems.csv --kind system",
)
@argument("estate", type=Path)
@option("-o", "--output", type=Path, required=True, key="inventory.option.output")
@option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), metavar="KIND", key="inventory.option.kind")
@common()
def export(common: Common, estate: Path, output: Path, kinds: tuple[str, ...]) -> None:
    """Write records as a workbook, CSV, YAML or JSON, by the ending of the file's name."""
    inventory = open_estate(estate, common).inventory
    records = {kind: inventory.of(kind).values() for kind in kinds or KINDS if inventory.of(kind)}
    ending = output.suffix.lower()
    if ending == ".xlsx":
        write_xlsx(output, records)
    elif ending in (".yaml", ".yml"):
        write_yaml(output, records)
    elif ending == ".csv":
        if len(records) != 1:
            raise InputError("bad-argument", argument="--kind", reason=text("inventory.one-kind"))
        write_csv(output, next(iter(records.values())))
    elif ending == ".json":
        from inventory.files import write_atomic

        plain = {plural(kind): [to_plain(record) for record in listed] for kind, listed in records.items()}
        write_atomic(output, json.dumps(plain, ensure_ascii=False, indent=1) + "\n")
    else:
        raise InputError("bad-argument", argument=str(output), reason=text("inventory.endings"))
    counts = {kind: len(listed) for kind, listed in records.items()}
    if common.json:
        emit({"path": str(output), "records": counts})
    else:
        say("inventory.exported", path=output, count=sum(counts.values()))

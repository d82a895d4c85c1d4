"""``stack outputs``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ui.commanding import Common, command, common, option
from ui.commands.stack.asked import Selection, ask_stacks
from ui.commands.stack.registry import group, of_kept
from ui.commands.stack.results import write_outputs
from ui.output import emit, say, table
from ui.texts import text

__all__ = ["outputs"]


@command(
    group,
    "outputs",
    example="qianyun stack outputs examples/clouds --system 140100-mzj-0001\n"
    "qianyun stack outputs examples/clouds --write",
)
@of_kept
@option("--write", is_flag=True, key="stack.option.write")
@common()
def outputs(common: Common, /, *, estate: Path, plan: Path | None, write: bool, **options: Any) -> None:
    """Ids and addresses that stacks hand on."""
    from stacks.requests.records import read_deliveries

    delivered = read_deliveries(estate)
    chosen = ask_stacks(common, estate, plan, Selection(**options), delivered)
    found = {
        name: delivered[name].outputs if name in delivered else dict(chosen.desk.engine.outputs(name))
        for name in chosen.names
    }
    made = [name for name in chosen.names if name not in delivered]
    written = write_outputs(chosen.desk, chosen.inventory, estate, made) if write and made else []
    if common.json:
        rows = [{"stack": name, "outputs": values} for name, values in found.items()]
        emit({"estate": str(estate), "stacks": rows, "written": written})
        return
    rows_shown = [(name, path, value) for name, values in found.items() for path, value in _flat(values)]
    table([text(f"stack.column.{name}") for name in ("stack", "output", "value")], rows_shown)
    for path in written:
        say("stack.written", path=path)


def _flat(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Dotted path and value of each leaf; lists in one line."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)

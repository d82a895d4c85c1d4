"""``net platforms``."""

from __future__ import annotations

from ui.commanding import Common, command, common
from ui.commands.net.registry import group
from ui.output import emit, table
from ui.texts import language, text

__all__ = ["platforms"]


@command(group, "platforms", example="qianyun net platforms")
@common(estate=False)
def platforms(common: Common) -> None:
    """Operating systems of devices: how far each has been proven, and what brings its former configuration back."""
    from network.platforms import platforms as known

    rows = list(known().values())
    if common.json:
        emit(
            {
                "platforms": [
                    {
                        "platform": row.id,
                        "name": row.name,
                        "proof": row.proof.value,
                        "guard": row.guard.value,
                        "pushed": row.guard.value != "none",
                        "source": row.source,
                    }
                    for row in rows
                ]
            }
        )
        return
    columns = [text(f"net.column.{name}") for name in ("platform", "name", "proof", "guard")]
    names = [row.name_zh if language() == "zh" else row.name for row in rows]
    table(
        columns,
        [
            (row.id, name, text(f"net.proof.{row.proof.value}"), text(f"net.guard.{row.guard.value}"))
            for row, name in zip(rows, names, strict=True)
        ],
    )

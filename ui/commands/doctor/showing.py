"""``qianyun doctor``: what the program's parts find on this machine."""

from __future__ import annotations

from ui.commanding import Common, command, common
from ui.output import emit, say, table
from ui.texts import text

__all__ = ["group"]


@command(None, "doctor", area="doctor", example="qianyun doctor\nqianyun doctor --json")
@common(estate=False)
def group(common: Common) -> None:
    """Look, say what is there and what to do about the rest; exit code 0 whatever is found."""
    from ui.commands.doctor.looking import PARTS, look

    checks = look()
    if common.json:
        rows = [
            {
                "name": check.name,
                "part": check.part,
                "found": check.found,
                "version": check.version,
                "path": check.path,
                "advice": "" if check.found else text(check.advice, **check.data),
            }
            for check in checks
        ]
        emit({"checks": rows})
        return
    columns = [text(f"doctor.column.{name}") for name in ("name", "version", "place")]
    for part in PARTS:
        table(
            columns,
            [
                [
                    check.name,
                    check.version if check.found else text("doctor.missing"),
                    check.path if check.found else text(check.advice, **check.data),
                ]
                for check in checks
                if check.part == part
            ],
            title=text(f"doctor.part.{part}"),
        )
    missing = sum(not check.found for check in checks)
    say("doctor.result", missing=missing, count=len(checks))

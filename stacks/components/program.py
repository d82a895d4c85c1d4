"""What the engine runs for a design; Pulumi is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable

from stacks.design.model import StackDesign, SystemDesign, ZoneDesign, ZoneOutputs
from stacks.errors import StackError
from stacks.ways import Ways, way_of

__all__ = ["program_of"]


def program_of(design: StackDesign, zone_outputs: ZoneOutputs | None = None, ways: Ways = way_of) -> Callable[[], None]:
    """The program that makes what a design says and exports what others go on with.

    A landing zone exports the fields of ``ZoneOutputs``, a system those of ``SystemOutputs``, in JSON's types.

    Args:
        design: what the stack is to hold.
        zone_outputs: of a system's landing zone; None while that does not exist, which a preview shows as unknown.
        ways: opens the way to the design's place, in each run anew.

    The program raises StackError: ``stack-zone-first`` when a system is made, not previewed, without its zone's
    outputs; ``stack-zone-lacks`` where the zone does not have what the system needs; errors of the way.
    """

    def program() -> None:
        import pulumi

        from stacks.components.system import SystemStack
        from stacks.components.zone import LandingZone

        way = ways(design.place)
        if isinstance(design, ZoneDesign):
            outputs = LandingZone(design, way).exported
        else:
            assert isinstance(design, SystemDesign)
            if zone_outputs is None and not pulumi.runtime.is_dry_run():
                raise StackError("stack-zone-first", stack=design.stack, zone=f"zone.{design.zone}")
            outputs = SystemStack(design, zone_outputs, way).exported
        for name, value in outputs.items():
            pulumi.export(name, value)

    return program

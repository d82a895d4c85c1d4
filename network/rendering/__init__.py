"""From intent and running configuration to what each stage of the retrofit adds."""

from network.rendering.stages import STAGES, baseline, fragment, intended

__all__ = ["STAGES", "baseline", "fragment", "intended"]

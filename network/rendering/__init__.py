"""From intent and running configuration to what each stage of the retrofit adds."""

from network.rendering.cache import Change, ChangeCache
from network.rendering.stages import STAGES, baseline, fragment, intended

__all__ = ["STAGES", "Change", "ChangeCache", "baseline", "fragment", "intended"]

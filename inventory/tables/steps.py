"""The steps of the five tracks, as rows of the effort table may name them."""

from __future__ import annotations

__all__ = ["STEPS"]

STEPS: dict[str, tuple[str, ...]] = {
    "cloud": ("requested", "built", "extended", "connected", "docked", "dual_stack"),
    "network": (
        "assessed", "upgraded", "replaced", "addressed", "underlay", "routing", "service", "security", "verified",
    ),
    "line": ("path_ready", "parallel_run", "cutover", "notice", "idle", "terminated"),
    "system": (
        "filing", "assessment", "cryptography", "scan", "backup_test", "prepare", "replicate", "bridge", "cutover",
        "verify", "ipv6_record", "decommission", "switch_off", "observe", "reactivate", "remove",
    ),
    "room": ("emptied", "handed_over", "closed", "colocated"),
}  # fmt: skip

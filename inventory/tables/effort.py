"""The shipped effort table: what each step takes where an estate says nothing else.

Assumptions are ours, round figures for one system, device, line or room of common size; an estate replaces them by rows
of its own (``settings.effort``) as soon as it has measured some. Reports list every assumption that a plan rests on.
"""

from __future__ import annotations

from inventory.estate import EffortRow
from inventory.kinds.people import Skill
from inventory.kinds.systems import Criticality

__all__ = ["SHIPPED"]

_MLPS = "信息安全等级保护管理办法（公通字〔2007〕43号）第十七条：十个工作日内审核备案"
_NETWORK, _SYSTEM, _DATABASE = Skill.NETWORK, Skill.SYSTEM, Skill.DATABASE
_APPLICATION, _SECURITY, _FACILITY = Skill.APPLICATION, Skill.SECURITY, Skill.FACILITY

SHIPPED: tuple[EffortRow, ...] = (
    # systems
    EffortRow(track="system", step="prepare", days=10, skills={_SYSTEM: 1.5, _APPLICATION: 1.5, _SECURITY: 0.5}),
    EffortRow(
        track="system", step="prepare", technology="*>*", days=20,
        skills={_SYSTEM: 1.5, _APPLICATION: 3, _DATABASE: 3, _SECURITY: 0.5},
    ),
    EffortRow(track="system", step="replicate", days=3, skills={_DATABASE: 0.5}),
    EffortRow(track="system", step="replicate", technology="shipped", days=7, skills={_DATABASE: 0.5, _FACILITY: 0.5}),
    EffortRow(track="system", step="replicate", technology="*>*", days=7, skills={_DATABASE: 2}),
    EffortRow(
        track="system", step="cutover", outage_minutes=90, rollback_minutes=45,
        skills={_SYSTEM: 0.5, _APPLICATION: 0.5, _NETWORK: 0.25},
    ),
    EffortRow(
        track="system", step="cutover", criticality=Criticality.CRITICAL, outage_minutes=90, rollback_minutes=45,
        skills={_SYSTEM: 1, _APPLICATION: 1, _DATABASE: 0.5, _NETWORK: 0.5},
    ),
    EffortRow(
        track="system", step="cutover", technology="*>*", outage_minutes=150, rollback_minutes=60,
        skills={_SYSTEM: 0.5, _APPLICATION: 1, _DATABASE: 1, _NETWORK: 0.25},
    ),
    EffortRow(track="system", step="verify", days=14, skills={_APPLICATION: 0.5, _SYSTEM: 0.25}),
    EffortRow(
        track="system", step="verify", criticality=Criticality.CRITICAL, days=28,
        skills={_APPLICATION: 1, _SYSTEM: 0.5},
    ),
    EffortRow(track="system", step="decommission", days=5, skills={_SYSTEM: 0.5, _FACILITY: 0.25}),
    EffortRow(track="system", step="bridge", days=7, skills={_NETWORK: 0.25}),
    EffortRow(track="system", step="ipv6_record", days=1, skills={_NETWORK: 0.1}),
    EffortRow(track="system", step="filing", days=14, skills={_SECURITY: 0.25}, source=_MLPS),
    EffortRow(track="system", step="assessment", days=21, skills={_SECURITY: 0.5}),
    EffortRow(track="system", step="cryptography", days=21, skills={_SECURITY: 0.5}),
    EffortRow(track="system", step="scan", days=3, skills={_SECURITY: 0.25}),
    EffortRow(track="system", step="backup_test", days=3, skills={_DATABASE: 0.5}),
    EffortRow(track="system", step="switch_off", outage_minutes=30, rollback_minutes=30, skills={_SYSTEM: 0.1}),
    EffortRow(track="system", step="observe", days=0),
    EffortRow(track="system", step="reactivate", days=1, skills={_SYSTEM: 0.25, _APPLICATION: 0.1}),
    EffortRow(track="system", step="remove", days=3, skills={_SYSTEM: 0.25, _FACILITY: 0.1}),
    # network: one device
    EffortRow(track="network", step="assessed", days=2, skills={_NETWORK: 0.1}),
    EffortRow(track="network", step="upgraded", outage_minutes=60, rollback_minutes=60, skills={_NETWORK: 0.5}),
    EffortRow(
        track="network", step="replaced", outage_minutes=120, rollback_minutes=60, skills={_NETWORK: 1, _FACILITY: 0.5}
    ),
    EffortRow(track="network", step="addressed", days=2, skills={_NETWORK: 0.1}),
    EffortRow(track="network", step="underlay", outage_minutes=15, rollback_minutes=15, skills={_NETWORK: 0.2}),
    EffortRow(track="network", step="routing", outage_minutes=15, rollback_minutes=15, skills={_NETWORK: 0.2}),
    EffortRow(track="network", step="service", outage_minutes=15, rollback_minutes=15, skills={_NETWORK: 0.2}),
    EffortRow(
        track="network", step="security", outage_minutes=15, rollback_minutes=15,
        skills={_NETWORK: 0.1, _SECURITY: 0.1},
    ),
    EffortRow(track="network", step="verified", days=7, skills={_NETWORK: 0.1}),
    # clouds and pools
    EffortRow(track="cloud", step="built", days=60),
    EffortRow(track="cloud", step="extended", days=30),
    EffortRow(track="cloud", step="requested", days=0),
    EffortRow(track="cloud", step="connected", days=5, skills={_NETWORK: 2}),
    EffortRow(track="cloud", step="docked", days=30, skills={_SYSTEM: 5, _SECURITY: 2}),
    EffortRow(track="cloud", step="dual_stack", days=10, skills={_NETWORK: 3}),
    # lines, private networks, internet exits
    EffortRow(track="line", step="path_ready", days=5, skills={_NETWORK: 0.25}),
    EffortRow(track="line", step="parallel_run", days=14),
    EffortRow(track="line", step="cutover", outage_minutes=30, rollback_minutes=30, skills={_NETWORK: 0.25}),
    EffortRow(track="line", step="notice", days=0),
    EffortRow(track="line", step="idle", days=0),
    EffortRow(track="line", step="terminated", days=1, skills={_NETWORK: 0.1}),
    EffortRow(track="line", step="path_ready", technology="private_network", days=20, skills={_NETWORK: 2}),
    EffortRow(track="line", step="parallel_run", technology="private_network", days=30),
    EffortRow(
        track="line", step="cutover", technology="private_network", outage_minutes=60, rollback_minutes=60,
        skills={_NETWORK: 1, _SECURITY: 0.5},
    ),
    EffortRow(
        track="line", step="path_ready", technology="internet_exit", days=10, skills={_NETWORK: 0.5, _SECURITY: 0.5}
    ),
    # rooms
    EffortRow(track="room", step="emptied", days=5, skills={_FACILITY: 1}),
    EffortRow(track="room", step="handed_over", days=10, skills={_FACILITY: 1}),
    EffortRow(track="room", step="closed", days=5, skills={_FACILITY: 0.5}),
    EffortRow(track="room", step="colocated", days=10, skills={_FACILITY: 2}),
)  # fmt: skip

"""Which file of a made estate holds which kinds, with what columns and comments."""

YAML_FILES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("clouds.yaml", ("cloud", "pool"), "1+N: one provincial cloud, industry and city clouds; platforms of old that are absorbed.\n1+N：省级云、行业云、市级云，以及被整合的原有平台。\nCapacity steps hold from their day on. 容量自所列日期起生效。"),
    ("people.yaml", ("team", "calendar", "window", "freeze"), "Who works and when; no change during a freeze.\n队伍、日历、变更窗口；封网期间不做变更。"),
    ("network.yaml", ("vpn", "carrier", "external_object"), "VPNs, the carriers' framework agreements, platforms outside.\nVPN、运营商框架协议、外部平台。"),
    ("rules.yaml", ("rule", "target"), "Disposition rules: the first that matches decides. Placement rules: all apply. Targets: the programme's phases.\n处置规则按顺序取首条匹配；落位规则全部生效；目标为各阶段任务。"),
    ("move_groups.yaml", ("move_group",), "Systems that must move in one slot.\n须同批迁移的系统。"),
)  # fmt: skip

_OUTCOME = tuple(f"decisions.outcome.{name}" for name in ("value", "reason", "role", "date"))

CSV_FILES: dict[str, tuple[str, ...]] = {
    "division": ("id", "name", "level", "code", "parent", "functional_zone"),
    "department": ("id", "name", "division", "sector", "politics_and_law", "attached_to"),
    "room": (
        "id", "name", "department", "division", "kind", "racks", "rack_units", "power_kw", "cooling_kw",
        "fee_yuan_per_year", "lease_end", "intention", "attached_to",
    ),
    "asset": (
        "id", "name", "room", "rack", "position", "height_units", "serial_number", "asset_number", "model", "power_w", "role",
    ),
    "device": (
        "id", "name", "division", "level", "department", "room", "role", "platform", "model", "software", "management_address", "credential",
        "encoding", "redundancy_group", "loopbacks", "interfaces", "ipv6_capability", "ipv6_stage",
    ),
    "link": (
        "id", "a_device", "a_interface", "b_device", "b_interface", "metric_ab", "metric_ba", "bandwidth_mbps", "p95_mbps",
        "peak_mbps", "carrier", "fee_yuan_per_month",
    ),
    "prefix": ("id", "prefix", "purpose", "division", "site", "vpn"),
    "private_network": ("id", "name", "department", "grade", "levels", "mixed_classification", "fee_yuan_per_month", *_OUTCOME),
    "line": (
        "id", "name", "department", "a", "b", "carrier", "bandwidth_mbps", "p95_mbps", "peak_mbps", "fee_yuan_per_month",
        "contract_start", "contract_end", "notice_days", "private_network", "systems", *_OUTCOME,
    ),
    "internet_exit": (
        "id", "name", "department", "division", "carrier", "bandwidth_mbps", "p95_mbps", "fee_yuan_per_month", "contract_end",
        "notice_days", *_OUTCOME,
    ),
    "system": (
        "id", "name", "department", "lifecycle", "kind", "domain", "grade", "criticality", "users", "registered",
        "duplicate_of", "last_used", "usage.log_ins_90d", "usage.source", "rto_minutes", "rpo_minutes",
        "allowed_outage_minutes", "windows", "needs_ipv6", "needs_ipv6.by", "runs_in", "technology", "transfer",
        "maintenance_yuan_per_year", "evidence", "decisions.disposition.value", "decisions.disposition.reason",
        "decisions.disposition.role", "decisions.disposition.date",
    ),
    "component": (
        "system", "id", "role", "technology", "target_technology", "assets", "vcpu", "memory_gib", "storage_gib", "data_gib",
        "change_gib_per_day", "endpoints",
    ),
    "dependency": (
        "from", "to", "kind", "strength", "order", "reaches_by", "source", "protocol", "port", "traffic_mbps",
        "max_latency_ms", "first_seen", "last_seen", "bytes_seen",
    ),
    "risk": ("id", "name", "object", "grade", "owner_role", "due"),
}  # fmt: skip

ESTATE_COMMENT = """A made example. Real: names and codes of the divisions. Invented: everything else, above all the systems.
虚构示例。真实内容仅为行政区划的名称与代码，其余(尤其是信息系统)均为虚构。"""

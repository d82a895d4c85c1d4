"""Windows, freezes, rules and targets of the examples: the form of a province's plan, dates of public events and holidays."""

WINDOWS = (
    {"id": "night-systems", "name": "信息系统变更窗口", "selector": "kind:system", "rule": "FREQ=WEEKLY;BYDAY=FR,SA", "start": "22:00:00", "duration_minutes": 480},
    {"id": "night-critical", "name": "关键系统变更窗口", "selector": "kind:system criticality:critical", "rule": "FREQ=WEEKLY;BYDAY=SA", "start": "22:00:00", "duration_minutes": 540},
    {"id": "night-network", "name": "网络设备变更窗口", "selector": "kind:device,link", "rule": "FREQ=WEEKLY;BYDAY=TU,TH", "start": "00:00:00", "duration_minutes": 300},
    {"id": "night-lines", "name": "专线割接窗口", "selector": "kind:line,private_network,internet_exit", "rule": "FREQ=WEEKLY;BYDAY=WE", "start": "00:00:00", "duration_minutes": 240},
    {"id": "day-rooms", "name": "机房腾退窗口", "selector": "kind:room", "rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "start": "09:00:00", "duration_minutes": 480},
)  # fmt: skip

FREEZES: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {
    # id, name, first day, last day, selector
    "shanxi": (
        ("guoqing-2020", "国庆中秋保障", "2020-09-28", "2020-10-08", ""),
        ("nianjie-2020", "年终决算", "2020-12-24", "2021-01-05", "department.sector:finance,social_security"),
        ("sheng-lianghui-2021", "省两会保障", "2021-01-18", "2021-01-24", ""),
        ("chunjie-2021", "春节保障", "2021-02-10", "2021-02-18", ""),
        ("lianghui-2021", "全国两会保障", "2021-03-01", "2021-03-12", ""),
        ("gaokao-2021", "高考保障", "2021-06-05", "2021-06-10", "department.sector:education"),
        ("qiyi-2021", "建党百年保障", "2021-06-21", "2021-07-02", ""),
        ("xunqi-2021", "汛期保障", "2021-07-16", "2021-08-15", "department.sector:water,emergency"),
        ("guoqing-2021", "国庆保障", "2021-09-27", "2021-10-08", ""),
        ("nianjie-2021", "年终决算", "2021-12-24", "2022-01-05", "department.sector:finance,social_security"),
        ("dongao-2022", "春节与冬奥会保障", "2022-01-28", "2022-02-21", ""),
        ("lianghui-2022", "全国两会保障", "2022-03-01", "2022-03-12", ""),
        ("gaokao-2022", "高考保障", "2022-06-05", "2022-06-10", "department.sector:education"),
        ("xunqi-2022", "汛期保障", "2022-07-16", "2022-08-15", "department.sector:water,emergency"),
        ("guoqing-2022", "国庆保障", "2022-09-27", "2022-10-24", ""),
        ("nianjie-2022", "年终决算", "2022-12-24", "2023-01-05", "department.sector:finance,social_security"),
    ),
    "kaifeng": (
        ("gaokao-2024", "高考保障", "2024-06-05", "2024-06-10", "department.sector:education"),
        ("xunqi-2024", "汛期保障", "2024-07-16", "2024-08-15", "department.sector:water,emergency"),
        ("guoqing-2024", "国庆保障", "2024-09-27", "2024-10-08", ""),
        ("juhua-2024", "菊花文化节保障", "2024-10-17", "2024-10-20", "department.sector:culture"),
        ("nianjie-2024", "年终决算", "2024-12-24", "2025-01-05", "department.sector:finance,social_security"),
        ("chunjie-2025", "春节保障", "2025-01-26", "2025-02-05", ""),
        ("lianghui-2025", "全国两会保障", "2025-03-01", "2025-03-12", ""),
        ("gaokao-2025", "高考保障", "2025-06-05", "2025-06-10", "department.sector:education"),
        ("guoqing-2025", "国庆保障", "2025-09-27", "2025-10-09", ""),
        ("chunjie-2026", "春节保障", "2026-02-13", "2026-02-24", ""),
        ("lianghui-2026", "全国两会保障", "2026-03-01", "2026-03-12", ""),
    ),
}

DISPOSITIONS = (
    # id, name, selector ({zombie}: last day of use of a zombie), outcome, reason
    ("zombie", "僵尸系统关停", "kind:system lifecycle:in_service last_used<{zombie}", "retire", "长期无人使用"),
    ("shadow-duplicate", "影子系统关停（重复建设）", "kind:system duplicate_of:*", "retire", "与保留系统重复"),
    ("shadow-unregistered", "影子系统关停（未登记）", "kind:system registered:false", "retire", "未在系统目录登记"),
    (
        "generic",
        "通用系统统一替换",
        "kind:system system.kind:mail,video,office_automation,portal",
        "repurchase",
        "由全省统一产品替代",
    ),
    (
        "politics-and-law",
        "政法部门设备托管",
        "kind:system department.politics_and_law:true",
        "colocate",
        "设备集中托管，不迁移",
    ),
    (
        "straight-to-cloud",
        "在建拟建系统直接上云",
        "kind:system lifecycle:planned,building",
        "rehost",
        "新建系统直接部署上云",
    ),
    (
        "change-of-make",
        "更换数据库或中间件",
        "kind:system components.target_technology:*",
        "replatform",
        "同步完成国产化适配",
    ),
    ("default", "其余系统迁移上云", "kind:system lifecycle:in_service", "rehost", "非涉密系统迁移上云"),
)

TARGETS: dict[str, tuple[tuple[str, str, str, str, float, str, int], ...]] = {
    # id, name, metric, selector, share, date, weight
    "shanxi": (
        (
            "attached-2020",
            "省市县部门全部接入本级外网",
            "departments_attached",
            "kind:department",
            1.0,
            "2020-12-31",
            1,
        ),
        (
            "ipv6-province-2020",
            "省级外网完成IPv6改造",
            "devices_dual_stack",
            "kind:device level:province",
            1.0,
            "2020-12-31",
            2,
        ),
        ("industry-docked-2020", "行业云对接省级云", "clouds_docked", "kind:cloud tier:industry", 1.0, "2020-12-31", 1),
        ("city-docked-2021", "市级云纳管", "clouds_docked", "kind:cloud tier:city", 1.0, "2021-12-31", 1),
        (
            "ipv6-city-2021",
            "市级外网完成IPv6改造",
            "devices_dual_stack",
            "kind:device level:city",
            1.0,
            "2021-12-31",
            1,
        ),
        (
            "networks-2021",
            "省级业务专网割接合并",
            "private_networks_merged",
            "kind:private_network level:province",
            1.0,
            "2021-12-31",
            1,
        ),
        (
            "province-moved-2021",
            "省级系统完成迁移上云",
            "systems_moved",
            "kind:system level:province",
            1.0,
            "2021-12-31",
            3,
        ),
        (
            "rooms-2021",
            "省级部门机房关停移交",
            "rooms_closed",
            "kind:room level:province intention:close",
            1.0,
            "2021-12-31",
            1,
        ),
        (
            "zombies-2020",
            "僵尸影子系统关停",
            "systems_retired",
            "kind:system lifecycle:in_service",
            0.15,
            "2020-12-31",
            1,
        ),
        (
            "cities-moved-2021",
            "市县系统基本完成迁移",
            "systems_moved",
            "kind:system level:city,county",
            0.9,
            "2021-12-31",
            2,
        ),
        ("all-moved-2022", "1+N体系全面建成", "systems_moved", "kind:system", 1.0, "2022-12-31", 1),
        ("lines-2022", "业务专线退租", "lines_ended", "kind:line", 0.9, "2022-12-31", 1),
    ),
    "kaifeng": (
        ("attached-2024", "市县部门全部接入外网", "departments_attached", "kind:department", 1.0, "2024-09-30", 1),
        (
            "zombies-2024",
            "僵尸影子系统关停",
            "systems_retired",
            "kind:system lifecycle:in_service",
            0.15,
            "2024-12-31",
            1,
        ),
        ("city-moved-2025", "市级系统完成迁移上云", "systems_moved", "kind:system level:city", 0.9, "2025-06-30", 2),
        ("all-moved-2025", "市县系统基本完成迁移", "systems_moved", "kind:system", 0.9, "2025-12-31", 1),
        (
            "networks-2025",
            "非涉密业务专网全部接入",
            "private_networks_merged",
            "kind:private_network",
            1.0,
            "2025-12-31",
            1,
        ),
        ("lines-2025", "业务专线退租", "lines_ended", "kind:line", 0.8, "2025-12-31", 1),
        ("rooms-2025", "部门机房关停", "rooms_closed", "kind:room intention:close", 0.9, "2025-12-31", 1),
    ),
}

OUTCOMES = {
    # kind and outcome -> reasons
    ("line", "move"): ("业务割接到政务外网，专线退租", "外网带宽满足需要，不再单独租用"),
    ("line", "end"): ("承载系统全部上云或关停，专线不再需要", "近一年流量极低，直接退租"),
    ("line", "backup"): ("保留为外网共享链路的备份", "外网单链路接入，专线转为备用"),
    ("line", "keep"): ("上级主管部门要求专线接入", "对端不在政务外网覆盖范围"),
    ("line", "internal_network"): ("涉及内部业务，割接到政务内网",),
    ("private_network", "move"): ("非涉密业务专网割接并入政务外网",),
    ("private_network", "keep"): ("行业垂直管理专网，按国家部委要求保留",),
    ("private_network", "internal_network"): ("混合定级，非涉密部分并入政务内网",),
    ("internet_exit", "move"): ("并入本级统一互联网出口",),
    ("internet_exit", "end"): ("部门已无互联网业务，出口撤销",),
    ("internet_exit", "keep"): ("本级统一互联网出口",),
}

ROLES = {"province": "省级大数据主管部门", "city": "市级大数据主管部门"}
RISKS = (
    ("迁移期间数据不一致", "high"),
    ("接口地址写死，割接后无法访问", "medium"),
    ("数据库更换后性能不达标", "medium"),
    ("厂商支持不足，原系统资料缺失", "low"),
)

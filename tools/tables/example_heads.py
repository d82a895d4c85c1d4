"""Headers of the example ledgers and what stands under them. Keys of systems: ``example_systems.cells``."""

from __future__ import annotations

Head = tuple[str, str]

MERGED: tuple[Head, ...] = (
    ("序号", "number"), ("单位名称", "department"), ("系统名称", "name"), ("系统状态", "state"), ("系统类型", "kind"),
    ("服务对象", "domain"), ("等保等级", "grade"), ("重要程度", "criticality"), ("用户数", "users"), ("是否登记", "registered"),
    ("重复系统", "duplicate"), ("最后使用时间", "used"), ("近90天登录次数", "log_ins"), ("RTO", "rto_words"), ("RPO", "rpo_words"),
    ("允许中断时间", "outage_words"), ("等保备案日期", "filing"), ("等保测评日期", "assessment"), ("漏洞扫描日期", "scan"), ("是否需要IPv6", "ipv6"), ("所在机房", "site"), ("技术路线", "technology"),
    ("中间件", "app.technology"), ("数据库", "db.technology"), ("年运维费（万元）", "cost_10k"),
)  # fmt: skip

MERGED_GROUPS: tuple[tuple[str, tuple[Head, ...]], ...] = (
    ("Web服务器", (("CPU核数", "web.vcpu"), ("内存(GB)", "web.memory_gib"), ("存储(GB)", "web.storage_gib"), ("IP地址", "web.address"), ("端口", "web.port"))),
    ("应用服务器", (("CPU核数", "app.vcpu"), ("内存(GB)", "app.memory_gib"), ("存储(GB)", "app.storage_gib"), ("IP地址", "app.address"), ("端口", "app.port"))),
    (
        "数据库服务器",
        (
            ("CPU核数", "db.vcpu"), ("内存(GB)", "db.memory_gib"), ("存储(GB)", "db.storage_gib"), ("数据量(GB)", "db.data_gib"),
            ("日增量(GB)", "db.change_gib_per_day"), ("IP地址", "db.address"), ("端口", "db.port"),
        ),
    ),
)  # fmt: skip

SHORT: tuple[Head, ...] = (
    ("编号", "code"), ("建设单位", "department"), ("应用系统名称", "name"), ("运行状态", "state"), ("系统类别", "kind"), ("服务对象", "domain"),
    ("等保定级", "grade"), ("重要性", "criticality"), ("用户规模", "users"), ("是否在册", "registered"), ("与何系统重复", "duplicate"),
    ("最近使用日期", "used"), ("近三个月登录次数", "log_ins"), ("RTO(分钟)", "rto"), ("RPO(分钟)", "rpo"), ("可中断时间(分钟)", "outage"),
    ("定级备案日期", "filing"), ("最近测评日期", "assessment"), ("上线前扫描日期", "scan"),
    ("IPv6需求", "ipv6"), ("部署位置", "site"), ("目标架构", "technology"), ("中间件类型", "app.technology"), ("数据库类型", "db.technology"),
    ("运维经费(元/年)", "cost"), ("Web服务器配置", "web.spec"), ("Web服务器IP地址", "web.address"), ("Web服务器端口", "web.port"),
    ("应用服务器配置", "app.spec"), ("应用服务器IP地址", "app.address"), ("应用服务器端口", "app.port"), ("数据库服务器配置", "db.spec"),
    ("数据库服务器IP地址", "db.address"), ("数据库服务器端口", "db.port"), ("数据库服务器数据量", "db.data_words"),
    ("数据库服务器日增量(GB)", "db.change_gib_per_day"),
)  # fmt: skip

COUNTIES: tuple[Head, ...] = (
    ("序号", "number"), ("填报单位", "department"), ("业务系统名称", "name"), ("建设状态", "state"), ("应用类型", "kind"), ("业务域", "domain"),
    ("等级保护级别", "grade"), ("重要等级", "criticality"), ("注册用户数", "users_wide"), ("是否登记", "registered_words"), ("重复于", "duplicate"),
    ("最后登录时间", "used"), ("90天登录次数", "log_ins"), ("恢复时间目标", "rto_words"), ("恢复点目标", "rpo_words"),
    ("允许停机时间", "outage_words"), ("等保备案日期", "filing"), ("等保测评日期", "assessment"), ("漏洞扫描日期", "scan"), ("IPv6改造要求", "ipv6"), ("所在机房", "site"), ("CPU架构", "technology"), ("应用中间件", "app.technology"),
    ("数据库产品", "db.technology"), ("年运维费用（万元）", "cost_10k"),
    *((f"{word}{what}", f"{part}.{key}") for part, word in (("web", "Web服务器"), ("app", "应用服务器"), ("db", "数据库服务器"))
      for what, key in (("CPU核数", "vcpu"), ("内存(GB)", "memory_gib"), ("硬盘容量(GB)", "storage_gib"), ("IP", "address"), ("端口", "port"))),
    ("数据库服务器数据量(GB)", "db.data_gib"), ("数据库服务器日增量(GB)", "db.change_gib_per_day"),
)  # fmt: skip

ROOMS = (
    "序号",
    "机房名称",
    "单位名称",
    "机房类型",
    "机柜数量",
    "U位总数",
    "供电容量(kW)",
    "制冷量(kW)",
    "年费用（元）",
    "租赁到期日",
    "处置意见",
    "接入设备",
)
DEVICES = (
    "设备名称",
    "行政区划",
    "层级",
    "所属部门",
    "所在机房",
    "设备角色",
    "操作系统",
    "型号",
    "软件版本",
    "管理IP",
    "IPv6支持情况",
)
ASSETS = ("资产名称", "资产编号", "序列号", "所在机房", "机柜号", "U位", "规格型号", "额定功率(W)", "设备类型")
LINKS = ("id", "a_device", "b_device", "b_interface", "bandwidth_mbps", "p95_mbps", "peak_mbps")
LINES = (
    "线路名称",
    "租用单位",
    "A端",
    "Z端",
    "运营商",
    "带宽",
    "95值(Mbps)",
    "峰值流量(Mbps)",
    "月租费(元)",
    "合同开始日期",
    "合同到期日",
    "退租通知期",
    "所属专网",
    "承载系统",
    "处置方式",
    "处置理由",
    "决定单位",
    "决定日期",
)
FLOWS = ("源地址", "源端口", "目的地址", "目的端口", "协议", "字节数", "首次发现", "末次发现")

OUTCOMES = {"move": "迁移", "end": "退租", "backup": "备用", "keep": "保留", "internal_network": "割接到内网"}
KINDS = {
    "mail": "邮件",
    "video": "视频会议",
    "office_automation": "OA",
    "portal": "门户网站",
    "shared_platform": "公共支撑平台",
    "base_database": "基础数据库",
}
STATES = {"planned": "拟建", "building": "在建"}
LEVELS = {"low": "低", "high": "重要", "critical": "核心"}
DOMAINS = {"public_service": "面向公众", "administrative": "内部办公"}
TECHNOLOGIES = {"x86": "x86", "domestic": "信创"}
GRADES = ("一级", "二级", "三级", "四级")

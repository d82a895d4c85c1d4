"""What a ledger can say of each kind: field, parser, and the headers under which ledgers say it.

Headers are compared folded (half-width, lower-case), without spaces, required-marks and units. The field's own name is always a header.
``components.main.*`` is the part that stands for a whole system; the headers of ``COMPONENT_GROUPS`` before one of these name a part.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMPONENT_GROUPS", "FIELDS", "IGNORED_HEADERS", "KIND_WORDS", "PERSONAL_HEADERS", "Field"]


class Field(NamedTuple):
    """``path``: dotted field; ``parser``: a name of ``inventory.ledger.parsing``, options after a colon; ``headers``: synonyms.

    ``tells``: the header alone tells the kind of the table.
    """

    path: str
    parser: str
    headers: tuple[str, ...]
    tells: bool = False


_NOTE = Field(
    "note", "text", ("备注", "说明", "备注说明", "其他说明", "remarks", "remark", "notes", "comment", "comments")
)
_DEPARTMENT = Field(
    "department",
    "ref:department",
    (
        "部门", "单位", "单位名称", "部门名称", "所属部门", "所属单位", "主管部门", "主管单位", "责任部门", "责任单位", "使用部门", "使用单位",
        "建设单位", "业主单位", "归口部门", "管理单位", "管理部门", "填报单位", "填报部门", "委办局", "厅局", "产权单位", "资产所属单位",
        "租用单位", "付费单位", "owner", "owning department", "agency", "unit", "organisation", "organization", "bureau",
    ),
)  # fmt: skip
_CLASSIFIED = Field(
    "classified",
    "classified",
    (
        "是否涉密",
        "涉密",
        "密级",
        "涉密情况",
        "涉密等级",
        "是否涉密系统",
        "保密等级",
        "涉密标识",
        "系统密级",
        "secret",
        "classification",
        "is classified",
    ),
)
_COUNT = Field("count", "count", ("数量", "系统数量", "线路数量", "number of systems", "quantity", "qty"))
_CARRIER = Field(
    "carrier",
    "ref:carrier",
    (
        "运营商",
        "承建运营商",
        "线路运营商",
        "服务商",
        "电信运营商",
        "电路运营商",
        "carrier",
        "isp",
        "provider",
        "operator",
    ),
)
_DIVISION = Field(
    "division",
    "ref:division",
    (
        "行政区划",
        "区划",
        "所在地区",
        "所属区划",
        "所在区划",
        "地市",
        "所在地市",
        "市县",
        "区划代码",
        "行政区划代码",
        "所在城市",
        "地区",
        "region",
        "city",
        "area",
    ),
)
_GRADE = Field(
    "grade",
    "grade",
    (
        "等保等级", "等保级别", "等保定级", "等级保护级别", "等级保护等级", "等级保护", "等保", "安全等级", "安全保护等级", "信息安全等级",
        "网络安全等级", "定级情况", "定级等级", "mlps", "mlps level", "mlps grade", "security level", "protection grade",
    ),
)  # fmt: skip
_USE = (
    Field("p95_mbps", "bandwidth", ("95值", "95峰值", "95带宽", "95th percentile", "p95", "95计费值", "95百分位")),
    Field("peak_mbps", "bandwidth", ("峰值", "峰值流量", "峰值带宽", "最大流量", "peak", "peak traffic", "峰值速率")),
)
_BANDWIDTH = Field(
    "bandwidth_mbps",
    "bandwidth",
    (
        "带宽",
        "线路带宽",
        "电路带宽",
        "速率",
        "线路速率",
        "接入带宽",
        "端口带宽",
        "出口带宽",
        "bandwidth",
        "speed",
        "rate",
        "capacity",
    ),
)
_FEE = Field(
    "fee_yuan_per_month",
    "money:month",
    (
        "租费", "资费", "费用", "线路费用", "线路租费", "租金", "租用费", "租用费用", "月租", "月租费", "月租金", "月费", "月费用", "年租费",
        "年租金", "年费", "年费用", "年租用费", "年线路费", "年度费用", "年度租费", "fee", "monthly fee", "monthly rent", "annual fee", "yearly fee", "cost",
    ),
)  # fmt: skip
_CONTRACT = (
    Field(
        "contract_start",
        "date",
        (
            "合同开始日期",
            "合同开始时间",
            "合同起始日期",
            "合同生效日期",
            "起租日期",
            "起租时间",
            "开通时间",
            "开通日期",
            "contract start",
            "start date",
        ),
    ),
    Field(
        "contract_end",
        "date:end",
        (
            "合同到期日",
            "合同到期时间",
            "合同到期日期",
            "合同结束日期",
            "合同结束时间",
            "合同截止日期",
            "合同期至",
            "到期时间",
            "到期日期",
            "到期日",
            "租期至",
            "contract end",
            "end date",
            "expiry",
            "expiry date",
            "expires",
        ),
    ),
    Field(
        "contract_period",
        "period",
        ("合同期限", "合同期", "合同起止日期", "合同起止时间", "租用期限", "租期", "contract period"),
    ),
    Field("notice_days", "days", ("提前通知天数", "退租通知期", "通知期", "notice days", "notice", "notice period")),
)

_SYSTEM = (
    Field(
        "name",
        "text",
        ("系统名称", "信息系统名称", "应用系统名称", "业务系统名称", "应用名称", "系统全称", "信息系统", "应用系统", "业务系统", "系统", "名称", "system name", "system", "application name", "application", "app name"),
        tells=True,
    ),
    Field("code", "code", ("系统编号", "系统编码", "系统代码", "编号", "编码", "信息系统编号", "system id", "system code", "system no", "code")),
    _DEPARTMENT,
    Field("lifecycle", "choice:lifecycle", ("系统状态", "运行状态", "状态", "建设状态", "使用状态", "当前状态", "运行情况", "建设情况", "status", "state")),
    Field("kind", "choice:system_kind", ("系统类型", "系统类别", "应用类型", "系统分类", "业务类型", "类型", "类别", "type", "category", "system type")),
    Field("domain", "choice:domain", ("服务域", "业务域", "服务对象", "所属域", "domain")),
    _GRADE,
    Field("criticality", "choice:criticality", ("重要程度", "重要性", "系统重要性", "重要等级", "业务重要性", "关键程度", "criticality", "importance", "priority")),
    Field("users", "count", ("用户数", "用户数量", "用户规模", "注册用户数", "使用人数", "用户总数", "users", "number of users", "user count")),
    Field("registered", "bool", ("是否登记", "是否注册", "是否在册", "是否纳入登记", "是否已登记", "登记情况", "registered", "in register")),
    Field("duplicate_of", "ref:system", ("重复系统", "与何系统重复", "重复于", "duplicate of")),
    Field(
        "last_used",
        "date:end",
        ("最后使用时间", "最后使用日期", "最近使用时间", "最近使用日期", "最近一次使用时间", "最后登录时间", "最近登录时间", "最后访问时间", "last used", "last use", "last login", "last access"),
    ),
    Field("usage.log_ins_90d", "count", ("近90天登录次数", "近三个月登录次数", "90天登录次数", "近3个月登录次数", "log-ins 90 days", "logins 90d", "logins in 90 days")),
    Field("usage.requests_90d", "count", ("近90天访问量", "近三个月访问量", "近3个月访问量", "90天访问量", "requests 90d", "requests in 90 days")),
    Field("evidence.filing", "date:end", ("等保备案日期", "定级备案日期", "filing date")),
    Field("evidence.assessment", "date:end", ("等保测评日期", "最近测评日期", "assessment date")),
    Field("evidence.scan", "date:end", ("漏洞扫描日期", "上线前扫描日期", "scan date")),
    Field("rto_minutes", "duration", ("rto", "恢复时间目标", "恢复时间要求", "rto要求", "recovery time objective")),
    Field("rpo_minutes", "duration", ("rpo", "恢复点目标", "数据恢复点目标", "rpo要求", "recovery point objective")),
    Field(
        "allowed_outage_minutes",
        "duration",
        ("允许中断时间", "可中断时间", "允许停机时间", "可停机时间", "最长中断时间", "允许中断时长", "割接允许中断时间", "allowed outage", "allowed downtime", "max downtime"),
    ),
    Field("needs_ipv6", "needs_ipv6", ("是否需要ipv6", "ipv6需求", "ipv6改造要求", "是否ipv6改造", "需ipv6改造", "ipv6", "needs ipv6", "ipv6 needed")),
    Field(
        "runs_in",
        "typed:room,cloud,pool",
        ("所在机房", "部署机房", "部署位置", "部署地点", "机房", "存放机房", "运行机房", "部署环境", "运行位置", "现部署位置", "runs in", "location", "hosted in", "data centre", "data center", "server room"),
    ),
    Field("technology", "choice:technology", ("技术路线", "架构要求", "cpu架构", "目标架构", "architecture")),
    Field("maintenance_yuan_per_year", "money:year:year", ("运维费用", "运维费", "年运维费", "年运维费用", "运维经费", "年度运维费", "年度运维经费", "运行维护费", "年运行维护费", "maintenance", "maintenance cost", "annual maintenance", "annual maintenance cost", "maintenance per year")),
    Field("components.main.spec", "spec", ("配置", "服务器配置", "资源配置", "硬件配置", "主机配置", "虚拟机配置", "资源需求", "cpu/内存/存储", "cpu/内存/硬盘", "配置情况", "configuration", "specification", "spec", "resources")),
    Field("components.main.vcpu", "cores", ("cpu", "cpu核数", "cpu数", "核数", "vcpu", "cpu核", "cpu总核数", "处理器", "cores", "cpu cores", "vcpus")),
    Field("components.main.memory_gib", "size", ("内存", "内存大小", "内存容量", "内存总量", "memory", "ram")),
    Field("components.main.storage_gib", "size", ("存储", "硬盘", "磁盘", "存储容量", "存储空间", "磁盘容量", "硬盘容量", "磁盘空间", "存储总量", "storage", "disk", "disk space")),
    Field("components.main.data_gib", "size", ("数据量", "数据总量", "数据规模", "现有数据量", "存量数据", "data", "data volume", "data size")),
    Field("components.main.change_gib_per_day", "size", ("日增量", "日增数据量", "每日增量", "数据日增量", "日增长量", "daily change", "daily growth", "change per day")),
    Field("components.main.address", "hosts", ("ip地址", "ip", "服务器ip", "内网ip", "主机ip", "内网地址", "系统ip", "ip address", "address", "server ip")),
    Field("components.main.dns_name", "hosts", ("域名", "网址", "访问地址", "系统网址", "系统域名", "url", "系统访问地址", "domain name", "dns name", "hostname", "web address")),
    Field("components.main.port", "port", ("端口", "服务端口", "端口号", "port")),
    Field("components.main.public_address", "hosts", ("公网ip", "公网地址", "外网ip", "互联网ip", "public ip", "public address")),
    Field("components.db.technology", "text", ("数据库", "数据库类型", "数据库版本", "数据库产品", "数据库软件", "database", "dbms", "database type")),
    Field("components.db.data_gib", "size", ("数据库大小", "数据库容量", "数据库数据量", "database size")),
    Field("components.app.technology", "text", ("中间件", "中间件类型", "应用中间件", "middleware", "application server")),
    _CLASSIFIED,
    _COUNT,
    _NOTE,
)  # fmt: skip

_LINE = (
    Field("name", "text", ("线路名称", "专线名称", "电路名称", "链路名称", "名称", "line name", "circuit name", "line", "circuit"), tells=True),
    Field("code", "code", ("线路编号", "专线编号", "电路编号", "电路代号", "线路号", "专线号", "编号", "电路代码", "circuit id", "line no", "circuit no", "line code"), tells=True),
    _DEPARTMENT,
    Field("a", "typed:room,device,cloud,department,external", ("a端", "本端", "起点", "a端位置", "a端名称", "a端机房", "a端地址", "本端机房", "起始端", "甲端", "接入端", "a端单位", "from", "a end", "end a", "a side"), tells=True),
    Field("b", "typed:room,device,cloud,department,external", ("b端", "z端", "对端", "终点", "b端位置", "b端名称", "b端机房", "b端地址", "对端机房", "终止端", "乙端", "z端机房", "z端位置", "b端单位", "to", "b end", "end b", "z end", "b side"), tells=True),
    _CARRIER,
    _BANDWIDTH,
    *_USE,
    Field("growth_per_year", "share", ("年增长率", "流量年增长率", "增长率", "annual growth", "growth", "growth per year")),
    Field("max_latency_ms", "latency", ("时延要求", "时延", "延迟要求", "latency", "max latency")),
    Field("availability", "share", ("可用性", "可用率", "可用性要求", "sla", "availability")),
    _FEE,
    *_CONTRACT,
    Field("private_network", "ref:private_network", ("所属专网", "专网", "专网名称", "所属网络", "private network", "network")),
    Field("systems", "refs:system", ("承载系统", "承载业务系统", "业务系统", "使用系统", "承载业务", "systems", "applications", "carries")),
    Field("decisions.outcome.value", "choice:line_outcome", ("处置方式", "专线处置方式", "整合方式", "outcome")),
    Field("decisions.outcome.reason", "text", ("处置理由", "处置原因", "outcome reason")),
    Field("decisions.outcome.role", "text", ("决定单位", "审定单位", "decided by")),
    Field("decisions.outcome.date", "date:end", ("决定日期", "审定日期", "decided on")),
    Field("state", "choice:line_state", ("线路状态", "使用状态", "状态", "status", "state")),
    _CLASSIFIED,
    _COUNT,
    _NOTE,
)  # fmt: skip

_ROOM = (
    Field("name", "text", ("机房名称", "机房", "名称", "数据中心名称", "room name", "room", "server room", "data centre", "data center"), tells=True),
    Field("code", "code", ("机房编号", "机房编码", "编号", "room no", "room code")),
    _DEPARTMENT,
    _DIVISION,
    Field("kind", "choice:room_kind", ("机房类型", "机房类别", "机房性质", "类型", "建设方式", "type", "room type")),
    Field("racks", "count", ("机柜数", "机柜数量", "机架数", "机架数量", "机柜总数", "racks", "number of racks", "rack count"), tells=True),
    Field("rack_units", "count", ("u位数", "总u位", "u数", "机位数", "u位总数", "rack units"), tells=True),
    Field("power_kw", "power", ("功率", "供电容量", "总功率", "供电功率", "电力容量", "用电功率", "供电", "power", "power capacity")),
    Field("cooling_kw", "power", ("制冷量", "制冷功率", "制冷容量", "空调制冷量", "cooling", "cooling capacity")),
    Field("fee_yuan_per_year", "money:year", ("年费用", "年租金", "年运行费用", "租金", "费用", "年租费", "运行费用", "年运维费用", "annual cost", "yearly cost", "rent", "annual rent")),
    Field("lease_end", "date:end", ("租期至", "租约到期", "租赁到期", "租赁到期日", "租赁到期时间", "到期时间", "到期日期", "lease end", "lease until")),
    Field("intention", "choice:room_intention", ("处置意见", "处置方式", "处置意向", "整合方式", "整合意见", "后续处置", "intention", "plan", "disposition")),
    Field("attached_to", "typeds:device,line", ("接入设备", "接入线路", "上联设备", "上联", "attached to", "uplink")),
    _NOTE,
)  # fmt: skip

_ASSET = (
    Field("name", "text", ("资产名称", "设备名称", "服务器名称", "名称", "asset name", "asset", "server name", "name of asset"), tells=True),
    Field("asset_number", "code", ("资产编号", "固定资产编号", "资产编码", "资产号", "资产卡片号", "asset number", "asset no", "asset tag"), tells=True),
    Field("serial_number", "code", ("序列号", "设备序列号", "产品序列号", "sn", "s/n", "sn号", "serial number", "serial no", "serial"), tells=True),
    _DEPARTMENT,
    Field("room", "ref:room", ("所在机房", "机房", "存放机房", "存放地点", "安装位置", "所属机房", "机房名称", "位置", "room", "server room", "location")),
    Field("rack", "text", ("机柜", "机柜号", "机柜编号", "机架", "机架号", "所在机柜", "rack", "rack no", "cabinet")),
    Field("position", "rack_units", ("u位", "起始u位", "所在u位", "机柜u位", "位置u", "安装u位", "position", "rack unit", "u position")),
    Field("height_units", "units_high", ("高度", "占用u数", "占用u位", "设备高度", "u数", "规格高度", "height", "height u", "units")),
    Field("model", "text", ("型号", "设备型号", "品牌型号", "规格型号", "品牌及型号", "品牌/型号", "model", "make and model")),
    Field("power_w", "power:w", ("功率", "额定功率", "功耗", "power", "rated power")),
    Field("role", "choice:asset_role", ("设备类型", "设备类别", "资产类型", "资产类别", "类型", "类别", "用途", "type", "category", "role", "asset type")),
    _NOTE,
)  # fmt: skip

_DEVICE = (
    Field("name", "text", ("设备名称", "主机名", "设备名", "网元名称", "设备主机名", "名称", "host name", "hostname", "device name", "device"), tells=True),
    _DIVISION,
    Field("level", "choice:level", ("层级", "级别", "行政层级", "网络层级", "所属层级", "level", "tier")),
    _DEPARTMENT,
    Field("room", "ref:room", ("所在机房", "机房", "安装位置", "存放机房", "room", "location")),
    Field("role", "choice:device_role", ("角色", "设备角色", "网络角色", "网络层次", "设备类型", "类型", "role", "device role", "type")),
    Field("platform", "text", ("操作系统", "系统平台", "平台", "platform", "os", "operating system")),
    Field("model", "text", ("型号", "设备型号", "品牌型号", "规格型号", "model")),
    Field("software", "text", ("软件版本", "系统版本", "版本", "版本号", "software", "software version", "version", "firmware")),
    Field("management_address", "host", ("管理ip", "管理地址", "管理ip地址", "设备管理ip", "带内管理ip", "management ip", "management address", "mgmt ip"), tells=True),
    Field("loopbacks", "loopbacks", ("loopback", "loopback地址", "loopback0", "环回地址", "lo0")),
    Field("ipv6_capability", "choice:ipv6_capability", ("ipv6支持情况", "是否支持ipv6", "ipv6支持", "ipv6能力", "ipv6", "ipv6 capability", "ipv6 support")),
    Field("redundancy_group", "text", ("冗余组", "主备组", "堆叠组", "redundancy group")),
    _NOTE,
)  # fmt: skip

_DEPARTMENT_KIND = (
    Field("name", "text", ("部门名称", "单位名称", "名称", "部门", "单位", "单位全称", "机构名称", "department name", "department", "agency"), tells=False),
    Field("code", "code", ("部门编号", "单位编号", "编号", "组织机构代码", "统一社会信用代码", "department no", "department code")),
    _DIVISION,
    Field("sector", "choice:sector", ("行业", "所属行业", "行业领域", "领域", "系统条线", "条线", "sector", "industry"), tells=True),
    Field("politics_and_law", "bool", ("是否政法部门", "政法部门", "政法单位", "是否政法单位", "politics and law"), tells=True),
    Field("parent", "ref:department", ("上级部门", "主管部门", "上级单位", "主管单位", "parent", "parent department"), tells=True),
    _NOTE,
)  # fmt: skip

_DEPENDENCY = (
    Field("from", "ref:system", ("调用方", "使用方", "源系统", "消费方", "依赖方", "请求方", "调用系统", "from", "client", "source", "consumer"), tells=True),
    Field("to", "end:system,external_object", ("被调用方", "提供方", "目标系统", "服务方", "被依赖系统", "被依赖方", "提供系统", "to", "server", "target", "provider"), tells=True),
    Field("kind", "choice:dependency_kind", ("依赖类型", "对接方式", "接口类型", "类型", "kind", "type", "interface type"), tells=False),
    Field("strength", "choice:strength", ("强弱", "依赖强度", "强依赖", "依赖程度", "strength"), tells=True),
    Field("protocol", "text", ("协议", "接口协议", "protocol")),
    Field("port", "port", ("端口", "服务端口", "port")),
    Field("traffic_mbps", "bandwidth", ("流量", "平均流量", "traffic")),
    _NOTE,
)  # fmt: skip

_PRIVATE_NETWORK = (
    Field("name", "text", ("专网名称", "网络名称", "业务专网名称", "业务专网", "专网", "名称", "private network", "network name"), tells=True),
    Field("code", "code", ("专网编号", "编号", "network no")),
    _DEPARTMENT,
    _GRADE,
    Field("levels", "levels", ("覆盖层级", "覆盖级别", "联通层级", "覆盖范围", "levels", "coverage"), tells=True),
    Field("sites", "names", ("接入点", "接入单位", "站点", "联网站点", "sites"), tells=False),
    Field("fee_yuan_per_month", "money:month", _FEE.headers),
    Field("mixed_classification", "bool", ("是否混合定密", "含涉密部分", "mixed classification")),
    _CLASSIFIED,
    _COUNT,
    _NOTE,
)  # fmt: skip

_INTERNET_EXIT = (
    Field(
        "name", "text", ("出口名称", "互联网出口名称", "互联网出口", "名称", "exit name", "internet exit"), tells=True
    ),
    Field("code", "code", ("出口编号", "编号", "exit no")),
    _DEPARTMENT,
    _CARRIER,
    _BANDWIDTH,
    _USE[0],
    Field(
        "public_addresses",
        "names",
        ("公网ip", "公网地址", "公网ip地址", "互联网ip", "公网ip段", "public ip", "public addresses"),
        tells=False,
    ),
    _FEE,
    *(row for row in _CONTRACT if row.path in ("contract_end", "notice_days")),
    _NOTE,
)

FIELDS: dict[str, tuple[Field, ...]] = {
    "department": _DEPARTMENT_KIND,
    "room": _ROOM,
    "device": _DEVICE,
    "private_network": _PRIVATE_NETWORK,
    "system": _SYSTEM,
    "line": _LINE,
    "internet_exit": _INTERNET_EXIT,
    "asset": _ASSET,
    "dependency": _DEPENDENCY,
}
"""Kinds in the order in which the tables of one file are read: what is referred to comes first."""

COMPONENT_GROUPS: dict[str, str] = {
    "应用服务器": "app",
    "应用": "app",
    "application server": "app",
    "app server": "app",
    "数据库服务器": "db",
    "数据库": "db",
    "database server": "db",
    "db server": "db",
    "web服务器": "web",
    "web": "web",
    "web server": "web",
    "前置服务器": "web",
}
"""Words above or before a component's header -> the component."""

IGNORED_HEADERS = frozenset(("序号", "序", "no", "no.", "#", "行号", "item", "s/no"))
"""Columns that only count rows."""

PERSONAL_HEADERS = frozenset(
    (
        "联系人", "联系电话", "电话", "手机", "手机号", "联系方式", "邮箱", "责任人", "负责人", "系统负责人", "填报人", "管理员", "运维人员", "经办人", "身份证号",
        "电子邮箱", "技术负责人", "业务负责人", "contact", "contact person", "phone", "telephone", "mobile", "email", "e-mail", "responsible person", "administrator",
    )
)  # fmt: skip
"""Columns with data of persons, which an estate does not hold: never taken."""

KIND_WORDS: dict[str, tuple[str, ...]] = {
    "department": ("部门清单", "部门名录", "部门台账", "单位名录", "单位清单", "departments"),
    "room": ("机房台账", "机房清单", "机房情况", "机房", "rooms", "server rooms"),
    "device": ("网络设备", "设备台账", "路由交换", "devices", "routers"),
    "private_network": ("专网台账", "专网清单", "业务专网", "private networks"),
    "system": ("信息系统", "系统台账", "系统清单", "业务系统", "应用系统", "systems", "applications"),
    "line": ("专线台账", "线路台账", "专线", "线路", "电路", "lines", "circuits"),
    "internet_exit": ("互联网出口", "internet exits"),
    "asset": ("资产台账", "服务器台账", "资产清单", "硬件资产", "资产", "服务器", "assets", "servers"),
    "dependency": ("依赖关系", "接口清单", "对接关系", "dependencies", "interfaces"),
}
"""Words in a sheet's name or title that speak for a kind."""

"""Words of ledgers for the choices of fields: folded word -> value; None: the word says nothing."""

from __future__ import annotations

__all__ = ["CLASSIFIED_MARKS", "UNCLASSIFIED_MARKS", "WORDS"]

WORDS: dict[str, dict[str, str | None]] = {
    "lifecycle": {
        "在用": "in_service", "运行": "in_service", "运行中": "in_service", "在运行": "in_service", "正常": "in_service", "正常运行": "in_service",
        "已上线": "in_service", "上线": "in_service", "已投产": "in_service", "使用中": "in_service", "已建": "in_service", "已建成": "in_service",
        "试运行": "in_service", "in service": "in_service", "in use": "in_service", "active": "in_service", "running": "in_service", "live": "in_service",
        "在建": "building", "建设中": "building", "开发中": "building", "building": "building", "under construction": "building",
        "拟建": "planned", "规划": "planned", "规划中": "planned", "待建": "planned", "计划建设": "planned", "planned": "planned",
        "停用": "closed", "已停用": "closed", "关停": "closed", "已关停": "closed", "下线": "closed", "已下线": "closed", "关闭": "closed",
        "已关闭": "closed", "报废": "closed", "废弃": "closed", "closed": "closed", "retired": "closed", "decommissioned": "closed",
        "in_service": "in_service",
    },
    "system_kind": {
        "业务系统": "business", "业务": "business", "业务应用": "business", "政务服务": "business", "业务类": "business", "business": "business",
        "门户": "portal", "门户网站": "portal", "网站": "portal", "政府网站": "portal", "portal": "portal", "website": "portal",
        "邮件": "mail", "邮件系统": "mail", "电子邮件": "mail", "邮箱": "mail", "mail": "mail", "email": "mail", "e-mail": "mail",
        "oa": "office_automation", "办公": "office_automation", "办公自动化": "office_automation", "协同办公": "office_automation",
        "办公系统": "office_automation", "oa系统": "office_automation", "公文系统": "office_automation", "office": "office_automation",
        "office automation": "office_automation", "office_automation": "office_automation",
        "视频": "video", "视频会议": "video", "视频系统": "video", "视频会议系统": "video", "video": "video", "video conference": "video",
        "共享平台": "shared_platform", "公共支撑": "shared_platform", "公共支撑平台": "shared_platform", "基础平台": "shared_platform",
        "支撑平台": "shared_platform", "shared platform": "shared_platform", "shared_platform": "shared_platform",
        "基础库": "base_database", "基础数据库": "base_database", "基础信息库": "base_database", "base database": "base_database",
        "base_database": "base_database",
        "其他": None, "other": None,
    },
    "domain": {
        "公共服务": "public_service", "公共服务域": "public_service", "政务服务": "public_service", "面向公众": "public_service",
        "社会公众": "public_service", "公众": "public_service", "public": "public_service", "public service": "public_service",
        "public_service": "public_service",
        "行政办公": "administrative", "行政服务": "administrative", "行政服务域": "administrative", "内部": "administrative",
        "内部人员": "administrative", "内部办公": "administrative", "政府内部": "administrative", "administrative": "administrative",
        "internal": "administrative",
    },
    "criticality": {
        "低": "low", "较低": "low", "low": "low", "中": "medium", "一般": "medium", "普通": "medium", "中等": "medium", "medium": "medium",
        "高": "high", "重要": "high", "较高": "high", "较重要": "high", "high": "high", "important": "high",
        "核心": "critical", "关键": "critical", "极高": "critical", "非常重要": "critical", "特别重要": "critical", "critical": "critical",
    },
    "technology": {
        "x86": "x86", "x86_64": "x86", "intel": "x86", "arm": "arm", "鲲鹏": "arm", "飞腾": "arm", "信创": "domestic", "国产": "domestic",
        "国产化": "domestic", "domestic": "domestic", "不限": None, "any": None,
    },
    "line_state": {
        "在用": "in_use", "使用中": "in_use", "正常": "in_use", "运行": "in_use", "开通": "in_use", "in use": "in_use", "active": "in_use",
        "in_use": "in_use", "已割接": "cut_over", "cut over": "cut_over", "cut_over": "cut_over", "并行运行": "parallel_run",
        "已通知退租": "notice_given", "notice given": "notice_given", "已退租": "terminated", "已停用": "terminated", "拆除": "terminated",
        "terminated": "terminated",
    },
    "line_outcome": {
        "迁移": "move", "割接": "move", "并入外网": "move", "move": "move", "备用": "backup", "转备用": "backup", "backup": "backup",
        "保留": "keep", "keep": "keep", "内网": "internal_network", "割接到内网": "internal_network", "internal_network": "internal_network",
        "internal network": "internal_network", "退租": "end", "终止": "end", "撤销": "end", "end": "end",
    },
    "room_kind": {
        "自建": "department", "自有": "department", "部门机房": "department", "自建机房": "department", "自用": "department", "department": "department",
        "own": "department", "托管": "colocation", "托管机房": "colocation", "colocation": "colocation", "运营商": "carrier", "运营商机房": "carrier",
        "租用": "carrier", "租用运营商": "carrier", "carrier": "carrier", "云": "cloud", "云机房": "cloud", "云数据中心": "cloud", "cloud": "cloud",
    },
    "room_intention": {
        "关闭": "close", "撤销": "close", "整合": "close", "关停": "close", "腾退": "close", "迁移后关闭": "close", "close": "close",
        "保留": "keep", "继续使用": "keep", "keep": "keep", "托管": "colocation", "接收托管": "colocation", "集中托管": "colocation",
        "colocation": "colocation",
    },
    "asset_role": {
        "服务器": "server", "机架服务器": "server", "刀片服务器": "server", "主机": "server", "小型机": "server", "数据库服务器": "server",
        "应用服务器": "server", "web服务器": "server", "server": "server", "servers": "server",
        "存储": "storage", "存储设备": "storage", "磁盘阵列": "storage", "磁带库": "storage", "storage": "storage",
        "网络": "network", "网络设备": "network", "交换机": "network", "路由器": "network", "防火墙": "network", "安全设备": "network",
        "负载均衡": "network", "network": "network", "switch": "network", "router": "network", "firewall": "network",
        "其他": "other", "ups": "other", "空调": "other", "机柜": "other", "other": "other",
    },
    "level": {
        "省": "province", "省级": "province", "省本级": "province", "province": "province", "provincial": "province",
        "市": "city", "市级": "city", "地市": "city", "地市级": "city", "市本级": "city", "city": "city", "municipal": "city",
        "县": "county", "县级": "county", "区县": "county", "区县级": "county", "县区": "county", "区": "county", "区级": "county", "county": "county",
        "district": "county",
        "乡镇": "township", "乡镇级": "township", "乡": "township", "镇": "township", "街道": "township", "乡镇街道": "township", "township": "township",
        "村": "village", "村级": "village", "社区": "village", "village": "village",
    },
    "device_role": {
        "核心": "core", "核心层": "core", "核心路由器": "core", "核心交换机": "core", "core": "core", "p": "core",
        "汇聚": "aggregation", "汇聚层": "aggregation", "汇聚路由器": "aggregation", "汇聚交换机": "aggregation", "aggregation": "aggregation",
        "distribution": "aggregation", "pe": "aggregation",
        "接入": "access", "接入层": "access", "接入路由器": "access", "接入交换机": "access", "access": "access",
        "ce": "customer_edge", "用户侧": "customer_edge", "部门接入": "customer_edge", "客户边缘": "customer_edge", "customer edge": "customer_edge",
        "customer_edge": "customer_edge",
        "防火墙": "firewall", "firewall": "firewall", "出口": "exit", "互联网出口": "exit", "出口路由器": "exit", "出口设备": "exit", "exit": "exit",
        "internet exit": "exit",
    },
    "ipv6_capability": {
        "支持": "ready", "是": "ready", "√": "ready", "已支持": "ready", "y": "ready", "yes": "ready", "ready": "ready", "有": "ready",
        "升级后支持": "upgrade", "需升级": "upgrade", "可升级": "upgrade", "upgrade": "upgrade",
        "需更换": "replace", "须更换": "replace", "无法支持": "replace", "不可升级": "replace", "replace": "replace",
        "unknown": None,
    },
    "sector": {
        "财政": "finance", "金融": "finance", "教育": "education", "交通": "transport", "交通运输": "transport", "能源": "energy",
        "住建": "real_estate", "住房城乡建设": "real_estate", "不动产": "real_estate", "民政": "civil_affairs", "卫生": "health", "卫健": "health",
        "卫生健康": "health", "人社": "human_resources", "公安": "public_security", "司法": "justice", "应急": "emergency", "环保": "environment",
        "生态环境": "environment", "农业": "agriculture", "水利": "water", "税务": "taxation", "市场监管": "market_regulation", "文旅": "culture",
        "统计": "statistics", "审计": "audit", "自然资源": "natural_resources",
    },
    "dependency_kind": {
        "接口调用": "call", "接口": "call", "调用": "call", "api": "call", "call": "call", "webservice": "call",
        "数据交换": "data_feed", "数据推送": "data_feed", "数据同步": "data_feed", "数据共享": "data_feed", "data feed": "data_feed",
        "data_feed": "data_feed",
        "共享数据库": "shared_database", "共库": "shared_database", "shared database": "shared_database", "shared_database": "shared_database",
        "统一认证": "authentication", "身份认证": "authentication", "认证": "authentication", "单点登录": "authentication", "sso": "authentication",
        "authentication": "authentication",
        "批量": "batch", "批处理": "batch", "batch": "batch", "文件": "file", "文件交换": "file", "文件传输": "file", "ftp": "file", "file": "file",
        "消息": "message", "消息队列": "message", "message": "message",
    },
    "strength": {
        "强": "hard", "强依赖": "hard", "是": "hard", "√": "hard", "hard": "hard", "弱": "soft", "弱依赖": "soft", "否": "soft", "×": "soft",
        "soft": "soft",
    },
}  # fmt: skip

CLASSIFIED_MARKS = frozenset(
    ("是", "√", "✓", "✔", "y", "yes", "true", "1", "有", "涉密", "秘密", "机密", "绝密", "秘密级", "机密级", "绝密级", "涉密系统", "涉密线路", "secret", "confidential", "top secret", "classified")
)  # fmt: skip
"""Words of a column such as 是否涉密 or 密级 that make a row a classified stub."""

UNCLASSIFIED_MARKS = frozenset(
    ("否", "×", "✗", "✘", "x", "n", "no", "false", "0", "无", "非涉密", "不涉密", "非密", "公开", "普通", "内部", "一般", "工作秘密", "unclassified", "public", "internal")
)  # fmt: skip
"""Words of such a column that say that a row is not classified (工作秘密, work secrets, are below state secrets)."""

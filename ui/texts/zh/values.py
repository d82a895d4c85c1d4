"""字段取值的用词。"""

TEXTS = {
    "province": "省",
    "city": "市",
    "county": "县",
    "township": "乡镇",
    "village": "村",
    "business": "业务系统",
    "portal": "门户网站",
    "mail": "邮件",
    "office_automation": "办公自动化",
    "video": "视频会议",
    "shared_platform": "公共支撑平台",
    "base_database": "基础数据库",
    "planned": "规划中",
    "building": "建设中",
    "in_service": "在用",
    "closed": "已关停",
    "low": "低",
    "medium": "中",
    "high": "高",
    "critical": "极高",
}

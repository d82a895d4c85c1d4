"""Technologies of components, models of hardware, ports: common products by their names; sizes are assumptions."""

# technology, what it becomes on the domestic stack ("" where it stays), port, weight
WEB = (("nginx-1.16", "", 443, 5), ("iis-8", "nginx-1.20", 80, 1), ("apache-2.4", "", 443, 2))
APPLICATION = (
    ("tomcat-8", "", 8080, 6),
    ("weblogic-12", "tongweb-7", 7001, 3),
    ("tongweb-7", "", 8088, 1),
    ("spring-boot", "", 8081, 3),
)
DATABASE = (
    ("oracle-11g", "dm8", 1521, 5),
    ("oracle-12c", "dm8", 1521, 2),
    ("mysql-5.7", "", 3306, 6),
    ("sqlserver-2012", "kingbase-v8", 1433, 2),
    ("dm8", "", 5236, 1),
    ("postgresql-11", "", 5432, 1),
)
OTHER = (("redis-5", "cache", 6379), ("rabbitmq-3.8", "queue", 5672), ("minio", "file", 9000))

SERVERS = (
    ("机架服务器 2U 两路", 2, 550),
    ("机架服务器 2U 四路", 2, 900),
    ("机架服务器 1U 两路", 1, 400),
    ("刀片服务器", 1, 450),
)
STORAGE = (("磁盘阵列 4U", 4, 800), ("磁盘阵列 2U", 2, 600))
SWITCHES = (("接入交换机 48 口", 1, 120), ("防火墙 1U", 1, 150))
"""Model, height in rack units, power in watts."""

ROUTERS = {
    "core": ("huawei_vrp8", "NE40E-X8", "V800R012C00SPC300"),
    "aggregation": ("h3c_comware7", "SR8808-X", "7.1.075"),
    "access": ("h3c_comware7", "S5560X-30C", "7.1.070"),
    "county": ("huawei_vrp8", "NE40E-M2K", "V800R012C00SPC300"),
    "township": ("huawei_vrp5", "AR2220", "V200R009C00"),
    "firewall": ("huawei_usg", "USG6650", "V500R005C00"),
    "edge": ("huawei_vrp5", "AR3260", "V200R010C10"),
    "exit": ("huawei_vrp8", "NE20E-S4", "V800R011C00"),
}
"""Role -> platform, model, software release."""

FAMILIES = ("hcs", "openstack", "inspur", "h3c", "apsara")
INDUSTRY_CLOUDS = (
    ("finance", "财政"),
    ("education", "教育"),
    ("real_estate", "不动产"),
    ("transport", "交通"),
    ("energy", "能源"),
)
"""Sector and the word in the cloud's name, as Shanxi's plan lists them."""

CARRIERS = (("carrier-a", "运营商甲"), ("carrier-b", "运营商乙"), ("carrier-c", "运营商丙"))
PRICES = ((10, 900), (20, 1_500), (50, 2_600), (100, 3_800), (200, 6_000), (1_000, 16_000))
"""Mbit/s and yuan a month of the framework agreements (invented)."""

"""Column titles of monitoring exports, in lower case without blanks, underscores and hyphens."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["HEADERS", "UNITS"]

HEADERS: Mapping[str, tuple[str, ...]] = {
    "line": ("line", "lineid", "circuit", "专线", "专线编号", "线路", "线路编号", "电路编号"),
    "device": ("device", "host", "hostname", "设备", "设备名称"),
    "interface": ("interface", "port", "ifname", "ifdescr", "接口", "端口"),
    "time": ("time", "timestamp", "datetime", "date", "clock", "时间", "采集时间"),
    "start": ("start", "from", "begin", "starttime", "开始时间", "起始时间"),
    "end": ("end", "to", "until", "endtime", "结束时间", "截止时间"),
    "in_octets": ("inoctets", "inbytes", "rxbytes", "ifinoctets", "ifhcinoctets", "入字节", "入字节数", "接收字节数"),
    "out_octets": (
        "outoctets",
        "outbytes",
        "txbytes",
        "ifoutoctets",
        "ifhcoutoctets",
        "出字节",
        "出字节数",
        "发送字节数",
    ),
    "in_rate": ("in", "inrate", "rx", "rxrate", "trafficin", "入流量", "入速率", "接收速率"),
    "out_rate": ("out", "outrate", "tx", "txrate", "trafficout", "出流量", "出速率", "发送速率"),
    "peak": ("peak", "max", "峰值"),
}
"""Column -> its titles. Rates and peaks end with a unit: in_kbps, 入速率(kbps)."""
UNITS: Mapping[str, float] = {
    "kbit/s": 1.0, "mbit/s": 1e3, "gbit/s": 1e6, "bit/s": 1e-3, "kbps": 1.0, "mbps": 1e3, "gbps": 1e6, "bps": 1e-3,
}  # fmt: skip
"""Unit -> kbit/s. Longer names stand before those that they end with."""

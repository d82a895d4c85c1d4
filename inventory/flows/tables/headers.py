"""Headers of connection lists -> what the column holds. Compared in lower case without blanks, dashes and underlines.

Sources: export forms of Huawei USG and H3C firewalls and their log hosts, nfdump's ``-o csv`` (1.6: sa, da, dp ...; 1.7:
srcAddr, dstAddr, dstPort ...), and the words that people use. Columns of bytes are added up (both directions of a session).
"""

from __future__ import annotations

HEADERS: dict[str, tuple[str, ...]] = {
    "source": (
        "source", "src", "srcip", "sourceip", "srcaddr", "srcaddress", "sourceaddress", "sa", "saddr", "client", "clientip",
        "from", "srcip4addr", "srcip6addr", "srcipaddr", "srcipv6addr", "源地址", "源ip", "源ip地址", "源", "来源地址",
        "来源ip", "客户端地址", "客户端ip", "发起方地址", "源ipv4地址", "源ipv6地址", "访问源", "主机源地址",
    ),
    "target": (
        "target", "destination", "dst", "dstip", "destip", "destinationip", "dstaddr", "dstaddress", "destinationaddress", "da",
        "daddr", "server", "serverip", "to", "dstip4addr", "dstip6addr", "dstipaddr", "dstipv6addr", "目的地址", "目的ip",
        "目的ip地址", "目的", "目标地址", "目标ip", "目标ip地址", "目标", "服务端地址", "服务器地址", "服务器ip", "响应方地址",
        "目的ipv4地址", "目的ipv6地址", "访问目标",
    ),
    "port": (
        "port", "dstport", "destport", "destinationport", "targetport", "dp", "dport", "serverport", "目的端口", "目标端口", "端口",
        "目的端口号", "服务端口", "端口号",
    ),
    "source_port": ("sourceport", "srcport", "sp", "sport", "clientport", "源端口", "源端口号", "客户端端口"),
    "protocol": (
        "protocol", "proto", "pr", "prot", "ipprotocol", "协议", "协议类型", "传输协议", "协议号", "传输层协议",
    ),
    "bytes": (
        "bytes", "byte", "byt", "ibyt", "obyt", "octets", "totalbytes", "inbyte", "outbyte", "inbytes", "outbytes", "sendbytes",
        "sentbytes", "rcvbytes", "recvbytes", "receivedbytes", "initbytecount", "rplybytecount", "字节数", "字节", "流量",
        "总字节数", "总流量", "流量(字节)", "字节数(b)", "流量(b)", "发送字节数", "接收字节数", "发送字节", "接收字节", "上行流量",
        "下行流量", "上行字节数", "下行字节数", "流量字节数",
    ),
    "first": (
        "first", "firstseen", "start", "starttime", "begintime", "ts", "tstart", "begin", "首次发现", "首次出现", "首次发现时间",
        "首次时间", "首次", "开始时间", "起始时间", "会话开始时间", "最早时间", "首次出现时间",
    ),
    "last": (
        "last", "lastseen", "end", "endtime", "te", "tend", "末次发现", "最后发现", "最后出现", "最近发现时间", "最后时间", "最近时间",
        "末次时间", "结束时间", "终止时间", "会话结束时间", "最晚时间", "末次出现时间", "最后出现时间", "末次出现",
    ),
    "time": ("time", "timestamp", "date", "datetime", "logtime", "时间", "日期", "日志时间", "发生时间", "记录时间"),
    "target_nat": ("dstnatip", "destinationnatip", "natdstipaddr", "nat目的地址", "目的nat地址", "转换后目的地址", "目的nat地址ip"),
    "target_nat_port": (
        "dstnatport", "destinationnatport", "natdstport", "nat目的端口", "目的nat端口", "转换后目的端口",
    ),
}  # fmt: skip
"""Field -> headers."""

SYNONYMS: dict[str, str] = {name: field for field, names in HEADERS.items() for name in names}
"""Header in its plain form -> field."""

REQUIRED: dict[str, str] = {"source": "source (源地址)", "target": "target (目的地址)", "port": "port (目的端口)"}
"""Fields that a table must have, as messages name them."""

PROTOCOLS: dict[str, str] = {"6": "tcp", "17": "udp", "132": "sctp", "tcp": "tcp", "udp": "udp", "sctp": "sctp"}
"""Protocols with ports, by name and by number (IANA)."""

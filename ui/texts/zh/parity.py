"""配置对等检查的说明；英文在 ``network.parity.tables.rules``。"""

TEXTS = {
    "parity-acl-rule": "没有 IPv6 规则对应这条 IPv4 规则：{action} {protocol}，源 {source}，目的 {destination}",
    "parity-acl-unpaired": "该 IPv4 规则引用 {network}，它没有配对的 IPv6 前缀",
    "parity-acl-use": "{view}：IPv4 报文在 {direction} 方向过滤，IPv6 报文没有",
    "parity-route": "没有 IPv6 路由对应这条 IPv4 路由：{counterpart}",
    "parity-route-unpaired": "该 IPv4 路由指向 {network}，它没有配对的 IPv6 前缀",
    "parity-dns": "{address} 旁没有 IPv6 域名服务器",
    "parity-ntp": "{address} 旁没有 IPv6 时间服务器",
    "parity-snmp": "{address} 接收的告警没有 IPv6 接收地址",
    "parity-management": "{view}：对 IPv4 限制了访问，对 IPv6 没有",
    "parity-vpn-target": "{vpn}：IPv4 的 VPN target {target}（{direction}）在 IPv6 中缺失",
}

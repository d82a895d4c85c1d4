"""事项未能排入的原因，以及资源池被排除的理由，按代码。"""

TEXTS = {
    # H1
    "provider-unplanned": "所依赖的 {count} 个系统也未能排入，首个为“{first}”",
    "done-binds": "与其绑定的系统已在某时段完成割接，“{system}”无法排入该时段",
    "order": "“{provider}”须先于“{client}”或与其同时割接，而另一方在 {slot}",
    # H2
    "group": "所在迁移组与其余 {count} 个成员没有共同可用的时段，首个为“{first}”",
    "group-too-large": "所在迁移组有 {count} 个成员，一个批次最多 {most} 个；需断开 {cuts} 处联系（至少 {bound} 处）",
    # H3
    "no-pools": "台账中没有资源池",
    "out-decision": "{count} 个资源池：人工已决定其他去向",
    "out-intention": "{count} 个资源池：所属云不是迁移目标",
    "out-exemption": "{count} 个资源池：县级或部门云没有豁免",
    "out-grade": "{count} 个资源池：云的等保级别低于系统级别",
    "out-technology": "{count} 个资源池：处理器架构不符",
    "out-department": "{count} 个资源池：云属于其他部门",
    "out-region": "{count} 个资源池：云服务于其他区划",
    "out-sector": "{count} 个资源池：云服务于其他行业",
    "out-domain": "{count} 个资源池：服务于另一类业务域",
    "out-rule-only": "{count} 个资源池：布局规则只允许其他资源池",
    "out-rule-never": "{count} 个资源池：布局规则禁止",
    "decision": "人工已决定其他去向：{target}",
    "intention": "所属云不是迁移目标",
    "exemption": "{tier} 级云没有豁免",
    "grade": "等保认证到 {certified} 级，系统为 {grade} 级",
    "technology": "提供 {offered}，系统需要 {needed}",
    "department": "只服务于所属部门 {owner}",
    "region": "服务于区划 {serves}，系统属于 {division}",
    "sector": "服务于行业“{serves}”，部门的行业为“{sector}”",
    "domain": "服务于 {offered}，系统为 {needed}",
    "rule-only": "规则“{rule}”只允许其他资源池：{reason}",
    "rule-never": "规则“{rule}”禁止：{reason}",
    # H4
    "pool-full": "资源池“{pool}”在其他系统之外容不下 {vcpu} vCPU、{memory_gib} GiB 内存和 {storage_gib} GiB 存储",
    # H6
    "limit": "{object} 每个时段最多 {most} 次割接",
    "wave-size": "一个批次最多 {most} 次割接",
    # H5, H7
    "team-full": "实施组“{team}”的“{skill}”余量不足",
    "link-share": "数据复制在该链路上最多可用 {mbps} Mbit/s",
    # H8、H9、H12：哪些条件排除了某些时段
    "outage-too-long": "割接加回退需要 {minutes} 分钟，系统只允许 {allowed} 分钟",
    "windows": "没有不少于 {minutes} 分钟的变更窗口开放",
    "holidays": "没有可变更的日子：法定节假日，或早于计划起始日",
    "frozen": "封网“{freeze}”",
    "chain-start": "割接前的工作需要 {days} 天，{date} 之前没有时段来得及",
    "copy-ages": "数据复制在时段前结束，时段内首个窗口晚于其后 {most} 天",
    "copy-old": "数据复制已于 {date} 结束，对更晚的割接已过旧，须重新复制",
    "gate": "须等待 {item}（{date} 完成）",
    "gate-unplanned": "所等待的事项未能排入：{first}（共 {count} 项）",
    "request-lead": "资源申请需要 {days} 天，{date} 之前无法就绪",
    "deadline": "硬性目标止于 {date}",
    # H8
    # H10
    # H11
    "pinned": "“{system}”的时段 {slot} 由人工决定",
    "pin-unreadable": "人工决定的时段“{value}”既不是周（2021-W14）也不是日期",
    "pin-outside": "人工决定的时段 {value} 超出时间网格",
    # 任何规则
    "not-placed": "在其他系统之外没有找到位置，但可能存在；请加大求解投入，或改变该规则所要求的内容",
    # 提示：台账没有记录，因而不起约束的事项
    "no-team": "台账中没有实施组为 {count} 个事项提供“{skill}”，其工作量不受约束",
    "path-unknown": "{count} 个首次复制没有路径记录，不占用链路",
    "evidence-lapses": "有 {count} 个系统的合规证明在割接时已过有效期，须在此前更新",
    "address-unknown": "有 {count} 条指向迁移系统的依赖，不知是否写死了地址",
    # 顺排的各类事项
    "gate-cycle": "经由其他事项，它等待的是自己",
    "promised-too-early": "承诺于 {date} 完成，但最早 {start} 才能开始",
    "request-late": "资源池“{pool}”的资源须在当前日期之前 {days} 天提出申请",
    "room-not-empty": "有 {count} 个系统留在机房，首个为“{first}”",
    "line-in-use": "仍有 {count} 个保留的系统在使用，首个为“{first}”",
    "room-line-stays": "机房有 {count} 条线路保留，首条为“{first}”",
    "network-changes": "{area} 每个时段最多变更 {most} 次设备",
    "path-safety": "“{device}”路径上下游或互备设备的变更占满了所有窗口",
    "beyond-horizon": "计划止于 {date}，该事项最早 {end} 才能完成",
    "never-open": "其 {windows} 个变更窗口没有一个落在可变更的日子",
    "window-too-short": "连同回退需要 {minutes} 分钟，最长的窗口为 {longest} 分钟",
    "target-missed": "硬性目标止于 {date}，该事项最早 {end} 才能完成",
    "lag-too-long": "开始时距“{first}”开始已超过 {most} 天",
}

"""计划校验结果的文字,按代码。"""

TEXTS = {
    # 计划整体
    "grid": "计划的时段为 {days} 天，台账的时间网格为 {estate_days} 天",
    "disposition-missing": "系统“{system}”没有处置方式",
    "disposition-twice": "系统“{system}”有不止一种处置方式",
    "disposition-unknown": "计划为“{system}”给出了处置方式，但它不是台账中的非涉密系统",
    "decision-ignored": "计划对系统“{system}”的处置为 {stored}，人工决定为 {decided}",
    "direct": "系统“{system}”处于 {lifecycle} 阶段，计划对它是直接部署还是迁移的判断有误",
    "item-twice": "事项 {items} 在计划中出现 {count} 次",
    "item-missing": "{object} 需要 {items}，但它既未排入，也未列为未排入",
    "item-unplanned": "事项 {items} 既已排入，又列为未排入",
    "unplanned-needless": "列为未排入的 {items} 并非台账所要求",
    "unplanned": "{items} 未能排入本计划（{rules}）",
    "skipped-missing": "按 VPN 技术不需要 {items}，计划没有说明跳过",
    "skipped-needless": "计划称跳过 {items}，但它仍然需要或已经完成",
    "not-in-plan": "{object} 在计划制定之后才入台账，计划未包含它",
    # 计划事项
    "item-malformed": "事项 {items} 不是某个对象的步骤（{object}）",
    "item-unknown": "事项 {items} 的对象 {object} 不是台账中的非涉密记录",
    "item-needless": "事项 {items} 的对象 {object} 不需要这一步，或这一步已完成",
    "slot-outside": "{items} 始于 {start}（{slot}），早于当前日期或超出时间网格",
    "slot-start": "{items} 始于 {start}，属于 {slot}，计划标注为 {stored}",
    "slot-label": "{items} 标注为 {stored}，实际时段为 {slot}",
    "days": "{items} 的起止日期有误：{start} 至 {end}",
    "promised-end": "{items} 结束于 {end}；所承诺的能力自 {promised} 的次日起提供",
    "minutes": "{items} 的中断时长与工作量表不符（中断 {outage} 分钟，回退 {rollback} 分钟）",
    "window-needless": "{items} 不中断业务，却有变更窗口（{start}）",
    "pool-missing": "{items} 没有目标资源池",
    "pool-unknown": "{items} 的目标资源池“{pool}”不在台账中",
    "pool-differs": "{items} 复制到“{stored}”，割接却落在“{pool}”",
    "wave": "{items} 标注批次“{stored}”，按其时段和位置应为“{wave}”",
    "work-team": "{items} 的 {skill} 工作交给“{team}”，该队伍不能承担（或本可有队伍承担）",
    "work-sum": "{items} 的 {skill} 工作量为 {stored} 人日，工作量表为 {days} 人日",
    "item-superfluous": "{items}：{object} 的证明材料已入台账，不再需要这一事项",
    "already-done": "{items}：{object} 的台账记录表明这一步已完成",
    "work-done": "{items} 已完成，却仍有工作量",
    "request-records": "{items} 列出 {stored} 条记录，实际有 {count} 个系统据此落地",
    # H1
    "order-provider-first": "“{client}”在 {client_slot} 割接，早于其所依赖的“{provider}”（{provider_slot}）",
    "order-together": "“{client}”（{client_slot}）与“{provider}”（{provider_slot}）必须同时割接",
    "order-unplanned": "“{system}”已排入，而它所依赖的“{provider}”未排入",
    # H2
    "group-split": "{count} 个系统组成的迁移组分散在 {slots}；其中未排入 {unplanned} 个",
    # H3
    "place-decision": "“{system}”落在“{pool}”，与人工决定的去向不符",
    "place-intention": "“{system}”落在“{pool}”，所属云“{cloud}”不是迁移目标",
    "place-exemption": "“{system}”落在“{pool}”：县级或部门云“{cloud}”没有豁免",
    "place-grade": "“{system}”落在“{pool}”：云“{cloud}”的等保级别低于系统级别",
    "place-technology": "“{system}”需要的处理器架构与“{pool}”不同",
    "place-region": "“{system}”落在“{pool}”：云“{cloud}”服务于其他区划",
    "place-department": "“{system}”落在“{pool}”：云“{cloud}”属于其他部门",
    "place-sector": "“{system}”落在“{pool}”：云“{cloud}”服务于其他行业",
    "place-domain": "“{system}”落在“{pool}”，该资源池服务于另一类业务域",
    "place-only": "“{system}”落在“{pool}”，不在布局规则指定的范围内",
    "place-never": "“{system}”落在“{pool}”，为布局规则所禁止",
    # H4
    "capacity-exceeded": "资源池“{pool}”在 {slot}：已落入 {resource} {used}，可用 {offered}",
    # H5
    "team-full": "队伍“{team}”在 {week} 当周：{skill} 需 {used} 人日，只有 {given} 人日",
    # H6
    "limit-exceeded": "{object} 在 {slot} 有 {count} 次割接，上限 {most}",
    "wave-too-large": "{object} 在 {slot} 的批次有 {count} 次割接，上限 {most}",
    "changes-exceeded": "{area} 的设备在 {slot} 有 {count} 次变更，上限 {most}",
    # H7
    "copy-path": "{items} 的链路（{links}）不能从系统所在地通到目标资源池",
    "copy-path-missing": "{items} 没有列出链路，而系统所在地与目标资源池是连通的",
    "copy-rate": "{items} 标注速率 {rate} Mbit/s，其数据需要 {needed} Mbit/s",
    "copy-shipped": "{items} 的数据由专人递送，却占用了链路或带宽",
    "link-share": "链路“{link}”在 {slot}：数据复制需 {used} Mbit/s，迁移份额为 {most} Mbit/s",
    # H8
    "window-missing": "{items} 在 {slot} 没有指定变更窗口",
    "window-elsewhere": "{items} 的窗口始于 {start}，变更日期却是 {day}",
    "window-past": "{items} 的窗口始于 {start}，早于当前日期（{now}）",
    "window-unknown": "{items} 的对象没有始于 {start}、长 {minutes} 分钟的变更窗口",
    "holiday": "{items} 的窗口 {start} 始于法定节假日或休息日",
    "made-up-day": "{items} 的周末窗口 {start} 落在调休上班日",
    "window-short": "{items} 连同回退需 {needed} 分钟，窗口只有 {minutes} 分钟",
    "outage-long": "{items} 连同回退需 {needed} 分钟，系统允许中断 {allowed} 分钟",
    "freeze": "{items} 的窗口 {start} 落入封网期“{freeze}”",
    # H7、H9、H12：先后次序
    "gate-early": "{items}：始于 {start}，而 {before} 到 {end} 才结束",
    "gate-missing": "{items} 已排入，但它所等待的事项未排入：{before}",
    # H9
    "room-not-empty": "{items} 已排入，但仍有 {count} 个系统留在 {room}",
    "room-line-stays": "{items} 已排入，但 {room} 仍有 {count} 条专线不终止",
    "line-in-use": "{items}：{system} 保留不动，仍在使用 {line}",
    # H10
    "deadline": "目标“{target}”：{count} 个对象中有 {late} 个在 {date} 之后完成，至多允许 {spared} 个",
    # H11
    "done-changed": "{object} 的 {items} 已于 {day} 完成，计划改动了它",
    "done-unrecorded": "计划称 {object} 的 {items} 已完成，台账中没有记录",
    "pinned-slot": "{items} 排在 {slot}，但已固定在 {pinned}",
    # H12
    "too-short": "{items} 只有 {days} 天，需要 {least} 天",
    "copy-old": "{items}：数据复制在割接前 {days} 天结束，至多 {most} 天",
    "parallel-long": "{items}：割接前并行运行 {days} 天，至多 {most} 天",
    # H13
    "management-path": "计划中没有设备“{device}”到管理根“{root}”的最短路径",
    "changed-together": "“{one}”与“{other}”同在 {day} 变更：一台在另一台的管理路径上，或两台互为备份",
    # H14
    "bridge-missing": "有客户端写死了“{system}”的地址，计划没有让旧地址继续可用",
    "bridge-late": "{items}：{end} 才就绪，晚于割接（{start}）",
    "bridge-records": "{items} 没有列出需要它的全部依赖：{missing}",
    "bridge-method": "{items} 没有合适的方式（{method}）；只有整体搬迁的系统才保留地址",
    "bridge-closes": "{items} 于 {closes} 关闭，而它至少要保留到 {least}",
}

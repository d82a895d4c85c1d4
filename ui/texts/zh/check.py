"""计划校验结果的文字,按代码。"""

TEXTS = {
    # 计划的形式
    "grid": "计划的时段为 {days} 天，台账的时间网格为 {estate_days} 天",
    "disposition-missing": "系统“{system}”没有处置方式",
    "disposition-twice": "系统“{system}”有不止一种处置方式",
    "disposition-unknown": "计划为“{system}”给出了处置方式，但它不是台账中的非涉密系统",
    "decision-ignored": "计划对系统“{system}”的处置为 {stored}，人工决定为 {decided}",
    "item-malformed": "事项 {items} 不是某个系统的割接（{object}）",
    "item-unknown": "事项 {items} 的对象“{system}”不是台账中的非涉密系统",
    "item-needless": "事项 {items} 的对象“{system}”不迁移",
    "item-twice": "事项 {items} 在计划中出现 {count} 次",
    "item-missing": "系统“{system}”要迁移，但计划中既无事项，也未列为未排入",
    "item-unplanned": "事项 {items} 既已排入，又列为未排入",
    "unplanned-needless": "列为未排入的 {items} 不是要迁移系统的割接",
    "unplanned": "{items} 未能排入本计划（{rules}）",
    "slot-outside": "{items} 所在时段 {slot} 早于当前日期或超出时间网格",
    "slot-label": "{items} 标注为 {stored}，实际时段为 {slot}",
    "pool-missing": "{items} 没有目标资源池",
    "pool-unknown": "{items} 的目标资源池“{pool}”不在台账中",
    "wave": "{items} 标注批次“{stored}”，按其时段和资源池应为 {wave}",
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
    # H6
    "limit-exceeded": "{object} 在 {slot} 有 {count} 次割接，上限 {most}",
    "wave-too-large": "{object} 在 {slot} 的批次有 {count} 次割接，上限 {most}",
    # H8
    "window-missing": "{items} 在 {slot} 没有指定变更窗口",
    "window-outside-slot": "{items} 的窗口始于 {start}，不在其时段 {slot} 内",
    "window-past": "{items} 的窗口始于 {start}，早于当前日期（{now}）",
    "window-unknown": "{items} 的系统没有始于 {start}、长 {minutes} 分钟的变更窗口",
    "freeze": "{items} 的窗口 {start} 落入封网期“{freeze}”",
    # H10
    "deadline": "目标“{target}”：{count} 个系统中有 {late} 个在 {date} 之后割接，至多允许 {spared} 个",
    # H11
    "done-changed": "“{system}”的割接已于 {slot} 完成，计划改动了它",
    "done-unrecorded": "计划称“{system}”的割接已完成，台账中没有记录",
    "pinned-slot": "{items} 排在 {slot}，但已固定在 {pinned}",
}

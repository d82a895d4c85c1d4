"""错误的中文说明；英文在各包的 errors.py。"""

from ui.texts.zh.flows import ERRORS as FLOWS
from ui.texts.zh.graph import ERRORS as GRAPHS
from ui.texts.zh.ledger import ERRORS as LEDGERS

SELECTORS = {
    "selector-syntax.message": "选择式 '{selector}' 从 '{rest}' 起无法识别",
    "selector-syntax.hint": "例如：kind:system division:1401* grade>=3 -id:abc",
    "selector-kind.message": "选择式 '{selector}'：没有种类 '{named}'",
    "selector-kind.hint": "最接近的是 {nearest}；名为 kind 的字段写成 system.kind:mail",
    "selector-field.message": "选择式 '{selector}'：{owner} 没有字段 '{field}'",
    "selector-field.hint": "最接近的是 {nearest}",
    "selector-parts.message": "选择式 '{selector}'：'{field}' 由几部分组成，本身没有值",
    "selector-parts.hint": "指明其中一项：{parts}",
    "selector-operator.message": "选择式 '{selector}'：'{operator}' 不适用于 '{field}'",
    "selector-operator.hint": "'>='、'<='、'>'、'<' 后面跟一个数或日期；其他都用 ':' 或 '='",
    "selector-value.message": "选择式 '{selector}'：'{field}' 不会是 '{value}'",
    "selector-value.hint": "可以写的值如：{expected}",
    "selector-place.message": "选择式 '{selector}' 在这里什么也选不中",
    "selector-place.hint": "这里只选这些种类：{kinds}",
}
"""选择式的错误既是命令的错误，也是台账的问题。"""

TEXTS = {
    # 参数与输出
    "bad-argument.message": "{argument}：{reason}",
    "bad-argument.hint": "",
    "cannot-write.message": "无法写入 {path}：{reason}",
    "cannot-write.hint": "检查目录权限和剩余空间",
    # 台账目录
    "estate-missing.message": "{path} 不存在",
    "estate-missing.hint": "请指明 estate.yaml 所在的目录",
    "estate-not-a-folder.message": "{path} 不是目录",
    "estate-not-a-folder.hint": "台账是一个含有 estate.yaml 的目录",
    "estate-unreadable.message": "{path} 无法读取：{reason}",
    "estate-unreadable.hint": "检查目录权限",
    "estate-empty.message": "{path} 中没有 estate.yaml",
    "estate-empty.hint": "新建 estate.yaml，至少写明 'name' 和 'as_of'；或复制 examples/kaifeng",
    "estate-invalid.message": "{path}：台账总体设置有 {count} 处错误",
    "estate-invalid.hint": "运行：qianyun inventory check {path}",
    "estate-nothing-left.message": "{path} 中没有可用的内容：{count} 处错误",
    "estate-nothing-left.hint": "运行：qianyun inventory check {path}",
    "estate-strict.message": "使用了 --strict，而有 {count} 条记录被隔离",
    "estate-strict.hint": "运行：qianyun inventory check {path}",
    "effort-missing.message": "{path}：工作量表没有适用于 {track}/{step} 的行（技术 {technology}，重要程度 {criticality}）",
    "effort-missing.hint": "在 settings.effort 中补一行，或去掉 'shipped_effort: false'",
    "estate-format.message": "{path} 的数据格式为 {found}，本程序能读取 {known}",
    "estate-format.hint": "请使用能读取该格式的 qianyun 版本",
    # 文件
    "file-missing.message": "{path} 不存在",
    "file-missing.hint": "检查文件名",
    "file-unreadable.message": "{path} 无法读取：{reason}",
    "file-unreadable.hint": "检查文件权限",
    "file-binary.message": "{path} 不是文本文件或表格文件",
    "file-binary.hint": "台账目录中只放 YAML、CSV 和 XLSX 文件",
    "file-too-large.message": "{path} 有 {size_mb} MB，最多读取 {max_mb} MB",
    "file-too-large.hint": "拆成几个文件（文件名、目录随意），或调大 settings.max_file_mb",
    "file-syntax.message": "{path} 第 {line} 行：{reason}",
    "file-syntax.hint": "改正这一行",
    "file-expands.message": "{path}：别名展开后会超过 {limit} 个值",
    "file-expands.hint": "把值逐个写出来；YAML 别名只适合少量重复",
    "file-nested.message": "{path}：嵌套超过 {limit} 层",
    "file-nested.hint": "减少文件的嵌套层数",
    # 选择式
    **SELECTORS,
    # 对象
    "unknown-object.message": "台账中没有 {kind} '{id}'",
    "unknown-object.hint": "最接近的是 {nearest}",
    "unknown-kind.message": "没有种类 '{kind}'",
    "unknown-kind.hint": "最接近的是 {nearest}",
    # 示例
    "example-not-empty.message": "{path} 不是空目录",
    "example-not-empty.hint": "请指定新目录或空目录；没有写入任何内容",
    "example-not-a-folder.message": "{path} 不是目录",
    "example-not-a-folder.hint": "请指定新目录或空目录",
    "example-size.message": "{systems} 个系统：示例可有 {low} 至 {high} 个",
    "example-size.hint": "",
    "example-like.message": "没有 '{like}' 样式的示例",
    "example-like.hint": "可选：{choices}",
    # 部门台账
    **LEDGERS,
    # 流量与依赖图
    **FLOWS,
    **GRAPHS,
    # 安装
    "missing-extra.message": "'{command}' 需要的部件 '{extra}' 没有安装",
    "missing-extra.hint": "安装：pip install 'qianyun[{extra}]'",
    # 计划
    "window-rule.message": "变更窗口 {window}：重复规则 '{rule}' 无法使用：{reason}",
    "window-rule.hint": "按 iCalendar RRULE 书写，如 FREQ=WEEKLY;BYDAY=FR",
    "unknown-disposition.message": "{record}：没有名为 '{value}' 的处置方式",
    "unknown-disposition.hint": "处置方式有：{known}",
    "unknown-place.message": "{record}：'{value}' 既不是资源池，也不是云",
    "unknown-place.hint": "写作 pool:ID 或 cloud:ID；最接近的是 {nearest}",
    "plan-missing.message": "{path} 不存在",
    "plan-missing.hint": "先编制计划：qianyun plan make ESTATE -o {path}",
    "plan-unreadable.message": "{path} 无法读取：{reason}",
    "plan-unreadable.hint": "检查文件权限",
    "plan-broken.message": "{path} 不完整或已损坏：{reason}",
    "plan-broken.hint": "重新编制计划，或从备份恢复；本程序写出的文件不会只写一半",
    "plan-not-a-plan.message": "{path} 不是计划文件",
    "plan-not-a-plan.hint": "编制计划：qianyun plan make ESTATE -o PLAN",
    "plan-invalid.message": "{path} 不是有效的计划：{field}：{reason}（共 {count} 处错误）",
    "plan-invalid.hint": "撤销手工改动",
    "plan-format.message": "{path} 的计划格式为 {found}，本程序能读取 {known}",
    "plan-format.hint": "请使用能读取该格式的 qianyun 版本",
    "plan-stale.message": "{path} 依据的台账已变化：{count} 个事项受影响，首先是 {items}",
    "plan-stale.hint": "重新编制计划：qianyun plan make",
    "planning-problem-invalid.message": "规划问题自相矛盾：{faults}。",
    "planning-problem-invalid.hint": "这是程序的缺陷，不是台账的错误。",
}

"""``qianyun stack`` 的文字。"""

TEXTS = {
    "help": "系统在云上所需的位置：项目、网络、主机、云硬盘、域名。\n\n每个落地区、每个系统各有一个小的资源栈；云平台有接口的由 Pulumi 引擎创建，没有接口的通过申请单办理。见 docs/stacks.md。",
    "list.help": "列出计划所需的和已有的资源栈，及其状态和锁。",
    "preview.help": "将创建、变更和删除的内容，事前检查的结果，以及供人确认的摘要。\n\n不作任何改动。检查不通过时退出码为 1。",
    "up.help": "使资源栈符合计划：先落地区，后系统。\n\n在终端确认，或事先用 --yes 摘要 确认；将要执行的内容已与摘要不符时退出码为 5。按 Ctrl-C 会干净地结束，并说明还剩什么。",
    "refresh.help": "把云上现有的情况读入资源栈的状态。",
    "drift.help": "云上与资源栈所知不同之处，以及不是由资源栈创建的安全组规则。\n\n不作任何改动。有差异时退出码为 1。",
    "import.help": "把云上已有的资源纳入资源栈：每个资源写作 名称=编号。\n\n纳入的资源受保护，不会被任何资源栈删除。",
    "outputs.help": "资源栈给出的编号和地址；加 --write 写入台账状态。",
    "destroy.help": "删除资源栈创建的内容。受保护的资源、仍有系统的落地区会被拒绝。",
    "recover.help": "了结中断或被杀死的引擎留下的内容：解锁，按标签到云上查找正在创建的资源，纳入并刷新。",
    "unlock.help": "查看资源栈的锁由谁、自何时持有；加 --yes 解除。",
    "addresses.help": "台账中尚缺的落地区网段和主机地址；加 --write 写入。",
    "option.cloud": "只处理该云上的资源栈，可重复。",
    "option.wave": "只处理该批次系统及其落地区的资源栈，可重复。",
    "option.system": "只处理该系统的资源栈，可重复。",
    "option.stack": "只处理该名称的资源栈，可重复。",
    "option.parallel": "同时处理的资源栈数。",
    "option.backend": "资源栈状态的存放处：file://目录 或 s3://存储桶；默认按设置，否则为数据目录下的 .qianyun/stacks。",
    "option.markdown": "输出 Markdown，用于合并请求。",
    "option.refresh": "先读取云上的情况。",
    "option.yes": "事先同意该摘要的预览。",
    "option.yes-destroy": "事先同意的摘要；不给出则询问。",
    "option.yes-unlock": "解除锁。",
    "option.write": "写入台账。",
}

ERRORS = {
    "stacks-absent.message": "{path} 没有 settings.stacks，无法知道任何云的情况",
    "stacks-absent.hint": "补充各云及其镜像、规格和登录名：示例见 docs/stacks.md",
}
"""资源栈错误的中文。"""

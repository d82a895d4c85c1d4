"""``qianyun worker``。"""

TEXTS = {
    "worker.help": "执行进程。\n\n领取其站点上已就绪的工作，不分哪次运行，直到 SIGTERM 或 Ctrl-C；进行中的步骤先结束。",
    "option.site": "只做此站点的工作；可多次给出（默认：全部站点）。",
    "option.name": "在列表和事件中的名字（默认：机器名）。",
    "option.until": "此运行结束、或只有人能继续时退出。",
    "began": "为 {store} 工作，站点：{sites}",
    "ended": "执行进程已退出",
}

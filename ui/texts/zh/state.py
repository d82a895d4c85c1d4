"""``qianyun state``。"""

TEXTS = {
    "help": "运行带来的变化，存放于台账的 state/ 目录。",
    "pull.help": "把运行带来的变化写入台账。\n\n可重复执行：只补充尚未写入的内容。不指明 RUN 则处理此台账的全部运行。",
    "wrote": "{path}：新增 {entries} 条",
    "same": "没有新内容",
    "other-estate": "此运行属于台账“{found}”",
    "is-rehearsal": "预演不带来任何变化",
}

"""``qianyun example`` 的文字。"""

TEXTS = {
    "help": "生成可供试用的台账。",
    "make.help": (
        "在新目录或空目录中生成任意规模的虚构台账。\n\n"
        "行政区划的名称和代码是真实的，其余均为虚构。同样的选项总是生成同样的文件；每份台账检查无错误，并且可以排出计划。"
    ),
    "option.like": "shanxi：一个省，1+5+11 朵云；kaifeng：一个市及其区县。",
    "option.systems": "信息系统数量，5 至 300000；其他内容随之增减。",
    "option.seed": "换一个种子，得到同样规模的另一份台账。",
    "drafting": "生成",
    "writing": "写入",
    "kind": "种类",
    "count": "数量",
    "component": "组件",
    "made": "已生成 {path}。下一步：qianyun inventory check {path}",
}

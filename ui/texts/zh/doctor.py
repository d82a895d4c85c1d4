"""``qianyun doctor`` 的中文。"""

TEXTS = {
    "doctor.help": "本机具备程序各部分所需的哪些条件：版本、位置，以及缺少时怎么办。\n\n不做任何改动。无论结果如何，退出码均为 0。",
    "column.name": "部件",
    "column.version": "版本",
    "column.place": "位置，或获取办法",
    "missing": "缺少",
    "part.base": "规划及公共部分",
    "part.run": "执行",
    "part.stacks": "云资源栈",
    "part.network": "网络设备",
    "part.lab": "实验环境（Linux，root）",
    "part.fast": "加速规划",
    "do.extra": "安装：pip install 'qianyun[{extra}]'",
    "do.debian": "安装：apt-get install {package}",
    "do.engine": "把 {oldest} 或更新版本的 pulumi 程序放到 PATH 中；或在源码目录中（需要 Go）运行：make tools",
    "do.engine-old": "{version} 版太旧：把 {oldest} 或更新版本放到 PATH 中；或在源码目录中（需要 Go）运行：make tools",
    "do.plugin": "重新安装：pip install 'qianyun[stacks]'",
    "do.bridge": "在源码目录中（需要 Go）运行：make tools；只有经厂商 Terraform 插件接入的云才需要",
    "do.kernel": "本机内核或所在的容器不提供；实验环境需要另一台机器",
    "do.root": "只有 Linux 上的 root 才能检查，且须安装 util-linux",
    "result": "{count} 项中缺少 {missing} 项；每一项只影响它所在的部分",
}

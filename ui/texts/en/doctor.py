"""Texts of ``qianyun doctor``."""

TEXTS = {
    "doctor.help": "What this machine has of what the program's parts need: versions, places, and what to do about the rest.\n\nNothing is changed. Exit code 0 whatever is found.",
    "column.name": "Part",
    "column.version": "Version",
    "column.place": "Where it is, or how to get it",
    "missing": "missing",
    "part.base": "Planning, and all else",
    "part.run": "Runs",
    "part.stacks": "Cloud stacks",
    "part.network": "Network devices",
    "part.lab": "Laboratories (Linux, root)",
    "part.fast": "Faster planning",
    "do.extra": "pip install 'qianyun[{extra}]'",
    "do.debian": "apt-get install {package}",
    "do.engine": "put Pulumi's program 'pulumi', {oldest} or newer, on PATH; or, in a clone, with Go: make tools",
    "do.engine-old": "version {version} is too old: put {oldest} or newer on PATH; or, in a clone, with Go: make tools",
    "do.plugin": "install qianyun again: pip install 'qianyun[stacks]'",
    "do.bridge": "in a clone, with Go: make tools; only for clouds that are reached by a vendor's Terraform provider",
    "do.kernel": "this kernel, or the container around us, does not give it; laboratories need another machine",
    "do.root": "only root on Linux may look, with util-linux installed",
    "result": "{missing} of {count} are missing; each is needed only for the part that it stands under",
}

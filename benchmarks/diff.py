"""Comparing configurations there and back: ours, annet and hier_config on the same pairs.

A pair is a running configuration with IPv4 alone and the one after the whole retrofit, as text. Each engine reads both
and gives the lines for the way there and the way back; starting Python and importing is not counted. The peers know no
order of undo that the makers accept (docs/decisions/0007): they are measured for their time only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any

from benchmarks._measure import measure, task
from benchmarks._report import Required, note, parser, publish, row

REQUIRED: Required = {}
RUNS = 5
INTERFACES = (40, 150, 260)
PEERS = {"huawei_vrp8": ("annet", "hier_config"), "h3c_comware7": ("annet",), "frr": ("hier_config",)}
"""annet has no rule book for FRR; hier_config refuses the separators of Comware."""


def texts(platform: str, interfaces: int) -> tuple[str, str]:
    """A running configuration and the one wanted."""
    from network.config import to_text
    from network.platforms import platform_of
    from tests.network.configs import pair

    made = pair(platform, 1, interfaces=interfaces, peers=40, rules=100)
    known = platform_of(platform)
    return to_text(known, made.running), to_text(known, made.intended)


def _ours(platform: str) -> Callable[[str, str], int]:
    from network.config import parse
    from network.diff import neutral, patch
    from network.platforms import platform_of

    known = platform_of(platform)

    def work(before: str, after: str) -> int:
        one, other = parse(known, before), parse(known, after)
        assert neutral(known, one, other) == ()
        return len(patch(known, one, other).commands) + len(patch(known, other, one).commands)

    return work


def _annet(platform: str) -> Callable[[str, str], int]:
    from annet.annlib import patching
    from annet.annlib.netdev.views.hardware import HardwareView
    from annet.hardware import AnnetHardwareProvider, hardware_connector
    from annet.rulebook import DefaultRulebookProvider, get_rulebook, rulebook_provider_connector
    from annet.vendors import registry_connector, tabparser

    hardware_connector.set(AnnetHardwareProvider)
    rulebook_provider_connector.set(DefaultRulebookProvider)
    hardware = HardwareView({"huawei_vrp8": "Huawei NE40E", "h3c_comware7": "H3C S6800"}[platform], "")
    book: Any = get_rulebook(hardware)
    formatter = registry_connector.get().match(hardware).make_formatter()

    def way(before: str, after: str) -> int:
        one: Any = tabparser.parse_to_tree(before, formatter.split)
        other: Any = tabparser.parse_to_tree(after, formatter.split)
        prepared: Any = patching.make_pre(patching.make_diff(one, other, book, []))
        return len(patching.make_patch(prepared, book, hardware, add_comments=False).itms)

    return lambda before, after: way(before, after) + way(after, before)


def _hier_config(platform: str) -> Callable[[str, str], int]:
    from hier_config import Platform, WorkflowRemediation, get_hconfig

    system = {"huawei_vrp8": Platform.HUAWEI_VRP, "frr": Platform.CISCO_IOS}[platform]

    def plain(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if line.strip() not in {"#", "!", "return", "end", "exit"})

    def work(before: str, after: str) -> int:
        one, other = get_hconfig(system, plain(before)), get_hconfig(system, plain(after))
        workflow = WorkflowRemediation(one, other)
        there = list(workflow.remediation_config.all_children_sorted())
        return len(there) + len(list(workflow.rollback_config.all_children_sorted()))

    return work


def compare(platform: str, interfaces: int, engine: str) -> dict[str, Any]:
    """``seconds``: CPU time, the median of several runs in one process, the first not counted."""
    before, after = texts(platform, interfaces)
    work = {"ours": _ours, "annet": _annet, "hier_config": _hier_config}[engine](platform)
    work(before, after)
    seconds = []
    for _ in range(RUNS):
        began = process_time()
        work(before, after)
        seconds.append(process_time() - began)
    lines = {"lines": before.count("\n"), "lines_wanted": after.count("\n")}
    return {"seconds": round(median(seconds), 4), **lines}


TASKS = {"compare": compare}


def rows(sizes: list[int]) -> Iterator[dict[str, Any]]:
    for platform, peers in PEERS.items():
        for interfaces in sizes:
            note(f"{platform}: {interfaces} interfaces")
            for engine in ("ours", *peers):
                used = measure(task("diff", "compare", platform=platform, interfaces=interfaces, engine=engine))
                case = platform if engine == "ours" else f"peer: {engine}, {platform}"
                against = "" if engine == "ours" else platform
                yield row(case, used, size=interfaces, against=against, **used.answer)


def main() -> None:
    options = parser(__doc__)
    sizes = [int(size) for size in os.environ.get("BENCH_INTERFACES", " ".join(map(str, INTERFACES))).split()]
    options.add_argument("--interfaces", type=int, nargs="+", default=sizes)
    chosen = options.parse_args()
    publish("diff", rows(chosen.interfaces), chosen, REQUIRED)


if __name__ == "__main__":
    main()

"""Settings for all tests; component tests (tests/components.py) are skipped loudly, or failed."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

from tests.components import COMPONENTS, strict, verdict

# openpyxl writes other bytes where lxml is installed, and looks once: when it is imported.
os.environ["OPENPYXL_LXML"] = "False"

# Speed is never asserted, so no deadlines. In continuous integration the same code gets the same examples: what chance
# finds is found, and mended, on a developer's machine.
settings.register_profile(
    "qianyun",
    deadline=None,
    derandomize=strict(),
    print_blob=not strict(),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("qianyun")

# A shell that starts the tests in the background has SIGINT ignored, which children would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all tests of a file, in their order: some go on from where the one before has come."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("component"):
        (name,) = mark.args
        if name not in COMPONENTS:
            pytest.fail(f"component {name!r} is not in tests/components.py", pytrace=False)
        match verdict(name, must_have=strict()):
            case ("skip", reason):
                pytest.skip(reason)
            case ("fail", reason):
                pytest.fail(f"{reason} (a skip is a failure here: this machine could have it)", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    )
    if not reasons:
        return
    terminalreporter.section("not run on this machine", yellow=True)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count:4d}  {reason}")

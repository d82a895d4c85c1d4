"""Simulated devices behind real SSH, and targets that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from network.platforms import platform_of
from network.testing.simulators import Faults, Served, Simulator, serve
from network.transport import Login, Target

PASSWORD = "Lab-Pass-1"
LOGIN = Login(password=PASSWORD)
INTERFACES = {"huawei_vrp8": "GigabitEthernet0/1/0", "h3c_comware7": "Ten-GigabitEthernet1/0/1"}
SIMULATED = tuple(INTERFACES)
NO_FAULTS = Faults()


@dataclass(frozen=True)
class Device:
    """One served device."""

    simulator: Simulator
    served: Served
    target: Target


def configuration(platform: str, *, name: str = "CITY-CORE", lines: int = 60) -> str:
    """A small configuration, longer than a page."""
    routes = "".join(f"ip route-static 10.{number}.0.0 255.255.0.0 10.0.0.2\n" for number in range(lines))
    return (
        f"sysname {name}\n#\ninterface {INTERFACES[platform]}\n description 至县政务中心\n"
        f" ip address 10.0.0.1 255.255.255.252\n#\n{routes}#\nreturn\n"
    )


@contextmanager
def served(
    platform: str, *, encoding: str = "utf-8", faults: Faults = NO_FAULTS, text: str = "", **more: object
) -> Iterator[Device]:
    """A device of a platform; its seconds last a hundredth of ours."""
    simulator = Simulator(
        platform, text or configuration(platform), encoding=encoding, faults=faults, **more  # type: ignore[arg-type]
    )  # fmt: skip
    with serve([simulator], scale=0.01) as found:
        at = found[simulator.name]
        yield Device(simulator, at, target(platform, at, encoding=encoding))


def target(platform: str, at: Served, *, encoding: str = "utf-8", user: str = "netops", host_key: str = "") -> Target:
    """The way to a served device."""
    return Target("d1", platform_of(platform), at.host, at.port, host_key or at.host_key, user, encoding)

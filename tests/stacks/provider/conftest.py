"""A plug-in process that is logged in to the bed, and a network with both families."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stacks.provider.contract import Place
from tests.stacks.provider.wire_client import plugin
from tools.cloudbed import Bed
from tools.cloudbed.configs import CLOUD
from tools.cloudbed.content import IMAGE


@pytest.fixture(scope="module")
def login(bed: Bed) -> Iterator[str]:
    """The finder of this process logs in with the bed's clouds.yaml."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bed.variables().items():
            patch.setenv(name, value)
        yield CLOUD


@pytest.fixture(scope="module")
def shared(bed: Bed, login: str) -> Iterator[Place]:
    """A network with both families that the tests of this file share."""
    with plugin(environment=bed.variables()) as found:
        found.configure(cloud=login)
        place = Place(found, bed.connection(), login)
        yield place
        place.clear()


@pytest.fixture
def place(shared: Place) -> Iterator[Place]:
    """The same plug-in; what the test makes is removed after it."""
    found = Place(shared.plugin, shared.cloud, CLOUD)
    yield found
    found.clear()


@pytest.fixture(scope="module")
def network(shared: Place) -> str:
    return shared.make("Network", "network", name="net", mtu=1400, description="shared")[0]


@pytest.fixture(scope="module")
def subnets(shared: Place, network: str) -> tuple[str, str]:
    v4, _ = shared.make("Subnet", "v4", name="v4", network_id=network, ip_version=4, cidr="10.20.0.0/24")
    v6, _ = shared.make(
        "Subnet",
        "v6",
        name="v6",
        network_id=network,
        ip_version=6,
        cidr="fd00:20::/64",
        ipv6_address_mode="dhcpv6-stateful",
        ipv6_ra_mode="dhcpv6-stateful",
    )
    return v4, v6


@pytest.fixture
def port(place: Place, network: str, subnets: tuple[str, str]) -> str:
    return place.make("Port", "port", name="port", network_id=network, fixed_ips=[{"subnet_id": id} for id in subnets])[
        0
    ]


@pytest.fixture
def server(place: Place, port: str) -> str:
    return place.make("Server", "server", name="vm", image=IMAGE, flavor="bed.small", port_ids=[port])[0]

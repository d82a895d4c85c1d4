"""Ways to have a cloud fail as clouds do, without harm to the bed.

What stands in the bed's own means: quotas are set through its API; the flavor ``bed.huge`` fits on no host; an unknown
image, an overlapping prefix are refused as anywhere.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.cloudbed.configs import CLOUD
from tools.cloudbed.content import connect, identity_of
from tools.cloudbed.proxy import Fault, Kind, Proxy, Seen, certificate, proxy
from tools.cloudbed.services import ENDPOINTS

if TYPE_CHECKING:
    from tools.cloudbed.bed import Bed

__all__ = ["WRONG_CA", "Fault", "FaultyCloud", "Kind", "Seen", "expired_token", "faulty", "no_hosts"]

WRONG_CA = "wrong-ca"
"""The entry of a cloud with TLS that trusts another authority."""


@dataclass(frozen=True)
class FaultyCloud:
    """A bed seen through a proxy in front of one of its services.

    Attributes:
        clouds: a clouds.yaml with the entries of the bed's own.
    """

    clouds: Path
    proxy: Proxy

    def variables(self) -> Mapping[str, str]:
        """Environment for programs that log in with clouds.yaml."""
        return {"OS_CLIENT_CONFIG_FILE": str(self.clouds), "OS_CLOUD": CLOUD}


@contextlib.contextmanager
def faulty(bed: Bed, service: str, *faults: Fault, tls: bool = False) -> Iterator[FaultyCloud]:
    """The bed as it is for those who log in with another clouds.yaml, as long as the block runs.

    Args:
        service: compute, dns, identity, image, network, placement or volumev3.
        faults: the first that fits a request counts.
        tls: the proxy speaks TLS; the entry ``bed`` trusts it, ``wrong-ca`` does not.
    """
    _, port, path = ENDPOINTS[service]
    with tempfile.TemporaryDirectory(prefix="cloudbed-") as name:
        folder = Path(name)
        trusted = certificate(folder, "trusted") if tls else None
        with proxy(bed.layout.ports()[port], faults, trusted) as running:
            address = f"{'https' if tls else 'http'}://127.0.0.1:{running.port}{path}"
            entries = _entries(bed)
            for entry in entries.values():
                entry[f"{service}_endpoint_override"] = address
                if service == "identity":
                    entry["auth"]["auth_url"] = address
            if trusted is not None:
                other, _ = certificate(folder, "other")
                entries[WRONG_CA] = {**entries[CLOUD], "cacert": str(other)}
                entries[CLOUD] = {**entries[CLOUD], "cacert": str(trusted[0])}
            yield FaultyCloud(_written(folder, entries), running)


@contextlib.contextmanager
def expired_token(bed: Bed) -> Iterator[Path]:
    """A clouds.yaml whose entry ``bed`` logs in with a token that is no longer valid."""
    connection = connect(bed.clouds)
    token = connection.auth_token
    identity_of(connection).delete("/auth/tokens", headers={"X-Subject-Token": token})
    entries = _entries(bed)
    auth = entries[CLOUD]["auth"]
    kept = {key: auth[key] for key in ("auth_url", "project_name", "project_domain_name")}
    entries[CLOUD] = {**entries[CLOUD], "auth_type": "v3token", "auth": {**kept, "token": token}}
    with tempfile.TemporaryDirectory(prefix="cloudbed-") as name:
        yield _written(Path(name), entries)


@contextlib.contextmanager
def no_hosts(bed: Bed) -> Iterator[None]:
    """No host takes a server as long as the block runs; those that are there stay."""
    compute = bed.connection().compute
    hosts = [service for service in compute.services() if service.binary == "nova-compute"]
    for host in hosts:
        compute.disable_service(host)
    try:
        yield
    finally:
        for host in hosts:
            compute.enable_service(host)


def _entries(bed: Bed) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(bed.clouds.read_text(encoding="utf-8"))["clouds"]
    return read


def _written(folder: Path, entries: Mapping[str, Any]) -> Path:
    path = folder / "clouds.yaml"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"clouds": entries}, indent=1), encoding="utf-8")
    return path

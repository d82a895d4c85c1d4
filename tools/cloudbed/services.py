"""The processes of the control plane: what each runs, where it listens, what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "APPLICATIONS",
    "BACKING",
    "DAEMONS",
    "ENDPOINTS",
    "PACKAGES",
    "PROJECTS",
    "PYTHON",
    "Application",
    "Daemon",
    "names",
]

PYTHON = "/usr/bin/python3"
"""Debian's interpreter, for which its OpenStack packages are made."""

PACKAGES = (
    "bind9",
    "mariadb-server",
    "python3-cinder",
    "python3-designate",
    "python3-glance",
    "python3-keystone",
    "python3-neutron",
    "python3-nova",
    "python3-placement",
    "python3-pymysql",
    "python3-waitress",
    "rabbitmq-server",
)
"""Debian's packages that a bed consists of."""

BACKING = ("database", "queue", "epmd")
"""What the others stand on; ended last, in reverse order of need."""


@dataclass(frozen=True)
class Application:
    """A WSGI application.

    Attributes:
        target: MODULE:FACTORY.
        port: name of its port.
    """

    name: str
    target: str
    port: str
    threads: int = 8


@dataclass(frozen=True)
class Daemon:
    """A daemon with a ``main()`` of its own.

    Attributes:
        config: its file under etc/.
        port: name of its port; empty when it listens to queues only.
        queue: the message queue that it listens to once it has started.
        after: the daemon whose queue must be listened to before this one is started.
    """

    name: str
    module: str
    config: str
    port: str = ""
    queue: str = ""
    after: str = ""

    @property
    def project(self) -> str:
        """Whose it is."""
        return self.module.partition(".")[0]


APPLICATIONS = (
    Application("keystone", "keystone.server.wsgi:initialize_public_application", "identity"),
    Application("placement", "placement.wsgi:init_application", "placement"),
)

CENTRAL = "designate-central"

DAEMONS = (
    Daemon("nova-conductor", "nova.cmd.conductor", "nova.conf", queue="conductor"),
    Daemon("nova-scheduler", "nova.cmd.scheduler", "nova.conf", queue="scheduler"),
    Daemon("nova-api", "nova.cmd.api_os_compute", "nova.conf", port="compute"),
    Daemon("nova-compute", "nova.cmd.compute", "nova.conf", queue="compute.bed-1", after="nova-conductor"),
    Daemon("neutron", "neutron.cmd.eventlet.server", "neutron.conf", port="network"),
    Daemon("glance", "glance.cmd.api", "glance.conf", port="image"),
    Daemon("cinder-scheduler", "cinder.cmd.scheduler", "cinder.conf", queue="cinder-scheduler"),
    Daemon("cinder-volume", "cinder.cmd.volume", "cinder.conf", queue="cinder-volume.bed-1@rows"),
    Daemon("cinder-api", "cinder.cmd.api", "cinder.conf", port="volume"),
    Daemon("designate-central", "designate.cmd.central", "designate.conf", queue="central"),
    Daemon("designate-mdns", "designate.cmd.mdns", "designate.conf", port="transfer", after=CENTRAL),
    Daemon("designate-worker", "designate.cmd.worker", "designate.conf", queue="worker", after=CENTRAL),
    Daemon("designate-producer", "designate.cmd.producer", "designate.conf", queue="producer", after=CENTRAL),
    Daemon("designate-api", "designate.cmd.api", "designate.conf", port="dns_api", after=CENTRAL),
)

PROJECTS = ("nova", "neutron", "glance", "cinder", "designate")
"""Those of the daemons, each of which imports modules of its own; first what takes longest."""

ENDPOINTS = {
    "identity": ("keystone", "identity", "/v3"),
    "image": ("glance", "image", ""),
    "placement": ("placement", "placement", ""),
    "compute": ("nova", "compute", "/v2.1"),
    "network": ("neutron", "network", ""),
    "volumev3": ("cinder", "volume", "/v3/%(project_id)s"),
    "dns": ("designate", "dns_api", ""),
}
"""Type in the catalogue: name, port, path."""


def names() -> tuple[str, ...]:
    """All processes of a running bed."""
    return (*BACKING, "named", *(one.name for one in APPLICATIONS), *(one.name for one in DAEMONS))

"""The first set-up: from an empty folder to a control plane with what tests expect to find."""

from __future__ import annotations

import base64
import secrets
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tools.cloudbed import backing
from tools.cloudbed.configs import identity
from tools.cloudbed.layout import Layout
from tools.cloudbed.processes import end, run, stray
from tools.cloudbed.services import APPLICATIONS, PYTHON
from tools.cloudbed.starting import start_application, start_backing
from tools.cloudbed.waiting import wait_http

__all__ = ["build", "finish"]


def build(layout: Layout, ports: dict[str, int]) -> None:
    """Databases with their tables, keys, the administrator. Database and message queue run afterwards."""
    backing.create_database(layout)
    start_backing(layout, ports)
    backing.create_accounts(layout)
    for folder in ("fernet", "credential"):
        for number in ("0", "1"):
            key = layout.root / "lib" / folder / number
            key.touch(mode=0o600)
            key.write_bytes(base64.urlsafe_b64encode(secrets.token_bytes(32)))
    tables: Sequence[Callable[[], None]] = (
        lambda: _manage(layout, "neutron", "neutron.db.migration.cli", "upgrade", "heads"),
        lambda: _nova(layout),
        lambda: _keystone(layout, ports),
        lambda: _manage(layout, "cinder", "cinder.cmd.manage", "db", "sync"),
        lambda: _manage(layout, "designate", "designate.cmd.manage", "database", "sync"),
        lambda: _manage(layout, "glance", "glance.cmd.manage", "db_sync"),
        lambda: _manage(layout, "placement", "placement.cmd.manage", "db", "sync"),
    )
    with ThreadPoolExecutor(3) as pool:
        try:
            for done in [pool.submit(one) for one in tables]:
                done.result()
        except BaseException:
            # What still runs would be waited for.
            pool.shutdown(wait=False, cancel_futures=True)
            end(stray(layout), patience=0, first=signal.SIGKILL)
            raise


def finish(layout: Layout) -> None:
    """What can only be told to running services: the host that servers run on, where zones are served."""
    _manage(layout, "nova", "nova.cmd.manage", "cell_v2", "discover_hosts")
    _manage(layout, "designate", "designate.cmd.manage", "pool", "update", "--file", str(layout.etc / "pools.yaml"))


def _manage(layout: Layout, project: str, module: str, *words: str) -> None:
    """Runs a project's own tool."""
    program = f"import sys; sys.argv[0] = {project!r}; from {module} import main; sys.exit(main())"
    config = str(layout.etc / f"{project}.conf")
    run(layout, f"{project}-manage", [PYTHON, "-c", program, "--config-file", config, *words])


def _nova(layout: Layout) -> None:
    # Braces: filled by nova from its configuration, so that ports and passwords may change.
    server = "{scheme}://{username}:{password}@{hostname}:{port}/"
    _manage(layout, "nova", "nova.cmd.manage", "api_db", "sync")
    _manage(
        layout,
        "nova",
        "nova.cmd.manage",
        "cell_v2",
        "map_cell0",
        "--database_connection",
        server + "nova_cell0?{query}",
    )
    _manage(
        layout,
        "nova",
        "nova.cmd.manage",
        "cell_v2",
        "create_cell",
        "--name",
        "cell1",
        "--transport-url",
        server,
        "--database_connection",
        server + "nova?{query}",
    )
    _manage(layout, "nova", "nova.cmd.manage", "db", "sync")


def _keystone(layout: Layout, ports: dict[str, int]) -> None:
    _manage(layout, "keystone", "keystone.cmd.manage", "db_sync")
    url = identity(ports)
    _manage(
        layout,
        "keystone",
        "keystone.cmd.manage",
        "bootstrap",
        "--bootstrap-password",
        layout.secrets()["admin"],
        "--bootstrap-public-url",
        url,
        "--bootstrap-internal-url",
        url,
        "--bootstrap-admin-url",
        url,
        "--bootstrap-region-id",
        "RegionOne",
    )
    keystone = APPLICATIONS[0]
    start_application(layout, keystone, ports)
    wait_http(layout, keystone.name, ports[keystone.port], "/v3")

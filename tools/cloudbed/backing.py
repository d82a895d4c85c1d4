"""The database server and the message queue of a bed."""

from __future__ import annotations

import getpass
import subprocess

from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import Layout
from tools.cloudbed.processes import Running, environment, run, spawn

__all__ = ["create_accounts", "create_database", "database", "move_to_ports", "named", "queue", "sql"]


def create_database(layout: Layout) -> None:
    """An empty data folder."""
    run(
        layout,
        "database-install",
        [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={layout.root / 'database'}",
            f"--user={getpass.getuser()}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *TABLES,
        ],
    )


TABLES = (
    # Nine hundred tables in one file: faster to make, to pack and to open than a file each.
    "--innodb-file-per-table=0",
    "--innodb-log-file-size=16M",
    # Nobody misses the last second of a bed.
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
)


def database(layout: Layout, port: int) -> Running:
    """Starts the database server on an existing data folder."""
    return spawn(
        layout,
        "database",
        [
            "/usr/sbin/mariadbd",
            "--no-defaults",
            f"--user={getpass.getuser()}",
            f"--datadir={layout.root / 'database'}",
            # Relative to the data folder: the path of a socket must be shorter than 108 bytes.
            "--socket=server.sock",
            "--bind-address=127.0.0.1",
            f"--port={port}",
            "--max-connections=400",
            "--innodb-buffer-pool-size=128M",
            "--skip-log-bin",
            "--skip-name-resolve",
            "--character-set-server=utf8mb3",
            "--collation-server=utf8mb3_general_ci",
            *TABLES,
        ],
    )


def sql(layout: Layout, text: str) -> str:
    """Statements as the server's root; what they print, tab-separated.

    Raises:
        BedError: the server refuses or does not answer.
    """
    done = subprocess.run(
        ["mariadb", "--no-defaults", "--socket=server.sock", "--user=root", "--batch", "--skip-column-names"],
        input=text,
        capture_output=True,
        text=True,
        cwd=layout.root / "database",
        env=environment(layout),
        check=False,
    )
    if done.returncode:
        raise BedError(f"the database refuses: {done.stderr.strip()[:300]}")
    return done.stdout


def create_accounts(layout: Layout) -> None:
    """The databases and the user of all services."""
    sql(layout, (layout.etc / "accounts.sql").read_text(encoding="utf-8"))


def move_to_ports(layout: Layout) -> None:
    """Brings what is in the databases of a set-up bed to its present ports and folder, and its services to life."""
    sql(layout, (layout.etc / "moved.sql").read_text(encoding="utf-8"))


def queue(layout: Layout, ports: dict[str, int]) -> None:
    """Starts the message queue with a port mapper of its own, which else would stay when the queue ends."""
    spawn(layout, "epmd", ["epmd", "-address", "127.0.0.1", "-port", str(ports["epmd"])])
    folder = layout.root / "queue"
    spawn(
        layout,
        "queue",
        ["/usr/lib/rabbitmq/bin/rabbitmq-server"],
        ERL_EPMD_ADDRESS="127.0.0.1",
        ERL_EPMD_PORT=str(ports["epmd"]),
        RABBITMQ_NODENAME="bed@localhost",
        RABBITMQ_MNESIA_BASE=str(folder / "mnesia"),
        RABBITMQ_LOG_BASE=str(folder / "log"),
        RABBITMQ_CONFIG_FILE=str(layout.etc / "rabbitmq.conf"),
        RABBITMQ_ENABLED_PLUGINS_FILE=str(layout.etc / "rabbitmq-plugins"),
        RABBITMQ_CONF_ENV_FILE=str(folder / "none"),
        RABBITMQ_PID_FILE=str(layout.run / "queue.pid"),
        RABBITMQ_DIST_PORT=str(ports["queue_peers"]),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none",
    )


def named(layout: Layout) -> Running:
    """Starts the name server."""
    return spawn(layout, "named", ["/usr/sbin/named", "-f", "-c", str(layout.etc / "named.conf")])

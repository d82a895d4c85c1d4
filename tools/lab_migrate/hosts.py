"""Setting up the systems inside the lab's hosts, before anything is migrated: what their owners and the cloud would do.

At the source a database with its tables, the application, the file service, all running. At the target the same
programs, the file service running, with nothing in it. Each host gets one archive and one script.
"""

from __future__ import annotations

import importlib.util
import io
import json
import secrets
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from network.lab import Lab
from tools.lab_migrate.estate import Part, System

__all__ = ["CLIENT_PROGRAM", "DATABASE", "Secrets", "run", "set_up"]

HERE = Path(__file__).resolve().parent
HOME = "/opt/lab"
CLIENT_PROGRAM = f"{HOME}/client.py"
SITE = f"{HOME}/site"
PYTHON = "/usr/bin/python3"
DRIVERS = {"postgresql": ("psycopg", "typing_extensions"), "mariadb": ("pymysql",)}
"""Pure Python and the machine's client library: no wheels of another interpreter in the hosts."""
DATABASE = "app"
SECONDS = 60
TSIG_KEY = "/etc/qianyun/tsig.key"
REPLICATION = "qianyun_replication"

SERVICE = """\
#!/bin/sh
### BEGIN INIT INFO
# Provides: {name}
# Required-Start: $network
# Required-Stop: $network
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: {name} of the lab
### END INIT INFO
export PYTHONPATH={site} PSYCOPG_IMPL=python PYTHONDONTWRITEBYTECODE=1
pid=/run/{name}.pid
case "$1" in
start)
    start-stop-daemon --start --oknodo --background --make-pidfile --pidfile $pid --output /var/log/{name}.log \\
        --startas {python} -- {home}/application.py /etc/qianyun/{name}.json ;;
stop) start-stop-daemon --stop --oknodo --retry TERM/3/KILL/3 --pidfile $pid --remove-pidfile ;;
status) start-stop-daemon --status --pidfile $pid ;;
*) echo "usage: $0 start|stop|status" >&2; exit 2 ;;
esac
"""

POSTGRESQL = """\
set -e
install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/15 {data}
cd /
as() {{ setpriv --reuid postgres --regid postgres --init-groups env HOME=/var/lib/postgresql "$@"; }}
as {bin}/initdb -D {data} -A peer --no-sync >/dev/null
cat >> {data}/postgresql.conf <<'END'
listen_addresses = '*'
port = {port}
wal_level = replica
max_wal_senders = 10
END
echo "host all all 10.0.0.0/8 scram-sha-256" >> {data}/pg_hba.conf
as {bin}/pg_ctl -D {data} -w -l {data}/server.log start >/dev/null
as {bin}/psql -qAt -v ON_ERROR_STOP=1 -d postgres <<'END'
CREATE ROLE {user} LOGIN PASSWORD '{password}';
CREATE DATABASE {database} OWNER {user};
END
"""

MARIADB = """\
set -e
cat > /etc/mysql/mariadb.conf.d/80-lab.cnf <<'END'
[mariadbd]
bind-address = 0.0.0.0
port = {port}
skip-name-resolve
END
{server}
"""
MARIADB_SOURCE = """\
cat >> /etc/mysql/mariadb.conf.d/80-lab.cnf <<'END'
log_bin = mysql-bin
server_id = 1
END
mariadb-install-db --user=mysql --skip-test-db >/dev/null
setpriv --reuid mysql --regid mysql --init-groups mariadbd >/var/log/mariadb.log 2>&1 &
for _ in $(seq 200); do mariadb-admin ping >/dev/null 2>&1 && break; sleep 0.1; done
mariadb <<'END'
CREATE DATABASE {database} CHARACTER SET utf8mb4;
CREATE USER {user}@'10.%' IDENTIFIED BY '{password}';
GRANT ALL ON {database}.* TO {user}@'10.%';
END
"""

TABLES = (
    f"cd / && PYTHONPATH={SITE} PSYCOPG_IMPL=python {PYTHON} {HOME}/application.py --create /etc/qianyun/lab-web.json"
)


@dataclass(frozen=True)
class Secrets:
    """Passwords of one lab, made anew each time."""

    application: str = field(default_factory=lambda: secrets.token_hex(12))
    replication: str = field(default_factory=lambda: secrets.token_hex(12))


def run(lab: Lab, host: str, argv: Sequence[str], stdin: bytes = b"") -> bytes:
    """What a command on a host prints.

    Raises:
        RuntimeError: it failed; with what it said. subprocess.TimeoutExpired: it has not ended in a minute.
    """
    # Files, not pipes: a service that a script leaves running would keep a pipe open.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        process = lab.start(host, argv, stdin=subprocess.PIPE, stdout=out, stderr=said)
        process.communicate(stdin, timeout=SECONDS)
        for file in (out, said):
            file.seek(0)
        if process.returncode:
            reason = said.read().decode(errors="replace").strip()[-400:]
            raise RuntimeError(f"{host}: {' '.join(argv)[:60]}: {reason}")
        return out.read()


def set_up(lab: Lab, systems: Sequence[System], keys: Secrets) -> None:
    """Install and start everything; the tables are made last. RuntimeError where something fails."""
    tsig = run(lab, "dns", ["cat", TSIG_KEY])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda work: _install(lab, *work), _hosts(systems, keys, tsig)))
        list(pool.map(lambda one: run(lab, one.web.source, ["sh", "-c", TABLES]), systems))


def _hosts(systems: Sequence[System], keys: Secrets, tsig: bytes) -> Iterator[tuple[str, dict[str, Any], str]]:
    yield "client", {CLIENT_PROGRAM: (HERE / "client.py").read_bytes()}, ""
    for system in systems:
        for part in (system.web, system.files):
            role = "web" if part is system.web else "files"
            for side in ("source", "target"):
                files = _program(system, role, side, keys, tsig)
                script = f"update-rc.d lab-{role} defaults 2>/dev/null; mkdir -p /srv/files; "
                # A file service without anybody who uses it may run at the target, the application may not.
                start = f"/etc/init.d/lab-{role} start >/dev/null" if (role, side) != ("web", "target") else "true"
                yield getattr(part, side), files, script + start
        yield from _database(system, keys, tsig)


def _program(system: System, role: str, side: str, keys: Secrets, tsig: bytes) -> dict[str, Any]:
    name = f"lab-{role}"
    config: dict[str, Any] = {"role": "files", "listen": system.files.port, "folder": "/srv/files"}
    files: dict[str, Any] = {}
    if role == "web":
        database, store = system.database, system.files
        config = {
            "role": "web",
            "listen": system.web.port,
            "database": {
                "make": system.make,
                # Each side uses its own: nothing at the target ever writes to the source.
                "host": getattr(database, f"{side}_address"),
                "port": database.port,
                "name": DATABASE,
                "user": DATABASE,
                "password": keys.application,
            },
            "files": f"http://{getattr(store, f'{side}_address')}:{store.port}",
        }
        for module in DRIVERS[system.make]:
            files |= _module(module)
    script = SERVICE.format(name=name, site=SITE, python=PYTHON, home=HOME)
    return files | {
        f"{HOME}/application.py": (HERE / "application.py").read_bytes(),
        f"/etc/init.d/{name}": (script.encode(), 0o755),
        f"/etc/qianyun/{name}.json": (json.dumps(config).encode(), 0o600),
        TSIG_KEY: (tsig, 0o600),
    }


def _database(system: System, keys: Secrets, tsig: bytes) -> Iterator[tuple[str, dict[str, Any], str]]:
    part: Part = system.database
    words = {"port": part.port, "database": DATABASE, "user": DATABASE, "password": keys.application}
    if system.make == "postgresql":
        secret = {"/var/lib/postgresql/.pgpass": (_pgpass(keys).encode(), 0o600, "postgres")}
        place = {"data": "/var/lib/postgresql/15/main", "bin": "/usr/lib/postgresql/15/bin"}
        scripts = {"source": POSTGRESQL.format(**words, **place), "target": ""}
    else:
        secret = {"/etc/qianyun/replication.cnf": (_option_file(keys).encode(), 0o600, "root")}
        server = MARIADB_SOURCE.format(**words)
        scripts = {
            "source": MARIADB.format(port=part.port, server=server),
            "target": MARIADB.format(port=part.port, server=""),
        }
    for side, script in scripts.items():
        yield getattr(part, side), {**secret, TSIG_KEY: (tsig, 0o600)}, script


def _pgpass(keys: Secrets) -> str:
    return f"*:*:*:{REPLICATION}:{keys.replication}\n"


def _option_file(keys: Secrets) -> str:
    return f"[client]\nuser = {REPLICATION}\npassword = {keys.replication}\n"


def _module(name: str) -> dict[str, bytes]:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise RuntimeError(f"Python package {name} is not installed here: make install")
    top = Path(found.origin)
    if found.submodule_search_locations is None:
        return {f"{SITE}/{top.name}": top.read_bytes()}
    sources = (path for path in top.parent.rglob("*.py") if "tests" not in path.parts)
    return {f"{SITE}/{name}/{path.relative_to(top.parent)}": path.read_bytes() for path in sources}


def _install(lab: Lab, host: str, files: Mapping[str, Any], script: str) -> None:
    run(lab, host, ["tar", "-x", "-C", "/", "--no-overwrite-dir"], _archive(files))
    if script:
        run(lab, host, ["sh"], script.encode())


def _archive(files: Mapping[str, Any]) -> bytes:
    """A tar archive of path -> content, or (content, mode), or (content, mode, owner)."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for path, entry in files.items():
            content, mode, owner = (*entry, "root")[:3] if isinstance(entry, tuple) else (entry, 0o644, "root")
            member = tarfile.TarInfo(path.lstrip("/"))
            member.size, member.mode, member.uname, member.gname = len(content), mode, owner, owner
            archive.addfile(member, io.BytesIO(content))
    return target.getvalue()

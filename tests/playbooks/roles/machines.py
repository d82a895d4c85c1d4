"""Machines of a laboratory with databases, files and a service, and roles played on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import playbooks
from network.lab import Lab

HERE = Path(__file__).resolve().parent
PROJECT = Path(playbooks.__file__).parent
SYSTEM = "140100-mzj-0001"
SOURCE, TARGET = f"{SYSTEM}.db.source", f"{SYSTEM}.db.target"
WEB_SOURCE, WEB_TARGET = f"{SYSTEM}.web.source", f"{SYSTEM}.web.target"
DNS = "dns"
HOSTS = (SOURCE, TARGET, WEB_SOURCE, WEB_TARGET, DNS)
NAME = "yuyue.mzj.ty.sx.cegn"
SOURCE_ADDRESS, TARGET_ADDRESS = "10.14.3.11", "10.128.1.11"
SERVICE_ADDRESS = "192.0.2.10"
BIN = "/usr/lib/postgresql/15/bin"
USER = "qianyun_replication"
PASSWORD = "se:cr\\et'1"


@dataclass(frozen=True)
class Played:
    """What one entry of a role did: changes it made, what it set for the run, why it failed."""

    entry: str
    changed: list[str]
    failed: list[str]
    stats: dict[str, Any]

    @property
    def done(self) -> Any:
        return self.stats.get("qianyun_done")

    @property
    def evidence(self) -> dict[str, Any]:
        found: dict[str, Any] = self.stats.get("qianyun_evidence", {})
        return found


class Machines:
    """The hosts of ``lab``, and what the tests do on them."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        hosts = {name: {"ansible_host": lab.host(name).addresses[0], "ansible_port": 22} for name in HOSTS}
        (folder / "hosts.yaml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
        (folder / "vault-password").write_text("test\n")

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME",) if name in os.environ}
        return kept | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_ROLES_PATH": str(PROJECT / "roles"),
            "ANSIBLE_SSH_COMMON_ARGS": f"-F {self.lab.ssh_config}",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.folder / "c"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.folder / "vault-password"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_REMOTE_USER": "root",
        }

    def command(
        self,
        role: str,
        entries: Sequence[str],
        parameters: Mapping[str, Any],
        hosts: Sequence[str] = (SOURCE, TARGET),
        *,
        check: bool = False,
    ) -> tuple[list[str], Path]:
        number = len(list(self.folder.glob("play*.yaml")))
        record = self.folder / f"record{number}.jsonl"
        plays = [
            {
                "name": entry,
                "hosts": ":".join(hosts),
                "gather_facts": False,
                "tasks": [
                    {
                        "name": "Role",
                        "ansible.builtin.import_role": {"name": role, "tasks_from": entry},
                        "vars": dict(parameters),
                    }
                ],
            }
            for entry in entries
        ]
        play = self.folder / f"play{number}.yaml"
        play.write_text(yaml.safe_dump(plays))
        argv = ["ansible-playbook", "-i", str(self.folder / "hosts.yaml"), str(play), *(["--check"] if check else [])]
        return argv, record

    def play(
        self,
        role: str,
        *entries: str,
        check: bool = False,
        fails: bool = False,
        hosts: Sequence[str] = (SOURCE, TARGET),
        **parameters: Any,
    ) -> tuple[Played, ...]:
        """Play entries one after the other in one process; ``fails``: the last of them must fail, else none."""
        argv, record = self.command(role, entries, parameters, hosts, check=check)
        done = subprocess.run(
            argv, env=self.environment() | {"RECORD": str(record)}, capture_output=True, text=True, check=False
        )
        if not record.exists():
            raise AssertionError(done.stdout[-3000:] + done.stderr[-3000:])
        played = tuple(Played(**json.loads(line)) for line in record.read_text().splitlines())
        if bool(done.returncode) != fails:
            raise AssertionError(f"{role} {entries}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}")
        return played

    def run(self, host: str, script: str, *, check: bool = True) -> str:
        """What a script of bash prints on a host; through files, for a server that it starts would keep a pipe."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as said:
            process = self.lab.start(host, ["bash", "-euc", script], stdin=subprocess.DEVNULL, stdout=out, stderr=said)
            code = process.wait(120)
            out.seek(0)
            said.seek(0)
            text = out.read()
            if check and code:
                raise AssertionError(f"{host}: {script}: {text}{said.read()}")
            return text.strip()

    def psql(self, host: str, query: str, database: str = "app", port: int = 5432) -> str:
        return self.run(
            host, f"cd /; runuser -u postgres -- {BIN}/psql -XAtq -p {port} -d {database} <<'END'\n{query}\nEND"
        )

    def maria(self, host: str, query: str) -> str:
        return self.run(host, f"mariadb -N -B app <<'END'\n{query}\nEND")

    def wait(self, host: str, script: str, seconds: float = 20) -> None:
        """Wait until a script succeeds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.run(host, f"if {script}; then echo yes; fi", check=False) == "yes":
                return
            time.sleep(0.1)
        raise AssertionError(f"{host}: not in time: {script}")


def postgresql(name: str = "db", **more: Any) -> dict[str, Any]:
    place = {"data": "/var/lib/postgresql/15/main", "bin": BIN}
    return {
        "name": name,
        "kind": "postgresql",
        "source": {"host": SOURCE, **place},
        "target": {"host": TARGET, **place},
        **more,
    }


def mariadb(**more: Any) -> dict[str, Any]:
    place = {
        "data": "/var/lib/mysql",
        "config": "/etc/mysql/mariadb.conf.d/95-qianyun.cnf",
        "passfile": "/etc/qianyun/replication.cnf",
    }
    return {
        "name": "maria",
        "kind": "mariadb",
        "source": {"host": SOURCE, **place},
        "target": {"host": TARGET, **place},
        "databases": ["app"],
        **more,
    }


def files(**more: Any) -> dict[str, Any]:
    place = {"data": "/srv/files"}
    return {
        "name": "files",
        "kind": "files",
        "source": {"host": SOURCE, **place},
        "target": {"host": TARGET, **place},
        **more,
    }


def service(**more: Any) -> dict[str, Any]:
    place = {"port": 8080, "start_command": ["/opt/web", "start"], "stop_command": ["/opt/web", "stop"]}
    return {
        "name": "web",
        "kind": "service",
        "source": {"host": WEB_SOURCE, **place},
        "target": {"host": WEB_TARGET, **place},
        **more,
    }


ADDRESSES = [
    {
        "address": f"{SERVICE_ADDRESS}/32",
        "source": {"host": WEB_SOURCE, "interface": "eth0"},
        "target": {"host": WEB_TARGET, "interface": "eth0"},
    }
]
RECORDS = [
    {
        "name": NAME,
        "zone": "mzj.ty.sx.cegn",
        "source": [SOURCE_ADDRESS],
        "target": [TARGET_ADDRESS],
        "ttl": 30,
        "ttl_before": 300,
        "server": "198.18.0.53",
        "key_file": "/etc/qianyun/tsig.key",
        "host": DNS,
    }
]
INSTALL_POSTGRESQL = f"""
install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/15 /var/lib/postgresql/15/main
cd /
as() {{ runuser -u postgres -- "$@"; }}
as {BIN}/initdb -D /var/lib/postgresql/15/main -A peer --no-sync >/dev/null
as tee -a /var/lib/postgresql/15/main/postgresql.conf >/dev/null <<'END'
listen_addresses = '*'
wal_level = logical
END
as {BIN}/pg_ctl -D /var/lib/postgresql/15/main -w -l /var/lib/postgresql/15/main/log start >/dev/null
as {BIN}/psql -Xq -d postgres -c 'CREATE DATABASE app'
as {BIN}/psql -Xq -d app <<'END'
CREATE TABLE entries (id bigint PRIMARY KEY, text text, at timestamptz DEFAULT now());
INSERT INTO entries SELECT n, 'Eintrag ' || n FROM generate_series(1, 1000) AS n;
CREATE TABLE "Wide Name" (id serial PRIMARY KEY, value numeric, raw bytea);
INSERT INTO "Wide Name" (value, raw) SELECT n / 7.0, decode(md5(n::text), 'hex') FROM generate_series(1, 50) AS n;
END
"""
INSTALL_MARIADB = """
cat > /etc/mysql/mariadb.conf.d/80-test.cnf <<'END'
[mariadbd]
bind-address = 0.0.0.0
log_bin = mysql-bin
server_id = 1
skip-name-resolve
END
install -d -o mysql -g mysql /var/lib/mysql /run/mysqld
mariadb-install-db --user=mysql --skip-test-db >/dev/null
setsid mariadbd --user=mysql </dev/null >/var/log/mariadb.log 2>&1 &
for _ in $(seq 200); do mariadb-admin ping >/dev/null 2>&1 && break; sleep 0.1; done
mariadb <<'END'
CREATE DATABASE app CHARACTER SET utf8mb4;
CREATE TABLE app.entries (id bigint PRIMARY KEY, text varchar(200));
INSERT INTO app.entries (id, text) SELECT seq, CONCAT('entry ', seq) FROM app.dual_seq;
END
""".replace(
    "INSERT INTO app.entries (id, text) SELECT seq, CONCAT('entry ', seq) FROM app.dual_seq;",
    "INSERT INTO app.entries (id, text) SELECT seq, CONCAT('entry ', seq) FROM seq_1_to_1000;",
).replace("CREATE TABLE app.entries", "USE app;\nCREATE TABLE app.entries")
WEB = """
cat > /opt/web <<'END'
#!/bin/sh
pid=/run/web.pid
case $1 in
start) cd /srv; python3 -m http.server 8080 >/dev/null 2>&1 & echo $! >$pid ;;
stop) if [ -e $pid ]; then kill "$(cat $pid)"; rm -f $pid; fi ;;
esac
END
chmod 755 /opt/web
mkdir -p /srv
"""
SECRETS = f"""
install -d -o postgres -g postgres /var/lib/postgresql
install -d -m 700 /etc/qianyun
cat > /var/lib/postgresql/.pgpass <<'END'
*:*:*:{USER}:{PASSWORD.replace(chr(92), chr(92) * 2).replace(":", chr(92) + ":")}
END
chown postgres: /var/lib/postgresql/.pgpass
chmod 600 /var/lib/postgresql/.pgpass
cat > /etc/qianyun/replication.cnf <<'END'
[client]
user = {USER}
password = geheim-1
END
chmod 600 /etc/qianyun/replication.cnf
"""

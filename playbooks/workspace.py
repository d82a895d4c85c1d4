"""The private folder of one call: inventory, play, and the environment that Ansible gets. Nothing in it stays."""

from __future__ import annotations

import datetime as dt
import os
import pwd
import re
import shlex
import shutil
import signal
import stat
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from playbooks.errors import PlaybookError
from playbooks.specs import ENCRYPTED

if TYPE_CHECKING:
    from migration.run.settings import WorkerSettings
    from migration.runbook.model import Host

__all__ = [
    "PACKAGE",
    "Workspace",
    "environment",
    "group_names",
    "inventory_of",
    "opened",
    "play_of",
    "vault_file",
    "write_private",
]

PACKAGE = Path(__file__).resolve().parent
_LONGEST_CONTROL_FOLDER = 60
"""Characters. The path of a Unix socket has 107 at most; the child, Ansible and ssh add 41 to the folder's."""


class _Dumper(yaml.CSafeDumper):
    """YAML for Ansible in which text is text and never a template; encrypted text stays encrypted."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    if text.startswith(ENCRYPTED):
        return dumper.represent_scalar("!vault", text, style="|")
    tag = "!unsafe" if "{" in text else "tag:yaml.org,2002:str"
    return dumper.represent_scalar(tag, text)


def _day(dumper: yaml.CSafeDumper, day: dt.date) -> yaml.ScalarNode:
    return _text(dumper, day.isoformat())


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dt.date, _day)
_Dumper.add_representer(dt.datetime, _day)
_Dumper.add_representer(tuple, yaml.CSafeDumper.represent_list)


@dataclass(frozen=True)
class Workspace:
    """Paths of one call; ``control`` holds the sockets of shared SSH connections."""

    folder: Path
    control: Path

    @property
    def hosts(self) -> Path:
        """The inventory."""
        return self.folder / "hosts.yaml"

    @property
    def play(self) -> Path:
        """The playbook."""
        return self.folder / "play.yaml"


@contextmanager
def opened(parent: Path) -> Iterator[Workspace]:
    """A workspace below ``parent``, readable by nobody else, removed at the end however that comes."""
    folder = Path(tempfile.mkdtemp(prefix="ansible-", dir=parent))
    short = len(str(folder)) <= _LONGEST_CONTROL_FOLDER
    control = folder / "c" if short else Path(tempfile.mkdtemp(prefix="qianyun-"))
    try:
        control.mkdir(mode=0o700, exist_ok=True)
        for name in ("home", "runner", "runner/env", "tmp"):
            (folder / name).mkdir(mode=0o700)
        # Of all settings of ansible-runner this one is only taken from its file. Results go to the run, not to files.
        (folder / "runner" / "env" / "settings").write_text('{"suppress_output_file": true}', encoding="utf-8")
        yield Workspace(folder, control)
    finally:
        _end_connections(control)
        shutil.rmtree(control, ignore_errors=True)
        shutil.rmtree(folder)


def _end_connections(control: Path) -> None:
    """End shared connections whose sockets are left: the child that would have ended them was killed."""
    if not any(path.is_socket() for path in control.rglob("*")):
        return
    title = f"ssh: {control}/".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                if (entry / "cmdline").read_bytes().startswith(title):
                    os.kill(int(entry.name), signal.SIGKILL)


def write_private(path: Path, plain: Any) -> None:
    """Write data as YAML into a new file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        yaml.dump(plain, file, _Dumper, sort_keys=False, allow_unicode=True)


def group_names(ids: Iterable[str]) -> dict[str, str]:
    """Each id -> name of a group that Ansible takes without a warning; different ids never share one."""
    plain = {id: re.sub(r"[^A-Za-z0-9_]", "_", id if id[:1].isalpha() else f"_{id}") for id in ids}
    shared = {name for name in plain.values() if list(plain.values()).count(name) > 1}
    return {id: f"{name}_{zlib.crc32(id.encode()):08x}" if name in shared else name for id, name in plain.items()}


def inventory_of(hosts: Mapping[str, Host]) -> dict[str, Any]:
    """Hosts as an inventory in Ansible's YAML format."""
    names = group_names(dict.fromkeys(group for host in hosts.values() for group in host.groups))
    groups: dict[str, dict[str, Any]] = {name: {"hosts": {}} for name in names.values()}
    for name, host in hosts.items():
        for group in host.groups:
            groups[names[group]]["hosts"][name] = {}
    address = {name: {"ansible_host": host.address or name, "ansible_port": host.port} for name, host in hosts.items()}
    variables = {name: {**address[name], **host.variables} for name, host in hosts.items()}
    return {"all": {"hosts": variables, "children": groups}}


def play_of(role: str, entry: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A playbook of one play. The role is imported, not included: what does not parse is found before any host is."""
    task = {
        "name": "Role",
        "ansible.builtin.import_role": {"name": role, "tasks_from": entry},
        "vars": dict(parameters),
    }
    return [{"name": "Step", "hosts": "all", "gather_facts": False, "any_errors_fatal": True, "tasks": [task]}]


def environment(space: Workspace, settings: WorkerSettings, roles: Path) -> dict[str, str]:
    """All environment variables that Ansible gets: no secrets, nothing of the worker's own that it does not need.

    Raises:
        PlaybookError: ``worker-file``, ``vault-open``: a file of the settings cannot be used.
    """
    known = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME") or pwd.getpwuid(os.geteuid()).pw_dir,
        # Messages in English, which are told apart by their words; Ansible wants UTF-8.
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(PACKAGE.parent),
        "ANSIBLE_CONFIG": str(PACKAGE / "ansible.cfg"),
        "ANSIBLE_HOME": str(space.folder / "home"),
        # Collections only from the Python environment, where their versions are pinned.
        "ANSIBLE_COLLECTIONS_PATH": str(space.folder / "home"),
        "ANSIBLE_LOCAL_TEMP": str(space.folder / "tmp"),
        "ANSIBLE_ROLES_PATH": str(roles),
        "ANSIBLE_HOST_KEY_CHECKING": "True",  # ansible-runner's own default is the opposite
        "ANSIBLE_INVENTORY_ENABLED": "yaml",
        "ANSIBLE_VARS_ENABLED": "",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "ANSIBLE_SSH_COMMON_ARGS": shlex.join(_ssh_arguments(settings)),
    }
    if settings.ssh_user:
        known["ANSIBLE_REMOTE_USER"] = settings.ssh_user
    if settings.private_key:
        known["ANSIBLE_PRIVATE_KEY_FILE"] = _readable("private_key", settings.private_key)
    if settings.vault_password_file:
        known["ANSIBLE_VAULT_PASSWORD_FILE"] = vault_file(settings)
    agent = os.environ.get("SSH_AUTH_SOCK")
    return {**known, "SSH_AUTH_SOCK": agent} if agent else known


def _ssh_arguments(settings: WorkerSettings) -> list[str]:
    arguments = []
    if settings.ssh_config:
        arguments += ["-F", _readable("ssh_config", settings.ssh_config)]
    if settings.known_hosts:
        path = _readable("known_hosts", settings.known_hosts)
        arguments += ["-o", f'UserKnownHostsFile="{path}"', "-o", "GlobalKnownHostsFile=none"]
    if settings.private_key:
        arguments += ["-o", "IdentitiesOnly=yes"]
    return arguments


def vault_file(settings: WorkerSettings) -> str:
    """Path of the file with the vault's password.

    Raises:
        PlaybookError: ``worker-file``, ``vault-open``.
    """
    path = _readable("vault_password_file", settings.vault_password_file)
    if stat.S_IMODE(Path(path).stat().st_mode) & 0o077:
        raise PlaybookError("vault-open", path=path)
    return path


def _readable(setting: str, path: str) -> str:
    try:
        with Path(path).open("rb"):
            return str(Path(path).absolute())
    except OSError as error:
        raise PlaybookError("worker-file", setting=setting, path=path, reason=error.strerror or str(error)) from error

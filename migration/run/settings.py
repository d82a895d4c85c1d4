"""Settings of a worker: one YAML file that its administrator keeps, outside of every estate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import field_validator

from inventory.base import Struct, Text, Words, field
from inventory.errors import FileError
from inventory.files import reason_of
from inventory.loaders.yaml_file import locate, read_yaml
from inventory.problems import Origin, Problem
from inventory.validation import validate
from migration.run.errors import RunError, RunVersionError

__all__ = ["FORMAT", "LIMITS", "JumpHost", "WorkerSettings", "load_settings", "parse_struct"]

FORMAT = 1
"""Version of the format of worker settings and approval policies."""
ENVIRONMENT = "QIANYUN_WORKER_CONFIG"
USUAL = Path("/etc/qianyun/worker.yaml")
USUAL_POLICY = Path("/etc/qianyun/approval-policy.yaml")
LIMITS = {"host": 1, "device": 1, "stack": 1, "room": 5, "carrier": 3, "site": 20}
"""Steps at a time on one object, by its kind."""
_PATHS = (
    "signers",
    "approval_policy",
    "ssh_config",
    "known_hosts",
    "private_key",
    "vault_password_file",
    "device_key",
    "device_folder",
    "stack_passphrase_file",
    "stack_clouds",
    "stack_folder",
)

Settings = TypeVar("Settings", bound=Struct)


class JumpHost(Struct):
    """A host between a worker and network devices."""

    address: Words = field("Address or name", example="10.255.0.1")
    port: int = field("Port of SSH", 22, ge=1, le=65535)
    user: Text = field("User; empty: the device's", "")
    host_key: Words = field("SSH host key, as in known_hosts", example="ssh-ed25519 AAAA...")


class WorkerSettings(Struct):
    """What a worker's administrator decides. Paths in the file are relative to the file."""

    format: int = field("Version of the format", FORMAT)
    signers: Text = field("OpenSSH's file of allowed signers", "/etc/qianyun/allowed_signers")
    approval_policy: Text = field(
        "Who may approve what, in which roles; it has to be there. Empty: /etc/qianyun/approval-policy.yaml where it "
        "exists, else any allowed signer may approve anything",
        "",
    )
    ssh_config: Text = field("Configuration of ssh; empty: ssh's own", "")
    known_hosts: Text = field("Known host keys, always strict; empty: ssh's own", "")
    ssh_user: Text = field("User on the hosts; empty: ssh's own choice", "")
    private_key: Text = field("Key for the hosts; empty: the agent's", "")
    vault_password_file: Text = field("File with the password of Ansible's vault", "")
    device_user: Text = field("User on network devices; empty: as their records say", "")
    device_key: Text = field("Key for network devices; empty: private_key", "")
    device_port: int = field("Port of SSH on network devices", 22, ge=1, le=65535)
    device_jump: JumpHost | None = field("Host that sessions to network devices go through", None)
    device_folder: Text = field("Journal of pushes to network devices; empty: in the user's state folder", "")
    guard_seconds: int = field("After this time without a confirmation a device goes back", 300, unit="seconds", ge=5)
    stack_backend: Text = field(
        "Where cloud stacks are kept: file://FOLDER or s3://BUCKET; empty: the run's estate, where there is one", ""
    )
    stack_passphrase_file: Text = field("File with the passphrase of stacks' secrets; empty: as the engine's own", "")
    stack_clouds: Text = field("clouds.yaml with the logins to the clouds; empty: as openstacksdk looks for it", "")
    stack_folder: Text = field(
        "Journal of steps on stacks; empty: beside a backend of files, else in the user's state folder", ""
    )
    lease_seconds: float = field("After this time without a sign a worker counts as lost", 30, unit="seconds", ge=1)
    settle_seconds: float = field("Wait after a take-over, for what still ends", 2, unit="seconds", ge=0)
    poll_seconds: float = field("Time between two looks at the store", 0.2, unit="seconds", gt=0)
    threads: int = field("Steps that the worker does at a time", 8, ge=1)
    limits: dict[str, int] = field("Steps at a time on one object, by its kind; kinds not named: as shipped", LIMITS)
    run_hours: int = field("Longest a run may take", 72, unit="hours", ge=1)

    @property
    def policy(self) -> Path | None:
        """File of the approval policy, which has to be there; None: there is no policy."""
        if self.approval_policy:
            return Path(self.approval_policy)
        return USUAL_POLICY if USUAL_POLICY.exists() else None

    @field_validator("limits", mode="before")
    @classmethod
    def _over_the_shipped(cls, value: Any) -> Any:
        return {**LIMITS, **value} if isinstance(value, dict) else value

    @field_validator("limits")
    @classmethod
    def _known_and_positive(cls, value: dict[str, int]) -> dict[str, int]:
        for kind, number in value.items():
            if kind not in LIMITS:
                raise ValueError(f"a mapping of {', '.join(LIMITS)}: there is no kind '{kind}'")
            if number < 1:
                raise ValueError(f"a mapping of numbers from 1 on: {kind} has {number}")
        return value


def load_settings(path: Path | None) -> WorkerSettings:
    """The settings in ``path``; None: in the file that QIANYUN_WORKER_CONFIG names, else in /etc/qianyun/worker.yaml,
    else the defaults.

    Raises:
        FileError: the file is not there, cannot be read or is no YAML; with its line.
        RunError: unknown, missing or wrong settings (``config-...``), with file and line.
        RunVersionError: ``config-format``.
    """
    named = path or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if named is None:
        if not USUAL.exists():
            return _with_policy(WorkerSettings())
        named = USUAL
    try:
        content = named.read_bytes()
    except FileNotFoundError as error:
        raise FileError("file-missing", path=str(named)) from error
    except OSError as error:
        raise FileError("file-unreadable", path=str(named), reason=reason_of(error)) from error
    settings = parse_struct(content, str(named), WorkerSettings)
    folder = named.absolute().parent
    paths = {name: getattr(settings, name) for name in _PATHS}
    return _with_policy(
        settings.model_copy(
            update={
                # Path.expanduser would raise for a user that does not exist
                name: str(folder / os.path.expanduser(value))  # noqa: PTH111
                for name, value in paths.items()
                if value
            }
        )
    )


def _with_policy(settings: WorkerSettings) -> WorkerSettings:
    """With a policy that is there now named, so that taking it away later does not open gates."""
    return settings.model_copy(update={"approval_policy": "" if settings.policy is None else str(settings.policy)})


def parse_struct(content: bytes, name: str, model: type[Settings]) -> Settings:
    """The one ``model`` that a YAML file holds. ``name`` stands in messages.

    Raises:
        FileError: no YAML; with its line.
        RunError: ``config-unknown-field``, ``config-missing-field``, ``config-bad-value``, ``config-doubled``.
        RunVersionError: ``config-format``.
    """
    raw = read_yaml(content, name)
    for found in raw.problems:
        raise _error(found)
    _refuse_doubled(content, name)
    data = raw.loose | {key: [record.data for record in records] for key, records in raw.lists.items()}
    written = str(data.get("format", FORMAT))
    if written.isdecimal() and int(written) > FORMAT:
        raise RunVersionError("config-format", path=name, found=written, known=FORMAT)
    settings, problems = validate(
        model, data, lambda path: Origin(name, locate(content, name, None, path) or 1), kind="settings"
    )
    for found in problems:
        raise _error(found)
    checked: Settings = settings
    return checked


def _refuse_doubled(content: bytes, name: str) -> None:
    """At the top level read_yaml takes lists together, as files of an estate may have several of a kind."""
    seen: set[str] = set()
    for root in yaml.compose_all(content, Loader=yaml.CSafeLoader):
        for key, _ in root.value if isinstance(root, yaml.MappingNode) else ():
            if key.value in seen:
                raise RunError("config-doubled", path=name, line=key.start_mark.line + 1, field=key.value)
            seen.add(key.value)


def _error(found: Problem) -> RunError:
    place: dict[str, Any] = {"path": found.origin.file, "line": found.origin.line}
    match found.code:
        case "unknown-field":
            return RunError("config-unknown-field", **place, field=found.path, nearest=found.nearest or "-")
        case "missing-field":
            return RunError("config-missing-field", **place, field=found.path)
        case "duplicate-field":
            return RunError("config-doubled", **place, field=found.path)
    data = found.data
    value, expected = data.get("value", ""), data.get("expected") or data.get("choices") or found.message
    expected = str(expected).removeprefix("Value error, ")
    return RunError("config-bad-value", **place, field=found.path, value=value, expected=expected)

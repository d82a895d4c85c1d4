"""The child process that runs Ansible for one call: ``python -m playbooks.child``.

A request comes as JSON on standard input (``Request``); standard output gets one JSON object a line (``event``: text,
task, stats, end). Whatever Ansible has started is ended before this process is: it adopts what detaches itself, as the
shared connections of ssh do.

Imports only the standard library until the request is read: what it costs to start is paid by every call.
"""

from __future__ import annotations

import ctypes
import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypedDict

from migration.run.guard import MARK, trace_of
from playbooks.start_ansible import PARENT

__all__ = ["Request", "descendants", "end_descendants", "main"]

_PR_SET_CHILD_SUBREAPER = 36
_LONGEST = 4000
"""Characters of a message or of a diff that are passed on."""
_STATUS = {
    "runner_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
    "runner_on_skipped": "skipped",
    "runner_item_on_skipped": "skipped",
}
_KEPT = ("changed", "msg", "stderr", "stdout", "rc", "censored", "module_stderr", "reason", "false_condition")


class Request(TypedDict):
    """What the executor asks for.

    ``folder``: the private workspace; ``control``: for sockets; ``arguments``: of ansible-playbook; ``vault_file``:
    path or empty; ``encrypted``: texts in the format of Ansible's vault, whose content is never shown.
    """

    folder: str
    control: str
    arguments: list[str]
    vault_file: str
    encrypted: list[str]


def descendants() -> list[int]:
    """Processes below this one that have not ended."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with suppress(OSError):
                state, parent = Path(entry.path, "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    children.setdefault(int(parent), []).append(int(entry.name))
    found: list[int] = []
    level = children.get(os.getpid(), [])
    while level:
        found += level
        level = [pid for parent in level for pid in children.get(parent, ())]
    return found


def end_descendants(grace: float) -> None:
    """End all processes below this one, politely for ``grace`` seconds."""
    until = time.monotonic() + grace
    number = signal.SIGTERM
    while left := descendants():
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.02)
        number = signal.SIGKILL if time.monotonic() > until else number


class Translator:
    """Events of ansible-runner to short ones of ours, without the secrets in ``hidden``."""

    def __init__(self, hidden: Iterable[str], write: Callable[[Mapping[str, Any]], None]) -> None:
        self._hidden = sorted({text for text in hidden if len(text) > 3}, key=len, reverse=True)
        self._write = write
        self._diffs: dict[tuple[str, str], str] = {}

    def __call__(self, event: Mapping[str, Any]) -> bool:
        """Handler of events; False: ansible-runner keeps no file of its own."""
        kind, data = event.get("event", ""), event.get("event_data") or {}
        if kind in _STATUS:
            self._write(self._masked(self._task(kind, event, data)))
        elif kind == "runner_on_file_diff":
            key = data.get("host", ""), data.get("task_uuid", "")  # a loop tells of each round
            self._diffs[key] = "\n".join(filter(None, (self._diffs.get(key), event.get("stdout", "").rstrip())))
        elif kind == "playbook_on_stats":
            counted = {"processed": data.get("processed", {}), "custom": data.get("artifact_data", {})}
            self._write(self._masked({"event": "stats", **counted}))
        elif kind in ("verbose", "error", "warning", "system_warning") and event.get("stdout"):
            self._write({"event": "text", "text": self._clear(event["stdout"])})
        return False

    def _task(self, kind: str, event: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        result = data.get("res") or _shown(event.get("stdout", ""))
        return {
            "event": "task",
            "status": _STATUS[kind],
            "host": data.get("host", ""),
            "task": data.get("task", ""),
            "path": data.get("task_path", ""),
            "action": data.get("resolved_action") or data.get("task_action", ""),
            "ignored": bool(data.get("ignore_errors")),
            "diff": self._clear(self._diffs.pop((data.get("host", ""), data.get("task_uuid", "")), "")),
            "result": {key: self._clear(result[key]) for key in _KEPT if key in result},
        }

    def _clear(self, value: Any) -> Any:
        """Masked, and then made short: a cut must not leave half a secret that nothing recognises."""
        return _short(self._masked(value))

    def _masked(self, value: Any) -> Any:
        if isinstance(value, str):
            for text in self._hidden:
                value = value.replace(text, "********")
            return value
        if isinstance(value, dict):
            return {self._masked(key): self._masked(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        return value


def _shown(text: str) -> dict[str, Any]:
    """The result that Ansible shows of a skipped task; its event has none."""
    with suppress(ValueError):
        found = json.loads(text.partition(" => ")[2])
        return found if isinstance(found, dict) else {}
    return {}


def _short(value: Any) -> Any:
    if not isinstance(value, str):
        return value if isinstance(value, bool | int | float | None) else _short(json.dumps(value, ensure_ascii=False))
    text = value.replace("\r\n", "\n")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}\n[...]\n{text[-_LONGEST // 2 :]}"


def decrypted(request: Request) -> list[str]:
    """The secrets in the request.

    Raises:
        ansible.errors.AnsibleError: the password is wrong or cannot be read.
    """
    if not request["encrypted"]:
        return []
    from ansible.parsing.dataloader import DataLoader
    from ansible.parsing.vault import VaultLib, get_file_vault_secret

    secret = get_file_vault_secret(filename=request["vault_file"], loader=DataLoader())
    secret.load()
    vault = VaultLib([("default", secret)])
    return [vault.decrypt(text).decode(errors="replace") for text in request["encrypted"]]


def run(request: Request, write: Callable[[Mapping[str, Any]], None]) -> None:
    """Carry out a request."""
    try:
        hidden = decrypted(request)
    except Exception as error:  # noqa: BLE001 - Ansible's errors have no common root that is cheap to import
        write({"event": "end", "code": 1, "vault": str(error).partition("\n")[0]})
        return
    import ansible_runner

    folder = Path(request["folder"])
    control = Path(request["control"], trace_of(os.environ.get(MARK, "")))
    control.mkdir(mode=0o700)
    result = ansible_runner.run(
        private_data_dir=str(folder / "runner"),
        project_dir=str(folder),
        ident="1",
        binary=sys.executable,
        cmdline=shlex.join(["-P", "-m", "playbooks.start_ansible", *request["arguments"]]),
        envvars={PARENT: str(os.getpid()), "ANSIBLE_SSH_CONTROL_PATH_DIR": str(control)},
        suppress_env_files=True,
        fact_cache_type="memory",
        quiet=True,
        event_handler=Translator(hidden, write),
        cancel_callback=lambda: False,  # signals are ours
    )
    write({"event": "end", "code": result.rc})


def main() -> None:
    """Read the request, carry it out, leave nothing running."""
    request: Request = json.load(sys.stdin)
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)  # the stream is for events only
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def stop(number: int, _frame: object) -> None:
        end_descendants(0.8)
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)

    def write(event: Mapping[str, Any]) -> None:
        stream.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")
        stream.flush()

    try:
        run(request, write)
    finally:
        end_descendants(0.3)


if __name__ == "__main__":
    main()

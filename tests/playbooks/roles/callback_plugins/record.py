"""A callback of Ansible that writes what each play did, one line of JSON a play: the tests read it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = "name: record\ntype: notification\nshort_description: x\ndescription: [x]\n"


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """One record a play: name, changed tasks, statistics that the role set, failures."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"

    def __init__(self) -> None:
        super().__init__()
        self.record: dict[str, Any] | None = None

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._write()
        self.record = {"entry": play.get_name(), "changed": [], "failed": [], "stats": {}}

    def v2_runner_on_ok(self, result: Any) -> None:
        assert self.record is not None
        data = result.result if hasattr(result, "result") else result._result
        if data.get("changed"):
            self.record["changed"].append(data.get("stdout", result.task_name))
        if "ansible_stats" in data:
            self.record["stats"] |= data["ansible_stats"]["data"]

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        assert self.record is not None
        data = result.result if hasattr(result, "result") else result._result
        if not ignore_errors:
            self.record["failed"].append(f"{data.get('msg', '')} {data.get('stderr', '')}".strip())

    def v2_runner_on_unreachable(self, _result: Any) -> None:
        assert self.record is not None
        self.record["failed"].append("unreachable")

    def v2_playbook_on_stats(self, _stats: Any) -> None:
        self._write()

    def _write(self) -> None:
        if self.record is not None:
            with Path(os.environ["RECORD"]).open("a", encoding="utf-8") as file:
                file.write(json.dumps(self.record, default=str) + "\n")

"""Ansible's network_cli on vtysh: prompts and refusals. The distribution brings no collection for FRR."""

from __future__ import annotations

import re
from typing import ClassVar

from ansible_collections.ansible.netcommon.plugins.plugin_utils.terminal_base import TerminalBase


class TerminalModule(TerminalBase):  # type: ignore[misc]
    """What network_cli asks of a terminal."""

    terminal_stdout_re: ClassVar = [re.compile(rb"[\r\n]?[\w.-]+(?:\(config[^)]*\))?# ?$")]
    terminal_stderr_re: ClassVar = [re.compile(rb"(?m)^% ")]

    def on_open_shell(self) -> None:
        """Paging off."""
        self._exec_cli_command(b"terminal length 0")

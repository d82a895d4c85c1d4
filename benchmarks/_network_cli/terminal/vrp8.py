"""Ansible's network_cli on VRP 8: prompts and refusals. No collection of the distribution brings this any more."""

from __future__ import annotations

import re
from typing import ClassVar

from ansible_collections.ansible.netcommon.plugins.plugin_utils.terminal_base import TerminalBase


class TerminalModule(TerminalBase):  # type: ignore[misc]
    """What network_cli asks of a terminal."""

    terminal_stdout_re: ClassVar = [re.compile(rb"[\r\n]?(?:<[^<>\r\n]+>|\[[~*]?[^\[\]\r\n]+\])\s*$")]
    terminal_stderr_re: ClassVar = [re.compile(rb"(?m)^Error:")]

    def on_open_shell(self) -> None:
        """Paging off."""
        self._exec_cli_command(b"screen-length 0 temporary")

"""Ansible's network_cli on vtysh: lines that act at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.ansible.netcommon.plugins.cliconf.default import Cliconf as Default


class Cliconf(Default):  # type: ignore[misc]
    """What ``cli_config`` asks of a platform."""

    def get_device_operations(self) -> dict[str, bool]:
        """The device compares by itself: nothing is left out of what is sent."""
        return {**super().get_device_operations(), "supports_onbox_diff": True, "supports_commit": False}

    def get_config(self, *_: Any, **__: Any) -> str:
        """``cli_config`` reads it before it writes."""
        return str(self.send_command("show running-config"))

    def edit_config(self, candidate: Sequence[str] = (), **_: Any) -> dict[str, Any]:
        """Send the lines, leave."""
        lines = ["configure terminal", *candidate, "end"]
        return {"request": lines, "response": [self.send_command(line) for line in lines], "diff": "sent"}

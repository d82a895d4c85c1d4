"""Ansible's network_cli on VRP 8: lines into a candidate, commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.ansible.netcommon.plugins.cliconf.default import Cliconf as Default


class Cliconf(Default):  # type: ignore[misc]
    """What ``cli_config`` asks of a platform."""

    def get_device_operations(self) -> dict[str, bool]:
        """The device compares by itself: nothing is left out of what is sent."""
        return {**super().get_device_operations(), "supports_onbox_diff": True, "supports_commit": True}

    def get_config(self, *_: Any, **__: Any) -> str:
        """``cli_config`` reads it before it writes."""
        return str(self.send_command("display current-configuration"))

    def edit_config(self, candidate: Sequence[str] = (), commit: bool = True, **_: Any) -> dict[str, Any]:
        """Send the lines, commit, leave."""
        lines = ["system-view", *candidate, *(["commit"] if commit else []), "return"]
        return {"request": lines, "response": [self.send_command(line) for line in lines], "diff": "sent"}

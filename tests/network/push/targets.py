"""Targets and logins that nothing real stands behind."""

from __future__ import annotations

from network.platforms import Platform
from network.transport import Login, Target

__all__ = ["login", "target"]


def target(device: str, platform: Platform, port: int = 22, host_key: str = "ssh-ed25519 AAAA") -> Target:
    """A device on this machine."""
    return Target(
        device=device, platform=platform, address="127.0.0.1", port=port, host_key=host_key, user="netops",
        encoding=platform.encoding, jump=None,
    )  # fmt: skip


def login(password: str | None = "secret") -> Login:
    """A login by password."""
    return Login(password=password, key_file=None, agent=False)

"""Changes of many devices, computed again only where something they depend on has changed."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from inventory.files import write_atomic
from inventory.kinds.network import Ipv6Stage
from network.config import parse, to_text
from network.diff import patch
from network.intent import DeviceIntent
from network.platforms import platform_of
from network.rendering.stages import intended

__all__ = ["Change", "ChangeCache"]


@dataclass(frozen=True)
class Change:
    """What a device gets: its whole intended configuration, the commands that lead there, and those that lead back."""

    intended: str
    commands: tuple[str, ...]
    back: tuple[str, ...]


@dataclass
class ChangeCache:
    """Changes by what they depend on: intent, stage, running configuration, platform and this program.

    ``folder``: where they are kept between runs, one file a change, readable by its owner only; None: in memory.
    ``computed``: how many were not found.
    """

    folder: Path | None = None
    computed: int = 0
    _memory: dict[str, Change] = field(default_factory=dict, repr=False)

    def change(self, intent: DeviceIntent, upto: Ipv6Stage, running: str) -> Change:
        """The change of one device from the text of its running configuration to the end of a stage.

        Raises as ``intended`` and ``network.config.parse``; a failure is not kept.
        """
        key = _key(intent, upto, running)
        found = self._memory.get(key) or self._kept(key)
        if found is None:
            found = _change(intent, upto, running)
            self.computed += 1
            if self.folder is not None:
                write_atomic(self.folder / f"{key}.json", orjson.dumps(found), private=True)
        self._memory[key] = found
        return found

    def _kept(self, key: str) -> Change | None:
        if self.folder is None:
            return None
        try:
            read = orjson.loads((self.folder / f"{key}.json").read_bytes())
            return Change(read["intended"], tuple(read["commands"]), tuple(read["back"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # missing or damaged: computed again


def _change(intent: DeviceIntent, upto: Ipv6Stage, running: str) -> Change:
    platform = platform_of(intent.platform)
    before = parse(platform, running)
    after = intended(intent, upto, before)
    return Change(
        to_text(platform, after), patch(platform, before, after).commands, patch(platform, after, before).commands
    )


def _key(intent: DeviceIntent, upto: Ipv6Stage, running: str) -> str:
    digest = hashlib.sha256(_program())
    for part in (intent.digest, upto.value, platform_of(intent.platform).model_dump_json(), running):
        digest.update(f"{len(part)} {part}".encode())
    return digest.hexdigest()


@functools.cache
def _program() -> bytes:
    """Hash of all that decides how a change comes out: the sources, tables and templates of these packages."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for package in ("config", "diff", "intent", "rendering"):
        for file in sorted((root / package).rglob("*")):
            if file.suffix in {".py", ".j2", ".yaml"}:
                digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return digest.digest()

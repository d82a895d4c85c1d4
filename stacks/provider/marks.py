"""What an object in a cloud carries of its stack and its URN, so that it is found when the state does not know it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

__all__ = ["Mark", "short_stack", "urn_hash"]

STACK_TAG, URN_TAG = "qianyun-stack=", "qianyun-urn="
STACK_KEY, URN_KEY = "qianyun.stack", "qianyun.urn"
# Neutron took tags of at most 60 characters until its 2024.1 release.
LONGEST_STACK = 60 - len(STACK_TAG)
_DESCRIBED = re.compile(
    r"(?:(?P<text>.*) )?(?P<open>\[?)qianyun (?P<stack>\S+) (?P<hash>[0-9a-f]{32})(?P<close>\]?)", re.DOTALL
)


def urn_hash(urn: str) -> str:
    """First 32 hexadecimal digits of the SHA-256 of a URN."""
    return sha256(urn.encode()).hexdigest()[:32]


def short_stack(stack: str) -> str:
    """Name of a stack as objects carry it: long ones keep their beginning and end in a hash of the whole."""
    if len(stack) <= LONGEST_STACK:
        return stack
    return f"{stack[: LONGEST_STACK - 17]}~{sha256(stack.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Mark:
    """Stack (as ``short_stack`` gives it) and hash of the URN."""

    stack: str
    hash: str

    @classmethod
    def of(cls, urn: str) -> Mark:
        """Mark of an object; a URN begins ``urn:pulumi:STACK::``."""
        return cls(short_stack(urn.split("::", 1)[0].removeprefix("urn:pulumi:")), urn_hash(urn))

    @property
    def tags(self) -> list[str]:
        """As tags of neutron and keystone."""
        return [f"{STACK_TAG}{self.stack}", f"{URN_TAG}{self.hash}"]

    @property
    def metadata(self) -> dict[str, str]:
        """As metadata of nova and cinder."""
        return {STACK_KEY: self.stack, URN_KEY: self.hash}

    def described(self, text: str) -> str:
        """A description that carries the mark behind its text."""
        bare = f"qianyun {self.stack} {self.hash}"
        return f"{text} [{bare}]" if text else bare

    @staticmethod
    def undescribed(description: str | None) -> tuple[str, Mark | None]:
        """(text of a description without the mark, mark that it carries)."""
        found = _DESCRIBED.fullmatch(description or "")
        if found is None or bool(found["open"]) != bool(found["close"]) or bool(found["text"]) != bool(found["open"]):
            return description or "", None
        return found["text"] or "", Mark(found["stack"], found["hash"])

    @classmethod
    def carried(
        cls, description: str | None = "", tags: Iterable[str] = (), metadata: Mapping[str, str] | None = None
    ) -> Mark | None:
        """The mark of an object as the cloud shows it; None for an object that we did not make."""
        found = dict(metadata or {})
        for tag in tags:
            for prefix, key in ((STACK_TAG, STACK_KEY), (URN_TAG, URN_KEY)):
                if tag.startswith(prefix):
                    found[key] = tag.removeprefix(prefix)
        if found.get(URN_KEY) and found.get(STACK_KEY):
            return cls(found[STACK_KEY], found[URN_KEY])
        return cls.undescribed(description)[1]

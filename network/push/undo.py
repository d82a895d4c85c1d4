"""Putting back what a device had before a push."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from network.config import parse, to_text
from network.errors import PushError
from network.push.model import same_config

if TYPE_CHECKING:
    from network.config import ConfigTree
    from network.push.journal import Journal
    from network.push.preview import Wish

__all__ = ["undo_wish"]


def undo_wish(journal: Journal, push: str, wish: Wish) -> Wish:
    """A wish for what ``push`` found on the device of ``wish``.

    Its ``wanted`` raises PushError ``push-changed-since`` where the device has neither what that push left nor what it
    found: something later would be undone with it. PushError ``push-not-kept``.
    """
    device, platform = wish.target.device, wish.target.platform
    before = journal.kept(push, device, "before")
    left = journal.kept(push, device, "intended")

    def wanted(running: ConfigTree) -> ConfigTree:
        now = to_text(platform, running)
        if not same_config(platform, now, left) and not same_config(platform, now, before):
            raise PushError("push-changed-since", device=device, push=push)
        return parse(platform, before)

    return replace(wish, wanted=wanted, label=f"undo {push}", retrofit=False, undoes=push)

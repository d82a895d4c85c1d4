"""FRR: a timer of ours on the device, through the session alone.

Arming saves the running configuration on the device together with the commands that lead back to it, proves with a dry
run that ``frr-reload.py`` would accept it, and starts a detached timer. When that fires it gives these commands at once
and compares; only what they have not brought back is left to ``frr-reload.py``, which takes a process for each line.

Whoever renames the folder ``armed`` first, timer or confirmation, has it: there is no moment in which both act. A
restart of the device kills the timer; the folder stays and says so.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from importlib import resources
from typing import TYPE_CHECKING

from network.errors import PushError
from network.push.guards.base import GuardState
from network.push.guards.common import bounded

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.transport import Session

__all__ = ["TimerGuard"]

END = "# end of the guard's script"
KEEP = (
    'umask 077; file="$HOME/.qianyun-guard.sh"; new=$(mktemp "$file.XXXXXX") && '
    f'while IFS= read -r line && [ "$line" != "{END}" ]; do printf "%s\\n" "$line"; done >"$new" && '
    'mv "$new" "$file" && sh "$file"'
)
"""Keeps the script on the device, for the timer that outlives the session, and runs it with what follows the script."""
ANSWER = re.compile(r"(?m)^qianyun-guard: (?P<word>[a-z]+)(?: (?P<rest>.*))?$")


class TimerGuard:
    """See ``Guard``."""

    acts_at_once = True

    def __init__(self, platform: Platform, device: str) -> None:
        self._platform, self._device = platform, device

    def seconds(self, wished: int) -> int:
        """See ``Guard``."""
        return bounded(self._platform, wished)

    def state(self, session: Session) -> GuardState:
        """See ``Guard``."""
        word, _ = self._ask(session, "state")
        return GuardState(word)

    def arm(self, session: Session, seconds: int, token: str, back: Callable[[], Sequence[str]]) -> None:
        """See ``Guard``. The timer is read back by a call of its own: what starts it is not what proves it."""
        commands = "".join(f"{line}\n" for line in back())
        word, rest = self._ask(session, "arm", str(seconds), token, stdin=commands)
        if word != "started":
            raise PushError("push-not-armed", device=self._device, reason=rest)
        word, rest = self._ask(session, "state")
        if word != GuardState.ARMED or rest.split(" ")[0] != token:
            raise PushError("push-not-armed", device=self._device, reason=f"its state is '{word} {rest}'")
        session.enter()

    def start(self, session: Session, seconds: int, token: str) -> None:  # noqa: ARG002
        """Lines act at once: only the view is left."""
        session.leave()

    def confirm(self, first: Session, fresh: Session, token: str) -> None:  # noqa: ARG002
        """See ``Guard``: from the new login, one call for both, so that a pusher that dies does not part them."""
        word, rest = self._ask(fresh, "confirm", token)
        match word:
            case "confirmed":
                return
            case "unsaved":
                raise PushError("push-not-saved", device=self._device, reason=rest)
            case _:
                raise PushError("push-not-confirmed", device=self._device, reason=rest)

    def save(self, session: Session) -> None:
        """See ``Guard``."""
        word, rest = self._ask(session, "save")
        if word != "saved":
            raise PushError("push-not-saved", device=self._device, reason=rest)

    def abort(self, session: Session) -> bool:
        """See ``Guard``."""
        word, _ = self._ask(session, "fire")
        return word in ("fired", "none")

    def _ask(self, session: Session, *words: str, stdin: str = "") -> tuple[str, str]:
        """(word, rest) of the answer. PushError ``push-not-armed`` where there is no answer at all."""
        script = (resources.files("network.push.guards") / "frr_guard.sh").read_text(encoding="utf-8")
        said = session.shell(f"{KEEP} {shlex.join(words)}", stdin=f"{script}{END}\n{stdin}", timeout=120)
        found = ANSWER.search(said)
        if found is None:
            raise PushError(
                "push-not-armed", device=self._device, reason=said.strip()[-200:] or "no answer from its shell"
            )
        return found["word"], found["rest"] or ""

"""The guard that runs on an FRR router, as a program of its own."""

from __future__ import annotations

import shlex
import signal
import threading
import time
from collections.abc import Callable, Iterator
from importlib import resources
from os import kill
from pathlib import Path

import pytest

from network.push.guards.frr import ANSWER, END, KEEP
from tests.network.push.frr_box import BEFORE, FrrBox

CHANGED = BEFORE.replace("exit\n", " ipv6 address 2001:db8::1/64\nexit\n", 1)
DEADLINE = 10.0


@pytest.fixture
def box(tmp_path: Path) -> Iterator[FrrBox]:
    made = FrrBox(tmp_path)
    yield made
    ask(made, "fire")


def ask(box: FrrBox, *words: str, stdin: str = "") -> tuple[str, str]:
    script = (resources.files("network.push.guards") / "frr_guard.sh").read_text(encoding="utf-8")
    said = box.shell(f"{KEEP} {shlex.join(words)}", stdin=f"{script}{END}\n{stdin}")
    found = ANSWER.search(said)
    assert found is not None, said
    return found["word"], found["rest"] or ""


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def timer_of(box: FrrBox) -> int:
    return int((box.folder / "home" / ".qianyun-guard" / "armed" / "timer").read_text())


def test_it_fires_when_nobody_confirms(box: FrrBox) -> None:
    assert ask(box, "state") == ("none", "")
    assert ask(box, "arm", "1", "token-1") == ("started", "1")
    assert ask(box, "state") == ("armed", "token-1")
    box.running = CHANGED
    wait_for(lambda: ask(box, "state") == ("none", ""))
    assert box.running == BEFORE


def test_commands_that_lead_back_go_first_and_need_not_be_enough(box: FrrBox) -> None:
    for given in (BEFORE, CHANGED.replace("R1", "R2")):
        box.running = BEFORE
        ask(box, "arm", "60", "token-1", stdin=f"! back\n{given}")
        box.running = CHANGED
        assert ask(box, "fire") == ("fired", "0")
        assert box.running == BEFORE
    assert (box.folder / "loaded").read_text().count("! back") == 2


def test_it_does_not_fire_before_its_time(box: FrrBox) -> None:
    ask(box, "arm", "3", "token-1")
    box.running = CHANGED
    time.sleep(1)
    assert box.running == CHANGED
    assert ask(box, "state")[0] == "armed"


def test_confirming_saves_and_ends_the_timer(box: FrrBox) -> None:
    ask(box, "arm", "1", "token-1")
    box.running = CHANGED
    assert ask(box, "confirm", "token-1") == ("confirmed", "")
    assert ask(box, "state") == ("none", "")
    time.sleep(1.5)
    assert box.running == CHANGED
    assert box.saved == CHANGED


def test_only_its_own_token_confirms(box: FrrBox) -> None:
    ask(box, "arm", "60", "token-1")
    assert ask(box, "confirm", "token-2")[0] == "error"
    assert ask(box, "state") == ("armed", "token-1")


def test_a_second_guard_is_refused(box: FrrBox) -> None:
    ask(box, "arm", "60", "token-1")
    assert ask(box, "arm", "60", "token-2") == ("error", "a guard is armed already")


def test_nothing_is_armed_where_going_back_would_fail(box: FrrBox) -> None:
    box.set_fault("broken")
    word, why = ask(box, "arm", "60", "token-1")
    assert word == "error"
    assert "no permission" in why
    assert ask(box, "state") == ("none", "")


def test_nothing_is_armed_without_a_configuration_to_go_back_to(box: FrrBox) -> None:
    box.running = ""
    assert ask(box, "arm", "60", "token-1")[0] == "error"


def test_confirming_says_when_nothing_was_saved(box: FrrBox) -> None:
    box.set_fault("full")
    ask(box, "arm", "60", "token-1")
    box.running = CHANGED
    assert ask(box, "confirm", "token-1")[0] == "unsaved"
    assert box.running == CHANGED
    assert box.saved == BEFORE


def test_a_restart_kills_the_timer_and_the_guard_says_so_and_can_be_fired(box: FrrBox) -> None:
    ask(box, "arm", "60", "token-1")
    box.running = CHANGED
    kill(-timer_of(box), signal.SIGKILL)
    wait_for(lambda: ask(box, "state")[0] == "dead")
    assert ask(box, "fire") == ("fired", "0")
    assert box.running == BEFORE
    assert ask(box, "state") == ("none", "")


def test_fired_by_hand_the_timer_does_not_fire_into_the_next_guard(box: FrrBox) -> None:
    ask(box, "arm", "2", "token-1")
    ask(box, "fire")
    ask(box, "arm", "60", "token-2")
    box.running = CHANGED
    time.sleep(2.5)
    assert box.running == CHANGED
    assert ask(box, "state") == ("armed", "token-2")


def test_the_timer_and_a_confirmation_never_both_act(box: FrrBox) -> None:
    """Confirming in the very moment of firing: either the change stays and is confirmed, or it is taken back."""
    for attempt in range(4):
        box.running = BEFORE
        token = f"token-{attempt}"
        ask(box, "arm", "1", token)
        box.running = CHANGED
        said: list[str] = []
        thread = threading.Timer(0.9 + attempt * 0.05, lambda t=token, s=said: s.append(ask(box, "confirm", t)[0]))
        thread.start()
        thread.join()
        wait_for(lambda: ask(box, "state")[0] == "none")
        assert box.running == (CHANGED if said == ["confirmed"] else BEFORE)

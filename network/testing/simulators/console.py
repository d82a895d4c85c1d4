"""The command line of one login: views, questions, display commands, commits. Knows no terminal and no network."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from network.testing.simulators.display import display
from network.testing.simulators.editor import Editor

if TYPE_CHECKING:
    from network.testing.simulators.device import Simulator

__all__ = ["Answer", "Console", "Fault"]

Dialog = Generator[str, str, str]
"""Yields questions, is sent answers, returns what is printed at last."""

COMMIT = re.compile(
    r"commit(?P<trial> trial(?: (?P<seconds>\d+))?)?(?: label (?P<label>\S+))?(?: description (?P<words>.+))?"
)
DELAY = re.compile(r"configuration commit delay (\d+)")
LEVEL_DISPLAY, LEVEL_CONFIGURE = 1, 3
CONTINUE = "Are you sure to continue? [Y/N]:"


class Fault(Enum):
    """What becomes of a line that the device does something wrong with."""

    NONE = "none"
    HANG = "hang"
    CUT = "cut"


@dataclass(frozen=True)
class Answer:
    """What the device prints. ``asks``: it is a question, and the next line answers it. ``ends``: the session ends."""

    text: str
    asks: bool = False
    ends: bool = False


class Console:
    """One login. ``on_cut``: called when the device ends the session by itself."""

    def __init__(self, device: Simulator, user: str, on_cut: Callable[[], None] | None = None) -> None:
        self.device, self.user = device, user
        self.level = device.accounts[user].level
        self.number = device.next_session()
        self.path: tuple[str, ...] = ()
        self.configuring = False
        self.paging = True
        self.over = False
        self._on_cut = on_cut
        self._dialog: Dialog | None = None
        self._candidate: Editor | None = None
        self._candidate_of = 0
        self._compared: tuple[tuple[int, int, int], bool] = ((0, 0, 0), False)
        device.consoles[self.number] = self

    # ---- what a terminal uses ----------------------------------------------------------------------------------------

    @property
    def prompt(self) -> str:
        """The prompt of the present view."""
        name = self.device.name
        if not self.configuring:
            return f"<{name}>"
        mark = "" if not self.device.two_stage else "*" if self.dirty or self._in_trial() else "~"
        return f"[{mark}{name}{''.join(f'-{_short(text)}' for text in self.path)}]"

    @property
    def dirty(self) -> bool:
        """Whether there are lines that were not committed."""
        if self._candidate is None:
            return False
        state = (id(self._candidate), self._candidate.edits, self.device.version)
        if state != self._compared[0]:  # asked for with every prompt, and configurations may be long
            self._compared = (state, self._candidate.root != self.device.root)
        return self._compared[1]

    @property
    def candidate(self) -> str | None:
        """The candidate of this session, printed; None: there is none."""
        return None if self._candidate is None else self.device.printed(self._candidate.root)

    def submit(self, text: str) -> Answer:
        """A line was typed."""
        with self.device.lock:
            if self._dialog is not None:
                return self._go_on(self._dialog, text.strip())
            line = " ".join(text.split())
            if not line or line.startswith("#"):
                return Answer("")
            self.device.typed.append((self.user, line))
            if line == "quit" and not self.configuring:
                self.close()
                return Answer("", ends=True)
            return self._go_on(self._handle(line), None)

    def fault(self, line: str) -> Fault:
        """Carry out what the device does wrong with a line before it looks at it."""
        faults, device = self.device.faults, self.device
        if faults.hang_on and re.search(faults.hang_on, line):
            return Fault.HANG
        if faults.reboot_on and re.search(faults.reboot_on, line) and device.once("reboot"):
            device.reboot()
            return Fault.CUT
        drop = faults.drop_on and re.search(faults.drop_on, line) and device.once("drop_on")
        if drop or (0 < faults.drop_after <= len(device.typed) and device.once("drop_after")):
            self.cut()
            return Fault.CUT
        return Fault.NONE

    def close(self) -> None:
        """The session has ended; what was not committed is gone."""
        self.over = True
        self._candidate = None
        self.device.consoles.pop(self.number, None)

    def cut(self) -> None:
        """The device ends the session."""
        self.close()
        if self._on_cut is not None:
            self._on_cut()

    def _go_on(self, dialog: Dialog, answer: str | None) -> Answer:
        try:
            question = next(dialog) if answer is None else dialog.send(answer)
        except StopIteration as end:
            self._dialog = None
            return Answer(str(end.value or ""))
        self._dialog = dialog
        return Answer(question, asks=True)

    # ---- commands ----------------------------------------------------------------------------------------------------

    def _handle(self, line: str) -> Dialog:
        device, errors = self.device, self.device.dialect.errors
        refused = next((said for pattern, said in device.faults.refuse if re.search(pattern, line)), None)
        if refused is not None:
            return refused
        if self.level < LEVEL_DISPLAY:
            return errors["permission"]
        if re.fullmatch(r"screen-length (?:0 temporary|disable)", line):
            self.paging = False
            return ""
        if re.match(r"(?:screen-width|terminal)\b", line):
            return ""
        if re.match(r"(?:display|ping)\b", line):
            return display(self, line)
        if self.level < LEVEL_CONFIGURE:
            return errors["permission"]
        if re.fullmatch(r"save\b.*", line):
            return (yield from self._save(line))
        if line == "reboot":
            if (yield "Warning: The system will restart. Continue? [Y/N]:").lower().startswith("y"):
                device.reboot()
            return ""
        if not self.configuring:
            return (yield from self._operational(line))
        return (yield from self._configuration(line))

    def _operational(self, line: str) -> Dialog:
        if line == "system-view":
            self.configuring, self.path = True, ()
            two = "Enter system view, return user view with return command."
            return two if self.device.two_stage else "System View: return to User View with Ctrl+Z."
        found = re.fullmatch(r"rollback configuration (?:to commit-id (\d+)|last (\d+))", line)
        if found is not None and self.device.two_stage:
            return (yield from self._roll_back(found))
        return self.device.dialect.errors["unknown"]

    def _configuration(self, line: str) -> Dialog:
        if line == "return" or (line == "quit" and not self.path):
            return (yield from self._leave())
        if line == "quit":
            self.path = self.path[:-1]
            return ""
        if self.device.two_stage:
            if line.startswith("commit"):
                return self._commit(line)
            if line == "abort trial":
                return (yield from self._abort())
            if line == "clear configuration candidate":
                self._candidate = None
                return ""
            if self.device.armed is not None:
                return "Error: The system is in the trial configuration mode, and cannot be configured."
        else:
            if line.startswith("configuration commit"):
                return self._delay(line)
            if line.startswith("configuration replace file "):
                return (yield from self._replace(line.rpartition(" ")[2]))
        return self._edit(line)

    def _edit(self, line: str) -> str:
        device = self.device
        if device.faults.ignore and re.search(device.faults.ignore, line):
            return ""
        if not device.two_stage:
            editor = Editor(device.dialect, device.root)
        else:
            if self._candidate is None:
                self._candidate, self._candidate_of = Editor(device.dialect, device.root.copy()), device.version
            editor = self._candidate
        typed = editor.type(self.path, line)
        self.path = typed.views
        if not typed.error and not device.two_stage:
            device.touch()
        return typed.error

    def _leave(self) -> Dialog:
        if self.dirty:
            answer = yield (
                "Warning: Uncommitted configurations found. Are you sure to commit them before exiting? "
                "[Y(yes)/N(no)/C(cancel)]:"
            )
            if answer[:1].lower() == "c":
                return ""
            if answer[:1].lower() == "y":
                said = self._commit("commit")
                if said.startswith("Error"):
                    return said
        self._candidate = None
        self.configuring, self.path = False, ()
        return ""

    # ---- VRP 8 -------------------------------------------------------------------------------------------------------

    def _in_trial(self) -> bool:
        return self.device.armed is not None and self.device.armed.session == self.number

    def _commit(self, line: str) -> str:
        device, errors = self.device, self.device.dialect.errors
        found = COMMIT.fullmatch(line)
        if found is None:
            return errors["unknown"]
        if device.armed is not None:
            if found["trial"]:
                return "Error: The system is in the trial configuration mode."
            if not self._in_trial():
                return "Error: The trial configuration belongs to another session."
            armed = device.disarm()
            assert armed is not None  # it was there
            now, device.root = device.root, armed.before
            device.put(now, user=self.user, label=found["label"] or "")
            return ""
        seconds = int(found["seconds"] or 600)
        if found["trial"] and not 60 <= seconds <= 65535:
            return errors["wrong"]
        if self._candidate is None or not self.dirty:
            return ""
        if self._candidate_of != device.version:
            return "Error: The running configuration was changed by another session, and the candidate is out of date."
        before, new = device.root, self._candidate.root
        self._candidate = None
        if not found["trial"]:
            device.put(new, user=self.user, label=found["label"] or "")
            return ""
        device.root = new
        device.touch()
        device.arm(before, seconds, self.number)
        return (
            "Committing..done.\n"
            "Info: The system enters the trial configuration mode. The system will revert to previous "
            f"configuration if the trial configuration is not confirmed in {seconds} seconds."
        )

    def _abort(self) -> Dialog:
        if self.device.armed is None:
            return "Error: The system is not in the trial configuration mode."
        answer = yield "Warning: The trial configuration will be rolled back. Continue? [Y/N]:"
        if answer[:1].lower() == "y":
            self.device.fire()
        return ""

    def _roll_back(self, found: re.Match[str]) -> Dialog:
        device = self.device
        answer = yield f"Warning: This operation will revert configuration changes to the previous state. {CONTINUE}"
        if answer[:1].lower() != "y":
            return ""
        wanted = int(found[1]) if found[1] else 0
        points = device.commits[-int(found[2]) :] if found[2] else [one for one in device.commits if one.id > wanted]
        if not points and all(one.id != wanted for one in device.commits):
            return "Error: The rollback point does not exist."
        if points:
            device.put(points[0].before.copy(), user=self.user, label="")
        return "Loading rollback changes\nCommitting..done.\nInfo: Configuration rolled back successfully."

    # ---- Comware 7 ---------------------------------------------------------------------------------------------------

    def _delay(self, line: str) -> str:
        device = self.device
        if line == "configuration commit":
            return (
                ""
                if device.disarm() is not None
                else " % No configuration commit delay is running: it cannot be committed."
            )
        found = DELAY.fullmatch(line)
        if found is None:
            return device.dialect.errors["unknown"]
        if not 1 <= int(found[1]) <= 65535:
            return device.dialect.errors["wrong"]
        before = device.armed.before if device.armed is not None else device.root.copy()
        device.arm(before, int(found[1]) * 60, self.number)
        return ""

    def _replace(self, name: str) -> Dialog:
        device = self.device
        known = {"startup.cfg": device.saved, **device.files}
        wanted = known.get(name.removeprefix("flash:/"))
        if wanted is None:
            return " % The file does not exist."
        answer = yield "Current configuration will be lost, save current configuration? [Y/N]:"
        if answer[:1].lower() == "y":
            device.save()
        device.bring_back(wanted)
        return (
            "Now replacing the current configuration. Please wait...\n"
            f"Succeeded in replacing current configuration with the file {name}."
        )

    # ---- saving ------------------------------------------------------------------------------------------------------

    def _save(self, line: str) -> Dialog:
        device = self.device
        if device.two_stage:
            if line != "save":
                return device.dialect.errors["unknown"]
            answer = yield f"Warning: The current configuration will be written to the device.\n{CONTINUE}"
            if answer[:1].lower() != "y":
                return ""
            device.save()
            return "Now saving the current configuration to the slot 1 .\nInfo: Save the configuration successfully."
        found = re.fullmatch(r"save(?: (?P<force>force)| (?P<file>\S+\.cfg))?", line)
        if found is None:
            return device.dialect.errors["unknown"]
        name = found["file"] or ""
        if not found["force"]:
            words = "The current configuration will be written to the device. Are you sure? [Y/N]:"
            if not (yield words).lower().startswith("y"):
                return ""
        if not found["force"] and not name:
            name = yield (
                "Please input the file name(*.cfg)[flash:/startup.cfg]\n"
                "(To leave the existing filename unchanged, press the enter key):"
            )
            name = name.removeprefix("flash:/")
            if name in ("", *device.files) and not (
                yield f"flash:/{name or 'startup.cfg'} exists, overwrite? [Y/N]:"
            ).lower().startswith("y"):
                return ""
        device.save(name)
        return "Validating file. Please wait...\nSaved the current configuration to mainboard device successfully."


def _short(text: str) -> str:
    """The part of a prompt that names a view."""
    words = text.split()
    if words[0] == "interface":
        return words[1]
    return {"ipv6-family": "af-ipv6", "ipv4-family": "af-ipv4"}.get(words[0], "-".join(words)[:30])

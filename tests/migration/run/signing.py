"""Real keys, a signers file and a runbook with gates, for tests of approvals."""

from __future__ import annotations

import datetime as dt
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migration.run.approvals import check, make_document, sign
from migration.run.events import ApprovalGiven, ApprovalRefused
from migration.runbook.model import Call, ExecutorKind, Runbook, RunbookItem, Stage, Step, StepGroup

NOW = dt.datetime(2021, 4, 9, 14, 0, tzinfo=dt.UTC)
RUN = "w14-cutover-1"
NONCE = "0123456789abcdef"


def make_item(name: str, *, gate: str = "go", role: str = "", slice_hash: str = "s1", **parameters: Any) -> RunbookItem:
    """An item with one gate and one command behind it."""
    steps = (
        Step(id=gate, executor=ExecutorKind.APPROVAL, role=role, parameters=parameters),
        Step(id="switch", executor=ExecutorKind.COMMAND, act=Call(argv=("true",))),
    )
    return RunbookItem(
        item=f"system/{name}/cutover",
        object=f"system:{name}",
        site="140000",
        slice_hash=slice_hash,
        groups=(StepGroup(id="all", steps=steps),),
    )


def make_runbook(*items: RunbookItem, **changed: Any) -> Runbook:
    """A runbook of a cutover."""
    chosen = items or (make_item("a"), make_item("b"))
    return Runbook(**{"name": "w14", "stage": Stage.CUTOVER, "plan_hash": "p1", "items": chosen, **changed})


@dataclass
class Office:
    """Keys and the worker's files in a folder."""

    folder: Path
    runbook: Runbook = field(default_factory=make_runbook)

    @property
    def signers(self) -> Path:
        return self.folder / "allowed_signers"

    @property
    def policy(self) -> Path:
        return self.folder / "policy.yaml"

    @property
    def in_force(self) -> Path | None:
        """The policy that the worker's settings name: the one that was written."""
        return self.policy if self.policy.exists() else None

    def key(self, name: str) -> Path:
        """The private key of a name; made when it is first asked for."""
        path = self.folder / f"{name}.key"
        if not path.exists():
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return path

    def public(self, name: str) -> str:
        return self.key(name).with_suffix(".key.pub").read_text(encoding="utf-8").strip()

    def allow(self, *lines: str) -> None:
        """Write the signers file: a line is a name, or a whole line."""
        whole = [line if " " in line else f"{line} {self.public(line)}" for line in lines]
        self.signers.write_text("\n".join(whole) + "\n", encoding="utf-8")
        self.signers.chmod(0o600)

    def rule(self, text: str) -> None:
        """Write the policy."""
        self.policy.write_text(text, encoding="utf-8")
        self.policy.chmod(0o600)

    def document(self, principal: str, **changed: Any) -> str:
        wanted = {"run": RUN, "nonce": NONCE, "now": NOW, "gate": "go", "runbook": self.runbook, **changed}
        return make_document(wanted.pop("runbook"), wanted.pop("gate"), principal=principal, **wanted)

    def judge(self, document: str, signature: str, **changed: Any) -> ApprovalGiven | ApprovalRefused:
        """What a worker says."""
        wanted: dict[str, Any] = {
            "run": RUN,
            "nonce": NONCE,
            "runbook": self.runbook,
            "gate": "go",
            "signers": self.signers,
            "policy_path": self.in_force,
            "given": (),
            "now": NOW,
            **changed,
        }
        return check(document, signature, **wanted)

    def approve(self, principal: str, *, given: tuple[ApprovalGiven, ...] = (), **changed: Any) -> ApprovalGiven:
        """An approval that counts."""
        document = self.document(principal, **changed)
        found = self.judge(document, sign(document, key=self.key(principal)), given=given)
        assert isinstance(found, ApprovalGiven), found
        return found

    def refusal(self, document: str, signature: str, **changed: Any) -> str:
        """The code of a refusal."""
        found = self.judge(document, signature, **changed)
        assert isinstance(found, ApprovalRefused), found
        return found.code

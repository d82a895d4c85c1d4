"""What the tests of every kind against a real OpenStack share: a plug-in, a cloud, and the life of an object."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from stacks.provider.finding import Finder
from stacks.provider.model import Marking
from stacks.provider.tables.kinds import BY_TOKEN
from tests.stacks.provider.wire_client import FailedError, Plugin, token_of, urn_of

STACK = "zone.test"


@dataclasses.dataclass
class Life:
    """What one kind goes through.

    Attributes:
        inputs: it is made with.
        changes: to other values that are updates.
        drifted: properties whose inputs a refresh then shows otherwise.
    """

    kind: str
    inputs: Mapping[str, Any]
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    drifted: tuple[str, ...] = ()


class Place:
    """A plug-in, what it has made, and the cloud as its administrator sees it."""

    def __init__(self, found: Plugin, cloud: Any, login: str) -> None:
        self.plugin = found
        self.cloud = cloud
        self.finder = Finder(login)
        self.made: list[tuple[str, str, dict[str, Any]]] = []

    def make(self, kind: str, label: str = "x", /, **inputs: Any) -> tuple[str, dict[str, Any]]:
        assert self.plugin.failures(kind, inputs) == {}
        id, outputs = self.plugin.create(kind, inputs, label, stack=STACK)
        self.made.append((kind, id, inputs))
        return id, outputs

    def remove(self, id: str) -> None:
        (row,) = [row for row in self.made if row[1] == id]
        self.made.remove(row)
        self.plugin.delete(row[0], row[1], row[2])

    def clear(self) -> None:
        for kind, id, inputs in reversed(self.made):
            with contextlib.suppress(FailedError):
                self.plugin.delete(kind, id, inputs)
        self.made.clear()


def live(place: Place, life: Life, spoil: Callable[[str], object] | None = None) -> None:
    """Makes, reads, finds, changes, spoils, repairs, imports and removes an object of a kind."""
    wire, inputs = place.plugin, dict(life.inputs)
    urn = urn_of(life.kind, "life", STACK)
    id, outputs = place.make(life.kind, "life", **inputs)
    assert {name: outputs[name] for name in inputs if name != "fixed_ips"} == {
        name: value for name, value in inputs.items() if name != "fixed_ips"
    }
    # Found by what it carries, and by nothing else.
    assert place.finder.find(token_of(life.kind), urn, inputs) == id
    if BY_TOKEN[token_of(life.kind)].marking is not Marking.NONE:
        assert place.finder.find(token_of(life.kind), urn_of(life.kind, "other", STACK), inputs) is None
    # A refresh of what nobody touched changes nothing.
    seen = wire.read(life.kind, id, inputs, outputs)
    assert seen is not None
    assert seen[0] == inputs
    assert wire.diff(life.kind, seen[0], inputs, seen[1])[0] == {}
    # An import fills in all inputs, and a program with the same inputs then wants no change.
    imported = wire.read(life.kind, id)
    assert imported is not None
    assert wire.diff(life.kind, imported[0], inputs, imported[1])[0] == {}
    for name, value in life.changes.items():
        new = {**inputs, name: value}
        kinds, _ = wire.diff(life.kind, inputs, new, outputs)
        assert set(kinds) == {name}
        assert kinds[name] in {"ADD", "UPDATE", "DELETE"}, name
        outputs = wire.update(life.kind, id, inputs, new, outputs, "life", stack=STACK)
        inputs = new
        assert outputs[name] == value, "outputs repeat inputs, the new ones"
        again = wire.read(life.kind, id, inputs, outputs)
        assert again is not None
        assert again[0] == inputs, name
    if life.changes:
        assert place.finder.find(token_of(life.kind), urn, inputs) == id
    if life.drifted and spoil is not None:
        spoil(id)
        drifted = wire.read(life.kind, id, inputs, outputs)
        assert drifted is not None
        found = wire.diff(life.kind, drifted[0], inputs, drifted[1])[0]
        assert set(found) == set(life.drifted)
        outputs = wire.update(life.kind, id, drifted[0], inputs, drifted[1], "life", stack=STACK)
        repaired = wire.read(life.kind, id, inputs, outputs)
        assert repaired is not None
        assert repaired[0] == inputs
    place.made[-1] = (life.kind, id, inputs)
    place.remove(id)
    assert wire.read(life.kind, id, inputs, outputs) is None
    # Removing what is gone is fine: an engine that was killed asks again.
    wire.delete(life.kind, id, inputs)
    if life.kind != "Quota":
        assert place.finder.find(token_of(life.kind), urn, inputs) is None

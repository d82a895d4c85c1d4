"""One block of the plan, the same in every allocation: cut for the divisions, and for what each of them has in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from inventory.addressing_settings import BlockPlan
from inventory.kinds.network import PrefixPurpose
from inventory.kinds.territory import Level
from network.addressing.ground import Given, Ground, Wanted, record_id
from network.addressing.kept import Held, block_of, scope
from network.addressing.model import Assignment
from network.addressing.space import BITS, Block, Space

__all__ = ["Tree"]


class Tree:
    """The blocks of one purpose and VPN.

    blocks: division -> its prefixes here (several only where several allocations were made to it). own: division -> the
    part for its own use. made: id -> assignment.
    """

    def __init__(self, ground: Ground, rows: Sequence[BlockPlan]) -> None:
        self.ground = ground
        self.row = rows[0]
        self.purpose: PrefixPurpose = self.row.purpose
        self.vpn = self.row.vpn
        self.blocks: dict[str, tuple[Block, ...]] = {}
        self.own: dict[str, Block] = {}
        self.made: dict[str, Assignment] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._records: dict[str, Held | None] = {}
        self._owns: dict[str, Held | None] = {}
        self._shown: set[str] = set()
        settings = ground.settings
        for root in ground.territory.roots:
            bases = [block_of(each.prefix) for each in settings.allocations if each.division == root]
            fits = [base for base in bases if base.length <= settings.block_length]
            self.blocks[root] = tuple(
                base.part(row.block, settings.block_length)
                for base in fits
                for row in rows
                if not row.block >> (settings.block_length - base.length)
            )
            self._name_root(root)
        for id in ground.territory.top_down():
            if self.blocks.get(id):
                self._set_own(id)
                self._divide(id)

    def _name_root(self, root: str) -> None:
        """Names of a root's prefixes: those on record keep theirs, in whatever order allocations stand."""
        names = [_numbered(root, number) for number in range(len(self.blocks[root]))]
        claims = {name: self.ground.kept.claim(self.id("division", name), ()) for name in names}
        held = {claim.block: name for name, claim in claims.items() if claim is not None}
        known = {name for block, name in held.items() if block in self.blocks[root]}
        free = iter([name for name in names if name not in known])
        self._names[root] = tuple(held[block] if block in held else next(free) for block in self.blocks[root])
        self._records |= {name: claims[name] if name in known else None for name in names}

    # ---- divisions ----------------------------------------------------------------------------------------------

    def _set_own(self, id: str) -> None:
        row = self.ground.territory.plan_of.get(id)
        first = self.blocks[id][0]
        if row is not None and row.own_length is not None and row.own_length < first.length:
            self._too_small(id, first, row.own_length)
        own_length = self._own_length(id, first)
        if own_length is None:
            self.own[id] = first
            return
        held = None
        if self.purpose is PrefixPurpose.USERS:
            held = self.ground.kept.claim(self.id("own", id), (scope(self.purpose, self.vpn, "division", id),))
        self.own[id] = held.block if held is not None else self._first_free(id, first, own_length)
        self._owns[id] = held

    def _own_length(self, id: str, block: Block) -> int | None:
        return self.ground.own_length(self.ground.inventory.divisions[id].level, block.length)

    def _first_free(self, id: str, block: Block, length: int) -> Block:
        """The first part of a prefix, but for one that is on record as of a division below (places are then few)."""
        if not self.ground.kept.any:
            return block.part(0, length)
        parts = (block.part(index, length) for index in range(1 << (length - block.length)))
        return next((part for part in parts if not self.ground.is_below(id, part)), block.part(0, length))

    def _divide(self, id: str) -> None:
        ground = self.ground
        territory = ground.territory
        names = territory.below.get(id, ())
        if not names:
            return
        containers = self.blocks[id]
        first = self._own_length(id, containers[0])
        # Also where the own part lies elsewhere the first place stays free of others: no block differs from another.
        reserved = [self.own[id], containers[0].part(0, first)] if first is not None else []
        spaces = [ground.space(block, reserved if number == 0 else ()) for number, block in enumerate(containers)]
        wanted = [self._wanted_division(name, containers[0]) for name in names]
        fitting = [each for each in wanted if each.length > containers[0].length]
        for each in wanted:
            if each.length <= containers[0].length:
                self._too_small(each.name, containers[0], each.length)
        given = ground.fill(spaces, fitting)
        for each in fitting:
            if each.name not in given:
                self._exhausted(id, ground.inventory.divisions[each.name].level.value, f"division:{each.name}")
                continue
            block, held = given[each.name]
            self.blocks[each.name] = (block,)
            self._records[each.name] = held
            if (
                each.place is not None
                and held is None
                and block.first != containers[0].part(each.place, each.length).first
            ):
                ground.find(
                    "addresses-code-taken",
                    "division",
                    each.name,
                    prefix=str(block.network),
                    purpose=self.purpose.value,
                )
        forms = dict.fromkeys(
            (ground.inventory.divisions[each.name].level, each.length, each.lowest) for each in fitting
        )
        for level, length, lowest in forms:
            ground.measure(spaces, id, level.value, length, lowest=lowest)

    def _wanted_division(self, name: str, container: Block) -> Wanted:
        row = self.ground.territory.plan_of[name]
        place, lowest = self.ground.territory.place(self.ground.inventory, name, row.length - container.length)
        scopes = [scope(self.purpose, self.vpn, "division", name, down=True)]
        has_whole = row.own_length is None or row.own_length <= row.length
        if self.purpose is PrefixPurpose.USERS and has_whole:
            scopes.append(scope(self.purpose, self.vpn, "division", name))
        return Wanted(
            name,
            self.id("division", name),
            row.length,
            tuple(scopes),
            BITS if self._own_length(name, Block(0, row.length)) is None else row.length,
            place=place,
            lowest=lowest,
            division=name,
            is_division=True,
        )

    # ---- what divisions have --------------------------------------------------------------------------------------

    def home(self, division: str | None) -> str | None:
        """The division whose own part somebody of a division uses; None where this block does not reach it."""
        found = self.ground.territory.home.get(division or "")
        return found if found in self.own else None

    def give(self, home: str, space: Space, wanted: Sequence[Wanted], what: str, *, lowest: int = 0) -> Given:
        """Give places in a part of a division; what finds none is a finding that names the level."""
        if not wanted:
            return {}
        length = wanted[0].length
        if length <= space.block.length:
            self._too_small(home, space.block, length)
            return {}
        given = self.ground.fill([space], wanted)
        for each in wanted:
            if each.name not in given:
                self._exhausted(home, what, f"{what}:{each.name}")
        self.ground.measure([space], home, what, length, lowest=lowest)
        return given

    def add(self, assignment: Assignment) -> Assignment:
        """Put an assignment into the plan; the prefixes of all divisions around it are shown with it."""
        self.made[assignment.id] = assignment
        home = self.ground.territory.home.get(assignment.division or "")
        while home is not None and home not in self._shown:
            self._shown.add(home)
            home = self.ground.territory.above.get(home)
        return assignment

    def assignment(
        self, id: str, block: Block, held: Held | None, *, aggregate: bool = False, ipv4: IPv4Network | None = None,
        **fields: str | None,
    ) -> Assignment:  # fmt: skip
        """An assignment of this block; what a record says goes before what is planned."""
        record = held.record if held is not None else None
        return Assignment(
            id=record.id if record is not None else id,
            block=block,
            purpose=self.purpose,
            division=fields.get("division"),
            department=fields.get("department"),
            site=fields.get("site") or "",
            vpn=record.vpn if record is not None else fields.get("vpn", self.vpn),
            aggregate=aggregate,
            ipv4=ipv4,
            kept=record is not None,
            pinned=record is not None and record.pinned,
        )

    def shown(self, *, every: bool) -> Iterable[Assignment]:
        """The assignments of divisions: of all, or only those around something."""
        for id in self.ground.territory.top_down():
            if id not in self.own or not (every or id in self._shown):
                continue
            whole = self.own[id] == self.blocks[id][0]
            for name, block in zip(self._names.get(id, (id,)), self.blocks[id], strict=True):
                held = self._records.get(name)
                handed_down = held.handed_down if held is not None else not (whole and every)
                yield self.assignment(self.id("division", name), block, held, aggregate=handed_down, division=id)
            if not whole and every:
                yield self.assignment(self.id("own", id), self.own[id], self._owns.get(id), division=id)

    def id(self, kind: str, name: str, vpn: str | None = None) -> str:
        """The id of an assignment in this block."""
        return record_id(self.purpose, vpn or self.vpn, kind, name)

    # ---- findings -----------------------------------------------------------------------------------------------

    def _too_small(self, id: str, block: Block, length: int) -> None:
        level: Level = self.ground.inventory.divisions[id].level
        self.ground.find(
            "addresses-too-small", "division", id, level=level.value, prefix=str(block.network), length=length,
            purpose=self.purpose.value,
        )  # fmt: skip

    def _exhausted(self, id: str, what: str, name: str) -> None:
        level: Level = self.ground.inventory.divisions[id].level
        self.ground.find(
            "addresses-exhausted", "division", id, level=level.value, prefix=str(self.blocks[id][0].network),
            what=what, name=name, purpose=self.purpose.value,
        )  # fmt: skip


def _numbered(id: str, number: int) -> str:
    """The name of a division's prefix of this number, counted from 0."""
    return id if number == 0 else f"{id}.{number + 1}"

"""Runbooks from a plan: items by wave and stage, or by selector, each composed of templates and values."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inventory.effort import EffortTable
from inventory.inventory import Inventory, end_of, split_ref
from inventory.kinds.systems import DependencyOrder, DependencySource, Strength, System
from inventory.problems import Problem, problem
from migration.graph.upstreams import Upstreams
from migration.plan import Disposition, Plan, PlanItem
from migration.runbook.chosen import find_wave, items_of_selector, items_of_wave
from migration.runbook.compose import Scope, choose, choose_for_part, compose
from migration.runbook.hosts import hosts_of, site_of
from migration.runbook.model import ExecutorKind, Host, Runbook, RunbookItem, Stage, Step, StepGroup
from migration.runbook.parts import Lack
from migration.runbook.placing import Placing, addressed, endpoints_set, placing_values
from migration.runbook.results import restores_of, sets_of
from migration.runbook.site_values import SiteValues
from migration.runbook.template_file import Templates, shipped_templates
from migration.runbook.values import approval_facts, item_values, part_values, system_values
from migration.steps import STEPS, Track
from migration.tracks.network import network_items
from migration.tracks.system_risk import open_risks, risk_of

__all__ = ["Built", "make_runbook"]

BUDGET = 10
"""One failed item in so many is borne before no further one is started."""


@dataclass(frozen=True)
class Built:
    """A runbook, and what the inventory lacks for it."""

    runbook: Runbook
    problems: tuple[Problem, ...]


def make_runbook(
    inventory: Inventory,
    plan: Plan,
    *,
    stage: Stage,
    wave: str | None = None,
    items: str | None = None,
    templates: Templates | None = None,
    values: SiteValues | None = None,
    places: Mapping[str, Placing] | None = None,
    name: str = "",
    plan_hash: str = "",
    declared_hash: str = "",
    language: str = "en",
) -> Built:
    """The runbook of a wave's stage, or (stage ``items``) of the items that a selector selects.

    What the inventory does not know is null in the runbook, and a problem that names record and field. places: of the
    systems that stacks make a place for. plan_hash: SHA-256 of the plan's file. declared_hash: of the estate's
    declarations, the plan's where absent. language: of the texts for people.

    RunbookError, TemplateError, SelectorError; ValueError where neither wave nor items are given.
    """
    if (wave is None) == (items is None) or (items is not None) != (stage is Stage.ITEMS):
        raise ValueError("a wave with its stage, or items")
    found_wave = None if wave is None else find_wave(plan, wave)
    chosen = (
        items_of_wave(plan, found_wave, stage)
        if found_wave is not None
        else items_of_selector(inventory, plan, items or "")
    )
    maker = _Maker(inventory, plan, templates or shipped_templates(), values or SiteValues(), places or {}, language)
    made = maker.ordered([maker.item(item) for item in chosen])
    runbook = Runbook(
        name=name or _name(chosen, stage, "" if found_wave is None else found_wave.id),
        stage=stage,
        estate=plan.estate,
        wave="" if found_wave is None else found_wave.id,
        plan_hash=plan_hash,
        declared_hash=declared_hash or plan.declared_hash,
        error_budget=len(made) // BUDGET,
        hosts=tuple(maker.hosts.values()),
        items=made,
    )
    return Built(runbook, tuple(maker.problems))


def _name(items: Sequence[PlanItem], stage: Stage, wave: str) -> str:
    """``2021-W14-yun-ty-cutover``; of items their number and a mark of which they are."""
    if wave:
        words = f"{wave}-{stage.value}"
    elif len(items) == 1:
        words = items[0].id
    else:
        mark = hashlib.sha256("\n".join(item.id for item in items).encode()).hexdigest()[:8]
        words = f"{items[0].track.value}-{len(items)}-items-{mark}"
    return re.sub(r"[^A-Za-z0-9._-]+", "-", words)[:80]


class _Maker:
    """Makes items one by one and keeps what they share."""

    def __init__(
        self,
        inventory: Inventory,
        plan: Plan,
        templates: Templates,
        values: SiteValues,
        places: Mapping[str, Placing],
        language: str,
    ) -> None:
        self.inventory, self.plan, self.templates, self.values = inventory, plan, templates, values
        self.places = places
        self.language = language
        self.disposed = {entry.system: entry.disposition for entry in plan.dispositions}
        self.hosts: dict[str, Host] = {}
        self.problems: list[Problem] = []
        self.risks = open_risks(inventory)

    def item(self, item: PlanItem) -> RunbookItem:
        """One item, without its place among the others."""
        values = item_values(self.inventory, self.plan, item)
        record = self.inventory.of(item.kind)[item.object_id]
        scope = Scope(values, self.templates, language=self.language)
        disposition: Disposition | None = None
        placing: Placing | None = None
        shared = {}
        known: dict[str, Host] = {}
        if isinstance(record, System):
            disposition = self.disposed.get(record.id)
            own, parts = system_values(self.inventory, record, disposition, self.values)
            placing = self.places.get(record.id)
            values |= own | placing_values(placing)
            scope = Scope(
                values,
                self.templates,
                parts=[
                    (
                        choose_for_part(self.templates, item, record, part),
                        Scope(values | dict(part_values(record, part)), self.templates, language=self.language),
                    )
                    for part in parts
                ]
                if _has_parts(self.templates, item, disposition)
                else (),
                language=self.language,
            )
            shared = dict(self.values.of_system(self.inventory, record))
            own_hosts = addressed(hosts_of(self.inventory, record.id, item.pool or ""), placing)
            known = {host.name: host for host in (*own_hosts, *self.values.hosts)}
        template = choose(self.templates, item, disposition)
        made = compose(template, scope)
        groups = self._finished(item, made.groups, known)
        lacks = [*made.lacks, *self._addresses(groups, known)]
        self.problems += [self._problem(lack) for lack in dict.fromkeys(lacks)]
        sets = sets_of(self.inventory, item)
        if isinstance(record, System) and item.base_step == "prepare":
            sets |= endpoints_set(record.id, placing)
        return RunbookItem(
            item=item.id,
            object=item.object,
            name=str(values["name"].data),
            template=template.id,
            site=site_of(self.inventory, item.kind, item.object_id),
            slice_hash=item.slice_hash,
            on_failure=template.whole.on_failure,
            window_start=item.window_start,
            window_minutes=item.window_minutes,
            parameters=approval_facts(self.inventory, item) | made.parameters | shared,
            sets=sets,
            restores=restores_of(self.inventory, sets),
            groups=groups,
        )

    # ---- steps -------------------------------------------------------------------------------------------------------

    def _finished(
        self, item: PlanItem, groups: Iterable[StepGroup], known: Mapping[str, Host]
    ) -> tuple[StepGroup, ...]:
        """With limits, and with the window's minutes shared out over the steps that need it."""
        groups = tuple(groups)
        needing = [step.id for group in groups for step in group.steps if step.in_window and _unset(step)]
        minutes = (item.outage_minutes or 0) + (item.rollback_minutes or 0)
        share = minutes * 60 // len(needing) if needing else 0

        def finish(step: Step) -> Step:
            update: dict[str, object] = {
                "limits": tuple(dict.fromkeys((*step.limits, *self._limits(item, step, known))))
            }
            if share and step.id in needing:
                update["worst_case_seconds"] = share
            return step.model_copy(update=update)

        return tuple(group.model_copy(update={"steps": tuple(map(finish, group.steps))}) for group in groups)

    def _limits(self, item: PlanItem, step: Step, known: Mapping[str, Host]) -> Iterator[str]:
        """Rooms of the machines, carriers of the way that a copy takes or of a line, the device of a device's step."""
        if step.executor is ExecutorKind.APPROVAL or not step.changes:
            return
        yield from (
            (known[name].place for name in step.targets if known[name].place.startswith("room:")) if known else ()
        )
        if step.executor is ExecutorKind.DEVICE:
            yield from (f"device:{name}" for name in step.targets)
        links = [self.inventory.links[link] for link in item.links if link in self.inventory.links]
        carriers = [link.carrier for link in links]
        record = self.inventory.of(item.kind)[item.object_id]
        carriers.append(getattr(record, "carrier", None))
        yield from (f"carrier:{carrier}" for carrier in carriers if carrier)

    def _addresses(self, groups: Iterable[StepGroup], known: Mapping[str, Host]) -> Iterator[Lack]:
        """Keeps the machines that steps act on; yields the addresses that they lack."""
        for name in dict.fromkeys(target for group in groups for step in group.steps for target in step.targets):
            host = known.get(name)
            if host is None:
                continue
            self.hosts[name] = host
            if not host.address and host.object:
                system, _, component = split_ref(host.object)[1].partition("/")
                field = "target_endpoints" if "target" in host.groups else "endpoints"
                yield Lack("system", system, f"components.{component}.{field}.address")

    def _problem(self, lack: Lack) -> Problem:
        origin = self.inventory.origin(lack.kind, lack.id)
        of_values = lack.field.startswith("values:")
        code = "runbook-lacks-value" if of_values else "runbook-lacks-field"
        return problem(
            code, origin, kind=lack.kind, id=lack.id, path=lack.field.removeprefix("values:"),
            field=lack.field.removeprefix("values:"),
        )  # fmt: skip

    # ---- order -------------------------------------------------------------------------------------------------------

    def ordered(self, items: Sequence[RunbookItem]) -> tuple[RunbookItem, ...]:
        """By risk, the smallest first, which is also the canary; each after the items that it needs."""
        after = self._after(items)
        weight = {
            item.item: risk_of(self.risks, self.inventory.systems[id]) if kind == "system" else 0
            for item in items
            for kind, id in [split_ref(item.object)]
        }
        ranked = sorted(items, key=lambda item: (weight[item.item], self.plan.by_id[item.item].start, item.item))
        first = next((item.item for item in ranked if not after[item.item]), "")
        return tuple(
            item.model_copy(
                update={
                    "priority": number,
                    "after": after[item.item],
                    "canary": item.item == first and len({one.object for one in items}) > 1,
                }
            )
            for number, item in enumerate(ranked)
        )

    def _after(self, items: Sequence[RunbookItem]) -> dict[str, tuple[str, ...]]:
        """The step before of the same object, a device's upstreams (H9), and cutovers of providers (H1).

        The plan orders by slots: inside one, providers that need each other go side by side, and so does one whose
        window begins only after its client's is over.
        """
        plan = self.plan.by_id
        rows: dict[str, list[PlanItem]] = {}
        for item in items:
            rows.setdefault(item.object, []).append(plan[item.item])
        after: dict[str, list[str]] = {item.item: [] for item in items}
        for row in rows.values():
            row.sort(key=lambda one: (one.start, list(STEPS[one.track]).index(one.base_step)))
            for before, then in pairwise(row):
                after[then.id].append(before.id)
        for item_id, others in self._upstreams(after).items():
            after[item_id] += others
        cutovers = {one.object_id: one.id for item in items if (one := plan[item.item]).is_cutover}
        needs: dict[str, set[str]] = {}
        for dependency in self.inventory.dependencies.values():
            client, provider = end_of(dependency.client).system, end_of(dependency.provider).system
            ordered = dependency.strength is Strength.HARD and dependency.order is DependencyOrder.PROVIDER_FIRST
            known = dependency.source is not DependencySource.OBSERVED and not dependency.rejected
            if ordered and known and client != provider and client in cutovers and provider in cutovers:
                needs.setdefault(client, set()).add(provider)
        for client, providers in needs.items():
            apart = sorted(
                provider
                for provider in providers
                if not _reaches(needs, provider, client) and _in_time(plan[cutovers[provider]], plan[cutovers[client]])
            )
            after[cutovers[client]] += [cutovers[provider] for provider in apart]
        return {item: tuple(dict.fromkeys(before)) for item, before in after.items()}

    def _upstreams(self, chosen: Mapping[str, object]) -> dict[str, list[str]]:
        """Of each device's step, the items that the plan has it wait for; of several ways, the one that the plan has
        ended first."""
        plan = self.plan.by_id
        found: dict[str, list[str]] = {}
        if all(plan[item].track is not Track.NETWORK for item in chosen):
            return found
        works, _ = network_items(self.inventory, self.plan.now, EffortTable(self.inventory), Upstreams(self.inventory))
        for work in works:
            if work.id not in chosen:
                continue
            for need in work.needs:
                others = [plan[item] for item in need.any_of if item in chosen and plan[item].end < plan[work.id].start]
                if others:
                    found.setdefault(work.id, []).append(min(others, key=lambda one: (one.end, one.id)).id)
        return found


def _unset(step: Step) -> bool:
    return "worst_case_seconds" not in step.model_fields_set


def _in_time(provider: PlanItem, client: PlanItem) -> bool:
    """Whether the provider's window begins before the client's is over."""
    if provider.window_start is None or client.window_start is None:
        return True
    return provider.window_start < client.window_start + dt.timedelta(minutes=client.window_minutes or 0)


def _has_parts(templates: Templates, item: PlanItem, disposition: Disposition | None) -> bool:
    """Whether the item's template asks what its components' templates hold."""
    groups = choose(templates, item, disposition).whole.groups
    return any("parts" in entry for group in groups for entry in group.steps)


def _reaches(needs: Mapping[str, set[str]], start: str, goal: str) -> bool:
    seen, todo = {start}, [start]
    while todo:
        for provider in needs.get(todo.pop(), ()):
            if provider == goal:
                return True
            if provider not in seen:
                seen.add(provider)
                todo.append(provider)
    return False

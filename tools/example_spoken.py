"""The example city as ledgers and connection lists can say it.

A ledger has no column for a component's hardware, a change of database or a decision by hand; a connection list knows
ends and ports, not what flows. ``spoken`` leaves out of a made estate what its ledgers could not say, so that importing
them gives exactly it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from inventory.examples import Sketch

FIRST_DAY, LAST_DAY = dt.date(2024, 3, 1), dt.date(2024, 3, 28)
PERIOD_SECONDS = ((LAST_DAY - FIRST_DAY).days + 1) * 86_400
CONFIRMED = {"410200-dsjj-0001/": "address", "410200-dsjj-0002/": "name"}
"""Providers whose observed clients the tutorial confirms as hard, and how these reach them: data exchange and unified
identity."""
LEDGER_PARTS = ("web", "app", "db")
LEFT_OUT = {"system": ("windows", "transfer", "decisions"), "component": ("target_technology", "assets")}
IMPORTED = ("system", "component", "room", "asset", "line", "dependency")
"""Kinds that come from ledgers and lists alone; of devices and links only those of the departments' routers do."""

Plain = dict[str, Any]


def spoken(sketch: Sketch) -> Sketch:
    """The estate without what ledgers and connection lists cannot say."""

    names = {record["id"]: record["name"] for record in sketch.records("system")}
    times = Counter(names.values())
    repeated = frozenset(id for id, name in names.items() if times[name] > 1)

    def records(kind: str) -> Iterable[Plain]:
        if kind in ("risk", "move_group"):
            return ()  # they name systems, which the folder that a user starts from does not have yet
        if kind == "rule":
            return (record for record in sketch.records(kind) if record["id"] != "change-of-make")
        if kind == "dependency":
            return _observed(sketch, list(records("component")))
        if kind == "component":
            return filter(None, map(_simpler, sketch.records(kind)))
        return (_without(kind, record, repeated) for record in sketch.records(kind))

    return Sketch(sketch.estate, records, sketch.systems)


def start_of(sketch: Sketch) -> Sketch:
    """The part of a spoken estate that no ledger brings: what a user begins with."""

    def records(kind: str) -> Iterable[Plain]:
        if kind in IMPORTED:
            return ()
        return (record for record in sketch.records(kind) if not of_edge(kind, record))

    return Sketch(sketch.estate, records, 0)


def of_edge(kind: str, record: Plain) -> bool:
    """Whether a record is a department's router or its link to the network, which come from ledgers."""
    return (kind == "device" and record["role"] == "customer_edge") or (
        kind == "link" and record["a_device"].endswith("-ce-1")
    )


def _without(kind: str, record: Plain, repeated: frozenset[str] = frozenset()) -> Plain:
    """``repeated``: systems whose names others have as well, so that a ledger's words would not tell which is meant."""
    kept = {key: value for key, value in record.items() if key not in LEFT_OUT.get(kind, ())}
    if kind == "system" and "usage" in kept:
        kept["usage"] = {"log_ins_90d": kept["usage"]["log_ins_90d"]}
    if "evidence" in kept:
        kept["evidence"] = [{key: item[key] for key in ("kind", "date")} for item in kept["evidence"]]
    if kind == "system" and kept.get("duplicate_of") in repeated:
        del kept["duplicate_of"]
    return kept


def _simpler(record: Plain) -> Plain | None:
    if record["id"] not in LEDGER_PARTS:
        return None
    kept = _without("component", record)
    if kept["id"] == "web":
        del kept["technology"]
    if "endpoints" in kept:
        kept["endpoints"] = [{key: end[key] for key in ("address", "port")} for end in kept["endpoints"]]
    return kept


def _observed(sketch: Sketch, parts: list[Plain]) -> Iterator[Plain]:
    """Each pair of components that a dependency joins, once, as a connection list shows it."""
    ports: dict[str, dict[int, str]] = {}
    for part in parts:
        for end in part.get("endpoints", ()):
            ports.setdefault(part["system"], {})[end["port"]] = part["id"]
    random, seen = Random("flows"), set[tuple[str, str]]()
    for record in sketch.records("dependency"):
        client, provider, port = record["from"].partition("/")[0], record["to"].partition("/")[0], record["port"]
        outside = provider.startswith("external_object:")
        if client not in ports or (not outside and port not in ports.get(provider, {})):
            continue
        source = f"{client}/{next(iter(ports[client].values()))}"
        target = provider if outside else f"{provider}/{ports[provider][port]}"
        if (source, target) in seen:
            continue
        seen.add((source, target))
        size = round(record["traffic_mbps"] * 125_000 * PERIOD_SECONDS)
        first = FIRST_DAY + dt.timedelta(days=random.randrange(6) if len(seen) > 1 else 0)
        last = LAST_DAY - dt.timedelta(days=random.randrange(6) if len(seen) > 1 else 0)
        found: Plain = {"from": source, "to": target}
        reached = next((reached for provider_, reached in CONFIRMED.items() if target.startswith(provider_)), "")
        if reached:
            found |= {"strength": "hard", "order": "provider_first", "reaches_by": reached, "source": "confirmed"}
        else:
            found["source"] = "observed"
        found |= {"protocol": "tcp", "port": port, "traffic_mbps": float(f"{size * 8 / 1e6 / PERIOD_SECONDS:.4g}")}
        yield found | {"first_seen": first.isoformat(), "last_seen": last.isoformat(), "bytes_seen": size}

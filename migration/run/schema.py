"""The store's tables. A newer program adds a revision; a store of a newer revision is refused.

``events`` is the record. The columns of ``runs`` and ``items`` beside their keys are an index of it, changed in the
same transaction, so that a worker finds what it may take without folding whole journals.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, String, Table, Text

__all__ = [
    "REVISION",
    "Place",
    "events",
    "holds",
    "inbox",
    "items",
    "locks",
    "metadata",
    "runbooks",
    "runs",
    "stamps",
    "workers",
]

REVISION = 1
"""Revision of the tables that this program reads and writes."""

metadata = MetaData()


class Place(StrEnum):
    """Where an item stands for the workers: only ``ready`` ones are taken."""

    BLOCKED = "blocked"
    READY = "ready"
    CLAIMED = "claimed"
    GATE = "gate"
    PERSON = "person"
    FAILED = "failed"
    ENDED = "ended"


stamps = Table("stamps", metadata, Column("name", String, primary_key=True), Column("value", Integer, nullable=False))

runs = Table(
    "runs",
    metadata,
    Column("run", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("wave", String, nullable=False),
    Column("by", String, nullable=False),
    Column("rehearse", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("paused", Integer, nullable=False, default=0),
    Column("canceling", Integer, nullable=False, default=0),
    Column("undone", Integer, nullable=False, default=0),  # a person had items of it undone
    Column("halted", Integer, nullable=False, default=0),  # the error budget is used up
    Column("ended", String, nullable=False, default=""),
)

# Apart from ``runs``: each event changes the row of its run, and SQLite writes whole rows.
runbooks = Table("runbooks", metadata, Column("run", String, primary_key=True), Column("body", Text, nullable=False))

items = Table(
    "items",
    metadata,
    Column("run", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("object", String, nullable=False),
    Column("site", String, nullable=False),
    Column("place", String, nullable=False),
    Column("result", String, nullable=False, default=""),
    Column("blockers", Integer, nullable=False, default=0),
    Column("canary", Integer, nullable=False, default=0),
    Column("undoing", Integer, nullable=False, default=0),
    Column("begun", Integer, nullable=False, default=0),
    Column("priority", Integer, nullable=False, default=0),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("held", String, nullable=False, default=""),
    Column("gate", String, nullable=False, default=""),
    Column("worker", String, nullable=False, default=""),
    Index("items_ready", "place", "site", "priority", "number"),
    Index("items_open", "run", "place"),
    Index("items_worker", "worker"),
    Index("items_object", "run", "object"),
)

events = Table(
    "events",
    metadata,
    Column("run", String, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("item", String, nullable=False),
    Column("type", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("events_item", "run", "item", "sequence"),
)

workers = Table(
    "workers",
    metadata,
    Column("worker", String, primary_key=True),
    Column("sites", Text, nullable=False),
    Column("machine", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("renewed", Float, nullable=False),
    Column("lease", Float, nullable=False),
    Column("state", String, nullable=False),  # alive, left or lost
)

holds = Table(
    "holds",
    metadata,
    Column("resource", String, primary_key=True),
    Column("run", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("worker", String, nullable=False),
)

locks = Table(
    "locks",
    metadata,
    Column("object", String, primary_key=True),
    Column("run", String, nullable=False),
    Column("item", String, nullable=False),
    Index("locks_item", "run", "item"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False),
    Column("gate", String, nullable=False),
    Column("document", Text, nullable=False),
    Column("signature", Text, nullable=False),
)

"""The store of runs: SQLite in a file for one machine, PostgreSQL for several workers and sites, the same tables.

Every commit is on disk before anything is done in the world: SQLite runs in WAL mode with ``synchronous=FULL``.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from inventory.files import reason_of
from migration.run import schema
from migration.run.errors import RunError, RunVersionError, StoreError

__all__ = ["Store"]

SCHEMA = "qianyun"
"""Schema of the tables on PostgreSQL."""
BUSY_SECONDS = 30
CONNECTION = {"connect_timeout": 10, "keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 3}
"""A server that has vanished is noticed within a lease, in seconds."""
SESSION = {
    "search_path": SCHEMA,
    "idle_in_transaction_session_timeout": "15s",  # a worker that stands still keeps no run locked
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
MIGRATE_LOCK = 714_001
LIMITS_LOCK = 714_002
NO_STORE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
Result = TypeVar("Result")


class Store:
    """An open store. Safe to share between threads; one transaction at a time on each thread.

    Attributes:
        url: as given, without anything secret.
        file: the SQLite file; None on PostgreSQL.
    """

    def __init__(self, url: str, engine: sa.Engine, file: Path | None) -> None:
        self.url = url
        self.engine = engine
        self.file = file
        self._writing = threading.Lock()

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Store:
        """Open a store, making its tables when it is new and ``create`` is set.

        Raises:
            StoreError: it is missing or unreachable (store-missing, store-unreachable, store-file).
            RunError: the URL is none or holds a password, or something else is there (store-url, store-password,
                store-not-a-store).
            RunVersionError: it was written by a newer program.
        """
        parsed = _parsed(url)
        file = None
        if parsed.get_backend_name() == "sqlite":
            file = Path(parsed.database or "").absolute()
            if not create and not file.exists():
                raise StoreError("store-missing", store=url)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                if create:
                    file.touch(mode=0o600)  # whole runbooks and journals: for nobody else to read
            except OSError as error:
                raise StoreError("store-file", store=url, reason=reason_of(error)) from error
        store = cls(url, _engine(parsed), file)
        try:
            store._prepare(create)
        except exc.DBAPIError as error:
            store.close()
            raise store.failure(error) from error
        except BaseException:
            store.close()
            raise
        return store

    @property
    def shared(self) -> bool:
        """Whether workers of several machines may use it."""
        return self.file is None

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is committed at the end of the block, or not at all."""
        if self.shared:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writing, self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                with suppress(exc.DBAPIError):  # a full disk has undone it already
                    connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that only reads."""
        with self.engine.connect() as connection:
            yield connection

    def now(self, connection: sa.Connection) -> float:
        """Seconds since 1970 by the clock that all workers share: the database's."""
        if self.shared:
            return float(connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
        return time.time()

    def lock_limits(self, connection: sa.Connection) -> None:
        """Let only one transaction at a time count what is in use; on SQLite there is only one anyway."""
        if self.shared:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LIMITS_LOCK})

    def failure(self, error: exc.DBAPIError) -> Exception:
        """Our error for one of the database's: it does not answer, takes nothing more, or is no store. Else the error
        itself, which is a bug of ours."""
        reason = (str(error.orig or error).strip().splitlines() or [type(error).__name__])[0]
        if getattr(error.orig, "sqlite_errorcode", None) in NO_STORE:
            return RunError("store-not-a-store", store=self.url, reason=reason)
        if not isinstance(error, exc.OperationalError | exc.InterfaceError | exc.InternalError) and not (
            error.connection_invalidated
        ):
            return error
        return StoreError("store-unreachable" if self.shared else "store-file", store=self.url, reason=reason)

    def attempt(self, work: Callable[[sa.Connection], Result]) -> Result:
        """Do ``work`` in one transaction.

        Raises:
            StoreError: the database does not answer, or its disk is full.
        """
        try:
            with self.write() as connection:
                return work(connection)
        except exc.DBAPIError as error:
            raise self.failure(error) from error

    def look(self, work: Callable[[sa.Connection], Result]) -> Result:
        """Do ``work`` that only reads, outside of any transaction. StoreError: the database does not answer."""
        try:
            with self.read() as connection:
                return work(connection)
        except exc.DBAPIError as error:
            raise self.failure(error) from error

    def _prepare(self, create: bool) -> None:
        with self.write() as connection:
            if self.shared:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATE_LOCK})
                if create:
                    connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            tables = sa.inspect(connection).get_table_names(schema=SCHEMA if self.shared else None)
            if schema.stamps.name not in tables:
                if tables:
                    raise RunError(
                        "store-not-a-store", store=self.url, reason=f"tables {', '.join(sorted(tables)[:3])}"
                    )
                if not create:
                    raise StoreError("store-missing", store=self.url)
                schema.metadata.create_all(connection, checkfirst=False)
                connection.execute(sa.insert(schema.stamps).values(name="revision", value=schema.REVISION))
            found = connection.execute(
                sa.select(schema.stamps.c.value).where(schema.stamps.c.name == "revision")
            ).scalar_one_or_none()
        if found is None:
            raise RunError("store-not-a-store", store=self.url, reason="no revision")
        if found > schema.REVISION:
            raise RunVersionError("store-newer", store=self.url, found=found, known=schema.REVISION)


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise RunError("store-url", store=url) from error
    if parsed.password is not None or {"password", "sslpassword"} & parsed.query.keys():
        raise RunError("store-password")
    if parsed.get_backend_name() not in ("sqlite", "postgresql") or not parsed.database:
        raise RunError("store-url", store=url)
    return parsed


def _engine(parsed: sa.URL) -> sa.Engine:
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=12,
            max_overflow=20,
            pool_pre_ping=True,
            connect_args={"options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()), **CONNECTION},
        )
    engine = sa.create_engine(
        parsed.set(drivername="sqlite+pysqlite"),
        pool_size=12,
        max_overflow=20,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _durable(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def key_of(*parts: str) -> str:
    """A short stable id of some texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

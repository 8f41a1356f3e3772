"""The one database session, the base of every model, and how transactions begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVarTuple

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CursorResult, DateTime, Engine, MetaData, Select, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Columns = TypeVarTuple("Columns")

BUSY_TIMEOUT_MS = 15_000
#: Our lock on PostgreSQL; its number is any that nobody else uses in this database.
TAKE_TURN = "SELECT pg_advisory_xact_lock(20260105)"


class Base(DeclarativeBase):
    """Base of every model; constraints are named so that migrations can name them too."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": False, "expire_on_commit": False})

#: Whether a transaction begun now takes the write lock; None: there is none to begin.
_writing: ContextVar[bool | None] = ContextVar("writing", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and always given back with its time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """What is stored: the moment in UTC. Raises `ValueError` without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """What is given back: the same moment, marked as UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def reading() -> AbstractContextManager[Connection]:
    """A connection for one answer that reads a few values and makes no object of them."""
    return db.engine.connect()


@contextmanager
def glance() -> Iterator[Connection]:
    """A connection for one statement that reads: it needs no transaction around it."""
    token = _writing.set(None)
    try:
        with db.engine.connect() as connection:
            yield connection
    finally:
        _writing.reset(token)


def plain_rows(
    session: Session, query: Select[*Columns], asked: Mapping[str, object]
) -> CursorResult[*Columns]:
    """The rows of a query for columns alone, over the connection the session holds.

    The unit of work makes no objects from such rows, and takes longer than the database to
    find that out. What is in the session and not yet flushed is not seen.
    """
    return session.connection().execute(query, asked)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside take the write lock at once.

    On SQLite that is BEGIN IMMEDIATE, on PostgreSQL a lock of ours. A transaction that begins
    by reading and writes later fails half-way, or changes what is no longer as it was read,
    when somebody else wrote in between; one that takes the lock first only waits.
    """
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def begin_writing() -> None:
    """The same for the rest of this context (one request runs in one context)."""
    _writing.set(True)


def begin_reading() -> None:
    """Transactions of this context begin without the write lock."""
    _writing.set(False)


def wait_for_turn(connection: Connection) -> None:
    """Be the only one who writes from here to the end of the transaction.

    On SQLite the write lock is held already. PostgreSQL lets several write at once, so that
    two could each follow the same last event of the trail; there a lock of ours is taken.
    Whoever holds it already goes on at once.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(TAKE_TURN)


@contextmanager
def impatient(milliseconds: int) -> Iterator[Connection]:
    """A connection for something worth less than keeping anybody waiting for it.

    A transaction begun on it takes the write lock within this time, or fails.
    """
    with db.engine.connect() as connection, writing():
        sqlite = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.dbapi_connection
        # Said past SQLAlchemy, whose transaction begins by waiting for the lock.
        if sqlite:
            driver.execute(f"PRAGMA busy_timeout={milliseconds}")
        else:
            driver.execute(f"SET LOCAL lock_timeout = {milliseconds}")
        try:
            yield connection
        finally:
            if sqlite:
                driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


@event.listens_for(Engine, "connect")
def _open(connection: Any, _record: object) -> None:
    """Prepare a new connection: nobody waits for a lock without end."""
    if not type(connection).__module__.startswith("sqlite3"):
        connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
        # A setting would be undone with the transaction in which it was made.
        connection.commit()
        return
    # SQLAlchemy, not the driver, decides when a transaction begins.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    writing = _writing.get()
    if writing is None:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif writing:
        wait_for_turn(connection)

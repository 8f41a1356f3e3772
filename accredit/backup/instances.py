"""The databases a copy is made from and into."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url

from accredit.app import create_app
from accredit.backup.manifest import BackupError
from accredit.config import Settings
from accredit.database import begin_reading, db, writing
from accredit.setup import upgrade_database

#: How often is asked whether somebody is still connected: for about a second.
_LISTED = 10


class DamagedDatabaseError(BackupError):
    """The file of a database cannot be read as one."""


def sqlite_path(database_url: str) -> Path | None:
    """The file of an SQLite database; None for every other database."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise BackupError("A database in memory cannot be kept.")
    return Path(url.database)


def shown(database_url: str) -> str:
    """A database's address without its password."""
    return make_url(database_url).render_as_string(hide_password=True)


def elsewhere(settings: Settings, folder: Path) -> Settings:
    """The settings of an instance all of whose files lie in this folder, on SQLite."""
    return replace(
        settings,
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'accredit.sqlite3'}",
        trail_heads=None,
        smtp=None,
    )


@contextmanager
def working(settings: Settings, *, half_restored: bool = False) -> Iterator[None]:
    """An application of its own for an instance that is not the one of the command."""
    with create_app(settings, half_restored=half_restored).app_context(), writing():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def create_tables(settings: Settings, revision: str, *, half_restored: bool = False) -> None:
    """Make the empty tables of a release in a database."""
    with working(settings, half_restored=half_restored):
        upgrade_database(revision)


@contextmanager
def reading_one_moment(database_url: str) -> Iterator[Connection]:
    """Everything read is of the moment at which it began, whoever writes meanwhile."""
    engine = create_engine(database_url)
    options: dict[str, Any] = {}
    if engine.dialect.name != "sqlite":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    begin_reading()
    try:
        with engine.connect().execution_options(**options) as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def writing_alone(database_url: str) -> Iterator[Connection]:
    """One transaction that nobody else writes beside; committed at the end or undone."""
    engine = create_engine(database_url)
    try:
        with writing(), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def held_still(database_url: str) -> Iterator[Connection]:
    """Reads while nobody can write, so that nothing is acknowledged that is not carried."""
    engine = create_engine(database_url)
    try:
        with writing(), engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                quote = connection.dialect.identifier_preparer.quote
                names = ", ".join(
                    quote(name) for name in sorted(sa.inspect(connection).get_table_names())
                )
                connection.rollback()
                connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


def ensure_alone(database_url: str) -> None:
    """Raise `BackupError` while anybody else is connected to a database of PostgreSQL."""
    asked = sa.text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    engine = create_engine(database_url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Whoever has just gone is listed for a moment longer.
            for _ in range(_LISTED):
                others = connection.execute(asked).scalar_one()
                if not others:
                    return
                time.sleep(0.1)
    finally:
        engine.dispose()
    raise BackupError(
        f"The database is in use (others connected: {others}). Stop the server first."
    )


def as_one_file(path: Path) -> None:
    """Bring everything that was committed into the database file itself.

    Raises `BackupError` while any other process has the database open, and
    `DamagedDatabaseError` where it cannot be read.
    """
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        except sqlite3.OperationalError as error:
            raise BackupError(f"{path.name} is in use ({error}). Stop the server first.") from error
        except sqlite3.DatabaseError as error:
            raise DamagedDatabaseError(f"{path.name} is damaged: {error}") from error


def check_whole(path: Path) -> None:
    """Raise `BackupError` where SQLite finds its file damaged."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        said = [str(error)]
    if said != ["ok"]:
        raise BackupError(f"The database is damaged: {'; '.join(said)}")

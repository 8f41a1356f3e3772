"""Carrying a whole instance to another database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from accredit.audit.findings import Report
from accredit.backup.instances import create_tables, held_still, shown, writing_alone
from accredit.backup.manifest import BackupError, TableEntry
from accredit.backup.tables import carry, find_revision, has_rows
from accredit.config import Settings, newest_revision
from accredit.trail.checking import check_all


def move(settings: Settings, target_url: str) -> tuple[Mapping[str, TableEntry], Report]:
    """Copy every row to the empty database at `target_url`; hashes, and what its trail says.

    Nobody can write meanwhile, and the database moved from stays as it was. Raises
    `BackupError` for a target that holds anything, and undoes what was begun.
    """
    target = replace(settings, database_url=target_url)
    prepared = ensure_empty(target_url, settings.database_url) == newest_revision()
    try:
        with held_still(settings.database_url) as source:
            revision = find_revision(source)
            if revision != newest_revision():
                raise BackupError(
                    f"The database is of another release ({revision}). Run: accredit init"
                )
            if not prepared:
                create_tables(target, "head")
            with writing_alone(target_url) as connection:
                tables = carry(source, connection)
    except DBAPIError as error:
        raise BackupError(f"The database refused a row: {error.orig}") from error
    return tables, check_there(target)


def check_there(settings: Settings) -> Report:
    """Whether the trail holds in a database that was just filled."""
    engine = create_engine(settings.database_url)
    try:
        return check_all(engine, settings, files=False)
    finally:
        engine.dispose()


def ensure_empty(target_url: str, source_url: str | None = None) -> str | None:
    """Raise `BackupError` unless the database can be reached and holds no row of anything.

    Empty tables of ours are left by a move that was broken off, and do no harm; the revision
    they are of, None where there are no tables.
    """
    try:
        url = make_url(target_url)
        if source_url is not None and url == make_url(source_url):
            raise BackupError("That is the database the instance has now.")
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise BackupError(f"{shown(target_url)}: only SQLite and PostgreSQL are possible.")
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError) as error:
        raise BackupError(f"No address of a database: {error}") from error
    try:
        with engine.connect() as connection:
            revision = find_revision(connection)
            if revision is None:
                empty = not sa.inspect(connection).get_table_names()
            else:
                empty = not has_rows(connection)
    except DBAPIError as error:
        raise BackupError(f"{shown(target_url)}: {error.orig}") from error
    finally:
        engine.dispose()
    if not empty:
        raise BackupError(f"{shown(target_url)} is not empty. Give an empty database.")
    return revision

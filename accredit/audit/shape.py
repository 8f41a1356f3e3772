"""What a check compares of the database's shape: tables, columns, indexes, triggers, release."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Index, Inspector, Table, UniqueConstraint

from accredit.audit import guards
from accredit.audit.findings import Finding, Kind
from accredit.audit.models import Event
from accredit.audit.rows import protected_tables
from accredit.database import Base

#: What PostgreSQL writes around a condition it was given.
_ADDED_SPELLING = re.compile(r"::[a-z ]+|[()\s]")


def shape_findings(
    connection: Connection, there: Collection[str], revision: str | None
) -> Iterator[Finding]:
    """Where the database is not what this release knows; `there` are its tables."""
    inspector = sa.inspect(connection)
    for table in (*protected_tables(), Base.metadata.tables[Event.__tablename__]):
        if table.name not in there:
            yield Finding(table.name, "-", None, Kind.TABLE_MISSING)
            continue
        yield from _columns(inspector, table)
        yield from _indexes(inspector, table)
    for guard in guards.missing(connection):
        yield Finding(guard.table, guard.name, None, Kind.TRIGGER_MISSING)
    for name, of_table in guards.foreign(connection):
        yield Finding(of_table, name, None, Kind.TRIGGER_ADDED)
    if revision is not None:
        yield from _other_revision(connection, there, revision)


def _columns(inspector: Inspector, table: Table) -> Iterator[Finding]:
    names = {column["name"] for column in inspector.get_columns(table.name)}
    known = set(table.columns.keys())
    for name in sorted(names - known):
        yield Finding(table.name, name, None, Kind.COLUMN_ADDED)
    for name in sorted(known - names):
        yield Finding(table.name, name, None, Kind.COLUMN_MISSING)


def _indexes(inspector: Inspector, table: Table) -> Iterator[Finding]:
    """Indexes, and what keeps one thing from being there twice."""
    found: dict[Any, Any] = {one["name"]: one for one in inspector.get_indexes(table.name)}
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        if index.name not in found:
            yield Finding(table.name, str(index.name), None, Kind.INDEX_MISSING)
        elif not _is_same(index, found[index.name], inspector.dialect.name):
            yield Finding(table.name, str(index.name), None, Kind.INDEX_CHANGED)
    held = {one["name"]: one for one in inspector.get_unique_constraints(table.name)}
    wanted = (one for one in table.constraints if isinstance(one, UniqueConstraint))
    for constraint in sorted(wanted, key=lambda one: str(one.name)):
        columns = [column.name for column in constraint.columns]
        if constraint.name not in held or held[constraint.name]["column_names"] != columns:
            yield Finding(table.name, str(constraint.name), None, Kind.INDEX_MISSING)


def _is_same(index: Index, found: Any, dialect: str) -> bool:
    where = index.dialect_options[dialect].get("where")
    said = found.get("dialect_options", {}).get(f"{dialect}_where")
    return (
        [column.name for column in index.columns] == found["column_names"]
        and bool(index.unique) == bool(found["unique"])
        and _plain(where) == _plain(said)
    )


def _plain(condition: object) -> str:
    return "" if condition is None else _ADDED_SPELLING.sub("", str(condition))


def _other_revision(
    connection: Connection, there: Collection[str], revision: str
) -> Iterator[Finding]:
    rows: Sequence[Any] = ()
    if "alembic_version" in there:
        rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    if [row[0] for row in rows] != [revision]:
        said = ", ".join(str(row[0]) for row in rows) or "none"
        note = f"{said}, not {revision}"
        yield Finding("alembic_version", "version_num", None, Kind.REVISION, note)

"""Binding rows that a migration changed to the chain, without hiding what was altered before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Select

from accredit.audit.appending import Entry, Subject, append
from accredit.audit.cells import canonical
from accredit.audit.rows import Key, hashed_columns, is_protected, key_of, row_hash

#: Rows told by one event, so that no event grows without bound.
_ROWS_AN_EVENT = 1_000

#: Where going back to a release before 0005 keeps what that release has no columns for.
KEPT = "event_kept"

Hashes = dict[tuple[str, Key], str]


@dataclass(frozen=True, slots=True)
class Before:
    """What was found before a migration: every row's hash, and the one the chain says."""

    found: Hashes
    told: Hashes


def look(connection: Connection) -> Before:
    """The rows and the chain as they are, in the shape the database has now."""
    inspector = sa.inspect(connection)
    if not inspector.has_table("event"):
        return Before({}, {})
    names = {column["name"] for column in inspector.get_columns("event")}
    told: Hashes = {}
    if "changes" in names:
        told = last_told(connection)
    elif inspector.has_table(KEPT):
        told = last_told(connection, table=KEPT)
    return Before(rows_now(connection), told)


def bind(connection: Connection, before: Before, *, at: datetime, step: str) -> int:
    """Add events that seal every row the migration `step` changed; the number of rows.

    A row that was not as the chain said keeps the hash the chain says, so that it is still
    found. Rows of a database whose chain knew of none are sealed as they are found.
    """
    first_time = not before.told
    now = rows_now(connection)
    changes = [
        [table, key, before.told.get((table, key)), now.get((table, key))]
        for table, key in sorted(now.keys() | before.found.keys() | before.told.keys())
        if (first_time or before.told.get((table, key)) == before.found.get((table, key)))
        and before.told.get((table, key)) != now.get((table, key))
    ]
    action = "trail.sealed" if first_time else "trail.migrated"
    for first in range(0, len(changes), _ROWS_AN_EVENT):
        _add(connection, action, step, changes[first : first + _ROWS_AN_EVENT], at)
    return len(changes)


def rows_now(connection: Connection) -> Hashes:
    """The hash of every protected row, in the shape its table has in the database."""
    hashes: Hashes = {}
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        if not is_protected(table) or table.startswith(("sqlite_", "_alembic_")):
            continue
        names = [column["name"] for column in inspector.get_columns(table)]
        keys = inspector.get_pk_constraint(table)["constrained_columns"]
        for key, digest in read_rows(connection, table, names, keys):
            hashes[table, key] = digest
    return hashes


def read_rows(
    connection: Connection, table: str, names: Sequence[str], keys: Sequence[str]
) -> Iterator[tuple[Key, str]]:
    """Key and hash of each row of a table with these columns."""
    hashed = hashed_columns(table, names)
    wanted = [*keys, *hashed]
    query: Select[*tuple[Any, ...]] = sa.select(*(sa.column(name) for name in wanted)).select_from(
        sa.table(table)
    )
    width = len(keys)
    rows = connection.execute(query.execution_options(yield_per=2_000))
    for row in rows:
        yield key_of(row[:width]), row_hash(table, hashed, row[width:])


def last_told(connection: Connection, *, table: str = "event") -> Hashes:
    """The hash the chain says of every row it knows and that was not removed."""
    told: Hashes = {}
    query: Select[Any] = (
        sa.select(sa.column("changes")).select_from(sa.table(table)).order_by(sa.column("id"))
    )
    for (text,) in connection.execute(query.execution_options(yield_per=2_000)):
        if text == "[]":
            continue
        for name, key, _before, after in json.loads(text):
            if after is None:
                told.pop((name, key), None)
            else:
                told[name, key] = after
    return told


def _add(
    connection: Connection, action: str, step: str, changes: list[list[Any]], at: datetime
) -> None:
    entry = Entry(
        at=at,
        by=None,
        role=None,
        action=action,
        subject=Subject("trail", step),
        details=json.dumps({"rows": len(changes)}),
        changes=canonical(changes),
    )
    append(connection, [entry])

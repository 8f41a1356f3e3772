"""All rows of a database: counted and hashed alike everywhere, and carried to another one.

Tables are read as the database itself describes them, not as this release knows them, so that
the database of an earlier release is carried as faithfully as one of this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Select, Table
from sqlalchemy.schema import sort_tables_and_constraints

from accredit.audit.cells import canonical, stored
from accredit.backup.manifest import BackupError, TableEntry

#: Each database keeps its own revision.
_REVISION = "alembic_version"
_AT_ONCE = 1_000


def find_tables(connection: Connection) -> list[Table]:
    """The tables with rows of the instance; each stands after those it refers to, if it can."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    known = [table for table in metadata.tables.values() if table.name != _REVISION]
    ordered = sort_tables_and_constraints(known)  # type: ignore[no-untyped-call] # as it is published
    return [table for table, _ in ordered if table is not None]


def find_revision(connection: Connection) -> str | None:
    """The revision of the database; None where it has none."""
    if not sa.inspect(connection).has_table(_REVISION):
        return None
    return connection.execute(
        sa.select(sa.column("version_num")).select_from(sa.table(_REVISION))
    ).scalar()


def has_rows(connection: Connection) -> bool:
    """Whether anything would be lost or mixed if an instance were carried here."""
    return any(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
        for table in find_tables(connection)
    )


def sums(connection: Connection) -> dict[str, TableEntry]:
    """Rows and hash of every table, by name. The order of rows and columns does not count."""
    return {table.name: _sum(connection, table) for table in find_tables(connection)}


def carry(source: Connection, target: Connection) -> dict[str, TableEntry]:
    """Copy every row within the running transaction of `target`, whose tables are empty.

    Gives the hashes, the same in both; raises `BackupError` where the tables differ, or what
    was written is not what was read.
    """
    given, taking = find_tables(source), {t.name: t for t in find_tables(target)}
    if {table.name for table in given} != taking.keys():
        odd = sorted({table.name for table in given} ^ taking.keys())
        raise BackupError(f"The two databases do not have the same tables: {', '.join(odd)}")
    with _nothing_in_the_way(target, list(taking.values())):
        for table in given:
            _carry_rows(source, table, target, taking[table.name])
    if target.dialect.name == "postgresql":
        for table in taking.values():
            _continue_numbers(target, table)
    before, after = sums(source), sums(target)
    if before != after:
        odd = sorted(name for name in before if before[name] != after[name])
        raise BackupError(f"Not the same after it was carried: {', '.join(odd)}")
    return after


def _sum(connection: Connection, table: Table) -> TableEntry:
    names = sorted(column.name for column in table.columns)
    # Columns carry no type here: what is hashed is what the database keeps.
    query: Select[*tuple[Any, ...]] = sa.select(*(sa.column(name) for name in names)).select_from(
        sa.table(table.name)
    )
    digests = [
        hashlib.sha256(
            canonical([stored(value) for value in row]).encode("utf-8", "surrogatepass")
        ).digest()
        for row in connection.execute(query.execution_options(yield_per=_AT_ONCE))
    ]
    whole = hashlib.sha256(canonical([table.name, names]).encode())
    # Databases sort texts each in their own way; hashes sort alike everywhere.
    for digest in sorted(digests):
        whole.update(digest)
    return TableEntry(len(digests), whole.hexdigest())


def _carry_rows(source: Connection, given: Table, target: Connection, taking: Table) -> None:
    names = [column.name for column in given.columns]
    if set(names) != {column.name for column in taking.columns}:
        raise BackupError(f"The two databases do not have the same columns in {given.name}")
    query = sa.select(given).order_by(*given.primary_key.columns)
    rows = source.execute(query.execution_options(yield_per=_AT_ONCE))
    for some in rows.partitions():
        target.execute(sa.insert(taking), [dict(zip(names, row, strict=True)) for row in some])


def _continue_numbers(target: Connection, table: Table) -> None:
    """Have a sequence go on after the highest number that was carried."""
    quoted = target.dialect.identifier_preparer.quote(table.name)
    for column in table.primary_key.columns:
        sequence = target.execute(
            sa.select(sa.func.pg_get_serial_sequence(quoted, column.name))
        ).scalar()
        if sequence is not None:
            highest = target.execute(sa.select(sa.func.max(column))).scalar()
            if highest is not None:
                target.execute(sa.select(sa.func.setval(sequence, highest)))


@contextmanager
def _nothing_in_the_way(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Rows in any order and without triggers; references are checked at the end, all of them.

    Rows refer to one another in circles, and triggers judge a new row by what the instance
    may do today: these rows were judged when they were new.
    """
    inside = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    with inside(connection, tables):
        yield


@contextmanager
def _sqlite(connection: Connection, _tables: Sequence[Table]) -> Iterator[None]:
    triggers = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    ).all()
    for name, _sql in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    # It holds until the end of the transaction, where the references are checked.
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    yield
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise BackupError("Rows refer to rows that are not there.")


@contextmanager
def _postgresql(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    quote = connection.dialect.identifier_preparer.quote
    names = [quote(table.name) for table in tables]
    keys = [
        (quote(table.name), quote(str(key.name)))
        for table in tables
        for key in table.foreign_key_constraints
    ]
    for name, key in keys:
        connection.exec_driver_sql(
            f"ALTER TABLE {name} ALTER CONSTRAINT {key} DEFERRABLE INITIALLY DEFERRED"
        )
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    for name, key in keys:
        connection.exec_driver_sql(f"ALTER TABLE {name} ALTER CONSTRAINT {key} NOT DEFERRABLE")

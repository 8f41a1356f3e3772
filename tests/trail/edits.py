"""Random edits of single cells, each of which a check must name."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from accredit.audit.findings import Kind, Report
from accredit.audit.rows import EXEMPT_COLUMNS, EXEMPT_TABLES
from tests.trail.lived import Copy

_ALWAYS = ("event", "alembic_version")


@dataclass(frozen=True)
class Edit:
    """One cell: where it is, what it was and what it is now."""

    table: str
    column: str
    row: int
    key: str
    before: Any
    after: Any


def edit_and_check(copy: Copy, count: int, seed: int) -> Iterator[tuple[Edit, bool]]:
    """Change one cell at a time, check, and change it back; whether it was named."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(copy.database, isolation_level=None)) as connection:
        drop_triggers(connection)
        connection.execute("PRAGMA foreign_keys=OFF")
        tables = [name for name in tables_of(connection) if edited(name)]
        done = 0
        while done < count:
            edit = change_one(connection, chance, chance.choice(tables))
            if edit is None:
                continue
            done += 1
            report = copy.check(files=False)
            yield edit, is_named(edit, report)
            change_back(connection, edit)


def drop_triggers(connection: sqlite3.Connection) -> None:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")


def tables_of(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    return [name for (name,) in connection.execute(query)]


def edited(table: str) -> bool:
    return not table.startswith("sqlite_") and (table in _ALWAYS or table not in EXEMPT_TABLES)


def change_one(connection: sqlite3.Connection, chance: random.Random, table: str) -> Edit | None:
    """Change a cell; None if there is none, it is exempt, or the database keeps it as it was."""
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    keys = [column[1] for column in columns if column[5]]
    column = chance.choice([column[1] for column in columns])
    rows = connection.execute(f"SELECT rowid FROM {table}").fetchall()
    if not rows or (table, column) in EXEMPT_COLUMNS:
        return None
    (row,) = chance.choice(rows)
    (before,) = connection.execute(
        f"SELECT {column} FROM {table} WHERE rowid = ?", (row,)
    ).fetchone()
    key = ",".join(
        str(connection.execute(f"SELECT {one} FROM {table} WHERE rowid = ?", (row,)).fetchone()[0])
        for one in keys
    )
    wanted = other(chance, before)
    try:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (wanted, row))
    except sqlite3.IntegrityError:
        return None
    if keys == [column] and isinstance(wanted, int):
        row = wanted
    (after,) = connection.execute(
        f"SELECT {column} FROM {table} WHERE rowid = ?", (row,)
    ).fetchone()
    edit = Edit(table, column, row, key, before, after)
    return None if (type(after), after) == (type(before), before) else edit


def other(chance: random.Random, value: Any) -> Any:
    """Another value, as little another as may be."""
    if value is None:
        return chance.choice(["", 0, "x"])
    if isinstance(value, int):
        return value + chance.choice([1, -1, 1_000_000])
    if isinstance(value, float):
        return chance.choice([value + 1e-9, -value - 1, None])
    if isinstance(value, bytes):
        return value + b"x"
    choices = [f"{value} ", value[:-1], value.swapcase(), f"{value}\u200f", "", None]
    if value:
        place = chance.randrange(len(value))
        choices.append(value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :])
    return chance.choice(choices)


def change_back(connection: sqlite3.Connection, edit: Edit) -> None:
    connection.execute(
        f"UPDATE {edit.table} SET {edit.column} = ? WHERE rowid = ?", (edit.before, edit.row)
    )


def is_named(edit: Edit, report: Report) -> bool:
    """Whether a finding names the table and the row, the trigger's absence apart."""
    keys = {edit.key, str(edit.after), "version_num"}
    return any(
        finding.table == edit.table
        and finding.kind is not Kind.TRIGGER_MISSING
        and (finding.key in keys or "," in edit.key)
        for finding in report.findings
    )

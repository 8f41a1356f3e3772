"""Random edits of single cells, each of which a check must name."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from accredit.audit.findings import Kind, Report
from accredit.audit.rows import EXEMPT_COLUMNS, EXEMPT_TABLES
from tests.raw import Raw, Refused
from tests.trail.lived import Copy

_ALWAYS = ("event", "alembic_version")


@dataclass(frozen=True)
class Edit:
    """One cell: where it is, what it was and what it is now; rows are known by their key."""

    table: str
    column: str
    row: dict[str, Any]
    key: str
    before: Any
    after: Any


def edit_and_check(copy: Copy, count: int, seed: int) -> Iterator[tuple[Edit, bool]]:
    """Change one cell at a time, check, and change it back; whether it was named."""
    chance = random.Random(seed)
    shapes = shapes_of(copy.database_url)
    with copy.opened() as connection:
        connection.without_guards()
        done = 0
        while done < count:
            edit = change_one(connection, chance, *chance.choice(shapes))
            if edit is None:
                continue
            done += 1
            report = copy.check(files=False)
            yield edit, is_named(edit, report)
            change_back(connection, edit)


#: A table, its columns, and those of them that are its key.
Shape = tuple[str, list[str], list[str]]


def shapes_of(url: str) -> list[Shape]:
    """The tables whose every cell is edited."""
    engine = sa.create_engine(url)
    there = sa.inspect(engine)
    shapes = [
        (
            table,
            [column["name"] for column in there.get_columns(table)],
            there.get_pk_constraint(table)["constrained_columns"],
        )
        for table in sorted(there.get_table_names())
        if table in _ALWAYS or table not in EXEMPT_TABLES
    ]
    engine.dispose()
    return shapes


def change_one(
    connection: Raw, chance: random.Random, table: str, columns: list[str], keys: list[str]
) -> Edit | None:
    """Change a cell; None if there is none, it is exempt, or the database keeps it as it was."""
    column = chance.choice(columns)
    rows = connection.execute(
        f"SELECT {', '.join(keys)} FROM {table} ORDER BY {', '.join(keys)}"
    ).fetchall()
    if not rows or (table, column) in EXEMPT_COLUMNS:
        return None
    row = dict(zip(keys, chance.choice(rows), strict=True))
    before = cell(connection, table, column, row)
    wanted = other(chance, before)
    try:
        write(connection, table, column, row, wanted)
    except Refused:
        return None
    row = {name: wanted if name == column else value for name, value in row.items()}
    after = cell(connection, table, column, row)
    key = ",".join(str(before if name == column else row[name]) for name in keys)
    edit = Edit(table, column, row, key, before, after)
    return None if (type(after), after) == (type(before), before) else edit


def cell(connection: Raw, table: str, column: str, row: dict[str, Any]) -> Any:
    query = f"SELECT {column} FROM {table} WHERE {where(row)}"
    return connection.execute(query, *row.values()).fetchone()[0]


def write(connection: Raw, table: str, column: str, row: dict[str, Any], value: Any) -> None:
    statement = f"UPDATE {table} SET {column} = ? WHERE {where(row)}"
    connection.execute(statement, value, *row.values())


def where(row: dict[str, Any]) -> str:
    return " AND ".join(f"{name} = ?" for name in row)


def other(chance: random.Random, value: Any) -> Any:
    """Another value, as little another as may be."""
    if value is None:
        return chance.choice(["", 0, "x"])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice([1, -1, 1_000_000])
    if isinstance(value, float):
        return chance.choice([value + 1e-9, -value - 1, None])
    if isinstance(value, bytes):
        return value + b"x"
    if isinstance(value, datetime):
        return chance.choice([value + timedelta(microseconds=1), value - timedelta(hours=3), None])
    if isinstance(value, date):
        return chance.choice([value + timedelta(days=1), None])
    choices = [f"{value} ", value[:-1], value.swapcase(), f"{value}\u200f", "", None]
    if value:
        place = chance.randrange(len(value))
        choices.append(value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :])
    return chance.choice(choices)


def change_back(connection: Raw, edit: Edit) -> None:
    write(connection, edit.table, edit.column, edit.row, edit.before)


def is_named(edit: Edit, report: Report) -> bool:
    """Whether a finding names the table and the row, the trigger's absence apart."""
    keys = {edit.key, str(edit.after), "version_num"}
    return any(
        finding.table == edit.table
        and finding.kind is not Kind.TRIGGER_MISSING
        and (finding.key in keys or "," in edit.key)
        for finding in report.findings
    )

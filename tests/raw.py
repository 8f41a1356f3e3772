"""A database opened by somebody else's program, past everything the product does and guards."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import sqlalchemy as sa

from accredit.audit.cells import stored

#: What a database says when it does not take a value: none of its type, or against a rule.
Refused = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError)


class Raw:
    """One connection, each statement for itself; `?` stands for a value on both databases."""

    def __init__(self, url: str) -> None:
        self.is_postgresql = url.startswith("postgresql")
        self._connection: Any
        if self.is_postgresql:
            self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        else:
            path = str(sa.make_url(url).database)
            self._connection = sqlite3.connect(path, isolation_level=None)

    def execute(self, statement: str, *values: Any) -> Any:
        """The cursor of the database's own driver."""
        if not self.is_postgresql:
            return self._connection.execute(statement, values)
        return self._connection.execute(statement.replace("?", "%s"), values or None)

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Rows by name of column, in the spelling of the chain."""
        cursor = self.execute(statement, *values)
        names = [column[0] for column in cursor.description]
        return [
            {name: stored(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]

    def insert(self, table: str, row: dict[str, Any]) -> None:
        marks = ", ".join("?" * len(row))
        self.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())

    def without_guards(self) -> None:
        """From here on no trigger is asked and no reference followed, on this connection."""
        if self.is_postgresql:
            self.execute("SET session_replication_role = replica")
            return
        names = self.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            self.execute(f"DROP TRIGGER {name}")

    def loosen(self, table: str) -> None:
        """Make the table anew without any constraint, as only its holder can."""
        self.execute(f"CREATE TABLE loose AS SELECT * FROM {table}")
        self.execute(f"DROP TABLE {table}{' CASCADE' if self.is_postgresql else ''}")
        self.execute(f"ALTER TABLE loose RENAME TO {table}")

    def close(self) -> None:
        self._connection.close()

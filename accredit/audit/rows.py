"""Which rows the trail protects, and the hash of a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from accredit.audit.cells import canonical, stored
from accredit.database import Base

#: The reviewed list of what no event binds, each with its reason. A test holds it at twenty
#: columns together.
EXEMPT_TABLES: Mapping[str, str] = {
    "event": "the chain itself: each event is bound by its own hash and by the next one",
    "event_kept": "hashes of events, while an earlier release is in use; bound by the chain",
    "improvement_action_kept": "who verified, while an earlier release is in use; as above",
    "alembic_version": "compared with the release that checks",
    "evidence_word": "an index, computed from what is protected; renewed by `evidence index`",
    "evidence_part": "words of files for searching, computed from them; the files are hashed",
    "allowance": "how often somebody tried, counted whether or not the request is kept",
}
EXEMPT_COLUMNS: Mapping[tuple[str, str], str] = {
    ("sign_in_session", "seen_at"): "moves with every page somebody opens",
    ("sign_in_session", "challenge"): "what a security key must sign next; of no worth afterwards",
    ("mail", "due_at"): "sending a mail changes nothing of what was decided",
    ("mail", "tries"): "as above",
    ("mail", "state"): "as above",
    ("mail", "problem"): "as above",
}

#: How many rows are asked for at once.
_AT_ONCE = 500

Key = str


def protected_tables() -> tuple[Table, ...]:
    """The tables whose every row is bound to the last event that changed it, by name."""
    tables = Base.metadata.tables.values()
    return tuple(sorted((t for t in tables if is_protected(t.name)), key=lambda t: t.name))


def is_protected(table: str) -> bool:
    """Whether rows of this table may change only together with an event."""
    return table not in EXEMPT_TABLES


def hashed_columns(table: str, names: Iterable[str]) -> tuple[str, ...]:
    """Of these columns of a table those that go into a row's hash, in their order."""
    return tuple(sorted(name for name in names if (table, name) not in EXEMPT_COLUMNS))


def row_hash(table: str, names: Sequence[str], values: Iterable[Any]) -> str:
    """SHA-256 of a row: its table, the columns in their order, and what the database keeps."""
    text = canonical([table, names, [stored(value) for value in values]])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key_of(values: Sequence[Any]) -> Key:
    """A primary key as events write it: the plain number, or JSON of several values."""
    if len(values) == 1:
        return str(values[0])
    return canonical([stored(value) for value in values])


class RowReader:
    """Reads the rows of one table by key and says their hashes.

    Columns carry no type here: what is hashed is what the database keeps, and not what the
    program makes of it. `plain` is the table in this way, and `columns` are those that are hashed,
    in their order, for statements that read or write a row and have its hash at the same time.
    """

    def __init__(self, table: Table) -> None:
        self.name = table.name
        self._names = hashed_columns(table.name, (column.name for column in table.columns))
        self._keys = [column.name for column in table.primary_key.columns]
        # The key keeps its type: PostgreSQL compares a number with a number only.
        plain = sa.table(
            table.name,
            *(
                sa.column(column.name, column.type if column.primary_key else None)
                for column in table.columns
            ),
        )
        self.plain = plain
        columns = self.columns = [plain.c[name] for name in self._names]
        keys = [plain.c[name] for name in self._keys]
        self._one = sa.select(*columns).where(
            *(column == sa.bindparam(f"key_{column.name}") for column in keys)
        )
        self._locked = self._one.with_for_update()
        self._many = sa.select(keys[0].label("row_key"), *columns).where(
            keys[0].in_(sa.bindparam("keys", expanding=True))
        )

    def find_hash(
        self, connection: Connection, key: tuple[Any, ...], *, lock: bool = False
    ) -> str | None:
        """The hash of one row as it is stored now; None where there is none."""
        asked = {f"key_{name}": value for name, value in zip(self._keys, key, strict=True)}
        row = connection.execute(self._locked if lock else self._one, asked).first()
        return None if row is None else self.hash_of(row)

    def hash_of(self, row: Sequence[Any]) -> str:
        """The hash of a row that was read by `columns`."""
        return row_hash(self.name, self._names, row)

    def find_hashes(
        self, connection: Connection, keys: Sequence[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], str]:
        """The hashes of several rows; keys without a row are left out."""
        if len(keys) == 1 or len(self._keys) > 1:
            found = {key: self.find_hash(connection, key) for key in keys}
            return {key: value for key, value in found.items() if value is not None}
        hashes = {}
        for first in range(0, len(keys), _AT_ONCE):
            asked = {"keys": [key[0] for key in keys[first : first + _AT_ONCE]]}
            for key, *values in connection.execute(self._many, asked):
                hashes[(key,)] = row_hash(self.name, self._names, values)
        return hashes


@cache
def reader_of(table: Table) -> RowReader:
    """The reader of a table, made once."""
    return RowReader(table)

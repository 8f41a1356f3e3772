"""Statements that are sent most often, written out once for each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVarTuple

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

Columns = TypeVarTuple("Columns")
#: What turns a value into what the driver takes, or the other way round.
Turn = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as one kind of database is sent it."""

    text: str
    #: The values that stand in the statement itself.
    given: Mapping[str, Any]
    #: In this order the driver takes the values; None: it takes them by name.
    order: Sequence[str] | None
    takes: Mapping[str, Turn]
    gives: Sequence[tuple[int, Turn]]


class Prepared(Generic[*Columns]):
    """A statement that gives columns, sent without what SQLAlchemy makes anew for each sending.

    It finds a row in a few microseconds; what is made around it takes several times as long.
    What is in the session and not yet flushed is not seen. Errors are SQLAlchemy's, as always.
    """

    def __init__(self, statement: Select[*Columns] | ReturningUpdate[*Columns]) -> None:
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def rows(self, connection: Connection, asked: Mapping[str, Any]) -> list[tuple[*Columns]]:
        """All rows, within the transaction of the connection, which begins here if none has."""
        if not connection.in_transaction():
            connection.begin()
        dialect = connection.dialect
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = _write(self._statement, dialect)
        values = {**written.given, **asked}
        for name, turn in written.takes.items():
            values[name] = turn(values[name])
        order = written.order
        taken = values if order is None else tuple([values[name] for name in order])
        found = _send(connection, written.text, taken)
        return [_turned(row, written.gives) for row in found] if written.gives else found

    def row(self, connection: Connection, asked: Mapping[str, Any]) -> tuple[*Columns] | None:
        """The one row there is, or None."""
        found = self.rows(connection, asked)
        return found[0] if found else None


def _turned(row: Sequence[Any], gives: Sequence[tuple[int, Turn]]) -> Any:
    values = list(row)
    for place, turn in gives:
        values[place] = turn(values[place])
    return tuple(values)


def _send(connection: Connection, text: str, values: object) -> list[Any]:
    driver: Any = connection.connection.dbapi_connection
    try:
        cursor = driver.execute(text, values)
        try:
            return list(cursor.fetchall())
        finally:
            cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, text, error) from error


def _told(connection: Connection, text: str, error: Any) -> StatementError:
    """The driver's error as SQLAlchemy tells it; a connection that was lost is used no more."""
    dialect, driver = connection.dialect, connection.connection.dbapi_connection
    lost = dialect.is_disconnect(error, driver, None)
    if lost:
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    told: StatementError = DBAPIError.instance(
        text, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
    return told


def _write(
    statement: Select[*tuple[Any, ...]] | ReturningUpdate[*tuple[Any, ...]], dialect: Dialect
) -> _Written:
    compiled = statement.compile(dialect=dialect)
    takes = {
        name: turn
        for name, bound in compiled.binds.items()
        if (turn := _of(bound.type, dialect).bind_processor(dialect)) is not None
    }
    gives = [
        (place, turn)
        for place, column in enumerate(statement.exported_columns)
        if (turn := _of(column.type, dialect).result_processor(dialect, None)) is not None
    ]
    return _Written(str(compiled), compiled.params, compiled.positiontup, takes, gives)


def _of(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)

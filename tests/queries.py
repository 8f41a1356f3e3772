"""Counting what the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from accredit import prepared
from accredit.database import TAKE_TURN, db

WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def count_queries(app: Flask) -> Iterator[list[str]]:
    """The statements executed inside the block, transaction control left out."""
    statements: list[str] = []

    def note(_conn, _cursor, statement, _parameters, _context, _many):
        if not statement.startswith(("BEGIN", "PRAGMA", TAKE_TURN)):
            statements.append(statement)

    def send(connection, statement, values):
        statements.append(statement)
        return really_send(connection, statement, values)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    # These go past SQLAlchemy, and are as many questions all the same.
    really_send, prepared._send = prepared._send, send
    try:
        yield statements
    finally:
        prepared._send = really_send
        event.remove(engine, "before_cursor_execute", note)


def writes(statements: list[str]) -> list[str]:
    """Those that change something."""
    return [statement for statement in statements if statement.lstrip().startswith(WRITES)]

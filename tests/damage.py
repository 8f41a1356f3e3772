"""Damage done behind the program's back, as by somebody who holds the database file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from accredit.audit import guards


@contextmanager
def unguarded(session: Session) -> Iterator[Connection]:
    """The database without the triggers that refuse; afterwards they stand again."""
    connection = session.connection()
    guards.take_down(connection)
    yield connection
    guards.set_up(connection)

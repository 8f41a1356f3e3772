"""Whoever writes at the same moment, there is one chain of events."""

from __future__ import annotations

from types import SimpleNamespace

from sqlalchemy.dialects import postgresql

from accredit.audit import Subject, record
from accredit.database import wait_for_turn
from tests.people import START
from tests.queries import count_queries


class PostgresSession:
    """As much of a session as is asked here: no server, only what it would be sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def get_bind(self) -> SimpleNamespace:
        return SimpleNamespace(dialect=postgresql.dialect())

    def execute(self, statement) -> None:
        self.sent.append(str(statement.compile(dialect=postgresql.dialect())))


def test_where_several_may_write_at_once_each_waits_for_its_turn():
    session = PostgresSession()
    wait_for_turn(session)
    assert len(session.sent) == 1
    assert "pg_advisory_xact_lock" in session.sent[0]


def test_where_only_one_can_write_nothing_more_is_asked(app, arrange):
    with arrange() as session, count_queries(app) as statements:
        record(session, "robot.danced", Subject("robot", "1"), by=None, at=START)
    assert [statement.split()[0] for statement in statements] == ["SELECT", "INSERT"]

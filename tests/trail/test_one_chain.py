"""Whoever writes at the same moment, there is one chain of events."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from accredit.assessment.domain import Stage
from accredit.assessment.models import Score
from accredit.audit import Event, Subject, record
from accredit.database import wait_for_turn
from tests.assessments import self_assess, walk_to
from tests.people import START
from tests.queries import count_queries


class PostgresConnection:
    """As much of a connection as is asked here: no server, only what it would be sent."""

    dialect = postgresql.dialect()

    def __init__(self) -> None:
        self.sent: list[str] = []

    def exec_driver_sql(self, statement: str) -> None:
        self.sent.append(statement)


def test_where_several_may_write_at_once_each_waits_for_its_turn():
    connection = PostgresConnection()
    wait_for_turn(connection)
    assert len(connection.sent) == 1
    assert "pg_advisory_xact_lock" in connection.sent[0]


def test_where_only_one_can_write_nothing_more_is_asked(app, arrange):
    with count_queries(app) as statements, arrange() as session:
        record(session, "robot.danced", Subject("robot", "1"), by=None, at=START)
    assert [statement.split()[0] for statement in statements] == ["SELECT", "INSERT"]


def test_a_row_is_read_once_before_it_changes_and_once_after(app, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        self_assess(session, cast, assessment, {"1.1": "good"}, submit=False)
    with count_queries(app) as statements, arrange() as session:
        score = session.scalars(select(Score)).one()
        score.reason = "Seen again"
        record(session, "score.set", Subject("score", "1"), by=None, at=START)
    assert [statement.split()[0] for statement in statements[1:]] == [
        "SELECT", "UPDATE", "SELECT", "SELECT", "INSERT",
    ]  # fmt: skip


def test_events_of_one_transaction_are_seen_in_it(arrange):
    with arrange() as session:
        record(session, "robot.danced", Subject("robot", "7"), by=None, at=START)
        record(session, "robot.rested", Subject("robot", "7"), by=None, at=START)
        query = select(Event.action).where(Event.subject_type == "robot").order_by(Event.id)
        assert session.scalars(query).all() == ["robot.danced", "robot.rested"]

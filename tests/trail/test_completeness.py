"""No change without its event, and no event without its change."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import delete, func, insert, select, update

from accredit.assessment.domain import Stage
from accredit.audit import Acting, Event, Subject, UnrecordedChangeError, acting, record
from accredit.audit.findings import Kind
from accredit.audit.recording import UnwatchedWriteError
from accredit.audit.rows import protected_tables
from accredit.database import db
from accredit.identity.models import Person, SignInLink
from bench.trail import measure
from tests.assessments import walk_to
from tests.people import START
from tests.routes import addresses

ROBOT = Subject("robot", "1")
#: What a request that is refused may leave.
OF_REFUSALS = {"access.denied", "evidence.refused", "person.sign_in_failed"}


def changes_of(event: Event) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    return {(table, key): (old, new) for table, key, old, new in json.loads(event.changes)}


@pytest.fixture
def last(arrange):
    def find() -> Event:
        with arrange() as session:
            return session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()

    return find


@pytest.fixture
def strictly():
    """As while a request is served in a test."""
    token = acting.set(Acting("a request", lambda _org, _dep: "leader", strict=True))
    yield
    acting.reset(token)


def test_an_event_tells_each_row_it_changed_before_and_after(cast, arrange, last, holds):
    with arrange() as session:
        session.get(Person, cast.leader.id).language = "ar"
        session.get(Person, cast.nobody.id).language = "ar"
        record(session, "robot.danced", ROBOT, by=None, at=START)
    told = changes_of(last())
    assert set(told) == {("person", str(cast.leader.id)), ("person", str(cast.nobody.id))}
    assert all(old and new and old != new for old, new in told.values())
    assert holds() == []


def test_a_row_that_changes_after_the_event_belongs_to_it_all_the_same(cast, arrange, last, holds):
    with arrange() as session:
        record(session, "robot.danced", ROBOT, by=None, at=START)
        session.get(Person, cast.leader.id).language = "ar"
    assert last().action == "robot.danced"
    assert set(changes_of(last())) == {("person", str(cast.leader.id))}
    assert holds() == []


def test_a_row_changed_under_two_events_is_told_by_the_last(cast, arrange, holds):
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        person.language = "ar"
        record(session, "robot.danced", ROBOT, by=None, at=START)
        person.language = "en"
        person.name_en = "Layla H."
        record(session, "robot.rested", ROBOT, by=None, at=START)
    with arrange() as session:
        first, second = session.scalars(
            select(Event).where(Event.subject_type == "robot").order_by(Event.id)
        )
        assert changes_of(first) == {}
        assert set(changes_of(second)) == {("person", str(cast.leader.id))}
    assert holds() == []


def test_what_changes_and_changes_back_is_no_change(cast, arrange, last):
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        person.language = "ar"
        session.flush()
        person.language = "en"
        record(session, "robot.danced", ROBOT, by=None, at=START)
    assert changes_of(last()) == {}


def test_an_event_read_within_its_transaction_does_not_lose_later_rows(cast, arrange, last, holds):
    with arrange() as session:
        record(session, "robot.danced", ROBOT, by=None, at=START)
        assert session.scalars(select(Event).where(Event.subject_type == "robot")).all()
        session.get(Person, cast.leader.id).language = "ar"
    assert last().action == "trail.continued"
    assert last().subject_type == "robot"
    assert holds() == []


def test_statements_that_change_many_rows_are_told_like_objects(cast, arrange, last, holds):
    with arrange() as session:
        session.execute(update(Person).where(Person.id < 4).values(language="ar"))
        record(session, "robot.danced", ROBOT, by=None, at=START)
    assert set(changes_of(last())) == {("person", "1"), ("person", "2"), ("person", "3")}
    with arrange() as session:
        session.add(SignInLink(person_id=1, token_hash="x", created_at=START, expires_at=START))
        record(session, "robot.danced", ROBOT, by=None, at=START)
    with arrange() as session:
        session.execute(delete(SignInLink))
        record(session, "robot.rested", ROBOT, by=None, at=START)
    assert [new for _old, new in changes_of(last()).values()] == [None]
    assert holds() == []


def test_rows_are_added_as_objects_and_not_behind_the_sessions_back(arrange):
    with pytest.raises(UnwatchedWriteError), arrange() as session:
        session.execute(insert(SignInLink).values(person_id=1, token_hash="y"))


def test_failure_65_an_event_that_cannot_be_written_undoes_the_change(cast, arrange):
    def change() -> None:
        with arrange() as session:
            session.get(Person, cast.leader.id).language = "ar"
            record(session, "robot.danced", ROBOT, by=None, at=START, details={"x": object()})

    with pytest.raises(TypeError):
        change()
    with arrange() as session:
        assert session.get(Person, cast.leader.id).language == "en"


def test_failure_65_a_change_without_an_event_is_refused_in_every_test(cast, arrange, strictly):
    with pytest.raises(UnrecordedChangeError, match="person"), arrange() as session:
        session.get(Person, cast.leader.id).active = False
    with arrange() as session:
        assert session.get(Person, cast.leader.id).active


def test_failure_65_and_elsewhere_it_is_recorded_and_named(cast, arrange, last, holds):
    with arrange() as session:
        session.get(Person, cast.leader.id).active = False
    assert last().action == "trail.unrecorded"
    assert holds() == [("person", str(cast.leader.id), Kind.UNRECORDED)]


def test_what_a_savepoint_undoes_leaves_no_event(cast, arrange, holds):
    with arrange() as session:
        with session.begin_nested() as nested:
            session.get(Person, cast.leader.id).language = "ar"
            record(session, "robot.danced", ROBOT, by=None, at=START)
            nested.rollback()
        record(session, "robot.rested", ROBOT, by=None, at=START)
    with arrange() as session:
        actions = session.scalars(select(Event.action).where(Event.subject_type == "robot"))
        assert actions.all() == ["robot.rested"]
    assert holds() == []


def test_an_undone_transaction_leaves_nothing_for_the_next_one(cast, arrange, app, last, holds):
    with app.app_context():
        session = db.session()
        session.get(Person, cast.leader.id).language = "ar"
        record(session, "robot.danced", ROBOT, by=None, at=START)
        session.rollback()
        record(session, "robot.rested", ROBOT, by=None, at=START)
        session.commit()
    assert last().action == "robot.rested"
    assert changes_of(last()) == {}
    assert holds() == []


def test_an_event_says_in_which_role_somebody_acted(browse, cast, arrange, last):
    browse(cast.administrator).post(
        "/organisations/new", {"code": "NEW", "name_en": "New Body", "name_ar": "جهة جديدة"}
    )
    event = last()
    assert event.action == "organisation.created"
    assert (event.person_id, event.role) == (cast.administrator.id, "administrator")


@pytest.mark.parametrize("who", ["administrator", "leader", "moderator", "stranger_manager"])
def test_failure_65_no_writing_route_changes_rows_unseen(browse, cast, app, arrange, who, holds):
    """Every address that takes a form, sent empty: what is refused leaves a trace at most."""
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        ids = {"assessment_id": assessment.id, "person_id": cast.contributor.id, "code": "1.1"}
    person = browse(getattr(cast, who))

    def count() -> int:
        with arrange() as session:
            return session.scalar(select(func.max(Event.id))) or 0

    sent = 0
    for endpoint, path in addresses(app, "POST", ids):
        if endpoint in ("identity.sign_out",):
            continue
        before = count()
        answer = person.client.post(path)
        answer.close()
        assert answer.status_code < 500, (endpoint, path)
        with arrange() as session:
            actions = session.scalars(select(Event.action).where(Event.id > before)).all()
        if answer.status_code in (403, 404) and endpoint.partition(".")[0] != "security":
            assert set(actions) <= OF_REFUSALS, endpoint
            assert len(actions) <= 1, endpoint
        elif answer.status_code >= 400:
            assert set(actions) <= OF_REFUSALS, endpoint
        assert "trail.unrecorded" not in actions, endpoint
        sent += 1
    assert sent > 25
    assert holds() == []


def test_every_table_is_protected_or_on_the_reviewed_list(arrange):
    with arrange() as session:
        there = sa.inspect(session.connection()).get_table_names()
    from accredit.audit.rows import EXEMPT_TABLES

    known = {table.name for table in protected_tables()} | set(EXEMPT_TABLES)
    assert set(there) <= known


def test_clean_changes_give_no_alarm_however_often_they_are_checked(cast, arrange, holds):
    """A thousand by command: `TRAIL_RUNS=1000 python -m pytest tests/trail -k clean_changes`."""
    for number in range(int(os.environ.get("TRAIL_RUNS", "25"))):
        with arrange() as session:
            person = session.get(Person, 1 + number % 13)
            person.language = "ar" if person.language == "en" else "en"
            record(session, "robot.danced", ROBOT, by=None, at=START)
        assert holds() == [], number


def test_twenty_thousand_events_are_checked_within_their_share_of_a_minute(tmp_path):
    """A million within a minute: `python -m bench.trail`."""
    report, work = measure(20_000, tmp_path)
    assert report.holds
    assert report.events == 20_000
    assert work < 60 * 20_000 / 1_000_000
    assert report.at <= datetime.now(UTC)

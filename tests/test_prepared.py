"""Queries that are written out once: they answer and fail as SQLAlchemy's own do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, column, func, insert, select, table
from sqlalchemy.exc import DBAPIError

from accredit.database import db, writing
from accredit.identity.models import Organisation, Person, SignInSession
from accredit.prepared import Prepared

START = datetime(2026, 1, 5, tzinfo=UTC)
QUERY = (
    select(Person.id, Person.active, SignInSession.seen_at, SignInSession.confirmed_at)
    .join(SignInSession, SignInSession.person_id == Person.id)
    .where(
        SignInSession.seen_at <= bindparam("until", type_=SignInSession.seen_at.type),
        Person.language != "xx",
    )
    .order_by(Person.id)
    .limit(5)
)


@pytest.fixture
def connection(app):
    """A connection of the application, in whose database everybody is signed in."""
    with app.app_context(), db.engine.connect() as one:
        yield one
        one.rollback()


def test_values_are_what_they_are_to_sqlalchemy(connection):
    asked = {"until": datetime.now(UTC)}
    usual = [tuple(row) for row in connection.execute(QUERY, asked)]
    assert Prepared(QUERY).rows(connection, asked) == usual
    assert len(usual) == 5
    assert usual[0][1] is True
    assert usual[0][2].tzinfo is UTC


def test_none_is_found_where_there_is_none(connection):
    prepared = Prepared(QUERY)
    assert prepared.row(connection, {"until": datetime(2000, 1, 1, tzinfo=UTC)}) is None
    assert prepared.row(connection, {"until": datetime.now(UTC)}) is not None


def test_what_the_same_transaction_wrote_is_seen_and_undone_with_it(app):
    count = Prepared(select(func.count()).select_from(Organisation))
    with app.app_context(), writing(), db.engine.connect() as connection:
        (before,) = count.row(connection, {})
        values = {"code": "NEW", "name_en": "New", "name_ar": "جديد", "created_at": START}
        connection.execute(insert(Organisation).values(**values))
        assert count.row(connection, {}) == (before + 1,)
        connection.rollback()
        assert count.row(connection, {}) == (before,)


def test_it_takes_its_turn_to_write_as_any_first_statement_does(app):
    """Whoever reads what it will write after must be the only one who writes."""
    last = Prepared(select(Organisation.id).limit(1))
    with app.app_context(), writing(), db.engine.connect() as connection:
        last.rows(connection, {})
        assert connection.in_transaction()
        if connection.dialect.name == "sqlite":
            assert connection.connection.dbapi_connection.in_transaction
        else:
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            assert connection.exec_driver_sql(held).scalar_one() > 0


def test_an_error_is_sqlalchemys_and_tells_no_value(connection):
    nowhere = table("nowhere", column("secret"))
    query = Prepared(select(nowhere.c.secret).where(nowhere.c.secret == bindparam("typed")))
    with pytest.raises(DBAPIError) as told:
        query.rows(connection, {"typed": "what nobody may read"})
    assert "nowhere" in str(told.value)
    assert "what nobody may read" not in str(told.value)

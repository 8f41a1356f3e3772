"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from accredit.audit import guards
from accredit.audit.guards import CERTIFICATE_COLUMNS, GUARDS
from accredit.database import db
from tests.certificates import grant, store
from tests.databases import IS_POSTGRESQL


@pytest.fixture
def granted(arrange, cast, world):
    with arrange() as session:
        grant(session, cast, store(world.settings))


REFUSED = [
    "UPDATE event SET details = '{}' WHERE id = 1",
    "DELETE FROM event WHERE id = 1",
    "UPDATE standard_version SET content = '{}'",
    "DELETE FROM standard_version",
    *(
        f"UPDATE certificate SET {column} = '{'2031-01-01' if column.endswith('_on') else '9'}'"
        for column in CERTIFICATE_COLUMNS
    ),
    "DELETE FROM certificate",
    "UPDATE certificate_document SET sha256 = ''",
    "DELETE FROM certificate_document",
    "UPDATE decision SET reason = 'other'",
    "UPDATE decision SET certificate_id = NULL",
    "DELETE FROM decision",
    "UPDATE score SET level = 'exceptional' WHERE stage = 'agreed'",
    "DELETE FROM score",
    "UPDATE evidence_version SET file_name = 'other.pdf'",
    "DELETE FROM evidence_version",
    "DELETE FROM evidence",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_what_was_said_for_ever_is_neither_changed_nor_removed(granted, arrange, statement):
    with pytest.raises(IntegrityError, match="is refused"), arrange() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE certificate SET state = 'suspended', version = version + 1"],
)
def test_what_may_change_does(granted, arrange, statement):
    with arrange() as session:
        assert session.execute(text(statement)).rowcount == 1


def test_scores_may_change_until_the_decision(arrange, cast):
    from accredit.assessment.domain import Stage
    from tests.assessments import walk_to

    with arrange() as session:
        walk_to(session, cast, Stage.DECISION)
        session.execute(text("UPDATE score SET reason = 'other'"))


def test_every_trigger_of_the_database_is_in_the_list(app):
    """On whichever database the tests run; one that is not there is named by its absence."""
    asked = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if IS_POSTGRESQL
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with app.app_context(), db.engine.connect() as connection:
        there = sorted(name for (name,) in connection.execute(text(asked)))
    assert there == sorted(guard.name for guard in GUARDS)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_whichever_is_missing_is_named(app, guard):
    with app.app_context(), db.engine.begin() as connection:
        of_table = f" ON {guard.table}" if IS_POSTGRESQL else ""
        connection.execute(text(f"DROP TRIGGER {guard.name}{of_table}"))
        assert guards.missing(connection) == [guard]


def test_postgresql_is_told_the_same(monkeypatch):
    """No server here: only what it would be sent."""
    sent: list[str] = []

    class Connection:
        dialect = postgresql.dialect()

        def exec_driver_sql(self, statement: str) -> None:
            sent.append(statement)

    monkeypatch.setattr(guards, "take_down", lambda _connection: None)
    guards.set_up(Connection())
    for guard in GUARDS:
        assert any(f"CREATE TRIGGER {guard.name} BEFORE {guard.act}" in one for one in sent)
        assert any(guard.refusal in one for one in sent)
    assert all("RETURN OLD" in one for one in sent if "_delete()" in one and "FUNCTION" in one[:30])

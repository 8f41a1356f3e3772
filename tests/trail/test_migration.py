"""Databases of earlier releases: their chain goes on, and every row they hold is sealed."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from accredit.app import create_app
from accredit.audit import Event, Subject, record
from accredit.audit.findings import Kind
from accredit.database import db, writing
from accredit.identity.models import Person
from accredit.setup import _connect_migrations
from accredit.trail import checking
from tests.conftest import make_settings
from tests.people import START
from tests.raw import Raw

EARLIER = "0004"


class Installation:
    """An application over a database of its own that can be moved between releases."""

    def __init__(self, folder: Path, url: str) -> None:
        self.settings = make_settings(folder, database_url=url)
        self.app = create_app(self.settings)
        with self.app.app_context():
            _connect_migrations(self.app)

    def move(self, revision: str, *, back: bool = False) -> None:
        from flask_migrate import downgrade, upgrade

        with self.app.app_context(), writing():
            (downgrade if back else upgrade)(revision=revision)
            db.session.remove()
            db.engine.dispose()

    def findings(self) -> list[tuple[str, str, Kind]]:
        with self.app.app_context():
            report = checking.check_all(db.engine, self.settings, files=False)
            db.engine.dispose()
        return [(item.table, item.key, item.kind) for item in report.findings]

    def sign(self) -> None:
        with self.app.app_context():
            checking.sign_head(db.engine, self.settings)
            db.engine.dispose()

    def actions(self) -> list[str]:
        with closing(Raw(self.settings.database_url)) as connection:
            rows = connection.execute("SELECT action FROM event ORDER BY id").fetchall()
        return [action for (action,) in rows]

    def run(self, statement: str) -> None:
        with closing(Raw(self.settings.database_url)) as connection:
            assert connection.execute(statement).rowcount != 0


@pytest.fixture
def earlier(tmp_path, no_tables) -> Installation:
    """A database of the release before, with people in it and events hashed as it hashed them."""
    installation = Installation(tmp_path, no_tables)
    installation.move(EARLIER)
    with closing(Raw(no_tables)) as connection:
        previous = "0" * 64
        for number in range(1, 4):
            connection.execute(
                "INSERT INTO person (email, name_en, name_ar, active, fs_uniquifier, language, "
                "is_demo, created_at) VALUES (?, 'A', 'أمل', true, ?, 'ar', false, ?)",
                *(f"a{number}@example.org", f"u{number}", f"2026-01-0{number} 08:00:00.000000"),
            )
            details = json.dumps({"email": f"a{number}@example.org"}, sort_keys=True)
            said = [previous, f"2026-01-0{number}T08:00:00+00:00", None, "person.created",
                    "person", str(number), None, None, details, None]  # fmt: skip
            digest = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
            connection.execute(
                "INSERT INTO event (at, action, subject_type, subject_id, details, "
                "previous_hash, hash) VALUES (?, 'person.created', 'person', ?, ?, ?, ?)",
                *(f"2026-01-0{number} 08:00:00.000000", str(number), details, previous, digest),
            )
            previous = digest
    return installation


def test_an_earlier_chain_goes_on_and_its_rows_are_sealed(earlier):
    earlier.move("head")
    earlier.sign()
    assert earlier.actions() == ["person.created"] * 3 + ["trail.sealed"]
    assert earlier.findings() == []
    with earlier.app.app_context(), writing():
        session = db.session()
        session.get(Person, 2).language = "en"
        record(session, "robot.danced", Subject("robot", "1"), by=None, at=START)
        session.commit()
        assert session.scalars(select(Event.form).order_by(Event.id)).all() == [1, 1, 1, 2, 2]
        db.session.remove()
        db.engine.dispose()
    # The clock of the new event is that of the tests.
    assert [kind for *_, kind in earlier.findings()] == [Kind.CLOCK]


def test_what_is_altered_in_an_earlier_chain_is_still_named(earlier):
    earlier.run("UPDATE event SET details = '{}' WHERE id = 2")
    earlier.move("head")
    earlier.sign()
    assert earlier.findings() == [("event", "2", Kind.ALTERED)]


def test_sealed_rows_are_protected(earlier):
    earlier.move("head")
    earlier.sign()
    earlier.run("UPDATE person SET active = false WHERE id = 2")
    assert earlier.findings() == [("person", "2", Kind.ALTERED)]


def test_there_and_back_and_there_again_the_chain_can_still_be_checked(earlier):
    earlier.move("head")
    earlier.sign()
    earlier.move(EARLIER, back=True)
    earlier.run("UPDATE person SET language = 'en' WHERE id = 1")
    earlier.move("head")
    # The earlier release sealed nothing: what it changed is named.
    assert earlier.findings() == [("person", "1", Kind.ALTERED)]
    earlier.run("UPDATE person SET language = 'ar' WHERE id = 1")
    assert earlier.findings() == []


def test_a_later_migration_seals_what_it_changed_and_hides_nothing(earlier, monkeypatch):
    """As a step that adds a column does, over a database somebody has altered."""
    import sqlalchemy as sa

    from accredit import clock
    from accredit.audit import sealing

    earlier.move("head")
    earlier.run("UPDATE person SET active = false WHERE id = 2")
    with earlier.app.app_context(), writing(), db.engine.begin() as connection:
        before = sealing.look(connection)
        connection.execute(sa.text("UPDATE person SET name_en = name_en || '!'"))
        assert sealing.bind(connection, before, at=clock.now(), step="0099") == 2
    earlier.sign()
    assert earlier.actions()[-1] == "trail.migrated"
    assert earlier.findings() == [("person", "2", Kind.ALTERED)]


def test_a_new_database_begins_with_an_empty_trail(tmp_path, no_tables):
    installation = Installation(tmp_path, no_tables)
    installation.move("head")
    assert installation.actions() == []
    assert installation.findings() == []

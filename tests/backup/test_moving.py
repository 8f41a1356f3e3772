"""A whole instance in another database: the same rows, the same trail, and on it goes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError, OperationalError

from accredit.audit import guards
from accredit.backup.instances import held_still, working
from accredit.backup.manifest import BackupError
from accredit.backup.moving import move
from accredit.backup.tables import find_revision
from accredit.database import db
from accredit.identity import service
from accredit.text import Bilingual
from accredit.trail.checking import check_all
from tests.backup.conftest import LATER, ask, change, tables_of
from tests.databases import IS_POSTGRESQL


@pytest.fixture
def moved(lived, postgresql):
    """The settings of the lived instance after it was moved to PostgreSQL."""
    url = postgresql.empty("moved")
    move(lived.settings, url)
    return replace(lived.settings, database_url=url)


def make_person(settings):
    """Somebody new, after the move."""
    with working(settings):
        person = service.create_person(
            db.session(),
            email="new@example.org",
            name=Bilingual("New", "جديد"),
            language="ar",
            by=None,
            at=LATER,
        )
        db.session.commit()
        return person.id


def verify(settings):
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            assert guards.missing(connection) == []
        return check_all(engine, settings, files=False)
    finally:
        engine.dispose()


@pytest.mark.block("N", "moved to PostgreSQL and back with equal hashes")
def test_to_postgresql_and_back_every_table_has_the_same_hash(lived, postgresql, tmp_path):
    start = lived.settings
    there = replace(start, database_url=postgresql.empty("there"))
    back = replace(start, database_url=f"sqlite:///{tmp_path / 'back.sqlite3'}")
    before = tables_of(start.database_url)
    said, report = move(start, there.database_url)
    assert (said, report.findings) == (before, [])
    assert tables_of(there.database_url) == before
    said, report = move(there, back.database_url)
    assert (said, report.findings) == (before, [])
    assert tables_of(back.database_url) == before
    assert tables_of(start.database_url) == before


@pytest.mark.block("N", "moved and the trail holds")
def test_afterwards_trail_seals_and_guards_hold(moved):
    report = verify(moved)
    assert report.findings == []
    assert report.heads >= 1


def test_new_rows_get_the_next_number_and_the_next_event(moved):
    highest = ask(moved.database_url, "SELECT max(id) FROM person")
    last = ask(moved.database_url, "SELECT max(id) FROM event")
    assert make_person(moved) == highest + 1
    assert ask(moved.database_url, "SELECT max(id) FROM event") > last
    assert verify(moved).findings == []


def test_references_are_checked_again_afterwards(moved):
    with pytest.raises(IntegrityError):
        change(moved.database_url, "UPDATE person SET id = 9999 WHERE id = 1")
    waiting = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferrable"
    assert ask(moved.database_url, waiting) == 0


def test_a_database_with_rows_is_refused(lived, moved):
    before = tables_of(moved.database_url)
    with pytest.raises(BackupError, match="not empty"):
        move(lived.settings, moved.database_url)
    assert tables_of(moved.database_url) == before


def test_a_database_of_somebody_else_is_refused(lived, postgresql):
    url = postgresql.empty("foreign_one")
    change(url, "CREATE TABLE recipe (id integer)")
    with pytest.raises(BackupError, match="not empty"):
        move(lived.settings, url)


def test_its_own_database_is_refused(lived):
    with pytest.raises(BackupError, match="has now"):
        move(lived.settings, lived.settings.database_url)


@pytest.mark.parametrize("url", ["nonsense", "oracle://db/x", "sqlite:////nowhere/at/all.sqlite3"])
def test_what_is_no_database_is_told(lived, url):
    with pytest.raises(BackupError):
        move(lived.settings, url)


@pytest.mark.skipif(
    IS_POSTGRESQL, reason="what PostgreSQL does not keep can only be moved to it from SQLite"
)
def test_a_move_that_fails_leaves_no_row_and_can_be_done_again(lived, postgresql):
    url = postgresql.empty("twice")
    # PostgreSQL keeps no zero byte in a text; SQLite does.
    change(
        lived.settings.database_url,
        "INSERT INTO allowance (who, used, at) "
        "VALUES ('a' || char(0) || 'b', 0, '2026-01-01 00:00:00.000000')",
    )
    with pytest.raises(BackupError, match="refused a row"):
        move(lived.settings, url)
    assert not any(table.rows for table in tables_of(url).values())
    change(lived.settings.database_url, "DELETE FROM allowance")
    _said, report = move(lived.settings, url)
    assert report.findings == []


def test_nobody_can_write_while_rows_are_carried(lived, moved):
    if not IS_POSTGRESQL:
        with held_still(lived.settings.database_url) as source:
            find_revision(source)
            with (
                closing(sqlite3.connect(lived.database, timeout=0.1)) as other,
                pytest.raises(sqlite3.OperationalError, match="locked"),
            ):
                other.execute("DELETE FROM allowance")
    with held_still(moved.database_url) as source:
        find_revision(source)
        with pytest.raises(OperationalError, match="lock timeout"):
            change(moved.database_url, "SET LOCAL lock_timeout = 200", "DELETE FROM allowance")


def test_an_earlier_release_is_asked_to_upgrade_first(lived, postgresql):
    change(lived.settings.database_url, "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(BackupError, match="accredit init"):
        move(lived.settings, postgresql.empty("early"))

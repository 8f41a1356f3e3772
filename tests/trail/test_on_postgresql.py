"""The same trail on a real PostgreSQL: nothing to alarm, and what is altered is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from accredit.audit.findings import Finding, Kind
from accredit.audit.guards import GUARDS
from accredit.backup.moving import move
from accredit.config import Settings
from accredit.trail import checking
from tests.databases import IS_POSTGRESQL, PostgresDatabases
from tests.trail.lived import Copy
from tests.trail.test_block_j import last_change

pytestmark = pytest.mark.skipif(
    IS_POSTGRESQL, reason="the part of this folder that runs where the others run on SQLite"
)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresDatabases]:
    server = PostgresDatabases()
    yield server
    server.close()


@pytest.fixture
def moved(copy: Copy, server: PostgresDatabases) -> Settings:
    """The lived instance, carried over to PostgreSQL."""
    url = server.empty("lived")
    move(copy.settings, url)
    return replace(copy.settings, database_url=url)


def run(settings: Settings, *statements: str) -> None:
    engine = create_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def findings(settings: Settings) -> list[Finding]:
    engine = create_engine(settings.database_url)
    try:
        return checking.check_all(engine, settings, files=False).findings
    finally:
        engine.dispose()


@pytest.mark.block("J", "39 verify on PostgreSQL")
def test_a_clean_database_gives_no_alarm_and_an_altered_row_is_named(moved, copy):
    assert findings(moved) == []
    key, event = last_change(copy, "person")
    run(moved, f"UPDATE person SET active = false WHERE id = {key}")
    assert findings(moved) == [Finding("person", key, event, Kind.ALTERED)]


def test_a_moment_shifted_by_a_time_zone_is_named(moved, copy):
    key, event = last_change(copy, "assignment")
    run(
        moved,
        "SET session_replication_role = replica",
        f"UPDATE assignment SET assigned_at = assigned_at + interval '3 hours' WHERE id = {key}",
    )
    assert findings(moved) == [Finding("assignment", key, event, Kind.ALTERED)]


def test_what_stays_is_refused_and_a_switched_off_trigger_is_named(moved):
    with pytest.raises(IntegrityError, match="is refused"):
        run(moved, "UPDATE event SET details = '{}' WHERE id = 5")
    with pytest.raises(IntegrityError, match="is refused"):
        run(moved, "DELETE FROM decision")
    run(moved, "ALTER TABLE event DISABLE TRIGGER keep_event_update")
    assert findings(moved) == [Finding("event", "keep_event_update", None, Kind.TRIGGER_MISSING)]
    run(moved, "UPDATE event SET details = '{}' WHERE id = 5")
    assert Finding("event", "5", 5, Kind.ALTERED) in findings(moved)


def test_a_file_is_not_unwritten_and_a_trigger_of_evidence_that_is_gone_is_named(moved):
    with pytest.raises(IntegrityError, match="is refused"):
        run(moved, "UPDATE evidence_version SET file_name = 'other.pdf'")
    run(moved, "DROP TRIGGER keep_evidence_version_update ON evidence_version")
    assert findings(moved) == [
        Finding("evidence_version", "keep_evidence_version_update", None, Kind.TRIGGER_MISSING)
    ]


def test_every_trigger_there_is_in_the_list(moved):
    engine = create_engine(moved.database_url)
    try:
        with engine.connect() as connection:
            asked = text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
            there = sorted(name for (name,) in connection.execute(asked))
    finally:
        engine.dispose()
    assert there == sorted(guard.name for guard in GUARDS)


def test_a_removed_event_is_named(moved):
    run(
        moved,
        "ALTER TABLE event DISABLE TRIGGER keep_event_delete",
        "DELETE FROM event WHERE id = 7",
    )
    assert Finding("event", "7", 7, Kind.MISSING) in findings(moved)

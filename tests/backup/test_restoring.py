"""What a restored instance is: the same rows and files, and nobody's session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine

from accredit.app import create_app
from accredit.backup.instances import working
from accredit.backup.making import make_backup
from accredit.backup.manifest import BackupError, read_manifest
from accredit.backup.restoring import restore
from accredit.database import db
from accredit.identity import accounts, outbox
from accredit.identity.models import Person
from accredit.starting import SetupError, refuse_half_restored
from accredit.trail.checking import check_all, sign_head
from tests.backup.conftest import LATER, ask, change, tables_of

#: What bringing back changes on purpose; every other table is as it was, row for row.
CHANGED = {"event", "sign_in_session"}


def verify(settings):
    engine = create_engine(settings.database_url)
    try:
        return check_all(engine, settings)
    finally:
        engine.dispose()


@pytest.mark.block("N", "restored row for row and file for file")
def test_every_row_and_every_file_is_as_it_was(kept, new):
    done = restore(new, kept, at=LATER)
    now = tables_of(new.database_url)
    assert {name for name in now if now[name] != done.manifest.tables[name]} == CHANGED
    stored = {
        path.parent.name + path.name for path in new.evidence_dir.rglob("*") if path.is_file()
    }
    assert stored == set(done.manifest.blobs)
    assert done.aside is None


@pytest.mark.block("N", "restored with the same end of the chain")
def test_the_events_of_the_backup_are_all_there_and_one_more_says_what_was_done(kept, new):
    done = restore(new, kept, at=LATER)
    last = done.manifest.last_event
    assert ask(new.database_url, "SELECT max(id) FROM event") == last + 1
    assert ask(new.database_url, f"SELECT hash FROM event WHERE id = {last}") == (
        done.manifest.last_hash
    )
    assert ask(new.database_url, f"SELECT action FROM event WHERE id = {last + 1}") == (
        "trail.restored"
    )


@pytest.mark.block("N", "restored and the trail holds")
def test_afterwards_the_trail_holds_with_its_heads_and_files(kept, new):
    restore(new, kept, at=LATER)
    report = verify(new)
    assert report.findings == []
    assert report.heads >= 3
    assert report.files


@pytest.mark.block("N", "old sessions and links dead, mails held")
def test_all_sessions_and_links_are_ended_and_no_mail_is_sent(lived, new, tmp_path):
    url = lived.settings.database_url
    assert ask(url, "SELECT count(*) FROM sign_in_session") >= 13
    with working(lived.settings):
        person = db.session().get_one(Person, 1)
        accounts.make_sign_in_link(db.session(), person, by=None, at=LATER - timedelta(hours=1))
        db.session.commit()
    # How far a mail got is nothing the trail follows.
    change(url, "UPDATE mail SET state = 'sending' WHERE id = 1")
    change(url, "UPDATE mail SET state = 'waiting' WHERE id = 2")
    make_backup(lived.settings, tmp_path / "backup", at=LATER)
    done = restore(new, tmp_path / "backup", at=LATER)
    now = f"{LATER:%Y-%m-%d %H:%M:%S}.000000"
    open_links = "SELECT count(*) FROM sign_in_link WHERE used_at IS NULL AND expires_at > "
    assert ask(url, f"{open_links} '{now}'") == 1
    assert ask(new.database_url, f"{open_links} '{now}'") == 0
    assert ask(new.database_url, "SELECT count(*) FROM sign_in_session") == 0
    assert ask(new.database_url, "SELECT count(*) FROM mail WHERE state = 'held'") == 2
    with working(new):
        assert outbox.claim(db.session(), at=LATER + timedelta(days=1)) is None
    assert (done.ended.sessions >= 13, done.ended.links, done.ended.mails) == (True, 1, 2)
    assert verify(new).findings == []


@pytest.mark.block("N", "sign-in works again")
def test_who_was_signed_in_is_signed_out_and_can_sign_in_again(kept, new, world):
    from accredit.app import create_app
    from tests.conftest import Browser
    from tests.people import PASSWORD

    restore(new, kept, at=LATER)
    app = create_app(new)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = world.cast.contributor.session_id
    browser = Browser(client)
    assert "/sign-in" in browser.get("/").location
    page = browser.post("/sign-in", {"email": world.cast.contributor.email, "password": PASSWORD})
    assert page.status == 302 or page.status == 303
    assert browser.get("/account").status == 200


def test_a_data_folder_with_anything_in_it_is_left_alone(kept, new):
    new.data_dir.mkdir()
    (new.data_dir / "notes.txt").write_text("mine")
    with pytest.raises(BackupError, match="not empty"):
        restore(new, kept, at=LATER)
    assert [path.name for path in new.data_dir.iterdir()] == ["notes.txt"]


def test_what_is_replaced_is_put_aside_and_not_destroyed(lived, kept):
    settings, at = lived.settings, LATER
    before = tables_of(settings.database_url)
    files = {path.name for path in settings.evidence_dir.rglob("*") if path.is_file()}
    done = restore(settings, kept, at=at, replaces=True)
    assert done.aside is not None
    assert tables_of(f"sqlite:///{done.aside / 'test.sqlite3'}") == before
    aside = done.aside / "evidence"
    assert {path.name for path in aside.rglob("*") if path.is_file()} == files
    assert verify(settings).findings == []


def test_heads_signed_after_the_backup_are_kept_and_explained(lived, kept):
    settings = lived.settings
    # Something happens after the backup, is signed, and is undone by bringing the backup back.
    restore(settings, kept, at=LATER, replaces=True)
    later = LATER + timedelta(hours=1)
    engine = create_engine(settings.database_url)
    signed = sign_head(engine, settings)
    engine.dispose()
    lines = settings.heads_file.read_text().splitlines()
    restore(settings, kept, at=later, replaces=True)
    assert signed.event > read_manifest(kept).last_event
    assert settings.heads_file.read_text().splitlines()[: len(lines)] == lines
    assert verify(settings).findings == []


def test_a_database_that_is_in_use_is_not_pulled_away(lived, kept):
    engine = create_engine(lived.settings.database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1 FROM person").all()
        with pytest.raises(BackupError, match="Stop the server"):
            restore(lived.settings, kept, at=LATER, replaces=True)
    engine.dispose()
    assert lived.check().findings == []
    refuse_half_restored(lived.settings)


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 500])
def test_a_damaged_instance_is_replaced_too(lived, kept, damage):
    lived.database.write_bytes(damage)
    done = restore(lived.settings, kept, at=LATER, replaces=True)
    assert (done.aside / "test.sqlite3").read_bytes()[: len(damage)] == damage
    assert verify(lived.settings).findings == []


def test_what_was_missing_in_the_instance_is_no_reason_to_refuse(lived, new, tmp_path):
    whole = make_backup(lived.settings, tmp_path / "whole", at=LATER)
    gone = whole.blobs[0]
    (lived.settings.evidence_dir / gone[:2] / gone[2:]).unlink()
    make_backup(lived.settings, tmp_path / "backup", at=LATER)
    assert restore(new, tmp_path / "backup", at=LATER).report.findings == []
    assert [(finding.table, finding.key) for finding in verify(new).findings] == [("file", gone)]


@pytest.mark.block("M", "25 killed during a restoring")
def test_no_application_starts_on_half_a_restored_instance(new):
    """Whoever asks for it: our own server, another one, a command."""
    (new.data_dir / ".restoring").mkdir(parents=True)
    for start in (refuse_half_restored, create_app):
        with pytest.raises(SetupError, match="did not finish"):
            start(new)
    assert [path.name for path in new.data_dir.iterdir()] == [".restoring"]


def test_a_restoring_that_was_broken_off_is_done_again(kept, new):
    half = new.data_dir / ".restoring"
    half.mkdir(parents=True)
    (half / "accredit.sqlite3").write_bytes(b"half")
    with pytest.raises(BackupError, match="broken off"):
        restore(new, kept, at=LATER)
    restore(new, kept, at=LATER, replaces=True)
    refuse_half_restored(new)
    assert verify(new).findings == []


@pytest.mark.block("N", "restored to PostgreSQL row for row")
def test_to_postgresql_row_for_row(kept, new, postgresql):
    settings = replace(new, database_url=postgresql.empty("restored"))
    done = restore(settings, kept, at=LATER)
    now = tables_of(settings.database_url)
    assert {name for name in now if now[name] != done.manifest.tables[name]} == CHANGED
    assert verify(settings).findings == []
    with pytest.raises(BackupError, match="not empty"):
        restore(replace(settings, data_dir=new.data_dir / "other"), kept, at=LATER)


def test_on_postgresql_what_is_replaced_stays_in_a_schema_of_its_own(kept, new, postgresql):
    settings = replace(new, database_url=postgresql.empty("replaced"))
    restore(settings, kept, at=LATER)
    before = ask(settings.database_url, "SELECT count(*) FROM event")
    restore(settings, kept, at=LATER, replaces=True)
    aside = f"replaced_{LATER:%Y%m%dt%H%M%S}z"
    assert ask(settings.database_url, f"SELECT count(*) FROM {aside}.event") == before
    assert verify(settings).findings == []

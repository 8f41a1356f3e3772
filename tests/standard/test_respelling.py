"""A standard published by an earlier release says the same after the database was upgraded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import current_app
from flask_migrate import Migrate, upgrade
from sqlalchemy import select, text

import accredit
from accredit.app import create_app
from accredit.audit import Event
from accredit.database import db, writing
from accredit.setup import upgrade_database
from accredit.standard import service
from accredit.standard.file.canonical import DamagedContentError
from accredit.standard.file.spelling import sha256_of
from accredit.trail.checking import check_all, keep_heads, sign_head
from tests.assessments import small_standard
from tests.conftest import make_settings

MIGRATIONS = Path(accredit.__file__).parent / "migrations"
#: What the release before wrote into the database for tests/data/small-standard.yaml.
EARLIER = (Path(__file__).parent.parent / "data" / "small-standard-of-0001.json").read_text(
    encoding="utf-8"
)


@pytest.fixture
def earlier(tmp_path):
    """A database of the release before, with one published standard; `content` may be another."""
    app = create_app(make_settings(tmp_path))

    def make(content=EARLIER):
        with app.app_context(), writing():
            Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
            upgrade(revision="0001")
            row = {"content": content, "sha256": sha256_of(EARLIER)}
            db.session.execute(
                text(
                    "INSERT INTO standard_version (standard_id, version, sha256, title_en,"
                    " title_ar, content, published_at) VALUES ('small-excellence', '1.0',"
                    " :sha256, 'Small', 'صغير', :content, '2026-01-05 08:00:00')"
                ),
                row,
            )
            db.session.commit()
            db.session.remove()
            upgrade_database()
        return app

    yield make
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_standard_is_equal_to_its_file_and_has_the_hash_of_its_new_spelling(earlier):
    with earlier().app_context():
        (row,) = service.list_versions(db.session())
        assert service.read_standard(row) == small_standard()
        assert row.sha256 == small_standard().sha256 != sha256_of(EARLIER)


def test_an_event_leads_from_the_hash_before_to_the_hash_after(earlier):
    with earlier().app_context():
        event = db.session.scalar(select(Event).where(Event.action == "standard.respelled"))
        said = json.loads(event.details)
        assert said["sha256"] == [sha256_of(EARLIER), small_standard().sha256]
        assert (said["standard"], said["version"]) == ("small-excellence", "1.0")
        db.session.rollback()
        settings = current_app.config["SETTINGS"]
        keep_heads(settings)
        sign_head(db.engine, settings)
        assert check_all(db.engine, settings, files=False).findings == []


def test_content_that_was_altered_before_is_not_made_to_look_sound(earlier):
    with earlier(EARLIER.replace("Half of the services", "None of the services")).app_context():
        (row,) = service.list_versions(db.session())
        assert row.sha256 == sha256_of(EARLIER)
        with pytest.raises(DamagedContentError):
            service.read_standard(row)


def test_upgrading_twice_changes_nothing_more(earlier):
    app = earlier()
    with app.app_context(), writing():
        upgrade_database()
        (row,) = service.list_versions(db.session())
        assert row.sha256 == small_standard().sha256
        events = db.session.scalars(select(Event).where(Event.action == "standard.respelled"))
        assert len(events.all()) == 1

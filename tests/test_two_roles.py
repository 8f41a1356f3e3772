"""PostgreSQL with two roles: one owns and migrates, a lesser one serves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from accredit.app import create_app
from accredit.audit import Event
from accredit.audit.findings import Kind
from accredit.audit.guards import GUARDS
from accredit.config import Settings
from accredit.database import db, writing
from accredit.trail import checking
from tests.assessments import FILE
from tests.certificates import grant, store
from tests.conftest import Browser, make_settings
from tests.databases import PostgresDatabases
from tests.evidence.conftest import pdf, sent
from tests.people import PASSWORD, Cast, make_cast

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-c", "from accredit.cli import main; main()")
OWNER, SERVES = "accredit_owner", "accredit-serves"


def as_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def run(
    folder: Path, database_url: str, *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    """A command as whoever runs the site gives it."""
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "ACCREDIT_DATA_DIR": str(folder),
        "ACCREDIT_SECRET_KEY": "k3Y-with-8-or-more-different-signs-0123456789",
        "DATABASE_URL": database_url,
    }
    return subprocess.run(
        [*COMMAND, *arguments],
        env=settings,
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@dataclass(frozen=True)
class Site:
    """An application that serves as the lesser role."""

    app: Flask
    settings: Settings
    owner_url: str
    cast: Cast
    said: str


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresDatabases]:
    server = PostgresDatabases()
    server.execute(f'CREATE ROLE "{OWNER}" LOGIN')
    server.execute(f'CREATE ROLE "{SERVES}" LOGIN')
    yield server
    server.close()


@pytest.fixture(scope="module")
def site(server: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Prepared by the command, as the owner; everything after it is done by the lesser role."""
    folder = tmp_path_factory.mktemp("two-roles")
    url = server.empty("two_roles")
    server.execute(f'ALTER DATABASE two_roles OWNER TO "{OWNER}"')
    owner_url = as_role(url, OWNER)
    answer = run(folder / "prepared", owner_url, "init", "--grant-to", SERVES)
    assert answer.returncode == 0, answer.stderr
    settings = make_settings(folder / "site", database_url=as_role(url, SERVES))
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), writing():
        from flask_security.utils import hash_password

        cast = make_cast(db.session(), hash_password(PASSWORD))
        db.session.commit()
        grant(db.session(), cast, store(settings))
        store(settings).put(BytesIO(FILE), limit=10_000)
        db.session.commit()
        db.session.remove()
    yield Site(app, settings, owner_url, cast, answer.stdout)
    with app.app_context():
        db.engine.dispose()


def refused(site: Site, statement: str) -> None:
    """By its rights, before any trigger is asked."""
    engine = create_engine(site.settings.database_url)
    try:
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner") as error,
            engine.begin() as connection,
        ):
            connection.execute(text(statement))
        assert error.value.orig.sqlstate == "42501"
    finally:
        engine.dispose()


def browse(site: Site, actor: object) -> Browser:
    client = site.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = actor.session_id
    return Browser(client)


def test_the_site_works_from_a_standard_to_a_certificate(site):
    """The fixture walked the whole way; here are the pages, the way in, and a file."""
    person = Browser(site.app.test_client())
    leader = site.cast.leader
    assert person.post("/sign-in", {"email": leader.email, "password": "wrong"}).status == 422
    assert person.post("/sign-in", {"email": leader.email, "password": PASSWORD}).status == 302
    for page in ("/", "/assessments/", "/evidence/", "/kpis/", "/gap-reports/", "/certificates/"):
        assert person.get(page).status == 200, page
    assert person.post("/sign-out").status == 303
    answer = browse(site, site.cast.contributor).post(
        "/evidence/new",
        {
            "title": "Register of May",
            "department": str(site.cast.licensing),
            "files": sent("register.pdf", pdf(1)),
        },
    )
    assert answer.status == 303
    with site.app.app_context():
        actions = set(db.session().scalars(select(Event.action)))
    assert {"person.sign_in_failed", "person.signed_in", "evidence.added"} <= actions


def test_the_trail_holds_and_nothing_is_missing_for_the_lesser_role(site):
    with site.app.app_context():
        report = checking.check_all(db.engine, site.settings, files=False)
    # The story is told in dates of its own; what was prepared carries those of today.
    assert [one for one in report.findings if one.kind is not Kind.CLOCK] == []
    assert report.events > 10


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_it_takes_no_trigger_down(site, guard):
    refused(site, f"DROP TRIGGER {guard.name} ON {guard.table}")
    refused(site, f"ALTER TABLE {guard.table} DISABLE TRIGGER {guard.name}")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE event ADD COLUMN more text",
        "ALTER TABLE score DROP COLUMN reason",
        "DROP TABLE event",
        "TRUNCATE event",
        "CREATE TABLE mine (id integer)",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION keep_event_update() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER mine BEFORE INSERT ON event FOR EACH ROW "
        "EXECUTE FUNCTION keep_event_update()",
        "SET session_replication_role = replica",
        f'SET ROLE "{OWNER}"',
        "UPDATE event SET details = '{}'",
        "DELETE FROM event",
        "UPDATE standard_version SET content = '{}'",
        "UPDATE certificate SET award = 'other'",
        "UPDATE certificate_document SET sha256 = ''",
        "UPDATE decision SET reason = 'other'",
        "DELETE FROM decision",
        "UPDATE evidence_version SET sha256 = ''",
        "DELETE FROM evidence",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_it_changes_neither_the_shape_nor_what_was_said_for_ever(site, statement):
    refused(site, statement)


def test_the_statements_are_printed_and_given_anew_each_time(site, tmp_path):
    lines = site.said.splitlines()
    assert f'GRANT SELECT, INSERT ON event TO "{SERVES}";' in lines
    assert f'GRANT SELECT ON alembic_version TO "{SERVES}";' in lines
    assert f'GRANT SELECT, INSERT, UPDATE, DELETE ON allowance TO "{SERVES}";' in lines
    engine = create_engine(site.owner_url)
    with engine.begin() as connection:
        connection.execute(text(f'GRANT UPDATE, DELETE ON event TO "{SERVES}"'))
    engine.dispose()
    assert run(tmp_path, site.owner_url, "init", "--grant-to", SERVES).returncode == 0
    refused(site, "DELETE FROM event")


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (OWNER, "owns the tables or may do everything"),
        ("postgres", "owns the tables or may do everything"),
        ("nobody_of_this_name", "does not exist"),
    ],
)
def test_a_role_that_is_no_lesser_one_is_refused(site, tmp_path, role, reason):
    answer = run(tmp_path, site.owner_url, "init", "--grant-to", role)
    assert answer.returncode == 1
    assert reason in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_lesser_role_is_told_that_it_does_not_migrate(site, tmp_path):
    answer = run(tmp_path, site.settings.database_url, "init")
    assert answer.returncode == 1
    assert "may not do this" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_backup_takes_no_more_than_the_lesser_role_may(site, tmp_path):
    answer = run(site.settings.data_dir, site.settings.database_url, "backup", tmp_path / "kept")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "kept" / "manifest.json").exists()


def test_sqlite_knows_no_roles(tmp_path):
    answer = run(tmp_path, f"sqlite:///{tmp_path / 'a.sqlite3'}", "init", "--grant-to", SERVES)
    assert answer.returncode == 1
    assert "SQLite knows no roles" in answer.stderr

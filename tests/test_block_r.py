"""Block R: no server starts on what is unsafe or unfinished, and no secret leaves it."""

from __future__ import annotations

import logging
import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from accredit.config import Mode, newest_revision
from accredit.database import db
from accredit.identity.models import Organisation
from accredit.starting import SetupError, refuse_open_files, refuse_unchecked_line
from tests.conftest import make_settings
from tests.people import START
from tests.test_cli import (
    COMMAND,
    SECRET,
    accredit,
    change,
    environment,
    folder,
    prepared,
    refused,
)
from tests.test_secret_key import start_of_any_server

__all__ = ["folder", "prepared"]  # fixtures


@pytest.mark.block("R", "05 database open to others")
def test_no_server_starts_on_a_database_that_everybody_reads(folder, monkeypatch):
    """Only the way there counts: a file is as private as one of its folders."""
    settings = make_settings(
        folder, mode=Mode.PRODUCTION, database_url=f"sqlite:///{folder / 'accredit.sqlite3'}"
    )
    database = folder / "accredit.sqlite3"
    database.touch()
    database.chmod(0o644)
    refuse_open_files(settings)
    # The folders of tests are closed to others; here each is opened, as in a common place.
    real = Path.stat

    def opened(path: Path, **options):
        found = real(path, **options)
        if path in database.parents:
            return os.stat_result((found.st_mode | 0o005, *found[1:]))
        return found

    monkeypatch.setattr(Path, "stat", opened)
    with pytest.raises(SetupError, match="chmod o-rwx"):
        refuse_open_files(settings)
    database.chmod(0o600)
    refuse_open_files(settings)


@pytest.mark.parametrize(
    ("address", "variables"),
    [
        ("db.example.org/accredit", {}),
        ("db.example.org:5433/accredit?sslmode=prefer", {}),
        # It encrypts, for whoever answers.
        ("db.example.org/accredit?sslmode=require", {}),
        ("db.example.org/accredit", {"PGSSLMODE": "allow"}),
        ("/accredit?host=db.example.org", {}),
        ("/accredit?host=127.0.0.1&host=db.example.org", {}),
        ("/accredit?host=127.0.0.1:5432,db.example.org:5432", {}),
        ("/accredit", {"PGHOST": "db.example.org"}),
    ],
)
def test_no_server_starts_on_a_postgresql_elsewhere_that_need_not_show_a_certificate(
    folder, address, variables
):
    settings = make_settings(
        folder, mode=Mode.PRODUCTION, database_url=f"postgresql+psycopg://{address}"
    )
    with pytest.raises(SetupError, match="sslmode=verify-full"):
        refuse_unchecked_line(settings, variables)


@pytest.mark.parametrize(
    ("address", "variables"),
    [
        ("db.example.org/accredit?sslmode=verify-full", {}),
        ("db.example.org/accredit", {"PGSSLMODE": "verify-full"}),
        ("db.example.org/accredit?sslmode=disable", {}),
        ("localhost/accredit", {}),
        ("127.0.0.1:5433/accredit", {}),
        ("[::1]:5433/accredit", {}),
        ("/accredit", {}),
        ("/accredit?host=/run/postgresql", {}),
    ],
)
def test_a_checked_line_is_enough_and_so_is_none_or_one_that_is_said_to_be_safe(
    folder, address, variables
):
    settings = make_settings(
        folder, mode=Mode.PRODUCTION, database_url=f"postgresql+psycopg://{address}"
    )
    refuse_unchecked_line(settings, variables)


def test_the_command_says_what_a_postgresql_elsewhere_takes(folder):
    elsewhere = "postgresql+psycopg://db.example.org/accredit"
    refused(accredit(folder, "serve", DATABASE_URL=elsewhere), "sslmode=verify-full")


@pytest.mark.block("R", "05 data folder made closed")
def test_the_data_folder_is_made_for_nobody_else(prepared):
    assert prepared[0].stat().st_mode & 0o777 == 0o700


@pytest.mark.block("R", "06 foreign keys and durability as set")
def test_the_database_is_opened_as_it_must_be(app, world):
    if db_is_postgresql(world):
        pytest.skip("SQLite only")
    with app.app_context(), db.engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "journal_mode")
        }
    assert said == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}


def db_is_postgresql(world) -> bool:
    return world.settings.database_url.startswith("postgresql")


@pytest.mark.parametrize(
    ("revision", "reason"),
    [
        pytest.param("0001", "Run: accredit init", marks=pytest.mark.block("R", "07 earlier")),
        pytest.param("9999", "newer release", marks=pytest.mark.block("R", "07 newer")),
    ],
)
def test_no_server_starts_on_the_database_of_another_release(folder, revision, reason):
    assert newest_revision() < "9999"
    change(folder, f"UPDATE alembic_version SET version_num = '{revision}'")
    refused(accredit(folder, "serve"), reason)
    assert reason in start_of_any_server(folder).stderr


@pytest.mark.block("R", "08 data folder cannot be written")
def test_no_server_starts_where_it_cannot_keep_anything(tmp_path):
    answer = subprocess.run(
        [*COMMAND, "init"],
        env=environment(Path("/proc/nowhere/data")),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "/proc/nowhere/data" in answer.stderr


@pytest.mark.block("R", "10 key file cannot be read")
def test_no_server_starts_without_the_key_it_was_told_of(folder):
    answer = accredit(folder, "serve", ACCREDIT_TRAIL_KEY_FILE=str(folder / "no-such-key"))
    refused(answer, "cannot be read")


@pytest.mark.block("R", "16 no secret in a process list")
def test_no_command_takes_a_secret_as_an_argument(tmp_path):
    for command in ("serve", "init", "backup", "restore", "move-to", "account"):
        said = accredit(tmp_path, command, "--help", ACCREDIT_SECRET_KEY=SECRET)
        words = said.stdout.lower()
        assert "--password" not in words
        assert "--key" not in words
        assert "--secret" not in words


@pytest.mark.block("R", "23 nothing of the repository is served")
@pytest.mark.parametrize(
    "path", ["/.git/config", "/.git/HEAD", "/.env", "/pyproject.toml", "/static/../app.py",
             "/static/%2e%2e/app.py", "/static/..%2f..%2fpyproject.toml",
             "/instance/accredit.sqlite3"],
)  # fmt: skip
def test_nothing_beside_the_pages_is_served(browse, path):
    answer = browse().get(path)
    assert answer.status == 404
    assert b"[core]" not in answer.body
    assert b"import" not in answer.body


@pytest.mark.block("R", "24 no line of the log is forged")
def test_what_somebody_types_begins_no_line_of_the_log(browse, cast, app, caplog):
    """Line ends and terminal signs in an address, a name, a header and a form."""
    bad = "x\r\n2026-01-01 CRITICAL forged\x1b[2Jend"
    browser = browse(cast.contributor)
    with caplog.at_level(logging.DEBUG):
        browser.get("/evidence/", query_string={"q": bad})
        browser.get("/certificates/" + "x%0d%0aforged%1b[2J")
        browser.post("/sign-in", {"email": bad, "password": bad})
        browser.post("/kpis/import/" + "x%0d%0aforged%1b[2J", {"window": bad})
        browser.post("/account", {"name_en": bad, "name_ar": bad, "language": bad})
    ours = [one for one in caplog.records if one.name.startswith("accredit")]
    for one in ours:
        said = one.getMessage()
        assert "\n" not in said
        assert "\x1b" not in said


@pytest.mark.block("R", "24 not by an error either")
def test_an_error_of_the_database_does_not_tell_what_was_typed(arrange):
    """Of a refused row the log tells which statement failed, and nothing that somebody typed."""
    bad = "x\r\n2026-01-01 CRITICAL forged\x1b[2J"
    with arrange() as session:
        session.add_all(
            Organisation(code="X-1", name_en=bad, name_ar=bad, created_at=START) for _ in range(2)
        )
        with pytest.raises(IntegrityError) as caught:
            session.flush()
        session.rollback()
    said = str(caught.value)
    assert "forged" not in said
    assert "\x1b" not in said
    assert not any(line.startswith("2026-01-01 CRITICAL") for line in said.splitlines())

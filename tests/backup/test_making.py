"""A backup holds everything, and appears only when it is whole."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing

import pytest

from accredit.backup.making import make_backup
from accredit.backup.manifest import BackupError, check_files, read_manifest
from accredit.config import newest_revision
from accredit.evidence.store import FileStore
from tests.backup.conftest import LATER, ask, tables_of
from tests.databases import IS_POSTGRESQL

BACKEND = "postgresql" if IS_POSTGRESQL else "sqlite"


@pytest.mark.block("N", "the manifest lists every file with its hash")
def test_it_lists_every_file_with_its_hash_and_every_table_with_its_rows(lived, tmp_path):
    made = make_backup(lived.settings, tmp_path / "backup", at=LATER)
    assert read_manifest(tmp_path / "backup") == made
    check_files(tmp_path / "backup", made)
    assert made.tables == tables_of(lived.settings.database_url)
    unused = {"allowance", "evidence_part", "evidence_word"}
    assert {name for name, entry in made.tables.items() if not entry.rows} <= unused
    assert (made.schema, made.made_from) == (newest_revision(), BACKEND)
    assert made.last_event == lived.last_event()
    assert len(made.blobs) >= 3
    assert made.missing == ()


def test_its_files_can_be_checked_without_us(kept):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "manifest.json.sha256"],
        cwd=kept,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads((kept / "manifest.json").read_text())["files"]
    for name, entry in listed.items():
        said = subprocess.check_output(["sha256sum", kept / name], text=True)
        assert said.split()[0] == entry["sha256"], name


def test_the_database_is_one_file_that_any_program_reads(kept):
    assert not list(kept.glob("database.sqlite3-*"))
    with closing(sqlite3.connect(f"file:{kept / 'database.sqlite3'}?mode=ro", uri=True)) as opened:
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_it_changes_nothing_in_the_instance(lived, tmp_path):
    before = tables_of(lived.settings.database_url)
    make_backup(lived.settings, tmp_path / "backup", at=LATER)
    assert tables_of(lived.settings.database_url) == before
    assert lived.check().findings == []


def test_a_stored_file_that_is_lost_or_altered_is_named_and_the_rest_is_kept(lived, tmp_path):
    whole = make_backup(lived.settings, tmp_path / "whole", at=LATER)
    store = FileStore(lived.settings.evidence_dir)
    lost, altered = whole.blobs[:2]
    store.path(lost).unlink()
    store.path(altered).write_bytes(b"something else")
    made = make_backup(lived.settings, tmp_path / "backup", at=LATER)
    assert set(made.missing) == {lost, altered}
    assert made.blobs == whole.blobs[2:]


def test_nothing_is_written_over(lived, tmp_path):
    (tmp_path / "backup").mkdir()
    with pytest.raises(BackupError, match="there already"):
        make_backup(lived.settings, tmp_path / "backup", at=LATER)


def test_one_that_fails_leaves_nothing_behind(lived, tmp_path):
    lived.ruin()
    with pytest.raises(BackupError):
        make_backup(lived.settings, tmp_path / "backup", at=LATER)
    assert not list(tmp_path.glob("backup*"))


def test_a_wrong_address_is_told_and_creates_no_database(new, tmp_path):
    with pytest.raises(BackupError, match="cannot be read"):
        make_backup(new, tmp_path / "backup", at=LATER)
    assert not (tmp_path / "new").exists()


def test_what_nobody_else_may_read_stays_so(kept, lived, tmp_path):
    make_backup(lived.settings, tmp_path / "backup", at=LATER)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0


@pytest.mark.block("N", "a backup of PostgreSQL has the same form and hashes")
def test_a_backup_of_postgresql_has_the_same_form_and_hashes(lived, tmp_path, postgresql):
    from accredit.backup.moving import move

    url = postgresql.empty("kept_from")
    move(lived.settings, url)
    settings = make_settings_on(lived, url)
    made = make_backup(settings, tmp_path / "backup", at=LATER)
    check_files(tmp_path / "backup", made)
    assert made.tables == tables_of(lived.settings.database_url)
    assert made.made_from == "postgresql"
    assert ask(
        f"sqlite:///{tmp_path / 'backup' / 'database.sqlite3'}", "SELECT count(*) FROM event"
    )


def make_settings_on(lived, url):
    from dataclasses import replace

    return replace(lived.settings, database_url=url)

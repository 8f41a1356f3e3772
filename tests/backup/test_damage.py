"""A backup that is not as it was made is refused, whatever was done to it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from accredit.backup.disk import digest_of
from accredit.backup.manifest import BackupError, DamagedBackupError
from accredit.backup.restoring import restore
from tests.backup.conftest import LATER


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def refused(settings, folder, match=None):
    """The words of the refusal; nothing of the backup may have reached the instance."""
    with pytest.raises(DamagedBackupError, match=match) as told:
        restore(settings, folder, at=LATER)
    assert not settings.data_dir.exists()
    return str(told.value)


def sign_anew(folder, change):
    """Somebody changes the manifest and makes its hash right again."""
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    (folder / "manifest.json.sha256").write_text(f"{digest_of(path)}  manifest.json\n")


@pytest.mark.block("N", "a flipped bit in any file refused")
def test_one_flipped_bit_in_any_file(kept, new):
    tried = 0
    for path in files_of(kept):
        content = path.read_bytes()
        for place in {0, len(content) // 2, len(content) - 1}:
            altered = bytearray(content)
            altered[place] ^= 1
            path.write_bytes(altered)
            refused(new, kept)
            tried += 1
        path.write_bytes(content)
    assert tried >= 3 * 6
    restore(new, kept, at=LATER)


@pytest.mark.block("N", "any file missing refused")
def test_any_file_missing(kept, new):
    for path in files_of(kept):
        content = path.read_bytes()
        path.unlink()
        refused(new, kept)
        path.write_bytes(content)
    restore(new, kept, at=LATER)


@pytest.mark.block("N", "any file cut short refused")
def test_any_file_cut_short(kept, new):
    for path in files_of(kept):
        content = path.read_bytes()
        path.write_bytes(content[:-1])
        refused(new, kept)
        path.write_bytes(content)


def test_every_altered_file_is_named_at_once(kept, new):
    blobs = files_of(kept / "evidence")[:2]
    for path in blobs:
        path.write_bytes(b"x")
    words = refused(new, kept)
    for path in blobs:
        assert f"{path.relative_to(kept).as_posix()}: altered" in words


def test_a_file_that_was_added(kept, new):
    (kept / "evidence" / "note.txt").write_text("mine")
    refused(new, kept, match="not in the manifest")


def test_a_link_in_the_place_of_a_file(kept, new, tmp_path):
    blob = files_of(kept / "evidence")[0]
    shutil.copy(blob, tmp_path / "same")
    blob.unlink()
    blob.symlink_to(tmp_path / "same")
    refused(new, kept, match="not a file")


@pytest.mark.block("N", "failure_44: names that lead out refused")
def test_failure_44_names_that_lead_out_of_the_backup(kept, new):
    def lead_out(data):
        data["files"]["../outside"] = data["files"]["database.sqlite3"]

    sign_anew(kept, lead_out)
    refused(new, kept, match="does not stay inside")


def test_a_form_of_backup_that_is_not_known(kept, new):
    sign_anew(kept, lambda data: data.update(form=2))
    refused(new, kept, match="form 2")


@pytest.mark.block("N", "a newer release refused")
def test_a_newer_release(kept, new):
    sign_anew(kept, lambda data: data.update(schema="9999", release="9.0"))
    with pytest.raises(BackupError, match=r"newer release \(9.0, schema 9999\)"):
        restore(new, kept, at=LATER)
    assert not new.data_dir.exists()


def test_a_folder_that_is_no_backup(new, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(new, tmp_path / "empty", match="no whole backup")
    refused(new, tmp_path / "nowhere", match="no whole backup")


@pytest.mark.block("N", "a row altered with all hashes right refused")
def test_a_row_changed_by_somebody_who_makes_all_hashes_right_again(kept, new):
    path = kept / "database.sqlite3"
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("UPDATE person SET email = 'mallory@example.org' WHERE id = 1")
        opened.commit()

    def make_right(data):
        data["files"]["database.sqlite3"] = {
            "size": path.stat().st_size,
            "sha256": digest_of(path),
        }

    sign_anew(kept, make_right)
    with pytest.raises(BackupError, match="person 1: altered"):
        restore(new, kept, at=LATER)
    assert not list(new.data_dir.rglob("*.sqlite3"))


def test_whoever_must_can_bring_it_back_all_the_same(kept, new):
    test_a_row_changed_by_somebody_who_makes_all_hashes_right_again(kept, new)
    shutil.rmtree(new.data_dir)
    done = restore(new, kept, at=LATER, despite_findings=True)
    assert [(finding.table, finding.key) for finding in done.report.findings] == [("person", "1")]

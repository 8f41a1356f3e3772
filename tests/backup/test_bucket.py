"""A backup of an instance whose files lie in a bucket, and back: on a real S3 server."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import create_engine

from accredit.audit.findings import Kind
from accredit.backup.making import make_backup
from accredit.backup.manifest import check_files, read_manifest
from accredit.backup.restoring import restore
from accredit.evidence.bucket import BucketStore
from accredit.evidence.store import FileStore, StoreUnavailableError, name_of
from accredit.trail.checking import check_all
from tests.backup.conftest import LATER, ask, put_aside, tables_of
from tests.evidence.conftest import bucket  # noqa: F401 - the server, as a fixture
from tests.test_cli import accredit

_numbers = count(1)


@pytest.fixture
def place(bucket):  # noqa: F811 - the fixture
    """`place()`: a folder of the bucket that nobody else uses."""
    return lambda: replace(bucket, prefix=f"instance-{next(_numbers)}")


@pytest.fixture
def in_bucket(lived, place):
    """The lived instance with its files in the bucket, and none in its data folder."""
    settings = replace(lived.settings, bucket=place())
    store = BucketStore(settings.bucket)
    files = FileStore(settings.evidence_dir)
    for kept in list(files.everything()):
        assert kept.sha256 is not None
        with files.open(kept.sha256) as stream:
            store.put(stream, limit=kept.size)
    shutil.rmtree(settings.evidence_dir)
    return settings


def names_in(settings) -> set[str]:
    return {kept.name for kept in BucketStore(settings.bucket).everything()}


def overwrite(settings, sha256: str, content: bytes) -> None:
    """Somebody with a program of their own puts something else in a file's place."""
    import obstore

    store = BucketStore(settings.bucket)
    obstore.put(store._service, name_of(sha256), io.BytesIO(content), use_multipart=False)


def findings(settings) -> list[tuple[str, Kind]]:
    engine = create_engine(settings.database_url)
    try:
        report = check_all(engine, settings)
    finally:
        engine.dispose()
    return [(finding.key, finding.kind) for finding in report.findings]


def test_the_backup_holds_every_file_of_the_bucket(in_bucket, tmp_path):
    made = make_backup(in_bucket, tmp_path / "backup", at=LATER)
    check_files(tmp_path / "backup", made)
    assert made.missing == ()
    assert len(made.blobs) >= 3
    for sha256 in made.blobs:
        kept = FileStore(tmp_path / "backup" / "evidence").open_checked(sha256)
        with kept, BucketStore(in_bucket.bucket).open(sha256) as stored:
            assert kept.read() == stored.read()


def test_making_it_changes_nothing_in_the_bucket(in_bucket, tmp_path):
    before = names_in(in_bucket)
    make_backup(in_bucket, tmp_path / "backup", at=LATER)
    assert names_in(in_bucket) == before
    assert findings(in_bucket) == []
    assert not in_bucket.evidence_dir.exists()


def test_it_is_brought_back_into_an_empty_bucket(in_bucket, new, place, tmp_path):
    made = make_backup(in_bucket, tmp_path / "backup", at=LATER)
    settings = replace(new, bucket=place())
    done = restore(settings, tmp_path / "backup", at=LATER)
    assert done.report.findings == []
    assert names_in(settings) == {name_of(sha256) for sha256 in made.blobs}
    assert not settings.evidence_dir.exists()
    changed = {"event", "sign_in_session"}
    now = tables_of(settings.database_url)
    assert {name for name in now if now[name] != made.tables[name]} == changed
    assert findings(settings) == []


def test_it_is_brought_back_into_a_folder_and_from_a_folder_into_a_bucket(
    in_bucket, lived, new, place, tmp_path
):
    made = make_backup(in_bucket, tmp_path / "backup", at=LATER)
    done = restore(new, tmp_path / "backup", at=LATER)
    assert done.report.findings == []
    assert {kept.sha256 for kept in FileStore(new.evidence_dir).everything()} == set(made.blobs)
    make_backup(new, tmp_path / "again", at=LATER)
    third = replace(new, data_dir=tmp_path / "third", bucket=place())
    third = replace(third, database_url=f"sqlite:///{third.data_dir / 'test.sqlite3'}")
    assert restore(third, tmp_path / "again", at=LATER).report.findings == []
    assert names_in(third) == {name_of(sha256) for sha256 in made.blobs}


def test_a_file_that_is_lost_or_altered_in_the_bucket_is_named_and_the_rest_is_kept(
    in_bucket, new, place, tmp_path
):
    whole = make_backup(in_bucket, tmp_path / "whole", at=LATER)
    lost, altered = whole.blobs[:2]
    BucketStore(in_bucket.bucket).remove(name_of(lost))
    overwrite(in_bucket, altered, b"something else")
    made = make_backup(in_bucket, tmp_path / "backup", at=LATER)
    assert set(made.missing) == {lost, altered}
    assert made.blobs == whole.blobs[2:]
    settings = replace(new, bucket=place())
    restore(settings, tmp_path / "backup", at=LATER)
    assert {key for key, _kind in findings(settings)} == {lost, altered}


def test_replacing_heals_the_bucket_and_takes_nothing_out_of_it(in_bucket, tmp_path):
    made = make_backup(in_bucket, tmp_path / "backup", at=LATER)
    store = BucketStore(in_bucket.bucket)
    lost, altered = made.blobs[:2]
    store.remove(name_of(lost))
    overwrite(in_bucket, altered, b"something else")
    newer = store.put(io.BytesIO(b"uploaded after the backup"), limit=100)
    done = restore(in_bucket, tmp_path / "backup", at=LATER, replaces=True)
    assert done.report.findings == []
    for sha256 in made.blobs:
        store.open_checked(sha256).close()
    assert store.has(newer.sha256)
    assert ask(put_aside(in_bucket, done), "SELECT count(*) FROM event") == made.last_event


def test_a_bucket_that_does_not_answer_leaves_no_backup_behind(in_bucket, tmp_path):
    away = replace(in_bucket.bucket, endpoint="http://127.0.0.1:9")
    with pytest.raises(StoreUnavailableError):
        make_backup(replace(in_bucket, bucket=away), tmp_path / "backup", at=LATER)
    assert not list(tmp_path.glob("backup*"))


def test_a_bucket_that_does_not_answer_brings_nothing_back_and_changes_nothing(
    in_bucket, new, tmp_path
):
    make_backup(in_bucket, tmp_path / "backup", at=LATER)
    settings = replace(new, bucket=replace(in_bucket.bucket, endpoint="http://127.0.0.1:9"))
    with pytest.raises(StoreUnavailableError):
        restore(settings, tmp_path / "backup", at=LATER)
    assert not list(settings.data_dir.iterdir())
    before = ask(in_bucket.database_url, "SELECT max(id) FROM event")
    away = replace(in_bucket, bucket=settings.bucket)
    with pytest.raises(StoreUnavailableError):
        restore(away, tmp_path / "backup", at=LATER, replaces=True)
    assert ask(in_bucket.database_url, "SELECT max(id) FROM event") == before


def test_the_commands_do_it_as_an_administrator_runs_them(in_bucket, place, tmp_path):
    """Real processes; their keys and the address of the bucket come from the environment."""
    data, there = in_bucket.data_dir, place()

    def run(folder, target, *arguments):
        chosen = target or in_bucket.bucket
        own = f"sqlite:///{folder / 'test.sqlite3'}"
        return accredit(
            folder,
            *arguments,
            ACCREDIT_MODE="test",
            ACCREDIT_SECRET_KEY=in_bucket.secret_key,
            DATABASE_URL=in_bucket.database_url if folder == data else own,
            ACCREDIT_STORE=f"s3://{chosen.name}/{chosen.prefix}",
            ACCREDIT_S3_ENDPOINT=chosen.endpoint,
            ACCREDIT_S3_REGION=chosen.region,
            ACCREDIT_S3_ACCESS_KEY=chosen.access_key,
            ACCREDIT_S3_SECRET_KEY=chosen.secret_key,
        )

    done = run(data, None, "backup", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr
    made = read_manifest(tmp_path / "backup")
    assert made.missing == ()
    done = run(tmp_path / "back", there, "restore", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr
    assert "0 findings" in done.stdout
    assert names_in(replace(in_bucket, bucket=there)) == {name_of(one) for one in made.blobs}
    done = run(tmp_path / "back", there, "audit", "verify")
    assert (done.returncode, "0 findings" in done.stdout) == (0, True), done.stdout
    away = replace(there, endpoint="http://127.0.0.1:9")
    done = run(data, away, "backup", str(tmp_path / "never"))
    assert (done.returncode, "does not answer" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "never").exists()

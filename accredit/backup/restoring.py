"""Bringing an instance back from a backup."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from accredit.audit.findings import Finding, Kind, Report
from accredit.backup.disk import copy_file, remove_tree, sync_folder, sync_tree, write_file
from accredit.backup.instances import (
    DamagedDatabaseError,
    as_one_file,
    check_whole,
    create_tables,
    elsewhere,
    ensure_alone,
    held_still,
    shown,
    sqlite_path,
    working,
    writing_alone,
)
from accredit.backup.manifest import (
    DATABASE,
    EVIDENCE,
    HEADS,
    BackupError,
    DamagedBackupError,
    Manifest,
    check_files,
    read_manifest,
)
from accredit.backup.moving import ensure_empty
from accredit.backup.reviving import Ended, end_what_was_open
from accredit.backup.tables import carry, find_revision
from accredit.config import Settings, newest_revision
from accredit.database import db
from accredit.evidence.bucket import store_for
from accredit.setup import upgrade_database
from accredit.starting import RESTORING
from accredit.trail.checking import check_all, sign_restored


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back: the backup's manifest, what was ended, and what the trail says.

    `aside` is the folder with what was there before, None where nothing was.
    """

    manifest: Manifest
    ended: Ended
    report: Report
    aside: Path | None


def restore(
    settings: Settings,
    folder: Path,
    *,
    at: datetime,
    replaces: bool = False,
    despite_findings: bool = False,
) -> Restored:
    """Bring back what a backup holds. Everything is prepared and checked before it counts.

    With `replaces`, what is there now is put aside and not destroyed. Raises `BackupError`
    for a backup that is damaged, altered or of a newer release, and where the instance holds
    anything that would be replaced unasked.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    ensure_known(manifest)
    if replaces:
        _ensure_nobody_works(settings)
    else:
        _ensure_unused(settings)
    ready = settings.data_dir / RESTORING
    remove_tree(ready)
    ready.mkdir(parents=True, mode=0o700)
    made = elsewhere(settings, ready)
    try:
        ended = _prepare(made, settings, folder, manifest, at)
        report = _check(made, manifest)
        if not report.holds and not despite_findings:
            raise BackupError(
                "The trail of the backup does not hold:\n"
                + "\n".join(_told(finding) for finding in report.findings[:20])
            )
    except BaseException:
        remove_tree(ready)
        raise
    # Until all is in its place no application starts here: `ready` is there.
    aside = _put_aside(settings, at) if replaces else None
    _put_in_place(made, settings)
    remove_tree(ready)
    sync_folder(settings.data_dir)
    return Restored(manifest, ended, report, aside)


def ensure_known(manifest: Manifest) -> None:
    """Raise `BackupError` for a backup that a newer release made."""
    if manifest.schema > newest_revision():
        raise BackupError(
            f"The backup is of a newer release ({manifest.release}, schema {manifest.schema}); "
            f"this one knows {newest_revision()}. Install that release first."
        )


def _ensure_unused(settings: Settings) -> None:
    ask = "With --replace, what is there is put aside."
    if (settings.data_dir / RESTORING).exists():
        raise BackupError(f"An earlier restoring was broken off. {ask}")
    if settings.data_dir.is_dir() and any(settings.data_dir.iterdir()):
        raise BackupError(f"The data folder {settings.data_dir} is not empty. {ask}")
    path = sqlite_path(settings.database_url)
    if path is None:
        ensure_empty(settings.database_url)
    elif path.exists():
        raise BackupError(f"The database {path} is there already. {ask}")


def _ensure_nobody_works(settings: Settings) -> None:
    path = sqlite_path(settings.database_url)
    if path is not None and path.exists():
        # A damaged database is a good reason to restore, and nobody works in it.
        with contextlib.suppress(DamagedDatabaseError):
            as_one_file(path)
    if path is None:
        ensure_alone(settings.database_url)


def _prepare(
    made: Settings, settings: Settings, folder: Path, manifest: Manifest, at: datetime
) -> Ended:
    """A whole instance beside the real one: files, database and heads, brought up to date."""
    path = made.data_dir / "accredit.sqlite3"
    if copy_file(folder / DATABASE, path) != manifest.files[DATABASE].sha256:
        raise DamagedBackupError(f"{DATABASE} changed while it was read.")
    check_whole(path)
    store = store_for(made)
    for sha256 in manifest.blobs:
        source = folder / EVIDENCE / sha256[:2] / sha256[2:]
        with source.open("rb") as stream:
            if store.put(stream, limit=source.stat().st_size).sha256 != sha256:
                raise DamagedBackupError(f"{source.name} changed while it was read.")
    _bring_heads(made, settings, folder)
    engine = create_engine(made.database_url)
    try:
        with engine.connect() as connection:
            if find_revision(connection) != manifest.schema:
                raise DamagedBackupError(
                    f"{DATABASE} is of another release than {manifest.schema}."
                )
        # Said before anything new happens: what was signed after the backup is expected no more.
        sign_restored(engine, made)
    finally:
        engine.dispose()
    with working(made):
        if manifest.schema != newest_revision():
            upgrade_database()
        ended = end_what_was_open(
            db.session(), made_at=manifest.made_at, last_event=manifest.last_event, at=at
        )
        db.session.commit()
    as_one_file(path)
    return ended


def _bring_heads(made: Settings, settings: Settings, folder: Path) -> None:
    """The signed heads: those of the instance if they go on from the backup's, else these."""
    kept = (folder / HEADS).read_bytes() if (folder / HEADS).exists() else b""
    now = settings.heads_file.read_bytes() if settings.heads_file.exists() else b""
    made.heads_file.parent.mkdir(parents=True, exist_ok=True)
    write_file(made.heads_file, now if now.startswith(kept) else kept)


def _check(made: Settings, manifest: Manifest) -> Report:
    engine = create_engine(made.database_url)
    try:
        report = check_all(engine, made)
    finally:
        engine.dispose()
    as_one_file(made.data_dir / "accredit.sqlite3")
    known = set(manifest.missing)
    report.findings = [
        finding for finding in report.findings if not _is_expected(finding, made, known)
    ]
    return report


def _is_expected(finding: Finding, made: Settings, missing: set[str]) -> bool:
    """What the instance itself had lost before, and what else lies in a bucket it shares."""
    if finding.table != "file":
        return False
    return finding.key in missing or (finding.kind is Kind.ADDED and made.bucket is not None)


def _told(finding: Finding) -> str:
    return f"{finding.table} {finding.key}: {finding.kind} {finding.note}".rstrip()


def _put_aside(settings: Settings, at: datetime) -> Path:
    """Move what is there, damaged or not, into a folder of its own: nothing is destroyed."""
    stamp = f"{at.astimezone(UTC):%Y%m%dt%H%M%S}z"
    aside = settings.data_dir / f"replaced-{stamp}"
    aside.mkdir(mode=0o700)
    path = sqlite_path(settings.database_url)
    if path is None:
        _put_schema_aside(settings.database_url, f"replaced_{stamp}")
    else:
        for part in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            if part.exists():
                copy_file(part, aside / part.name)
                part.unlink()
    if settings.heads_file.exists():
        copy_file(settings.heads_file, aside / HEADS)
    if settings.evidence_dir.exists():
        settings.evidence_dir.rename(aside / EVIDENCE)
    sync_folder(settings.data_dir)
    return aside


def _put_schema_aside(database_url: str, name: str) -> None:
    with writing_alone(database_url) as connection:
        if not sa.inspect(connection).get_table_names():
            return
        quote = connection.dialect.identifier_preparer.quote
        current = quote(str(connection.execute(sa.select(sa.func.current_schema())).scalar()))
        connection.exec_driver_sql(f"ALTER SCHEMA {current} RENAME TO {name}")
        connection.exec_driver_sql(f"CREATE SCHEMA {current}")


def _put_in_place(made: Settings, settings: Settings) -> None:
    """The database last: without it nothing starts."""
    if made.evidence_dir.exists():
        sync_tree(made.evidence_dir)
        made.evidence_dir.rename(settings.evidence_dir)
    copy_file(made.heads_file, settings.heads_file)
    path = sqlite_path(settings.database_url)
    if path is not None:
        copy_file(made.data_dir / "accredit.sqlite3", path)
        return
    create_tables(settings, "head", half_restored=True)
    try:
        with (
            held_still(made.database_url) as source,
            writing_alone(settings.database_url) as target,
        ):
            carry(source, target)
    except DBAPIError as error:
        raise BackupError(f"{shown(settings.database_url)}: {error.orig}") from error

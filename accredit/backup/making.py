"""Making a backup of an instance while people work in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from accredit import __version__
from accredit.backup.disk import (
    copy_file,
    digest_of,
    names_below,
    remove_tree,
    sync_folder,
    sync_tree,
)
from accredit.backup.instances import (
    as_one_file,
    check_whole,
    create_tables,
    elsewhere,
    reading_one_moment,
    shown,
    sqlite_path,
    writing_alone,
)
from accredit.backup.manifest import (
    DATABASE,
    EVIDENCE,
    HEADS,
    BackupError,
    FileEntry,
    Manifest,
    write_manifest,
)
from accredit.backup.tables import carry, find_revision, sums
from accredit.certificate.models import CertificateDocument
from accredit.config import Settings
from accredit.evidence.bucket import store_for
from accredit.evidence.models import EvidenceVersion
from accredit.evidence.store import DamagedBlobError, FileStore, MissingBlobError
from accredit.kpi.models import KpiImport
from accredit.starting import NOT_PREPARED

#: The tables whose rows name a stored file by its hash.
NAMING_FILES = (
    EvidenceVersion.__tablename__,
    CertificateDocument.__tablename__,
    KpiImport.__tablename__,
)


def make_backup(settings: Settings, target: Path, *, at: datetime) -> Manifest:
    """Keep the instance in a new folder `target`, which appears only when it is whole.

    Heads of the trail are taken first and files last: every head is of an event in the
    database that is taken in between, and every file its rows name was stored before them.
    Raises `BackupError` where that cannot be done.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; a backup is made in a new folder.")
    half = target.with_name(f"{target.name}.half")
    remove_tree(half)
    half.mkdir(parents=True, mode=0o700)
    try:
        if settings.heads_file.exists():
            copy_file(settings.heads_file, half / HEADS)
        _keep_database(settings, half)
        manifest = _describe(settings, half, at)
        sync_tree(half)
        half.rename(target)
        sync_folder(target.parent)
    except BaseException:
        remove_tree(half)
        raise
    return manifest


def _keep_database(settings: Settings, folder: Path) -> None:
    path = sqlite_path(settings.database_url)
    if path is None:
        _keep_postgresql(settings, folder)
    else:
        _keep_sqlite(path, folder / DATABASE)
    check_whole(folder / DATABASE)


def _keep_sqlite(path: Path, target: Path) -> None:
    """A copy of one moment; whoever writes meanwhile goes on writing."""
    # Opened without creating it: a wrong address must not leave an empty database behind.
    address = f"{path.absolute().as_uri()}?mode=rw"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(target)) as kept,
        ):
            source.backup(kept)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{path.name} cannot be read: {error}") from error
    as_one_file(target)


def _keep_postgresql(settings: Settings, folder: Path) -> None:
    """The rows of one snapshot, carried into a database that needs no server to be read."""
    made = elsewhere(settings, folder / "making")
    try:
        with reading_one_moment(settings.database_url) as source:
            create_tables(made, _revision(source))
            with writing_alone(made.database_url) as target:
                carry(source, target)
    except DBAPIError as error:
        address = shown(settings.database_url)
        raise BackupError(f"{address} cannot be read: {error.orig}") from error
    path = made.data_dir / "accredit.sqlite3"
    as_one_file(path)
    path.rename(folder / DATABASE)
    remove_tree(made.data_dir)


def _describe(settings: Settings, folder: Path, at: datetime) -> Manifest:
    with reading_one_moment(f"sqlite:///{folder / DATABASE}") as connection:
        revision = _revision(connection)
        tables = sums(connection)
        wanted = named_files(connection)
        newest: sa.Select[*tuple[Any, ...]] = (
            sa.select(sa.column("id"), sa.column("hash"))
            .select_from(sa.table("event"))
            .order_by(sa.column("id").desc())
            .limit(1)
        )
        last = connection.execute(newest).first()
    # Reading it with the product's own settings left it prepared for writers.
    as_one_file(folder / DATABASE)
    missing = _keep_files(store_for(settings), wanted, folder / EVIDENCE)
    manifest = Manifest(
        schema=revision,
        release=__version__,
        made_at=at.isoformat(timespec="seconds"),
        made_from=sa.make_url(settings.database_url).get_backend_name(),
        last_event=last[0] if last else 0,
        last_hash=last[1] if last else None,
        tables=tables,
        files={
            name: FileEntry((folder / name).stat().st_size, digest_of(folder / name))
            for name in sorted(names_below(folder))
        },
        missing=tuple(missing),
    )
    write_manifest(folder, manifest)
    return manifest


def named_files(connection: Connection) -> list[str]:
    """The hashes of all stored files that rows speak of."""
    hashes: set[str] = set()
    inspector = sa.inspect(connection)
    for table in NAMING_FILES:
        if inspector.has_table(table):
            query: sa.Select[Any] = sa.select(sa.column("sha256")).select_from(sa.table(table))
            hashes.update(connection.execute(query).scalars())
    return sorted(hashes)


def _keep_files(store: FileStore, wanted: list[str], folder: Path) -> list[str]:
    """Copy stored files, reading each to its end; those that are lost or altered."""
    kept, missing = FileStore(folder), []
    for sha256 in wanted:
        try:
            with store.open_checked(sha256) as stream:
                stream.seek(0, 2)
                size = stream.tell()
                stream.seek(0)
                blob = kept.put(stream, limit=size)
            if blob.sha256 != sha256:
                raise DamagedBlobError(sha256)
        except (MissingBlobError, DamagedBlobError):
            missing.append(sha256)
    if (folder / "incoming").is_dir():
        (folder / "incoming").rmdir()
    return missing


def _revision(connection: Connection) -> str:
    revision = find_revision(connection)
    if revision is None:
        raise BackupError(NOT_PREPARED)
    return revision

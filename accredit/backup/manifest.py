"""The manifest of a backup: what belongs to it, and what each file must hash to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from accredit.backup.disk import digest_of, names_below, write_file

FORM = 1
MANIFEST = "manifest.json"
#: In the form `sha256sum --check` reads, so that a manifest is itself checked by any machine.
MANIFEST_SUM = "manifest.json.sha256"
DATABASE = "database.sqlite3"
HEADS = "heads.jsonl"
EVIDENCE = "evidence"


class BackupError(Exception):
    """A backup, a restoring or a move cannot be done; the message says why and what to do."""


class DamagedBackupError(BackupError):
    """A backup is not as it was made."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a backup: bytes and SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table: how many rows, and one SHA-256 over all of them, the same on every database."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `schema` is the revision of its database, `release` who made it.

    `made_from` is the kind of database it was taken from, `made_at` a moment in ISO 8601, and
    `missing` names stored files that the instance itself had no longer, or not unaltered.
    """

    schema: str
    release: str
    made_at: str
    made_from: str
    last_event: int
    last_hash: str | None
    tables: Mapping[str, TableEntry]
    files: Mapping[str, FileEntry]
    missing: tuple[str, ...] = ()
    form: int = FORM

    @property
    def blobs(self) -> list[str]:
        """The hashes of the stored files that are in the backup."""
        start = f"{EVIDENCE}/"
        return [entry.sha256 for name, entry in self.files.items() if name.startswith(start)]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a folder whose other files are complete, and its own hash."""
    content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
    write_file(folder / MANIFEST, content)
    write_file(folder / MANIFEST_SUM, _sum_line(content))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup; raises `DamagedBackupError` where it is not as it was written."""
    try:
        said = (folder / MANIFEST_SUM).read_bytes()
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise DamagedBackupError(f"{folder} is no whole backup: {error}") from error
    if said != _sum_line(content):
        raise DamagedBackupError(f"{MANIFEST} is not as it was written.")
    try:
        return _parsed(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedBackupError(f"{MANIFEST} cannot be read: {error}") from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Read every file of a backup; raises `DamagedBackupError` that names all that is wrong."""
    faults = []
    listed = dict(manifest.files)
    there = set(names_below(folder)) - {MANIFEST, MANIFEST_SUM}
    faults += [f"{name}: missing" for name in sorted(listed.keys() - there)]
    faults += [f"{name}: not in the manifest" for name in sorted(there - listed.keys())]
    for name in sorted(there & listed.keys()):
        path, entry = folder / name, listed[name]
        if path.is_symlink() or not path.is_file():
            faults.append(f"{name}: not a file")
        elif path.stat().st_size != entry.size or digest_of(path) != entry.sha256:
            faults.append(f"{name}: altered")
    if DATABASE not in listed:
        faults.append(f"{DATABASE}: not in the manifest")
    if faults:
        raise DamagedBackupError("The backup is damaged:\n" + "\n".join(faults))


def _sum_line(content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode()


def _parsed(data: dict[str, Any]) -> Manifest:
    if data["form"] != FORM:
        raise ValueError(f"form {data['form']} is not known to this release")
    values = {
        **data,
        "tables": {name: TableEntry(**entry) for name, entry in data["tables"].items()},
        "files": {_inside(name): FileEntry(**entry) for name, entry in data["files"].items()},
        "missing": tuple(data["missing"]),
    }
    return Manifest(**values)


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name:
        raise ValueError(f"{name!r} does not stay inside the backup")
    return name

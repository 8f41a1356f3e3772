"""Bytes that are on the disk when a function returns, and their hashes."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from accredit.evidence.store import CHUNK


def copy_file(source: Path, target: Path) -> str:
    """Copy a file so that it is whole under its name or not there; the SHA-256 of what was read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.half")
    digest = hashlib.sha256()
    with source.open("rb") as given, half.open("wb") as taken:
        while chunk := given.read(CHUNK):
            digest.update(chunk)
            taken.write(chunk)
        taken.flush()
        os.fsync(taken.fileno())
    half.replace(target)
    sync_folder(target.parent)
    return digest.hexdigest()


def write_file(target: Path, content: bytes) -> None:
    """Write a new file and wait until it is on the disk."""
    with target.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_tree(folder: Path) -> None:
    """Wait until every file and every name below a folder is on the disk."""
    for path in (folder, *folder.rglob("*")):
        sync_folder(path)


def sync_folder(path: Path) -> None:
    """Wait until a folder's names, or a file's bytes, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def names_below(folder: Path) -> Iterator[str]:
    """Everything below a folder that is not itself a folder, by its name relative to it.

    A link is named and not followed.
    """
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


def remove_tree(folder: Path) -> None:
    """Remove a folder that we made, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)

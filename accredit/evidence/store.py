"""Files kept under the hash of their content, whatever their people call them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

CHUNK = 256 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored content: its SHA-256 in 64 hexadecimal digits, and its size in bytes."""

    sha256: str
    size: int


class TooLargeError(ValueError):
    """The stream is longer than the limit; nothing of it was kept."""


class MissingBlobError(LookupError):
    """The store has no content with this hash."""


class DamagedBlobError(ValueError):
    """What the store has under this hash is something else: bytes were lost or altered."""


class StoreUnavailableError(OSError):
    """The place where files are kept does not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that lies in the store: its name there, and when it was written.

    `sha256` is None for what has no hash for a name: a file that was never finished.
    """

    name: str
    sha256: str | None
    size: int
    written_at: datetime


class FileStore:
    """A folder of files named by their hash: `ab/cdef…`.

    A file appears under its name only when all of it is on the disk, and never changes
    afterwards; the same content is kept once. No name from outside ever becomes a path.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, stream: BinaryIO, *, limit: int) -> Blob:
        """Keep the rest of `stream`; raises `TooLargeError` beyond `limit` bytes.

        Whatever goes wrong on the way, nothing is left behind.
        """
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=incoming)
        try:
            with os.fdopen(handle, "wb") as target:
                blob = _copy(stream, target, limit)
                target.flush()
                os.fsync(target.fileno())
            self._keep(Path(temporary), blob)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return blob

    def has(self, sha256: str) -> bool:
        """Whether content with this hash is kept."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """The content for reading; raises `MissingBlobError`."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise MissingBlobError(sha256) from error

    def open_checked(self, sha256: str) -> BinaryIO:
        """The content for reading, after all of it was found to be as it was stored.

        Raises `MissingBlobError` or `DamagedBlobError`.
        """
        stream = self.open(sha256)
        if digest_of(stream) != sha256:
            stream.close()
            raise DamagedBlobError(sha256)
        stream.seek(0)
        return stream

    def everything(self) -> Iterator[Kept]:
        """All that lies in the store, unfinished files among it."""
        for path in self.root.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file():
                    name = path.relative_to(self.root).as_posix()
                    found = path.stat()
                    written = datetime.fromtimestamp(found.st_mtime, UTC)
                    yield Kept(name, hash_in(name), found.st_size, written)

    def remove(self, name: str) -> None:
        """Take something out for good; only what `everything` names."""
        (self.root / name).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where content with this hash is kept; raises `ValueError` for what is no hash."""
        return self.root / name_of(sha256)

    def _keep(self, temporary: Path, blob: Blob) -> None:
        place = self.path(blob.sha256)
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            _sync_folder(self.root)
        temporary.replace(place)
        # Without this a power cut could forget the new name though the bytes are there.
        _sync_folder(place.parent)


def digest_of(stream: BinaryIO) -> str:
    """The SHA-256 of the rest of a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def name_of(sha256: str) -> str:
    """The name in the store; raises `ValueError` for what is no hash."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256 in lower-case hexadecimal digits")
    return f"{sha256[:2]}/{sha256[2:]}"


def hash_in(name: str) -> str | None:
    """The hash a name in the store stands for; None for any other name."""
    sha256 = name.replace("/", "")
    return sha256 if _SHA256.fullmatch(sha256) and name == name_of(sha256) else None


def _copy(stream: BinaryIO, target: BinaryIO, limit: int) -> Blob:
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        digest.update(chunk)
        target.write(chunk)
    return Blob(digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

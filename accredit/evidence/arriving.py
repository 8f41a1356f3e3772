"""Files that arrive in pieces, so that a lost connection costs only the piece under way.

What has arrived lies beside the store under a name of its person and its hash, is seen by nobody
else, and is no evidence: only the form that names it makes it that, after every check a file sent
whole goes through. A day after its last piece it is gone.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from accredit.evidence.domain import FILES_AT_ONCE, UploadError
from accredit.evidence.store import digest_of
from accredit.text import N_, RuleError

#: In bytes; what one request carries at most, and what a lost connection costs at most.
LARGEST_PIECE = 1024 * 1024
KEPT_FOR = timedelta(days=1)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class OutOfStepError(RuleError):
    """A piece does not go on where the file ends; `arrived` is how many bytes are there."""

    def __init__(self, arrived: int) -> None:
        self.arrived = arrived
        super().__init__(N_("This piece of the file does not follow what has arrived."))


class PieceError(RuleError):
    """A piece is empty, too long, or reaches over the end of its file."""

    def __init__(self) -> None:
        super().__init__(N_("This piece of the file cannot be used. Choose the file again."))


class TooLongError(RuleError):
    """A file is larger than the installation takes, told before all of it was sent."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            N_("A file may have at most %(limit)s MB."), field="files", limit=limit // 1024**2
        )


class TooMuchWaitingError(RuleError):
    """One person has sent more than one form carries without ever sending the form."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "Too many files of yours wait to be stored. Store or leave them; after a day "
                "they are gone."
            ),
            field="files",
        )


class NotArrivedError(UploadError):
    """Not all of a file is there, or not as it was sent."""

    reason = "not arrived"

    def __init__(self, name: str) -> None:
        super().__init__(N_("“%(name)s” did not arrive whole. Choose it again."), name=name)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a file: the hash and size of the whole, where the part begins, and its bytes."""

    sha256: str
    size: int
    offset: int
    data: bytes


class Arriving:
    """The folder of files that are on their way."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def arrived(self, person_id: int, sha256: str) -> int:
        """How many bytes of the file are there; `ValueError` for what is no hash."""
        try:
            return self._path(person_id, sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def add(self, person_id: int, piece: Piece, *, limit: int, now: datetime) -> int:
        """Keep a piece behind what is there; how many bytes then are.

        A piece that is there already, because its answer was lost, is not added again. Raises
        `TooLongError`, `PieceError`, `TooMuchWaitingError`, or `OutOfStepError`, which says
        where to go on. What has waited too long is thrown away with the first piece of a file.
        """
        if piece.size > limit:
            raise TooLongError(limit)
        end = piece.offset + len(piece.data)
        if not 0 < len(piece.data) <= LARGEST_PIECE or piece.offset < 0 or end > piece.size:
            raise PieceError
        path = self._path(person_id, piece.sha256)
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if piece.offset == 0:
            self.sweep(now)
            self._ensure_bearable(person_id, path, piece.size, limit)
        with _alone_with(path) as file:
            arrived = file.seek(0, os.SEEK_END)
            if arrived < piece.offset or (arrived > piece.offset and not _holds(file, piece)):
                raise OutOfStepError(arrived)
            if arrived > piece.offset:
                return arrived
            file.write(piece.data)
        return end

    def open(self, person_id: int, sha256: str, name: str) -> BinaryIO:
        """All of a file, found to be as it was sent; raises `NotArrivedError`.

        What is not as it was sent is thrown away: no further piece would mend it.
        """
        try:
            file = self._path(person_id, sha256).open("rb")
        except (FileNotFoundError, ValueError):
            raise NotArrivedError(name) from None
        if digest_of(file) != sha256:
            file.close()
            self.drop(person_id, sha256)
            raise NotArrivedError(name)
        file.seek(0)
        return file

    def drop(self, person_id: int, sha256: str) -> None:
        """Throw a file away; nothing happens if it is gone."""
        self._path(person_id, sha256).unlink(missing_ok=True)

    def sweep(self, now: datetime) -> int:
        """Throw away what has waited too long; how many files that were."""
        swept = 0
        for path, status in self._waiting():
            if now - datetime.fromtimestamp(status.st_mtime, tz=now.tzinfo) > KEPT_FOR:
                path.unlink(missing_ok=True)
                swept += 1
        return swept

    def _ensure_bearable(self, person_id: int, path: Path, size: int, limit: int) -> None:
        others = [
            status.st_size
            for other, status in self._waiting(f"{person_id}-")
            if other.name != path.name
        ]
        if len(others) >= FILES_AT_ONCE or sum(others) + size > FILES_AT_ONCE * limit:
            raise TooMuchWaitingError

    def _waiting(self, beginning: str = "") -> Iterator[tuple[Path, os.stat_result]]:
        if not self.root.is_dir():
            return
        for path in self.root.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.name.startswith(beginning):
                    yield path, path.stat()

    def _path(self, person_id: int, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lower-case hexadecimal digits")
        return self.root / f"{person_id}-{sha256}"


def _holds(file: BinaryIO, piece: Piece) -> bool:
    file.seek(piece.offset)
    return file.read(len(piece.data)) == piece.data


@contextlib.contextmanager
def _alone_with(path: Path) -> Iterator[BinaryIO]:
    """The file for adding to it, by nobody else meanwhile: two windows may send the same."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file

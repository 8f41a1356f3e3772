"""Signed heads of the chain, kept outside the database.

A chain shows what was changed inside it, but not that its end was cut off or that all of it
was written anew. A head says which event was the last at some moment and what its hash was,
and is signed with a key the database does not hold. The file is only ever appended to; each
line carries the signature of the line before, and the same head may be printed or mailed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from pathlib import Path
from typing import IO, Any

from accredit.audit.appending import Committed
from accredit.audit.cells import canonical

#: What is worth a head at once, by the beginning of the action.
WEIGHTY = ("decision.", "certificate.", "standard.published", "trail.")
_FIRST = "0" * 64
_TAIL = 4_096
_FIELDS = ("kind", "event", "hash", "at", "key", "previous")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """One line of the file. `kind` is "head", or "restored" where an older copy took over."""

    kind: str
    event: int
    hash: str
    at: str
    key: str
    previous: str
    signature: str

    def as_json(self) -> str:
        """The line as it stands in the file."""
        return json.dumps({**_values(self), "signature": self.signature})


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was found: its number from 1, the head in it, and what is wrong with it."""

    number: int
    head: Head | None
    fault: str | None


class HeadFile:
    """The append-only file of heads, and the key they are signed with."""

    def __init__(self, path: Path, secret: bytes) -> None:
        self.path = path
        self._secret = hmac.digest(secret, b"accredit: heads of the trail", "sha256")
        #: Tells keys apart without giving any of them away.
        self.key = hashlib.sha256(b"name of " + self._secret).hexdigest()[:16]

    def append(self, event: int, digest: str, *, at: datetime, kind: str = "head") -> Head:
        """Sign a head and write it to the disk; raises `OSError`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            previous = _last_signature(file)
            head = self.sign(kind, event, digest, at=at, previous=previous)
            # Whatever an interrupted write left behind stays a line of its own.
            start = b"" if _ends_a_line(file) else b"\n"
            file.write(start + head.as_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return head

    def sign(self, kind: str, event: int, digest: str, *, at: datetime, previous: str) -> Head:
        """A head that follows the line with the signature `previous`."""
        moment = at.astimezone(UTC).isoformat(timespec="seconds")
        unsigned = Head(kind, event, digest, moment, self.key, previous, "")
        return Head(kind, event, digest, moment, self.key, previous, self._signature(unsigned))

    def lines(self) -> list[Line]:
        """Every line and what is wrong with it; [] if there is no file."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        return list(self._checked(content.decode("utf-8", "replace")))

    def _checked(self, content: str) -> Iterator[Line]:
        previous = _FIRST
        for number, text in enumerate(content.splitlines(), start=1):
            if not text.strip():
                continue
            head = _read(text)
            if head is None:
                yield Line(number, None, "unreadable")
                continue
            yield Line(number, head, self._fault(head, previous))
            previous = head.signature

    def _fault(self, head: Head, previous: str) -> str | None:
        if head.key != self.key:
            return "foreign key"
        if not hmac.compare_digest(head.signature, self._signature(head)):
            return "altered"
        if head.previous != previous:
            return "line missing before"
        return None

    def _signature(self, head: Head) -> str:
        return hmac.new(self._secret, canonical(_values(head)).encode(), "sha256").hexdigest()


class HeadWriter:
    """Writes heads as the chain grows: at once for what is weighty, else every so often.

    What was committed since the last head is signed at the latest `seconds` later, and when
    the process ends.
    """

    def __init__(self, file: HeadFile, *, seconds: float, later: bool = True) -> None:
        self.file = file
        self._seconds = seconds
        self._later = later
        self._lock = threading.Lock()
        self._open: Committed | None = None
        self._signed_at: float | None = None
        self._timer: threading.Timer | None = None
        if later:
            # Also where a worker process ends: atexit is not run there.
            Finalize(None, self._end, exitpriority=10)

    def committed(self, what: Committed) -> None:
        """A transaction was kept; never raises, since it is too late to refuse it."""
        try:
            if not self._may_wait(what):
                self.sign()
        except Exception as error:
            _log.critical("no head of the trail could be written: %s", error)

    def _may_wait(self, what: Committed) -> bool:
        weighty = any(action.startswith(WEIGHTY) for action in what.actions)
        with self._lock:
            self._open = what
            due = self._signed_at is None or time.monotonic() - self._signed_at >= self._seconds
            return not weighty and not due and self._wait()

    def sign(self) -> None:
        """Sign the newest event that this process wrote, if it is not signed yet."""
        with self._lock:
            what, self._open = self._open, None
            self._stop_waiting()
            if what is None:
                return
            try:
                self.file.append(what.event_id, what.hash, at=datetime.now(UTC))
            except OSError as error:
                _log.critical("no head of the trail could be written: %s", error)
                return
            self._signed_at = time.monotonic()

    def _wait(self) -> bool:
        """Have it signed later; False where the system has no thread for that."""
        if self._later and self._timer is None:
            timer = threading.Timer(self._seconds, self.sign)
            timer.daemon = True
            try:
                timer.start()
            except RuntimeError:
                return False
            self._timer = timer
        return True

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        with contextlib.suppress(Exception):
            self.sign()


def _values(head: Head) -> dict[str, Any]:
    return {name: getattr(head, name) for name in _FIELDS}


def _read(text: str) -> Head | None:
    try:
        data = json.loads(text)
        head = Head(**{name: data[name] for name in (*_FIELDS, "signature")})
    except (ValueError, KeyError, TypeError):
        return None
    texts = (head.kind, head.hash, head.at, head.key, head.previous, head.signature)
    right = all(isinstance(one, str) and one.isascii() for one in texts)
    return head if right and type(head.event) is int else None


def _last_signature(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    for text in reversed(file.read().decode("utf-8", "replace").splitlines()):
        head = _read(text)
        if head is not None:
            return head.signature
    return _FIRST


def _ends_a_line(file: IO[bytes]) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"

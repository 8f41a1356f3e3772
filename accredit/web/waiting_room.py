"""The waiting room: a request comes before the application when its body is there whole.

The server gives every connection a thread of its own, so that nobody waits for somebody else's
body; how many of them are at work at the same time is decided here.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from threading import Semaphore, Thread, get_ident
from time import monotonic, sleep
from typing import IO, Any
from wsgiref.types import StartResponse

from werkzeug.exceptions import (
    ClientDisconnected,
    HTTPException,
    RequestTimeout,
    ServiceUnavailable,
)

from accredit.web.connections import Mark, Patience, cut_slow_ones
from accredit.web.front import Environ, WsgiApp

_log = logging.getLogger(__name__)

#: One writer at a time is all SQLite has: more at work would only wait in more places.
AT_WORK = 4
#: In bytes; a longer body waits in a file, and only so many of those are taken at once.
IN_MEMORY = 256 * 1024
LONG_ONES = 8

_PART = 16 * 1024
#: Whoever asks with these says nothing in a body that anybody would read.
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class WaitingRoom:
    """Stands before the application, and lets in a few at a time whose body has arrived.

    A body that keeps itself back for longer than the `patience`, that breaks off, or for which
    there is no room now, is refused by the application itself, in the reader's language. One
    longer than `largest` bytes is not taken at all.
    """

    def __init__(self, app: WsgiApp, *, largest: int, patience: Patience) -> None:
        self._app = app
        self._largest = largest
        self._patience = patience
        self._turns = Semaphore(AT_WORK)
        self._long_ones = Semaphore(LONG_ONES)
        #: Since when each thread is at work or waits for its turn, and takes a body.
        self._at_work: dict[int, float] = {}
        self._taking: dict[int, float] = {}
        self._port = 0
        Thread(target=self._watch, name="slow bodies", daemon=True).start()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Take the body, wait for a turn, and let the request in."""
        if "CONTENT_LENGTH" not in environ and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._let_in(environ, start_response)
        with self._body_of(environ) as body:
            environ["wsgi.input"] = body
            if isinstance(body, Refused):
                # What would follow on this connection is the rest of the body, if anything.
                start_response = _and_no_more(start_response)
            return self._let_in(environ, start_response)

    def _let_in(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        me = get_ident()
        self._at_work[me] = monotonic()
        try:
            with self._turns:
                return self._app(environ, start_response)
        finally:
            del self._at_work[me]

    def _body_of(self, environ: Environ) -> IO[bytes] | Refused:
        announced = _announced(environ)
        if environ["REQUEST_METHOD"] in _WITHOUT_BODY or (announced or 0) > self._largest:
            # Of the second the application reads the length alone, and says that it is too much.
            return io.BytesIO()
        me, since = get_ident(), monotonic()
        self._port = int(environ["SERVER_PORT"])
        self._taking[me] = since
        try:
            body, size = self._taken(environ["wsgi.input"], announced)
        except ServiceUnavailable as refusal:
            return Refused(refusal)
        except OSError as error:
            _log.error("a body cannot be kept: %s", error)
            return Refused(ServiceUnavailable())
        finally:
            del self._taking[me]
        if announced is not None and size < announced:
            # The server says only that it ended, not whether we or they ended it.
            late = monotonic() - since >= self._patience.pause
            return Refused(RequestTimeout() if late else ClientDisconnected())
        return body

    def _taken(self, given: Any, announced: int | None) -> tuple[IO[bytes], int]:
        """What arrives, up to its announced length, and how much of it there was."""
        end = self._largest + 1 if announced is None else announced
        first: bytes = given.read(min(end, _PART))
        if len(first) < _PART or end == _PART:
            return io.BytesIO(first), len(first)
        body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by whoever reads it
        body.write(first)
        size, long_one = len(first), False
        try:
            while size < end and (part := given.read(min(end - size, _PART))):
                size += len(part)
                if size > IN_MEMORY and not long_one:
                    long_one = self._long_ones.acquire(timeout=self._patience.pause / 2)
                    if not long_one:
                        raise ServiceUnavailable
                body.write(part)
        except BaseException:
            body.close()
            raise
        finally:
            if long_one:
                self._long_ones.release()
        body.seek(0)
        return body, size

    def _watch(self) -> None:
        """Cut off whoever keeps a body back, so that neither thread nor connection is lost."""
        marks: dict[str, Mark] = {}
        while True:
            sleep(self._patience.pause / 6)
            # Where no further file can be opened, nothing can be looked at either: later, then.
            with suppress(OSError):
                marks = self._look(marks, monotonic())

    def _look(self, marks: dict[str, Mark], now: float) -> dict[str, Mark]:
        if not self._taking:
            return {}
        # While somebody is at work that long, who is silent may be waiting for us.
        if any(now - since >= self._patience.pause / 2 for since in list(self._at_work.values())):
            return marks
        return cut_slow_ones(self._port, marks, now, self._patience)


class Refused(io.RawIOBase):
    """In place of a body that is not there: whoever reads it first is told why.

    Who looks into it once more, to note what was refused, finds it empty.
    """

    def __init__(self, why: HTTPException) -> None:
        super().__init__()
        self._why: HTTPException | None = why

    def readable(self) -> bool:
        """Yes: that is how one learns of it."""
        return True

    def readinto(self, _buffer: object) -> int:
        """Nothing; the first time, raise why."""
        why, self._why = self._why, None
        if why is not None:
            raise why
        return 0


def _announced(environ: Environ) -> int | None:
    """The length in bytes, or None where the body comes in chunks and tells its end by itself."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)


def _and_no_more(start_response: StartResponse) -> StartResponse:
    """Answer, and take nothing more on this connection."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, ("Connection", "close")], *error)

    return start

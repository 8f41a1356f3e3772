"""Bodies of requests, taken whole before anybody works on them."""

from __future__ import annotations

import io
import logging
from tempfile import SpooledTemporaryFile
from threading import Semaphore, get_ident
from time import monotonic
from typing import IO, Any

from werkzeug.exceptions import (
    ClientDisconnected,
    HTTPException,
    RequestEntityTooLarge,
    RequestTimeout,
    ServiceUnavailable,
)

from accredit.web.connections import Patience
from accredit.web.front import Environ

#: In bytes; a longer body waits in a file, and only so many of those arrive at once.
IN_MEMORY = 256 * 1024
LONG_ONES = 8

_PART = 16 * 1024
#: Whoever asks with these says nothing in a body that anybody would read.
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_log = logging.getLogger(__name__)


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


class Bodies:
    """Takes the bodies of requests, several at the same time.

    With files `largest` bytes are taken, without them `largest_form`. `taking` tells since when
    (of a clock that only goes on) each thread waits for one, and `port` where they come to.
    """

    def __init__(self, *, largest: int, largest_form: int, patience: Patience) -> None:
        self._largest = largest
        self._largest_form = largest_form
        self._patience = patience
        self._long_ones = Semaphore(LONG_ONES)
        self.taking: dict[int, float] = {}
        self.port = 0

    def take(self, environ: Environ) -> IO[bytes] | Refused:
        """The whole body, or why it is refused; to be closed by whoever asked for it."""
        announced = _announced(environ)
        if announced == 0 or environ["REQUEST_METHOD"] in _WITHOUT_BODY:
            return io.BytesIO()
        with_files = environ.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        largest = self._largest if with_files else self._largest_form
        if announced is not None and announced > largest:
            return Refused(RequestEntityTooLarge())
        self.port = int(environ["SERVER_PORT"])
        me, since = get_ident(), monotonic()
        self.taking[me] = since
        try:
            body, size = self._arrived(environ["wsgi.input"], announced or largest + 1)
        except ServiceUnavailable as refusal:
            return Refused(refusal)
        except OSError as error:
            _log.error("a body cannot be kept: %s", error)
            return Refused(ServiceUnavailable())
        finally:
            del self.taking[me]
        if size == announced or (announced is None and size <= largest):
            return body
        body.close()
        if announced is None:
            return Refused(RequestEntityTooLarge())
        # The server says only that it ended, not whether we or they ended it.
        late = monotonic() - since >= self._patience.pause
        return Refused(RequestTimeout() if late else ClientDisconnected())

    def _arrived(self, given: Any, end: int) -> tuple[IO[bytes], int]:
        """What arrives until there are `end` bytes or no more, and how many there were."""
        first: bytes = given.read(min(end, _PART))
        if len(first) < _PART or end == _PART:
            return io.BytesIO(first), len(first)
        body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever asked closes it
        body.write(first)
        size, is_long = len(first), False
        try:
            while size < end and (part := given.read(min(end - size, _PART))):
                size += len(part)
                if size > IN_MEMORY and not is_long:
                    is_long = self._long_ones.acquire(timeout=self._patience.pause / 2)
                    if not is_long:
                        raise ServiceUnavailable
                body.write(part)
        except BaseException:
            body.close()
            raise
        finally:
            if is_long:
                self._long_ones.release()
        body.seek(0)
        return body, size


def _announced(environ: Environ) -> int | None:
    """The length in bytes, or None where the body comes in chunks and tells its end by itself."""
    return None if "HTTP_TRANSFER_ENCODING" in environ else int(environ["CONTENT_LENGTH"])

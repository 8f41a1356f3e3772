"""The waiting room: a request comes before the application when its body is there whole.

The server gives every connection a thread of its own, so that nobody waits for somebody else's
body; how many of them are at work at the same time is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from queue import SimpleQueue
from threading import get_ident
from time import monotonic, sleep
from typing import Any
from wsgiref.types import StartResponse

from accredit.web.bodies import Bodies, Refused
from accredit.web.connections import Mark, Patience, cut_slow_ones
from accredit.web.front import Environ, WsgiApp

#: One writer at a time is all SQLite has: more at work would only wait in more places.
AT_WORK = 4


class WaitingRoom:
    """Stands before the application, and lets in a few at a time whose body has arrived.

    A body that is kept back for longer than the `patience`, that breaks off, that is too long, or
    for which there is no room now, is refused by the application itself, in the reader's language.
    """

    def __init__(
        self, app: WsgiApp, *, largest: int, largest_form: int, patience: Patience
    ) -> None:
        self._app = app
        self._patience = patience
        self._bodies = Bodies(largest=largest, largest_form=largest_form, patience=patience)
        #: A queue wakes the next one sooner than a semaphore does, and by order of coming.
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(AT_WORK):
            self._turns.put(None)
        #: Since when each thread is at work, or waits for its turn.
        self._at_work: dict[int, float] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Take the body, wait for a turn, and let the request in."""
        if "CONTENT_LENGTH" not in environ and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._let_in(environ, start_response)
        with self._bodies.take(environ) as body:
            environ["wsgi.input"] = body
            if isinstance(body, Refused):
                # A length alone would be refused without being read, and each time anew.
                environ.pop("CONTENT_LENGTH", None)
                start_response = _and_no_more(start_response)
            return self._let_in(environ, start_response)

    def _let_in(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        me = get_ident()
        self._at_work[me] = monotonic()
        self._turns.get()
        try:
            return self._app(environ, start_response)
        finally:
            self._turns.put(None)
            del self._at_work[me]

    def watch(self) -> None:
        """For ever cut off whoever keeps a body back: neither thread nor connection is lost."""
        marks: Mapping[str, Mark] = {}
        while True:
            sleep(self._patience.pause / 6)
            # Where no further file can be opened, nothing can be looked at either: later, then.
            with suppress(OSError):
                marks = self._look(marks, monotonic())

    def _look(self, marks: Mapping[str, Mark], now: float) -> Mapping[str, Mark]:
        if not self._bodies.taking:
            return {}
        # While somebody is at work that long, who is silent may be waiting for us.
        if any(now - since >= self._patience.pause / 2 for since in list(self._at_work.values())):
            return marks
        return cut_slow_ones(self._bodies.port, marks, now, self._patience)


def _and_no_more(start_response: StartResponse) -> StartResponse:
    """Answer and end the connection: what would follow on it is the rest of the body."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, ("Connection", "close")], *error)

    return start

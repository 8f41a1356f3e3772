"""How an answer is handed to the server: in one piece, unless it is told piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from flask import Response
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Answer(Response):
    """An answer that the server gets at once where all of it is there already.

    A server takes a list as it is. Of anything else it asks for the next piece, and hands each to
    the line from another thread: for a page that is one piece anyway, a wait for nothing.
    """

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:
        """The whole body, or its pieces as they are made; nothing where there is to be none."""
        pieces = super().get_app_iter(environ)
        if not self.is_sequence or not isinstance(pieces, ClosingIterator):
            return pieces
        with closing(pieces):
            return list(pieces)

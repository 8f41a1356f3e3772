"""A line to a neighbour that can be cut, in the ways lines are cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

_CHUNK = 64 * 1024


class Line:
    """Passes bytes on to a port of this machine while `mode` lets it.

    "open" passes everything; "down" takes no connection for longer than a moment; "mute" passes
    what is asked and keeps back every answer, so that the neighbour has done what nobody hears.
    """

    def __init__(self, port: int) -> None:
        self.mode = "open"
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near:
            if self.mode == "down":
                return
            with contextlib.suppress(OSError):
                far = socket.create_connection(("127.0.0.1", self._port))
                with far:
                    back = threading.Thread(target=self._pass, args=(far, near), daemon=True)
                    back.start()
                    self._pass(near, far)
                    back.join()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        answers = source.getpeername()[1] == self._port
        with contextlib.suppress(OSError):
            while (data := source.recv(_CHUNK)) and self.mode != "down":
                if answers and self.mode == "mute":
                    # What was asked is done by now; whoever asked hears nothing of it.
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    line = Line(port)
    try:
        yield line
    finally:
        line.close()

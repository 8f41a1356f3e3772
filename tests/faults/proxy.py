"""A line to a neighbour that can be cut, in the ways lines are cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

_CHUNK = 64 * 1024


class Line:
    """Passes bytes on to a port or a socket of this machine while `mode` lets it.

    "open" passes everything; "down" takes no connection for longer than a moment; "mute" passes
    what is asked and keeps back every answer, so that the neighbour has done what nobody hears.
    One connection becomes mute by itself when `mute_from` is asked in it.
    """

    def __init__(self, address: int | str) -> None:
        self.mode = "open"
        self.mute_from: bytes | None = None
        self._address = address
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
            with contextlib.suppress(OSError), self._connect() as far:
                is_mute = threading.Event()
                back = threading.Thread(target=self._answer, args=(far, near, is_mute), daemon=True)
                back.start()
                self._ask(near, far, is_mute)
                back.join()

    def _connect(self) -> socket.socket:
        if isinstance(self._address, int):
            return socket.create_connection(("127.0.0.1", self._address))
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(self._address)
        except OSError:
            far.close()
            raise
        return far

    def _ask(self, near: socket.socket, far: socket.socket, is_mute: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while (data := near.recv(_CHUNK)) and self.mode != "down":
                if self.mute_from is not None and self.mute_from in data:
                    self.mute_from = None
                    is_mute.set()
                far.sendall(data)
        _end(near, far)

    def _answer(self, far: socket.socket, near: socket.socket, is_mute: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while (data := far.recv(_CHUNK)) and self.mode != "down":
                if self.mode == "mute" or is_mute.is_set():
                    # What was asked is done by now; whoever asked hears nothing of it.
                    break
                near.sendall(data)
        _end(near, far)

    def close(self) -> None:
        self._listener.close()


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(address: int | str) -> Iterator[Line]:
    line = Line(address)
    try:
        yield line
    finally:
        line.close()

"""A real socket server that speaks ClamAV's INSTREAM and knows one virus: the test file."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.evidence.hostile import EICAR


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while True:
            (length,) = struct.unpack(">I", self.rfile.read(4))
            if length == 0:
                break
            content += self.rfile.read(length)
        found = EICAR in content
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


class _Mute(socketserver.StreamRequestHandler):
    """Takes everything and never answers."""

    def handle(self) -> None:
        self.rfile.read()


@contextmanager
def clamav(*, mute: bool = False) -> Iterator[str]:
    """The address of a scanner that runs while the context is open."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mute if mute else _Conversation)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

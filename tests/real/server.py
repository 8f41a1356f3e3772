"""The product's own server as a process of its own, which may be ended in any way."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from tests.real.instance import Instance
from tests.real.loaded import Loaded

PATIENCE = 60.0
SERVE = ("accredit", "serve")


class NoAnswerError(RuntimeError):
    """The server ended, or does not answer in time; the message is what it said last."""


class Server:
    """A server with its workers in a process group of their own."""

    def __init__(
        self,
        instance: Instance,
        *,
        workers: int = 1,
        program: Sequence[str] = SERVE,
        environ: Mapping[str, str] | None = None,
        loaded: bool = False,
        **options: object,
    ) -> None:
        self.port = _free_port()
        self.log = instance.folder / "server.log"
        words = [*program[1:], "--port", str(self.port), "--workers", str(workers)]
        known = instance.process_environ(environ)
        self.process: Loaded | subprocess.Popen[bytes]
        if loaded:
            self.process = Loaded(program[0], words, known, self.log)
        else:
            with self.log.open("ab") as output:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", program[0], *words],
                    env=known,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    **options,  # type: ignore[call-overload]
                )
        self.seconds = 0.0

    def wait(self, within: float = PATIENCE) -> Server:
        """Until it answers; raises `NoAnswerError`."""
        start = time.monotonic()
        while not self._answers():
            self.seconds = time.monotonic() - start
            if self.process.poll() is not None or self.seconds > within:
                self.kill()
                raise NoAnswerError(f"no answer: {self.said()[-800:]}")
            time.sleep(0.02)
        self.seconds = time.monotonic() - start
        return self

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """`kill -9` of the server and all its workers, as when the machine goes down."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def terminate(self) -> int:
        """Ask it to end, as a service manager does; its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def wait_for_end(self, within: float = PATIENCE) -> None:
        """Until it was killed by somebody else, its workers too."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(within)
        self.kill()

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


@contextlib.contextmanager
def serving(instance: Instance, **options: object) -> Iterator[Server]:
    """Serve the installation, and leave no process behind."""
    server = Server(instance, **options)  # type: ignore[arg-type]
    try:
        yield server.wait()
    finally:
        if server.runs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.terminate()
        server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Real servers and a plain HTTP client that keeps its connection, as a browser does."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.measure import children, resident_mb

PATIENCE = 30.0


@dataclass
class Served:
    """A running server: where it listens, and how long it took to answer."""

    port: int
    pid: int
    first_answer: float

    def worker_mb(self) -> float:
        """Memory of its largest process."""
        return max(resident_mb(pid) for pid in [self.pid, *children(self.pid)])


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve(command: list[str], environ: Mapping[str, str], probe: str) -> Iterator[Served]:
    """Run a server that takes `--port`, wait for its first answer at `probe`, and end it."""
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                HttpClient(port).get(probe, expect=None)
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                    raise RuntimeError(f"{command} did not answer") from None
                time.sleep(0.01)
        yield Served(port, process.pid, time.perf_counter() - start)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def accredit_serve() -> list[str]:
    """The product's own command, with one worker, so that a figure is one process's."""
    return [sys.executable, "-m", "accredit", "serve", "--workers", "1"]


def floor_serve() -> list[str]:
    """The bare application behind the same server."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory",
        "bench.floors:bare_application", "--workers", "1",
    ]  # fmt: skip


class HttpClient:
    """Requests over one kept connection, with the cookies that were set over it."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.cookies = SimpleCookie(cookie)
        self.headers = {"Cookie": cookie} if cookie else {}

    def get(self, path: str, *, expect: int | None = 200, visitor: int | None = None) -> bytes:
        """The body of a page; `visitor` is the number of who asks, as a proxy would tell it."""
        headers = self.headers
        if visitor is not None:
            headers = {**headers, "X-Forwarded-For": f"10.0.{visitor // 250}.{visitor % 250 + 1}"}
        self.connection.request("GET", path, headers=headers)
        return self._answer("GET", path, expect)

    def post(self, path: str, form: Mapping[str, str], *, expect: int | None = 303) -> bytes:
        """Send a form as a browser does."""
        self.connection.request(
            "POST",
            path,
            body=urlencode(form).encode(),
            headers={**self.headers, "Content-Type": "application/x-www-form-urlencoded"},
        )
        return self._answer("POST", path, expect)

    def _answer(self, method: str, path: str, expect: int | None) -> bytes:
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.load(line)
            self.headers["Cookie"] = "; ".join(
                f"{name}={morsel.value}" for name, morsel in self.cookies.items()
            )
        if expect is not None and answer.status != expect:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
        return content

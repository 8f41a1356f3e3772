"""Timing calls and WSGI requests, and reading a process's memory."""

from __future__ import annotations

import gc
import io
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Timing:
    """Seconds of many calls of the same thing."""

    p50: float
    p95: float
    per_second: float


def time_calls(call: Callable[[int], object], *, rounds: int, warm_up: int = 20) -> Timing:
    """Call with 0, 1, 2, … and time each; the first `warm_up` calls do not count."""
    for number in range(warm_up):
        call(number)
    gc.collect()
    seconds = []
    for number in range(warm_up, warm_up + rounds):
        start = time.perf_counter()
        call(number)
        seconds.append(time.perf_counter() - start)
    ordered = sorted(seconds)
    return Timing(
        p50=statistics.median(ordered),
        p95=ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
        per_second=len(seconds) / sum(seconds),
    )


class Client:
    """Sends requests straight to a WSGI application, with no client library in between."""

    def __init__(self, app: Any, cookie: str = "") -> None:
        self.app = app
        self.cookie = cookie

    def get(self, path: str, *, expect: int = 200) -> bytes:
        """The body of a page."""
        return self._send("GET", path, b"", expect)

    def post(self, path: str, form: dict[str, str], *, expect: int = 303) -> bytes:
        """Send a form."""
        return self._send("POST", path, urlencode(form).encode(), expect)

    def _send(self, method: str, path: str, body: bytes, expect: int) -> bytes:
        route, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": route,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": self.cookie,
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        answered: list[str] = []

        def start_response(status: str, _headers: object, _info: object = None) -> Callable[..., None]:
            answered.append(status)
            return lambda _data: None

        parts: Iterable[bytes] = self.app.wsgi_app(environ, start_response)
        content = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()
        if not answered[0].startswith(str(expect)):
            raise RuntimeError(f"{method} {path} answered {answered[0]}: {content[:400]!r}")
        return content


def resident_mb(pid: int) -> float:
    """Memory of a process in MB (Linux; 0.0 elsewhere)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    for line in status.read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    """The processes a process started (Linux)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found

"""Starting `accredit serve` for a browser, and the Chromium that looks at it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(environ: Mapping[str, str], *arguments: str) -> str:
    """What an `accredit` command prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "accredit", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def served(environ: Mapping[str, str], log: Path) -> Iterator[None]:
    """`accredit serve` at the `ACCREDIT_BASE_URL` of `environ`; what it says goes to `log`."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "accredit", "serve"], env=environ, stdout=file, stderr=file
        )
        try:
            wait_for(f"{environ['ACCREDIT_BASE_URL']}/sign-in", process)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended"
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer within {PATIENCE} s")

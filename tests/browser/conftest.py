"""A real server on an empty database, and a real browser in front of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.serving import ARGUMENTS, CHROMIUM, PATIENCE, free_port, run, wait_for


@dataclass(frozen=True)
class Installation:
    """A prepared data folder, the environment its commands need, and where it is served."""

    folder: Path
    environ: dict[str, str]
    url: str

    def run(self, *arguments: str) -> str:
        """What an `accredit` command prints; it must succeed."""
        return run(self.environ, *arguments)


@dataclass
class Server:
    """`accredit serve` for an installation: started, and ended as politely as a test asks."""

    place: Installation
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.place.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "accredit", "serve"],
                env=self.place.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(f"{self.place.url}/sign-in", self.process)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(PATIENCE)

    def cut(self) -> None:
        """End it and its workers in the middle of whatever they do, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


def prepare_installation(folder: Path) -> Installation:
    """`accredit init` in an empty folder, as on the first day."""
    port = free_port()
    environ = {
        **os.environ,
        "ACCREDIT_MODE": "production",
        "ACCREDIT_SECRET_KEY": "browser-tests-0123456789-abcdefghijklmnop",
        "ACCREDIT_DATA_DIR": str(folder / "data"),
        "ACCREDIT_BASE_URL": f"http://127.0.0.1:{port}",
        "ACCREDIT_PORT": str(port),
        "ACCREDIT_WORKERS": "1",
        "ACCREDIT_TIME_ZONE": "Asia/Riyadh",
    }
    place = Installation(folder, environ, environ["ACCREDIT_BASE_URL"])
    place.run("init")
    return place


@contextmanager
def served(place: Installation) -> Iterator[Installation]:
    """The installation while it is served."""
    server = Server(place)
    server.start()
    try:
        yield place
    finally:
        server.stop()
    # What the server wrote is part of what must be right: no error was hidden from the browser.
    assert "Traceback" not in (place.folder / "server.log").read_text(errors="replace")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation of the first day that is served."""
    with served(prepare_installation(tmp_path_factory.mktemp("installation"))) as place:
        yield place


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """Chromium, driven by Playwright; skipped with the reason where there is none.

    It ends with each file: another one in the same process may start a Playwright of its own.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (set CI=true to have `make test` install it)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()

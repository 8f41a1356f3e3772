"""A real server on an empty database, and a real browser in front of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.serving import ARGUMENTS, CHROMIUM, free_port, run, served


@dataclass(frozen=True)
class Installation:
    """A prepared data folder, the environment its commands need, and where it is served."""

    folder: Path
    environ: dict[str, str]
    url: str

    def run(self, *arguments: str) -> str:
        """What an `accredit` command prints; it must succeed."""
        return run(self.environ, *arguments)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`accredit init` in an empty folder, then `accredit serve`, as on the first day."""
    folder = tmp_path_factory.mktemp("installation")
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
    with served(environ, folder / "server.log"):
        yield place
    # What the server wrote is part of what must be right: no error was hidden from the browser.
    assert "Traceback" not in (folder / "server.log").read_text(errors="replace")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Chromium, driven by Playwright; skipped with the reason where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (set CI=true to have `make test` install it)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()

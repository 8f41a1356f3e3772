"""`python -m tests.pictures [--only WORDS] [--to FOLDER]`: take the pictures.

The demonstration is told once a day and kept beside the pictures. Ends with 1 where a page
could not be pictured, and says which.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests.browser.serving import ARGUMENTS, CHROMIUM, free_port, run, served
from tests.pictures import sheets
from tests.pictures.camera import LANGUAGES, Camera
from tests.pictures.places import find_places
from tests.pictures.shots import PAPERS, SHOTS

TOLD = "demonstration"


def main() -> int:
    asked = _arguments()
    # Whoever is ended ends the server, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if CHROMIUM is None:
        print("There is no Chromium on this machine.", file=sys.stderr)
        return 2
    folder = asked.to.resolve()
    with _demonstration(folder) as environ, _chromium() as chromium:
        from accredit.app import create_app
        from accredit.config import load_settings

        places = find_places(environ)
        url, app = environ["ACCREDIT_BASE_URL"], create_app(load_settings(environ))
        camera = Camera(chromium, app, url, folder, places)
        camera.prepare_import("rania")
        failures = _take(camera, asked.only)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures")
    parser.add_argument("--only", default="", help="names with one of these words only: gap,search")
    parser.add_argument("--to", type=Path, default=Path("screenshots"), help="where to")
    return parser.parse_args()


def _take(camera: Camera, only: str) -> list[str]:
    failures: list[str] = []

    def attempt(name: str, work: Callable[[], list[Path]]) -> list[Path]:
        try:
            taken = work()
        except Exception as error:  # whatever it is: the other pictures are taken all the same
            failures.append(f"{name}: {error}")
            return []
        print(f"{name}: {len(taken)}", flush=True)
        return taken

    for shot in SHOTS:
        if _is_asked(shot.name, only):
            for language in LANGUAGES:
                taken = attempt(
                    f"{shot.name} {language}", lambda s=shot, t=language: camera.picture(s, t)
                )
                printed = [path for path in taken if path.parent.name == "print"]
                sheets.paper_sheets(camera.folder / "print", printed[:8])
            sheets.page_sheet(camera.folder, shot.name)
    for paper in PAPERS:
        if _is_asked(paper.name, only):
            for language in paper.languages:
                pages = attempt(
                    f"{paper.name} {language}", lambda p=paper, t=language: camera.paper(p, t)
                )
                sheets.paper_sheets(camera.folder / "pdf", pages)
    return failures


def _is_asked(name: str, only: str) -> bool:
    return any(word in name for word in only.split(","))


@contextmanager
def _demonstration(folder: Path) -> Iterator[dict[str, str]]:
    """The demonstration, told to an installation of its own and served."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / TOLD
    today = data / f"told-{date.today()}"  # noqa: DTZ011 - the day of this machine
    port = free_port()
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ACCREDIT_")},
        "ACCREDIT_MODE": "demo",
        "ACCREDIT_DATA_DIR": str(data),
        # By this name browsers let pages ask for a security key without TLS.
        "ACCREDIT_BASE_URL": f"http://localhost:{port}",
        "ACCREDIT_PORT": str(port),
        "ACCREDIT_WORKERS": "1",
        # Nobody listens there; with it the pages say what they say where mail is sent.
        "ACCREDIT_SMTP_HOST": "127.0.0.1",
        "ACCREDIT_SMTP_PORT": "1",
        "ACCREDIT_SMTP_SECURITY": "none",
        "ACCREDIT_MAIL_FROM": "accredit@waha.example",
    }
    if not today.exists():
        shutil.rmtree(data, ignore_errors=True)
        run(environ, "demo")
        today.touch()
    # What is made to be pictured is forgotten, so that each run finds the same.
    working = folder / f"{TOLD}-served"
    shutil.rmtree(working, ignore_errors=True)
    shutil.copytree(data, working)
    environ["ACCREDIT_DATA_DIR"] = str(working)
    with served(environ, folder / "server.log"):
        yield environ
    shutil.rmtree(working)


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(main())

"""The whole journey, and two people in conflict, in every way and language: `make journeys`.

A standard of six elements is published and worked through in every way of `ways.py`, in both
languages; the one that ships, with its 48 elements, by the keyboard. `--pictures` keeps what every
page on the way looked like. Prints what went wrong; then planned, run and passed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conflict import meet, prepare_assessments
from tests.browser.conftest import prepare_installation, served
from tests.browser.journey import Story, walk
from tests.browser.person_at_browser import PersonAtBrowser
from tests.browser.serving import ARGUMENTS, CHROMIUM
from tests.browser.ways import WAYS

LANGUAGES = ("en", "ar")


def journey(chromium: Any, folder: Path, *, way: str, language: str, standard: str) -> None:
    """From nothing to a certificate, in an installation of its own."""
    with served(prepare_installation(folder)) as place:
        walk(Story(place, chromium, language, WAYS[way], standard))


def conflict(chromium: Any, folder: Path, *, way: str, language: str) -> None:
    """Two people, one element, in an installation of their own."""
    place = prepare_installation(folder)
    (number,) = prepare_assessments(place, 1)
    with served(place):
        meet(place, chromium, WAYS[way], language, number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, help="a folder for a picture of every page")
    parser.add_argument("--way", choices=WAYS, action="append", help="this one only")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="this one only")
    chosen = parser.parse_args()
    ways, languages = chosen.way or list(WAYS), chosen.language or LANGUAGES
    planned: dict[str, Callable[[Any, Path], None]] = {}
    for way, language in product(ways, languages):
        those = {"way": way, "language": language}
        planned[f"journey, {way}, {language}"] = partial(journey, standard="short", **those)
        planned[f"conflict, {way}, {language}"] = partial(conflict, **those)
        if way == "keyboard":
            planned[f"journey of 48 elements, {way}, {language}"] = partial(
                journey, standard="whole", **those
            )
    passed = 0
    for name, walked in planned.items():
        print(name, file=sys.stderr, flush=True)
        if chosen.pictures:
            PersonAtBrowser.pictures = chosen.pictures / name.replace(", ", "-").replace(" ", "-")
        # A Chromium of their own: whatever one of them leaves behind, the next begins afresh.
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            try:
                walked(chromium, Path(folder))
                passed += 1
            except Exception:
                print(f"{name}:\n{traceback.format_exc()}", flush=True)
            finally:
                chromium.close()
    print(f"planned {len(planned)}, run {len(planned)}, passed {passed}")
    return 0 if passed == len(planned) else 1


if __name__ == "__main__":
    sys.exit(main())

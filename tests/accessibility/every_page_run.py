"""Every page in every language and theme, at every width: `make accessibility`.

Prints what is wrong and ends with 1, or how many pages were looked at and ends with 0.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.accessibility.conftest import stage
from tests.accessibility.looking import (
    LANGUAGES,
    ORIGIN,
    THEMES,
    Fault,
    faults_of_colour,
    faults_of_focus,
    faults_of_space,
    window,
)
from tests.accessibility.places import Visitors, places
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.demo.conftest import tell


def main() -> int:
    """Look at all of them."""
    with tempfile.TemporaryDirectory() as folder:
        faults, looked = _look(Path(folder))
    for fault in faults:
        print(fault)
    print(f"{looked} looks, {len(faults)} faults")
    return 1 if faults else 0


def _look(folder: Path) -> tuple[list[Fault], int]:
    tell(folder)
    visitors = Visitors(stage(folder / "data"))
    found = places(visitors)
    faults: list[Fault] = []
    looked = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for number, place in enumerate(found):
            print(f"{number + 1}/{len(found)} {place.path} as {place.who}", file=sys.stderr)
            for language in LANGUAGES:
                with window(browser, visitors.client(place.who), language) as page:
                    page.goto(f"{ORIGIN}{place.path}")
                    where = f"{place.path} as {place.who}"
                    for theme in THEMES:
                        faults += faults_of_colour(page, where, language, theme)
                        looked += 1
                    faults += faults_of_focus(page, where, language)
                    faults += faults_of_space(page, where, language)
        browser.close()
    return faults, looked


if __name__ == "__main__":
    sys.exit(main())

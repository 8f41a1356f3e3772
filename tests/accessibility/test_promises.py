"""Single promises of docs/accessibility.md that a look at every page does not show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import accredit
from accredit.web.styles import parts
from tests.accessibility.looking import LANGUAGES, ORIGIN, window
from tests.accessibility.places import HALF_WAY, Place, Visitors

SCRIPTS = sorted((Path(accredit.__file__).parent / "static" / "js").glob("*.js"))


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_key_leads_past_the_menu(
    visitors: Visitors, chromium: Any, language: str
) -> None:
    with window(chromium, visitors.client("khalid"), language) as page:
        page.goto(f"{ORIGIN}/evidence/")
        page.keyboard.press("Tab")
        link = page.locator(":focus")
        assert link.get_attribute("href") == "#main"
        assert link.bounding_box()["y"] >= 0, "it is seen while it has the focus"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_fields_of_ones_own_say_what_they_are_for(
    visitors: Visitors, every_place: list[Place]
) -> None:
    paths = {place.endpoint: place.path for place in every_place}

    def purposes(who: str | None, endpoint: str) -> set[str]:
        page = visitors.client(who).get(paths[endpoint]).text
        return set(re.findall(r'autocomplete="([\w-]+)"', page))

    assert purposes(None, "security.login") == {"username", "current-password"}
    assert purposes(None, "identity.forgotten") == {"username"}
    assert purposes(None, "identity.invited") == {"username", "new-password"}
    assert purposes(HALF_WAY, "identity.second_factor") >= {"one-time-code"}


def test_nothing_moves_by_itself_and_nothing_stops_a_paste() -> None:
    styles = "".join(path.read_text(encoding="utf-8") for path in parts())
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)

    assert "@keyframes" not in styles
    assert not re.search(r"setInterval|requestAnimationFrame|autoplay|\bpaste\b", scripts)
    assert "prefers-reduced-motion: reduce" in styles

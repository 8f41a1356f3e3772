"""Every page of the product can be used by everybody: by sight, by ear, by keyboard, at any width.

Each page is opened once here, the languages and themes taking turns; `make accessibility` opens
each in every language and theme.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.accessibility.looking import (
    LANGUAGES,
    ORIGIN,
    THEMES,
    faults_of_colour,
    faults_of_focus,
    faults_of_space,
    window,
)
from tests.accessibility.markup import JAVA, nu_errors, parse_errors
from tests.accessibility.places import Place, Visitors

PREPARED = 12
#: Files and answers that are no pages.
NO_PAGES = {
    *("asset", "static", "security.static", "security.verify"),
    *("assessment.evidence_file", "assessment.evidence_pack", "certificate.document"),
    *("evidence.file", "gap.pdf", "gap.xlsx", "improvement.export_csv"),
    *("improvement.export_xlsx", "kpi.export", "kpi.rejected", "standard.draft_as"),
    *("standard.draft_file", "standard.file", "trail.export", "trail.export_lines"),
    *("assessment.go_on", "evidence.arrived", "identity.session_left"),
    # Opened by a link that was mailed; a demonstration sends no mail.
    "identity.confirm_address",
    "identity.new_address",
    "identity.reset",
    "identity.welcome",
}


def test_every_page_of_the_site_is_among_them(visitors: Visitors, every_place: list[Place]):
    asked = {rule.endpoint for rule in visitors.app.url_map.iter_rules() if "GET" in rule.methods}

    assert asked - NO_PAGES - {place.endpoint for place in every_place} == set()
    assert len(every_place) >= 80
    # Those that were prepared are what they are meant to be.
    for place in every_place[:PREPARED]:
        with visitors.client(place.who).get(place.path) as answer:
            wanted = int(place.endpoint) if place.endpoint.isdigit() else 200
            assert answer.status_code == wanted, place


@pytest.mark.browser
def test_everybody_can_use_every_page(
    visitors: Visitors, every_place: list[Place], chromium: Any
) -> None:
    faults = []
    for number, place in enumerate(every_place):
        language, theme = LANGUAGES[number % 2], list(THEMES)[number % 3]
        with window(chromium, visitors.client(place.who), language) as page:
            page.goto(f"{ORIGIN}{place.path}")
            where = f"{place.path} as {place.who}"
            faults += faults_of_colour(page, where, language, theme)
            # By turns in either language: `make accessibility` asks both of every page.
            if number // 2 % 2:
                faults += faults_of_focus(page, where, language)
            else:
                faults += faults_of_space(page, where, language)
    assert faults == [], "\n".join(map(str, faults))


def markup_of(visitors: Visitors, places: list[Place]) -> dict[str, bytes]:
    pages = {}
    for number, place in enumerate(places):
        client = visitors.client(place.who)
        for language in LANGUAGES:
            client.set_cookie("language", language)
            with client.get(place.path) as answer:
                pages[f"{number}-{place.endpoint}-{language}"] = answer.get_data()
    return pages


@pytest.fixture(scope="module")
def pages(visitors: Visitors, every_place: list[Place]) -> dict[str, bytes]:
    return markup_of(visitors, every_place)


def test_no_page_leaves_a_browser_guessing(pages: dict[str, bytes]):
    wrong = {name: parse_errors(markup.decode()) for name, markup in pages.items()}

    assert {name: errors for name, errors in wrong.items() if errors} == {}


@pytest.mark.skipif(JAVA is None, reason="the Nu checker needs Java")
def test_every_page_is_valid_html(pages: dict[str, bytes], tmp_path: Path):
    errors = nu_errors(pages, tmp_path)
    # The component page shows a date that was refused, as it was sent.
    assert [one for one in errors if "Month cannot be greater than 12" not in one] == []


# The checks themselves: each finds what it is there for.

FAULTY = """<!doctype html><html lang="en"><title>Faulty</title><style>
    .faint { color: #999 } .pale { color: #666 } .tight { width: 40px; overflow: hidden }
    .wide { display: inline-block; width: 2000px } .small { width: 9px; height: 9px; padding: 0 }
    :focus { outline: none }
</style><main><h1>Faulty</h1>
<p class="faint">Hardly to be read</p><p class="pale">To be read by most</p>
<img src="data:,"><p class="tight">Longer-than-its-box</p>
<p class="tag"><span class="wide">x</span></p>
<button class="small" aria-label="a"></button><button class="small" aria-label="b"></button>
</main>"""


@pytest.mark.browser
def test_every_kind_of_fault_is_found(visitors: Visitors, chromium: Any) -> None:
    with window(chromium, visitors.client(None), "en") as page:
        page.goto(f"{ORIGIN}/sign-in")
        page.route("**/faulty", lambda route: route.fulfill(body=FAULTY, content_type="text/html"))
        page.goto(f"{ORIGIN}/faulty")
        seen = " ".join(map(str, faults_of_colour(page, "here", "en", "light")))
        wanted = " ".join(map(str, faults_of_colour(page, "here", "en", "contrast")))
        unseen = " ".join(map(str, faults_of_focus(page, "here", "en")))
        spaced = " ".join(map(str, faults_of_space(page, "here", "en")))

    for rule in ("color-contrast: .faint", "image-alt: img", "target-size: button"):
        assert rule in seen
    assert "color-contrast-enhanced: .pale" in wanted
    assert unseen.count("focus unseen: <button") == 2
    assert 'is cut off: <p class="tight"' in spaced
    assert "sticks out" in spaced
    assert 'hangs over: <p class="tag"' in spaced


def test_markup_that_leaves_a_browser_guessing_is_found():
    assert parse_errors("<!doctype html><title>x</title><p><table><td>x</b></table>")


@pytest.mark.skipif(JAVA is None, reason="the Nu checker needs Java")
def test_invalid_html_is_found(tmp_path: Path):
    wrong = b"<!doctype html><html lang=en><title>x</title><p><time datetime=never>x</time>"
    assert "never" in "".join(nu_errors({"wrong": wrong}, tmp_path))

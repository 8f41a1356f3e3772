"""What the pages of the story look like in a real browser: nothing sticks out, nothing is hidden.

Chromium asks no server: each of its requests is answered by the application itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.assessment.models import Assessment
from accredit.identity.models import Department
from accredit.standard.models import StandardVersion
from tests.accessibility.looking import STICKING_OUT
from tests.conftest import Browser
from tests.demo.conftest import Told

CHROMIUM = shutil.which("chromium")
ORIGIN = "http://accredit.test"
WIDTHS = (320, 390, 1280)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]

#: Who opens what; “stage:department” stands for the assessment there.
PAGES = {
    None: ["/sign-in", "/no/such/page"],
    "maryam": [
        "/",
        "/assessments/self_assessment:CC",
        "/assessments/self_assessment:CC/elements/1.1",
        "/assessments/self_assessment:CC/evidence",
        "/evidence/new",
        "/evidence/8",
    ],
    "omar": ["/", "/certificates/"],
    "huda": [
        "/assessments/",
        "/assessments/new",
        "/assessments/set_up:LIC/people",
        "/trail/",
        "/kpis/",
    ],
    "fatima": [
        "/",
        "/assessments/scoring:DIG/elements/1.1",
        "/assessments/scoring:DIG:excellence-2025/elements/3.1",
    ],
    "yousef": [
        "/assessments/scoring:DIG:excellence-2025",
        "/assessments/scoring:DIG:excellence-2025/scope",
        "/assessments/scoring:DIG:excellence-2025/result",
        "/gap-reports/scoring:DIG:excellence-2025",
    ],
    "daniel": ["/assessments/moderation:CC", "/assessments/moderation:CC/elements/3.1"],
    "laila": ["/assessments/decision:LIC/elements/6.1"],
    "noor": ["/evidence/", "/evidence/new"],
    "amina": ["/people", "/people/2", "/organisations"],
    "rania": ["/kpis/imports", "/kpis/import"],
    "khalid": [
        "/account",
        "/standards/",
        "/standards/1",
        "/gap-reports/",
        "/improvement-actions/",
        "/improvement-actions/?view=board",
        "/improvement-actions/?view=timeline",
        "/people",
    ],
}

HEADINGS = """() => [...document.querySelectorAll("main :is(h1, h2, h3, h4)")]
    .filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.tagName[1]))"""
NATIVE_FILE_FIELDS = """() => [...document.querySelectorAll("input[type=file]")]
    .filter((input) => getComputedStyle(input).opacity !== "0").map((input) => input.name)"""
FOCUS = """() => {
    const focused = document.activeElement;
    const seen = focused.matches(".rubric-card__input") ? focused.nextElementSibling : focused;
    const box = seen.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + 6);
    return {
        name: focused.name || focused.dataset.key || focused.className,
        inForm: Boolean(focused.closest("main form.stack")),
        uncovered: top === focused || seen.contains(top),
        ringed: getComputedStyle(seen).outlineStyle !== "none",
    };
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def look(
    told: Told, chromium: Chromium, visit: Callable[..., Browser]
) -> Iterator[Callable[..., Page]]:
    """`look("khalid", "ar", "/")`: that page as khalid sees it in Arabic."""
    contexts = []

    def run(who: str | None, language: str, address: str, **options: object) -> Page:
        client = visit(who, language).client if who else told.app.test_client()
        client.set_cookie("language", language)
        context = chromium.new_context(**options)  # type: ignore[arg-type] # what Chromium takes
        contexts.append(context)
        context.route("**/*", lambda route: _answer(route, client))
        page = context.new_page()
        page.goto(f"{ORIGIN}{address}")
        return page

    yield run
    for context in contexts:
        context.close()


def _answer(route: Route, client: FlaskClient) -> None:
    parts = urlsplit(route.request.url)
    with client.get(f"{parts.path}?{parts.query}") as answer:
        headers = {name: value for name, value in answer.headers if name != "Set-Cookie"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.get_data())


@pytest.fixture
def place(reading: Callable[[], AbstractContextManager[Session]]) -> Callable[[str], str]:
    """An address of `PAGES` with the number of its assessment."""

    def run(address: str) -> str:
        for part in address.split("/"):
            if ":" in part:
                stage, department, *named = part.split(":")
                standard = named[0] if named else "service-excellence"
                with reading() as session:
                    number = session.scalars(
                        select(Assessment.id)
                        .join(Assessment.department)
                        .join(Assessment.standard_version)
                        .where(
                            Assessment.stage == stage,
                            Department.code == department,
                            StandardVersion.standard_id == standard,
                        )
                    ).one()
                return address.replace(part, str(number))
        return address

    return run


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("who", PAGES)
def test_a_page_fits_every_width_and_is_headed_once(
    look, place, who: str | None, language: str
) -> None:
    page = look(who, language, place(PAGES[who][0]))
    for address in PAGES[who]:
        page.goto(f"{ORIGIN}{place(address)}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(STICKING_OUT) == [], (address, width)
        levels = page.evaluate(HEADINGS)
        assert levels.count(1) == 1, address
        after_title = levels[levels.index(1) :]
        assert all(after - before <= 1 for before, after in pairwise(after_title)), address
        assert page.title() != "accredit", address


@pytest.mark.parametrize(("who", "address"), [("noor", "/evidence/new"), ("rania", "/kpis/import")])
def test_no_field_for_files_speaks_the_browsers_language(look, who: str, address: str) -> None:
    page = look(who, "ar", address)
    assert page.locator("input[type=file]").count() >= 1
    assert page.evaluate(NATIVE_FILE_FIELDS) == []
    words = page.locator(".dropzone__face .button").first.text_content()
    assert words in ("اختيار الملفات", "اختيار ملف")
    assert page.locator("input[type=file]").first.get_attribute("title") == words


def test_without_scripts_the_browsers_own_field_takes_the_files(look) -> None:
    page = look("noor", "ar", "/evidence/new", java_script_enabled=False)
    field = page.locator("input[type=file]")
    field.set_input_files({"name": "تقرير.pdf", "mimeType": "application/pdf", "buffer": b"x"})
    assert field.bounding_box()["height"] >= 24
    assert not page.locator(".dropzone__face").is_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_keyboard_walks_a_score_in_order_and_nothing_hides_where_it_is(
    look, place, language: str
) -> None:
    page = look(
        "maryam",
        language,
        place("/assessments/self_assessment:CC/elements/1.1"),
        viewport={"width": 1280, "height": 620},
    )
    walked = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["inForm"]:
            walked.append(focus["name"])
            assert focus["uncovered"], focus
            assert focus["ringed"], focus
        elif walked:
            break
    assert walked == ["level", "reason", "go", "go"]


def test_the_bar_with_the_buttons_follows_only_where_there_is_room(look, place) -> None:
    page = look("maryam", "ar", place("/assessments/self_assessment:CC/elements/1.1"))
    position = "getComputedStyle(document.querySelector('.action-bar')).position"
    for width, height, wanted in (
        (1280, 800, "sticky"),
        (390, 800, "static"),
        (1280, 480, "static"),
    ):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(position) == wanted
    page.emulate_media(media="print")
    assert not page.locator(".action-bar").is_visible()


def test_the_standard_is_folded_to_be_read_and_whole_on_paper(look) -> None:
    page = look("khalid", "ar", "/standards/1")
    rubric = page.locator("#rubric-1\\.1")
    assert not rubric.is_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    assert rubric.bounding_box()["height"] > 100
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollHeight") < 40_000
    page.locator("#element-1\\.1 summary").click()
    assert rubric.is_visible()

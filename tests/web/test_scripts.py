"""What the scripts add to the pages, and what the pages do in a real browser at every width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

import accredit
from accredit.web.styles import stylesheet
from accredit.web.themes import themes, tokens
from tests.web.gallery import render_gallery

CHROMIUM = Path("/usr/bin/chromium")
STATIC = Path(accredit.__file__).parent / "static"
ORIGIN = "http://accredit.test"
POLICY = "default-src 'self'; form-action 'self'; base-uri 'self'; object-src 'none'"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def _serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path == "/static/style.css":
        route.fulfill(body=stylesheet(tokens(themes(), None)), content_type="text/css")
    elif path.endswith(".woff2"):
        route.fulfill(status=404, body="")
    elif path.startswith("/static/"):
        route.fulfill(path=STATIC / path.removeprefix("/static/"))
    elif path in ("/en", "/ar"):
        route.fulfill(
            body=render_gallery(path[1:]),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY},
        )
    else:
        route.fulfill(status=404, body="")


@pytest.fixture
def open_gallery(browser: Browser) -> Iterator[object]:
    """`open_gallery("ar", 320)`: the component page at that width, its scripts run or not."""
    contexts = []

    def run(language: str = "en", width: int = 1280, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts
        )
        contexts.append(context)
        context.route("**/*", _serve)
        page = context.new_page()
        page.errors = []  # type: ignore[attr-defined] # what the page complained about
        page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined] # as above
        page.goto(f"{ORIGIN}/{language}")
        return page

    yield run
    for context in contexts:
        context.close()


def _level(page: Page) -> str:
    return page.evaluate("document.querySelector('.rubric-card__input:checked').value")


def _press_arabic(page: Page, key: str, code: str) -> None:
    """A key of an Arabic keyboard; Playwright's own keyboard is American."""
    page.evaluate(
        """([key, code]) => document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { key, code, bubbles: true }))""",
        [key, code],
    )


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_a_page_never_scrolls_sideways(open_gallery, language: str, width: int) -> None:
    page = open_gallery(language, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.errors == []


@pytest.mark.parametrize("width", [320, 1280])
def test_what_can_be_pressed_is_at_least_24_pixels_high_and_wide(open_gallery, width) -> None:
    page = open_gallery("ar", width)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, input, select, .button, nav a')]
            .filter((element) => element.checkVisibility())
            .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .filter(([, box]) => box.width > 0)
            .map(([what, box]) => `${what} ${box.width} ${box.height}`)"""
    )
    # The radio button of a level lies inside its card, which is the target.
    assert [entry for entry in small if "rubric-card__input" not in entry] == []


def test_digits_pick_a_level_in_both_scripts(open_gallery) -> None:
    page = open_gallery("ar")
    page.keyboard.press("5")
    assert _level(page) == "exceptional"
    _press_arabic(page, "٢", "Digit2")
    assert _level(page) == "started"


def test_letters_typed_into_a_field_stay_letters(open_gallery) -> None:
    page = open_gallery()
    page.focus("#ready-reason")
    page.keyboard.type("15 jk?")
    assert page.input_value("#ready-reason") == "15 jk?"
    assert _level(page) == "partial"


def test_a_letter_presses_what_carries_it_also_on_an_arabic_keyboard(open_gallery) -> None:
    page = open_gallery("ar")
    page.evaluate(
        """document.querySelector('[data-key="j"]')
            .addEventListener('click', () => { document.title = 'pressed' })"""
    )
    page.focus("[data-level-key='3']")
    _press_arabic(page, "ت", "KeyJ")
    assert page.title() == "pressed"


def test_keys_can_be_turned_off_and_stay_off(open_gallery) -> None:
    page = open_gallery()
    page.focus("[data-level-key='3']")
    page.keyboard.press("?")
    page.uncheck("#keys-switch")
    page.keyboard.press("Escape")
    page.keyboard.press("5")
    assert _level(page) == "partial"
    page.reload()
    page.keyboard.press("5")
    assert _level(page) == "partial"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_step_that_asks_is_taken_only_after_its_question(open_gallery, scripts) -> None:
    page = open_gallery(scripts=scripts)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    question = page.locator(".confirm:has(form[action='#remove'])")
    opener, remove = question.locator("summary"), question.locator("button")
    assert not remove.is_visible()
    opener.click()
    assert question.locator("p").inner_text().startswith("Remove this person")
    opener.click()
    assert not remove.is_visible()
    assert "POST" not in sent
    opener.click()
    # A window that is closed while a request of it is answered waits for ever.
    with page.expect_navigation():
        remove.click()
    assert "POST" in sent


def test_leaving_with_unsaved_words_asks_and_saving_does_not(open_gallery) -> None:
    page = open_gallery()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill("#ready-title", "Licences")
    page.goto(f"{ORIGIN}/ar")
    assert asked == ["beforeunload"]
    page.fill("#ready-title", "التراخيص")
    with page.expect_navigation():
        page.locator("form[data-unsaved] button[type=submit]").first.click()
    assert asked == ["beforeunload"]


def test_chosen_files_are_listed_by_their_own_names_and_can_be_taken_out(open_gallery) -> None:
    page = open_gallery("ar")
    page.set_input_files(
        "#ready-files",
        [
            {"name": "تقرير الجودة (2026).pdf", "mimeType": "application/pdf", "buffer": b"x"},
            {"name": "<b>.xlsx", "mimeType": "application/zip", "buffer": b"x" * 4096},
        ],
    )
    names = page.locator(".dropzone__name")
    assert names.all_inner_texts() == ["تقرير الجودة (2026).pdf", "<b>.xlsx"]
    page.locator(".dropzone__file button").first.click()
    assert names.all_inner_texts() == ["<b>.xlsx"]
    assert page.evaluate("document.getElementById('ready-files').files.length") == 1


def test_the_errors_of_a_refused_form_come_first_and_lead_to_their_fields(open_gallery) -> None:
    page = open_gallery()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click(".error-summary a[href='#refused-reason']")
    assert page.evaluate("document.activeElement.id") == "refused-reason"


def test_the_menu_opens_on_a_telephone_without_scripts(open_gallery) -> None:
    page = open_gallery("ar", 390, scripts=False)
    assert not page.is_visible("#site-nav")
    page.click(".site-menu-button")
    assert page.is_visible("#site-nav a")


def test_the_menu_of_a_person_closes_with_escape_and_gives_the_focus_back(open_gallery) -> None:
    page = open_gallery()
    page.click(".person-menu summary")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not page.is_visible(".person-menu__panel")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

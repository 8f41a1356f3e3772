"""Chromium with a camera: one page in both themes and both sizes, and what it looks like on paper.

Each person has one window for each language; a page is opened once, and only its theme and its
width change between pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.pictures import papers
from tests.pictures.acts import ACTS, send_answers
from tests.pictures.shots import Paper, Shot

LANGUAGES = ("en", "ar")
THEMES = ("light", "dark")
SIZES = {"desktop": (1280, 900), "telephone": (375, 812)}
#: In milliseconds: the first page of an installation waits until its fonts are packed.
PATIENCE = 120_000
#: In pixels. Chromium repeats what is drawn beyond; a longer page is pictured to here.
MOST_HEIGHT = 16_000

LET_GO = """() => document.querySelectorAll(".action-bar, .to-contents")
    .forEach((one) => { one.style.position = "static"; })"""


@dataclass
class Camera:
    """Takes pictures of the site at `url` into `folder`."""

    chromium: Any
    app: Flask
    url: str
    folder: Path
    places: dict[str, str]
    _states: dict[str, Any] = field(default_factory=dict)
    _windows: dict[tuple[str | None, str], Any] = field(default_factory=dict)

    def prepare_import(self, who: str) -> None:
        """Bring a file of answers to the choice of its columns: a place of its own."""
        page = self._window(who, "ar").new_page()
        page.goto(f"{self.url}/kpis/import")
        send_answers(page)
        self.places["import"] = page.url.removeprefix(self.url)
        page.close()

    def picture(self, shot: Shot, language: str) -> list[Path]:
        """All pictures of one page in a language."""
        # What signs in or is refused leaves its mark on a window: it has one of its own.
        window = self._new_window(shot.who, language) if shot.act else None
        page = (window or self._window(shot.who, language)).new_page()
        try:
            self._open(page, shot.address, meant=bool(shot.endpoint) and shot.state != "unknown")
            if shot.act:
                ACTS[shot.act](page)
            self._check(page.url, shot)
            taken = list(self._take(page, shot, language))
            if shot.paper:
                taken += self._take_paper(page, shot, language)
            return taken
        finally:
            page.close()
            if window is not None:
                window.close()

    def paper(self, paper: Paper, language: str) -> list[Path]:
        """A picture of each page of a PDF."""
        window = self._window(paper.who, language)
        answer = window.request.get(f"{self.url}{self._place(paper.address)}")
        assert answer.ok, f"{paper.name}: {answer.status}"
        several = f"-{language}" if len(paper.languages) > 1 else ""
        return papers.pictures(answer.body(), self.folder / "pdf", f"{paper.name}{several}")

    def _take(self, page: Any, shot: Shot, language: str) -> Iterator[Path]:
        # A whole page is no window: what keeps to a window's edge stands where it was written.
        page.evaluate(LET_GO)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                path = self.folder / language / theme / size / f"{shot.name}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                whole = page.evaluate("document.documentElement.scrollHeight")
                clip = {"x": 0, "y": 0, "width": width, "height": MOST_HEIGHT}
                page.screenshot(
                    path=path,
                    full_page=True,
                    animations="disabled",
                    clip=clip if whole > MOST_HEIGHT else None,
                )
                yield path

    def _take_paper(self, page: Any, shot: Shot, language: str) -> list[Path]:
        page.emulate_media(media="print")
        printed = page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
        return papers.pictures(printed, self.folder / "print", f"{shot.name}-{language}")

    def _window(self, who: str | None, language: str) -> Any:
        if (who, language) not in self._windows:
            self._windows[who, language] = self._new_window(who, language)
        return self._windows[who, language]

    def _new_window(self, who: str | None, language: str) -> Any:
        if who is not None and who not in self._states:
            self._states[who] = self._signed_in(who)
        window = self.chromium.new_context(
            storage_state=self._states[who] if who else None,
            reduced_motion="reduce",
            locale="ar-AE" if language == "ar" else "en-GB",
        )
        window.add_cookies([{"name": "language", "value": language, "url": self.url}])
        window.set_default_timeout(PATIENCE)
        return window

    def _signed_in(self, who: str) -> Any:
        """What a window holds after one of the demonstration's people came in by one press."""
        window = self.chromium.new_context()
        window.set_default_timeout(PATIENCE)
        page = window.new_page()
        page.goto(f"{self.url}/sign-in")
        with page.expect_navigation():
            page.locator(f"li:has(:text-is('{who}@waha.example')) form button").click()
        state = window.storage_state()
        window.close()
        return state

    def _open(self, page: Any, address: str, *, meant: bool) -> None:
        """Open the page; one that is `meant` to be there is no error page."""
        first, *links = (part.strip() for part in address.split(" > "))
        answer = page.goto(f"{self.url}{self._place(first)}")
        assert answer.ok or not meant, f"{page.url} answered {answer.status}"
        for link in links:
            hrefs = page.eval_on_selector_all(
                "main a, aside a, .page-bar a", "all => all.map(a => a.getAttribute('href'))"
            )
            found = next((href for href in hrefs if href and re.search(link, href)), None)
            assert found, f"no link like {link} on {page.url}"
            page.goto(found if "://" in found else f"{self.url}{found}")

    def _place(self, address: str) -> str:
        return re.sub(r"\{([\w:.-]+)\}", lambda found: self.places[found[1]], address)

    def _check(self, url: str, shot: Shot) -> None:
        """The endpoint meant is the one that answers: a picture of another page helps nobody."""
        path = url.removeprefix(self.url).partition("?")[0].partition("#")[0]
        # A form may be sent to another address, and its page then stands there.
        if shot.endpoint and not shot.act:
            assert shot.endpoint in _endpoints(self.app, path), f"{shot.name}: {path}"


def _endpoints(app: Flask, path: str) -> set[str]:
    """Who answers there, looked at or sent a form."""
    found = set()
    for method in ("GET", "POST"):
        try:
            found.add(app.url_map.bind("localhost").match(path, method=method)[0])
        except HTTPException:
            continue
    return found

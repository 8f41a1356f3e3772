"""A page in a real browser, and what keeps somebody from using it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
ORIGIN = "http://accredit.test"
LANGUAGES = ("en", "ar")
#: What the browser says its reader prefers.
THEMES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "contrast": "no-preference"},
    "dark": {"color_scheme": "dark", "contrast": "no-preference"},
    "contrast": {"color_scheme": "light", "contrast": "more"},
}
#: A telephone, a laptop at 200 %, a laptop.
WIDTHS = (320, 640, 1280)

VIOLATIONS = """async (rules) => {
    const found = await axe.run(document, {
        resultTypes: ["violations"],
        iframes: false,
        rules: { "target-size": { enabled: true }, ...rules },
    });
    return found.violations.flatMap((rule) => rule.nodes.map(
        (node) => `${rule.id}: ${node.target.join(" ")} ${node.any.concat(node.all, node.none)
            .map((check) => check.message).join("; ").slice(0, 160)}`));
}"""
STICKING_OUT = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.right > root.clientWidth + 1 || box.left < -1;
    });
    return [root.scrollWidth, ...wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 90))];
}"""
#: Words cut off by their own box; what is there for listeners only is cut off on purpose, and
#: what ends in an ellipsis says the rest where one points at it.
CLIPPED = """() => {
    const cuts = (value) => value === "hidden" || value === "clip";
    return [...document.querySelectorAll("body *")].filter((element) => {
        if (!element.checkVisibility() || element.closest("svg, .visually-hidden, option")) {
            return false;
        }
        const style = getComputedStyle(element);
        if (style.clipPath !== "none" || !element.textContent.trim()) return false;
        if (style.textOverflow === "ellipsis" && element.title) return false;
        return (cuts(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
            || (cuts(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
    }).map((element) => element.outerHTML.slice(0, 120));
}"""
#: Words of one line that reach beyond the box they are printed on: buttons, tags, cells.
OVERFLOWING = """() => [...document.querySelectorAll(
        ".button, .tag, .site-name, .site-tool, .stat, .card, .notice, .steps__item, "
        + ".field__label, th, td, li"
    )].filter((element) => {
        if (!element.checkVisibility() || element.closest(".visually-hidden")) return false;
        const style = getComputedStyle(element);
        return style.overflowX === "visible" && style.display !== "inline"
            && style.display !== "contents" && element.scrollWidth > element.clientWidth + 1
            && element.clientWidth > 0 && style.position !== "absolute";
    }).map((element) => element.outerHTML.slice(0, 120))"""
#: Lines, words and letters as far apart as WCAG 2.2, 1.4.12 asks; letters that join stay joined.
SPACE_OUT = """(language) => {
    const sheet = new CSSStyleSheet();
    const letters = language === "ar" ? "" : "letter-spacing: 0.12em !important;";
    sheet.replaceSync(`
        * { line-height: 1.5 !important; word-spacing: 0.16em !important; ${letters} }
        p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""
_SEEN = """
    const shown = (element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const places = (element) => [element, element.nextElementSibling, element.parentElement,
        element.closest(".task, .dropzone__pick")].filter(Boolean);
    // Covered everywhere it might be seen: the middle and near each corner.
    const hidden = (element) => {
        const box = element.getBoundingClientRect();
        if (!box.width || !box.height) return false;
        const seen = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].map(([x, y]) =>
            document.elementFromPoint(box.left + x * box.width, box.top + y * box.height));
        return !seen.some((top) => top && places(element).some(
            (place) => place.contains(top)
                || top.contains(place) && !["BODY", "HTML"].includes(top.tagName)));
    };
    const unseen = [];
    const look = (element) => {
        if (!places(element).some(shown)) unseen.push(element.outerHTML.slice(0, 120));
        if (hidden(element)) unseen.push(`covered: ${element.outerHTML.slice(0, 120)}`);
    };"""
#: Whatever takes the focus shows it: itself, or what is drawn in its place.
UNSEEN_FOCUS = f"""() => {{{_SEEN}
    const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    for (const element of document.querySelectorAll(wanted)) {{
        if (!element.checkVisibility({{ visibilityProperty: true }}) || element.disabled) continue;
        element.focus();
        if (document.activeElement === element) look(element);
    }}
    return unseen;
}}"""
#: The same of where the focus is now. A button inside the browser's own field for a day has a ring
#: of the browser's own, and then the field itself does not count as focused.
UNSEEN_HERE = f"""() => {{{_SEEN}
    if (document.activeElement.matches(":focus")) look(document.activeElement);
    return unseen;
}}"""
#: What has the focus, but cannot be seen or pressed there.
COVERED = f"""(element) => {{{_SEEN}
    element.focus();
    return hidden(element);
}}"""


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and in which language, theme or width."""

    where: str
    how: str
    what: str

    def __str__(self) -> str:
        return f"{self.where} [{self.how}] {self.what}"


@contextmanager
def window(browser: Browser, client: FlaskClient, language: str) -> Iterator[Page]:
    """A page of a browser whose requests are answered by the application itself."""
    client.set_cookie("language", language)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_init_script(path=AXE)
    context.route("**/*", lambda route: answer(route, client))
    try:
        yield context.new_page()
    finally:
        context.close()


def answer(route: Route, client: FlaskClient) -> None:
    """Give a request of the browser to the application."""
    parts = urlsplit(route.request.url)
    with client.get(f"{parts.path}?{parts.query}") as given:
        headers = {name: value for name, value in given.headers if name != "Set-Cookie"}
        # Where scripts are shut out altogether, so are those that look at the page for us.
        policy = headers.get("Content-Security-Policy", "").split(";")
        headers["Content-Security-Policy"] = ";".join(
            rule for rule in policy if not rule.strip().startswith("sandbox")
        )
        route.fulfill(status=given.status_code, headers=headers, body=given.get_data())


def faults_of_colour(page: Page, where: str, language: str, theme: str) -> list[Fault]:
    """What axe finds in a theme; words reach 7 to 1 where contrast was asked for."""
    page.emulate_media(**THEMES[theme])
    rules = {"color-contrast-enhanced": {"enabled": theme == "contrast"}}
    found = page.evaluate(VIOLATIONS, rules)
    return [Fault(where, f"{language} {theme}", one) for one in found]


def faults_of_space(page: Page, where: str, language: str) -> list[Fault]:
    """What scrolls sideways, is cut off or hangs over its box, at every width."""
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        how = f"{language} {width}"
        for name, script in (
            ("sticks out", STICKING_OUT),
            ("is cut off", CLIPPED),
            ("hangs over", OVERFLOWING),
        ):
            faults += [Fault(where, how, f"{name}: {one}") for one in page.evaluate(script)]
        if width != WIDTHS[1]:
            page.evaluate(SPACE_OUT, language)
            for name, script in (("spaced sticks out", STICKING_OUT), ("spaced is cut", CLIPPED)):
                faults += [Fault(where, how, f"{name}: {one}") for one in page.evaluate(script)]
            page.evaluate("document.adoptedStyleSheets = []")
    return faults


def faults_of_focus(page: Page, where: str, language: str) -> list[Fault]:
    """What takes the focus and does not show it."""
    # As by the keyboard: a focus that a pointer set need not be shown.
    page.keyboard.press("Tab")
    return [Fault(where, language, f"focus unseen: {one}") for one in page.evaluate(UNSEEN_FOCUS)]

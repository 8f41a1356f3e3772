"""Each way of working stops at what would stop a person: shown on pages that are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.person_at_browser import PersonAtBrowser
from tests.browser.ways import ByKeyboard, OnTelephone, WithoutScripts, ZoomedIn

pytestmark = pytest.mark.browser

ORIGIN = "http://accredit.test"
COVERED = "<p><input name='name'></p><div class='lid'></div>"
RIGHT = """<label for="name">Name</label><input id="name" name="name">
    <fieldset><input type="radio" name="level" value="a" id="a"><label for="a">A</label>
    <input type="radio" name="level" value="b" id="b"><label for="b">B</label></fieldset>
    <select name="kpi"><option value="1">one</option><option value="2">two</option></select>
    <form method="post" action="/done"><button type="submit">Send</button></form>"""


def at_page(someone: PersonAtBrowser, content: str) -> PersonAtBrowser:
    """The person, with a page that has this in its main part."""
    page = f"""<!doctype html><html lang="en" dir="ltr"><title>Page</title>
        <meta name="viewport" content="width=device-width"><style>
        :focus-visible {{ outline: 3px solid }} .skip-link:not(:focus) {{ position: absolute }}
        .unseen:focus {{ outline: none }} .wide {{ width: 800px }}
        .lid {{ position: fixed; inset: 0; background: #fff }}
        </style><body><a class="skip-link" href="#main">Skip</a>{"<a href='/x'>Menu</a> " * 9}
        <main id="main" tabindex="-1"><h1>Page</h1>{content}</main>"""
    someone.page.route(
        "**/*", lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8")
    )
    someone.open("/page")
    return someone


@pytest.mark.parametrize("way", [PersonAtBrowser, ByKeyboard, OnTelephone, ZoomedIn])
def test_what_is_right_is_done(chromium: Any, way: type[PersonAtBrowser]) -> None:
    someone = at_page(way(chromium, ORIGIN, "en"), RIGHT)
    someone.fill(name="نورة Noura")
    someone.mark(someone.level("b"))
    someone.choose(kpi="2")
    assert someone.find("[name=name]").input_value() == "نورة Noura"
    assert someone.level("b").is_checked()
    assert someone.find("[name=kpi]").input_value() == "2"
    someone.submit("/done")
    assert someone.path == "/done"
    someone.close()


@pytest.mark.parametrize("way", [PersonAtBrowser, ByKeyboard, OnTelephone, ZoomedIn])
def test_going_on_waits_until_the_other_page_has_come(
    chromium: Any, way: type[PersonAtBrowser]
) -> None:
    someone = at_page(way(chromium, ORIGIN, "en"), RIGHT)
    someone.find("form").evaluate(
        """(form) => form.addEventListener("submit", (event) => {
            event.preventDefault();
            setTimeout(() => form.submit(), 500);
        })"""
    )
    someone.submit("/done")
    assert someone.path == "/done"
    someone.close()


@pytest.mark.parametrize(
    ("content", "stopped"),
    [
        ("<input name='name' class='unseen'>", "unseen"),
        ("<input name='name' tabindex='-1'>", "no key leads"),
        (COVERED, "covered"),
    ],
)
def test_the_keyboard_stops_where_it_cannot_see_or_reach(
    chromium: Any, content: str, stopped: str
) -> None:
    someone = at_page(ByKeyboard(chromium, ORIGIN, "en"), content)
    with pytest.raises(AssertionError, match=stopped):
        someone.fill(name="Noura")
    someone.close()


@pytest.mark.parametrize("way", [OnTelephone, ZoomedIn])
def test_little_room_stops_at_what_sticks_out_or_is_covered(
    chromium: Any, way: type[PersonAtBrowser]
) -> None:
    someone = way(chromium, ORIGIN, "en")
    with pytest.raises(AssertionError, match="sticks out"):
        at_page(someone, "<p class='wide'>Wide</p>")
    someone.close()
    someone = at_page(way(chromium, ORIGIN, "en"), COVERED)
    with pytest.raises(AssertionError, match="covered"):
        someone.fill(name="Noura")
    someone.close()


def test_without_scripts_a_button_that_needs_one_stops_it(chromium: Any) -> None:
    someone = WithoutScripts(chromium, ORIGIN, "en")
    with pytest.raises(AssertionError, match="nothing answers"):
        at_page(someone, "<button type='button'>Open</button>")
    someone.close()

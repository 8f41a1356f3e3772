"""Steps on the way in that several tests take."""

from __future__ import annotations

import base64
import re

from accredit import clock
from accredit.identity import totp
from tests.conftest import Browser, Page
from tests.people import PASSWORD, Actor


def open_link(browser: Browser, link: str) -> Page:
    """The page a link of a mail leads to, or what is said where it opens nothing."""
    found = browser.get(link)
    return browser.get(found.location) if found.status == 303 else found


def use_link(browser: Browser, link: str, form: dict[str, str] | None = None) -> Page:
    """Open it and send the form it leads to; what is said where it opens nothing."""
    found = browser.get(link)
    return browser.post(found.location, form) if found.status == 303 else found


def code(key: bytes, steps: int = 0) -> str:
    """What an app with this key shows now, or some steps later."""
    return totp.code_at(key, totp.step_of(clock.now().timestamp()) + steps)


def give_password(browser: Browser, actor: Actor, password: str = PASSWORD, **options) -> Page:
    """The first step of signing in."""
    return browser.post("/sign-in", {"email": actor.email, "password": password}, **options)


def show_code(browser: Browser, given: str, **options) -> Page:
    """The second step."""
    return browser.post("/sign-in/second-factor", {"code": given}, **options)


def key_on(page: Page) -> bytes:
    """The key of an app as the page shows it."""
    text = page.tree.xpath("string(//*[@id='app-key'])").replace(" ", "")
    return base64.b32decode(text)


def set_up_app(browser: Browser, **more: str) -> tuple[Page, bytes]:
    """Set up an app; the answer, and the key of the app."""
    form = browser.get("/account/second-factor/app")
    key = key_on(form)
    sent = {**form.values("second-factor/app"), "code": code(key), **more}
    return browser.post("/account/second-factor/app", sent), key


def codes_on(page: Page) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"[A-K]-[a-z2-9]{5}-[a-z2-9]{5}", page.text)


def is_in(browser: Browser) -> bool:
    """Whether the browser belongs to somebody signed in."""
    return browser.get("/account").status == 200

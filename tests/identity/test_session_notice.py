"""Before a session ends the page says so, lets it go on, and keeps what was typed past its end.

The browser's clock is put forward, so that nobody waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select, update

from accredit import clock
from accredit.identity.models import Person, SignInSession
from tests.identity.at_browser import CHROMIUM, window_at
from tests.identity.mail_server import free_port
from tests.people import PASSWORD

#: In milliseconds: the first page of an installation waits until its fonts are packed.
PATIENCE = 120_000
IDLE, LENGTH = timedelta(minutes=60), timedelta(hours=12)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium"),
]


class Desk:
    """The leader at a browser, and the clock of that browser."""

    def __init__(self, context: BrowserContext, base: str, email: str) -> None:
        self.context, self.base, self.email = context, base, email
        self.problems: list[str] = []
        self.page = self.new_tab()
        self.page.clock.install()
        self.sign_in(self.page)

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def sign_in(self, page: Page, email: str = "") -> None:
        page.goto(f"{self.base}/sign-in")
        page.fill("[name=email]", email or self.email)
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.click("main form button")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}{path}")
        return self.page

    def wait(self, minutes: int) -> None:
        """Leave the page alone for so long."""
        self.page.clock.fast_forward(minutes * 60_000)

    @property
    def notice(self) -> str:
        return self.page.inner_text("[data-session]")


@pytest.fixture
def desk(app, browse, told, cast, request) -> Iterator[Desk]:
    browse()
    app.config["WTF_CSRF_ENABLED"] = True
    port = free_port()
    base = f"http://localhost:{port}"
    told(base_url=base, session_idle=IDLE, session_length=getattr(request, "param", LENGTH))
    with window_at(app, port) as window:
        desk = Desk(window, base, cast.leader.email)
        yield desk
    assert desk.problems == []


@pytest.fixture
def age(arrange, cast) -> Callable[..., None]:
    """`age(minutes)`: all sessions were last used so much earlier than they were."""

    def run(minutes: int) -> None:
        with arrange() as session:
            session.execute(
                update(SignInSession).values(seen_at=clock.now() - timedelta(minutes=minutes))
            )

    return run


def seen_lately(arrange) -> bool:
    with arrange() as session:
        last = session.scalar(select(SignInSession.seen_at).order_by(SignInSession.id.desc()))
    return clock.now() - last < timedelta(minutes=1)


def test_a_page_left_alone_says_before_the_end_that_it_ends_and_one_press_lets_it_go_on(
    desk, age, arrange
):
    page = desk.open("/account")
    page.fill("[name=name_en]", "Half a name")
    desk.wait(54)
    assert desk.notice == ""
    age(56)
    desk.wait(2)
    assert "less than 5 minutes" in desk.notice
    assert page.evaluate("document.activeElement.name") == "name_en", "the focus stays"
    page.click("[data-session] button")
    page.get_by_text("You stay signed in.").wait_for()
    assert seen_lately(arrange)
    assert page.evaluate("document.activeElement.name") == "name_en", "and comes back"
    desk.wait(50)
    assert desk.notice == ""
    assert page.input_value("[name=name_en]") == "Half a name"


def test_the_notice_is_announced_and_speaks_arabic(desk):
    page = desk.open("/account?lang=ar")
    desk.wait(56)
    assert page.get_attribute("[data-session]", "role") == "status"
    assert not re.search("[A-Za-z]", desk.notice)
    assert "أقل من 5 دقائق" in desk.notice


def test_what_was_typed_outlives_the_session_and_is_sent_under_the_next_one(
    desk, age, arrange, cast
):
    page = desk.open("/account")
    page.fill("[name=name_en]", "Written in time")
    age(61)
    desk.wait(61)
    assert "Your session has ended" in desk.notice
    page.click("form:has([name=name_en]) button[type=submit]")
    page.locator("[data-session] a:focus").wait_for()
    assert page.input_value("[name=name_en]") == "Written in time"

    desk.sign_in(desk.new_tab())
    page.locator("[data-session]:empty").wait_for(state="attached")
    with page.expect_navigation():
        page.click("form:has([name=name_en]) button[type=submit]")
    with arrange() as session:
        assert session.get(Person, cast.leader.id).name_en == "Written in time"


def test_what_was_typed_is_not_sent_in_the_name_of_somebody_else(desk, arrange, cast):
    page = desk.open("/account")
    page.fill("[name=name_en]", "Not mine")
    other = desk.new_tab()
    other.goto(f"{desk.base}/account")
    other.click(".person-menu summary")
    with other.expect_navigation():
        other.click("form[action='/sign-out'] button")
    desk.sign_in(other, cast.contributor.email)
    page.locator("[data-session] .notice").wait_for()
    page.click("form:has([name=name_en]) button[type=submit]")
    page.locator("[data-session] a:focus").wait_for()
    with arrange() as session:
        assert session.get(Person, cast.contributor.id).name_en != "Not mine"


def test_use_in_another_tab_counts(desk):
    page = desk.open("/account")
    desk.wait(56)
    assert desk.notice != ""
    desk.new_tab().goto(f"{desk.base}/account")
    page.locator("[data-session]:empty").wait_for(state="attached")


@pytest.mark.parametrize("desk", [timedelta(minutes=10)], indirect=True)
def test_the_end_that_comes_whatever_happens_is_told_and_offers_nothing_it_cannot_do(desk):
    page = desk.open("/account")
    assert desk.notice == ""
    desk.wait(6)
    assert "you signed in long ago" in desk.notice
    assert page.locator("[data-session] button").count() == 0

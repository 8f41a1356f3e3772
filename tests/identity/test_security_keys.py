"""Security keys in a real browser with a virtual key: added, shown at sign-in, never replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from accredit.identity.models import SecondFactor, SignInSession
from accredit.identity.security_keys import KeyRefusedError, Site, credential_of, read_new
from tests.identity.at_browser import CHROMIUM, window_at
from tests.identity.mail_server import free_port
from tests.identity.steps import give_password
from tests.people import PASSWORD


class AtBrowser:
    """Somebody with a browser into which a key is plugged."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.problems: list[str] = []
        self.sent: list[dict[str, list[str]]] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("request", self._keep)
        self.devtools = context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        made = self.devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "usb",
                    "hasResidentKey": False,
                    "hasUserVerification": False,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        self.key = made["authenticatorId"]

    def _note(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.problems.append(message.text)

    def _keep(self, request) -> None:
        if request.method == "POST":
            self.sent.append(parse_qs(request.post_data or ""))

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def sign_in(self, email: str) -> None:
        self.open("/sign-in")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.press("main form button")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.click(selector)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)


@pytest.fixture
def at_browser(app, browse, told) -> Iterator[AtBrowser]:
    browse()
    port = free_port()
    base = f"http://localhost:{port}"
    told(base_url=base)
    with window_at(app, port) as window:
        person = AtBrowser(window, base)
        yield person
    assert person.problems == []


def add_key(person: AtBrowser) -> None:
    person.open("/account/second-factor/key")
    person.page.fill("[name=name]", "Blue key")
    person.page.fill("[name=present]", PASSWORD)
    person.press("form[data-security-key] button")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
def test_a_key_is_added_and_then_shown_at_sign_in(at_browser, cast, arrange, browse):
    at_browser.sign_in(cast.leader.email)
    add_key(at_browser)
    assert at_browser.page.locator("#recovery-codes li").count() == 10
    at_browser.open("/account/security")
    assert "Blue key" in at_browser.page.inner_text("#factors")
    with arrange() as session:
        kept = session.scalar(select(SecondFactor).where(SecondFactor.person_id == cast.leader.id))
        assert (kept.kind, kept.name) == ("key", "Blue key")
    at_browser.page.click(".person-menu summary")
    at_browser.press("form[action='/sign-out'] button")

    at_browser.sign_in(cast.leader.email)
    assert at_browser.path == "/sign-in/second-factor"
    at_browser.press("form[data-security-key] button")
    assert at_browser.path == "/"
    answer = next(sent["answer"][0] for sent in reversed(at_browser.sent) if "answer" in sent)

    # What the key signed opens nothing a second time, in this session or another.
    thief = browse()
    give_password(thief, cast.leader)
    thief.post("/sign-in/second-factor/key/options")
    replayed = thief.post("/sign-in/second-factor/key", {"answer": answer})
    assert replayed.status == 422
    assert "The security key was not accepted." in replayed.error_texts()
    without = thief.post("/sign-in/second-factor/key", {"answer": answer})
    assert without.status == 422
    with arrange() as session:
        assert session.scalars(select(SignInSession.challenge)).all().count(None) >= 2


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
def test_another_key_does_not_open_the_account(at_browser, cast):
    at_browser.sign_in(cast.leader.email)
    add_key(at_browser)
    at_browser.open("/account")
    at_browser.page.click(".person-menu summary")
    at_browser.press("form[action='/sign-out'] button")
    at_browser.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": at_browser.key})
    at_browser.sign_in(cast.leader.email)
    at_browser.page.click("form[data-security-key] button")
    at_browser.page.wait_for_selector("form[data-security-key] [role=alert]:not([hidden])")
    assert at_browser.path == "/sign-in/second-factor"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "null",
        "{}",
        '{"rawId": 5}',
        '{"id": "AA", "rawId": "AA"}',
        "[" * 10_000,
        json.dumps({"rawId": "AA", "id": "AA", "type": "public-key", "response": {}}),
        "{" + " " * 30_000,
    ],
)
def test_no_answer_but_a_true_one_is_accepted_or_breaks_anything(answer):
    site = Site("https://accredit.example", "accredit")
    with pytest.raises(KeyRefusedError):
        read_new(site, answer, "AAAA")
    if answer != '{"id": "AA", "rawId": "AA"}' and '"rawId": "AA"' not in answer:
        with pytest.raises(KeyRefusedError):
            credential_of(answer)


@pytest.mark.parametrize(
    ("origin", "takes"),
    [
        ("https://accredit.example", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://accredit.example", False),
        ("https://192.0.2.1", False),
    ],
)
def test_keys_are_offered_only_where_browsers_take_them(origin, takes):
    assert Site(origin, "accredit").takes_keys is takes

"""Who gets in, and where they land."""

from __future__ import annotations

import pytest
from flask import Flask

from accredit.app import create_app
from accredit.config import Mode
from accredit.database import db, writing
from accredit.identity import sign_in
from accredit.identity.models import Person
from accredit.identity.passwords import DEMO_PASSWORD
from accredit.setup import upgrade_database
from accredit.text import Bilingual
from tests.arabic import english_words
from tests.conftest import Browser, make_settings
from tests.people import PASSWORD, START


def send(browser: Browser, email: str, password: str, **fields: str):
    return browser.post("/sign-in", {"email": email, "password": password, **fields})


def test_a_person_signs_in_and_lands_on_their_work(browse, cast):
    browser = browse()
    answer = send(browser, cast.leader.email, PASSWORD)
    assert (answer.status, answer.location) == (302, "/")
    page = browser.get("/")
    assert page.status == 200
    assert "Layla Hassan" in page.text


def test_a_person_is_taken_to_the_page_they_asked_for(browse, cast):
    browser = browse()
    asked = browser.get("/account")
    assert asked.location == "/sign-in?next=%2Faccount"
    form = browser.get(asked.location).values("sign-in")
    assert form["next"] == "/account"
    assert send(browser, cast.leader.email, PASSWORD, next=form["next"]).location == "/account"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "http://localhost.evil.example",
    ],
)
@pytest.mark.parametrize("place", ["field", "address"])
def test_nobody_is_sent_to_another_site(browse, cast, elsewhere, place):
    browser = browse()
    data = {"email": cast.leader.email, "password": PASSWORD}
    if place == "field":
        answer = browser.post("/sign-in", {**data, "next": elsewhere})
    else:
        answer = browser.post("/sign-in", data, query_string={"next": elsewhere})
    # The library may make a path of this site of it: that leads nowhere else either.
    assert (answer.status, answer.location) in {(302, "/"), (302, "/evil.example")}


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("layla.leader@example.org", "not the password at all"),
        ("nobody.here@example.org", PASSWORD),
        ("layla.leader@example.org", ""),
        ("", ""),
        ("not an address", "x"),
        ("layla.leader@example.org' or 1=1 --", PASSWORD),
    ],
)
def test_every_failure_reads_the_same(browse, email, password):
    answer = send(browse(), email, password)
    assert answer.status == 422
    errors = answer.tree.xpath("//*[contains(@class, 'error-summary')]//li")
    assert [" ".join(node.text_content().split()) for node in errors] == [
        "The e-mail address or the password is wrong. Try again."
    ]
    assert answer.tree.xpath("//input[@name='email']/@value") == [email]


def test_a_disabled_account_fails_like_a_wrong_password(browse, cast, arrange):
    with arrange() as session:
        session.get(Person, cast.leader.id).active = False
    answer = send(browse(), cast.leader.email, PASSWORD)
    assert answer.status == 422
    assert "The e-mail address or the password is wrong" in answer.text


def test_somebody_without_a_password_cannot_sign_in(browse, cast, arrange):
    with arrange() as session:
        session.get(Person, cast.leader.id).password = None
    assert send(browse(), cast.leader.email, "").status == 422
    assert send(browse(), cast.leader.email, PASSWORD).status == 422


def test_the_arabic_page_is_arabic_all_through(browse):
    page = browse(language="ar").get("/sign-in")
    assert page.lang == ("ar", "rtl")
    assert english_words(page) == set()
    assert "تسجيل الدخول" in page.title
    failed = send(browse(language="ar"), "x@example.org", "wrong")
    assert english_words(failed) == set()


def test_signing_out_ends_the_session(browse, cast):
    browser = browse(cast.leader)
    assert browser.post("/sign-out").location == "/sign-in"
    assert browser.get("/account").status == 303


@pytest.mark.parametrize("url", ["/verify", "/fs-static/js/webauthn.js", "/register", "/reset"])
def test_pages_of_the_library_that_are_not_ours_do_not_exist(browse, cast, url):
    assert browse(cast.leader).get(url).status == 404
    assert browse().get(url).status in (303, 404)


def test_every_page_of_the_library_is_ours_or_hidden(app):
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "security." in rule.endpoint}
    assert pages >= sign_in.SECURITY_PAGES
    assert {"security.login"} == sign_in.SECURITY_PAGES, "a page of ours needs a template of ours"


def test_outside_a_demonstration_nobody_enters_without_a_password(browse, cast, arrange):
    with arrange() as session:
        session.get(Person, cast.leader.id).is_demo = True
    browser = browse()
    assert browser.post(f"/demo-sign-in/{cast.leader.id}").status == 404
    page = browser.get("/sign-in")
    assert DEMO_PASSWORD not in page.text
    assert "demonstration" not in page.text


class Demonstration:
    """A demonstration with one invented person and one real one."""

    def __init__(self, app: Flask, invented: int, real: int) -> None:
        self.app, self.invented, self.real = app, invented, real

    def browse(self) -> Browser:
        return Browser(self.app.test_client())


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    app = create_app(make_settings(tmp_path_factory.mktemp("demo"), mode=Mode.DEMO))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), writing():
        upgrade_database()
        ids = []
        from accredit.identity import service

        for email, is_demo in (("invented@example.org", True), ("real@example.org", False)):
            person = service.create_person(
                db.session(),
                email=email,
                name=Bilingual("Huda Saleh", "هدى صالح"),
                language="en",
                by=None,
                at=START,
                is_demo=is_demo,
            )
            person.password = sign_in.hashed(DEMO_PASSWORD, email) if is_demo else None
            ids.append(person.id)
        db.session.commit()
        db.session.remove()
    yield Demonstration(app, *ids)
    with app.app_context():
        db.engine.dispose()


def test_a_demonstration_shows_its_people_and_their_public_password(demonstration):
    page = demonstration.browse().get("/sign-in")
    assert DEMO_PASSWORD in page.text
    assert "invented@example.org" in page.text
    assert "real@example.org" not in page.text


def test_in_a_demonstration_one_press_enters_as_an_invented_person(demonstration):
    browser = demonstration.browse()
    answer = browser.post(f"/demo-sign-in/{demonstration.invented}")
    assert (answer.status, answer.location) == (303, "/")
    assert "invented@example.org" in browser.get("/account").text


def test_the_public_password_works_for_invented_people(demonstration):
    browser = demonstration.browse()
    assert send(browser, "invented@example.org", DEMO_PASSWORD).status == 302


def test_even_in_a_demonstration_nobody_enters_as_a_real_person(demonstration):
    browser = demonstration.browse()
    assert browser.post(f"/demo-sign-in/{demonstration.real}").status == 404
    assert browser.post("/demo-sign-in/99999").status == 404
    assert browser.get("/account").status == 303


def test_entering_as_somebody_leaves_nothing_of_the_session_before(demonstration):
    browser = demonstration.browse()
    with browser.client.session_transaction() as session:
        session["left_over"] = "secret"
    browser.post(f"/demo-sign-in/{demonstration.invented}")
    with browser.client.session_transaction() as session:
        assert "left_over" not in session


def test_a_token_signs_nobody_in_only_a_session_does(app, browse, cast, arrange):
    with app.test_request_context(), arrange() as session:
        token = session.get_one(Person, cast.leader.id).get_auth_token()

    for options in (
        {"query_string": {"auth_token": token}},
        {"headers": {"Authentication-Token": token}},
    ):
        answer = browse().get("/account", **options)
        assert (answer.status, answer.location.partition("?")[0]) == (303, "/sign-in")

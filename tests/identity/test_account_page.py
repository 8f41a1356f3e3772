"""One's own account: the first password, name, language, and a new password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accredit import clock
from accredit.audit import Event
from accredit.identity import accounts
from accredit.identity.models import Person
from tests.arabic import english_words
from tests.identity.steps import open_link, use_link
from tests.people import PASSWORD

NEW = "another long password, this one"
#: The same words: alef with hamza as one code point, and as alef and a combining hamza.
COMPOSED = "كلمة مرور \u0623كيدة"
DECOMPOSED = "كلمة مرور \u0627\u0654كيدة"


@pytest.fixture
def link(arrange, cast):
    """The path of a fresh link for somebody without a password."""
    with arrange() as session:
        person = session.get(Person, cast.nobody.id)
        person.password = None
        token = accounts.make_sign_in_link(session, person, by=None, at=clock.now())
    return f"/welcome/{token}"


def sign_in(browser, email, password):
    return browser.post("/sign-in", {"email": email, "password": password}).status


def test_a_link_lets_its_person_choose_a_password_and_then_works_no_more(
    browse, cast, link, arrange
):
    browser = browse()
    page = open_link(browser, link)
    assert page.status == 200
    assert "Welcome, Fadi Amin." in page.text
    answer = use_link(browser, link, {"password": NEW, "again": NEW})
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert "Your password is saved." in browser.get("/sign-in").text
    assert sign_in(browser, cast.nobody.email, NEW) == 302
    again = browse()
    assert open_link(again, link).status == 404
    assert use_link(again, link, {"password": PASSWORD, "again": PASSWORD}).status == 404
    assert sign_in(again, cast.nobody.email, PASSWORD) == 422
    with arrange() as session:
        event = session.scalar(select(Event).where(Event.action == "person.password_set"))
        assert event.person_id == cast.nobody.id


def test_looking_at_the_link_does_not_use_it_up(browse, link):
    browser = browse()
    for _ in range(3):
        assert open_link(browser, link).status == 200


def test_a_link_signs_out_whoever_was_here_before(browse, cast, link):
    browser = browse(cast.administrator)
    use_link(browser, link, {"password": NEW, "again": NEW})
    assert browser.get("/people").status == 303


@pytest.mark.parametrize(
    ("password", "again", "problem"),
    [
        ("", "", "Choose a password."),
        ("short", "short", "Choose a password of at least 8 characters."),
        (NEW, f"{NEW}!", "The two passwords differ."),
        ("fadi.nobody@example.org", "fadi.nobody@example.org", "Your e-mail address is not"),
    ],
)
def test_an_unfit_password_is_refused_and_the_link_still_works(
    browse, link, password, again, problem
):
    browser = browse()
    page = use_link(browser, link, {"password": password, "again": again})
    assert page.status == 422
    assert problem in page.error_texts()
    assert open_link(browser, link).status == 200
    assert password not in page.tree.xpath("//input[@type='password']/@value") or not password


def test_a_link_runs_out_after_seven_days(browse, cast, arrange):
    browser = browse()
    for age, status in ((timedelta(days=6, hours=23), 200), (timedelta(days=7, seconds=1), 404)):
        with arrange() as session:
            person = session.get(Person, cast.nobody.id)
            made = clock.now() - age
            token = accounts.make_sign_in_link(session, person, by=None, at=made)
        assert open_link(browser, f"/welcome/{token}").status == status


def test_a_link_of_a_disabled_account_opens_nothing(browse, cast, link, arrange):
    with arrange() as session:
        session.get(Person, cast.nobody.id).active = False
    assert open_link(browse(), link).status == 404


@pytest.mark.parametrize("token", ["x", "' or 1=1", "%01", "ي" * 50])
def test_a_token_that_never_was_leads_to_a_clear_page(browse, token):
    page = open_link(browse(), f"/welcome/{token}")
    assert page.status == 404
    assert "This link no longer works" in page.text


def test_an_arabic_password_is_the_same_from_any_keyboard(browse, cast, link):
    browser = browse()
    assert COMPOSED != DECOMPOSED
    use_link(browser, link, {"password": COMPOSED, "again": COMPOSED})
    assert sign_in(browser, cast.nobody.email, DECOMPOSED) == 302


def test_people_change_their_own_name_and_language(browse, cast, arrange):
    browser = browse(cast.leader)
    form = browser.get("/account").values("/account")
    assert form["name_en"] == "Layla Hassan"
    data = {"name_en": "Layla H. Hassan", "name_ar": "ليلى حسن", "language": "ar"}
    answer = browser.post("/account", data)
    assert (answer.status, answer.location) == (303, "/account?lang=ar")
    page = browser.get(answer.location)
    assert page.lang == ("ar", "rtl")
    assert browser.get("/").lang == ("ar", "rtl")
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        assert (person.name_en, person.language) == ("Layla H. Hassan", "ar")
        event = session.scalar(select(Event).where(Event.action == "person.changed"))
        assert "name_ar" not in event.details
        assert '["Layla Hassan", "Layla H. Hassan"]' in event.details


def test_saving_unchanged_details_writes_no_event(browse, cast, arrange):
    data = {"name_en": "Layla Hassan", "name_ar": "ليلى حسن", "language": "en"}
    assert browse(cast.leader).post("/account", data).status == 303
    with arrange() as session:
        assert not session.scalar(select(Event).where(Event.action == "person.changed"))


def test_a_missing_name_keeps_what_was_typed(browse, cast):
    data = {"name_en": "Layla Only", "name_ar": "", "language": "ar"}
    page = browse(cast.leader).post("/account", data)
    assert page.status == 422
    assert "Write the name in both languages." in page.error_texts()
    assert page.values("/account")["name_en"] == "Layla Only"


def test_a_new_password_keeps_this_session_and_ends_the_others(browse, cast):
    here, elsewhere = browse(cast.leader), browse(cast.leader)
    data = {"present": PASSWORD, "password": NEW, "again": NEW}
    answer = here.post("/account/password", data)
    assert (answer.status, answer.location) == (303, "/account")
    assert "Your password is changed." in here.get("/account").text
    assert elsewhere.get("/account").status == 303
    assert sign_in(browse(), cast.leader.email, PASSWORD) == 422
    assert sign_in(browse(), cast.leader.email, NEW) == 302


def test_a_new_password_needs_the_present_one(browse, cast):
    data = {"present": "a wrong guess at it", "password": NEW, "again": NEW}
    browser = browse(cast.leader)
    page = browser.post("/account/password", data)
    assert page.status == 422
    assert "This is not your present password." in page.error_texts()
    assert page.values("/account")["name_en"] == "Layla Hassan"
    assert sign_in(browse(), cast.leader.email, PASSWORD) == 302


def test_a_person_without_any_role_still_has_an_account(browse, cast):
    assert browse(cast.nobody).get("/account").status == 200


@pytest.mark.parametrize("url", ["/account", "/welcome/unknown"])
def test_the_arabic_pages_are_arabic_all_through(browse, cast, url):
    page = browse(cast.leader, "ar").get(url)
    assert page.lang == ("ar", "rtl")
    assert english_words(page) == set()


def test_the_arabic_welcome_is_arabic_all_through(browse, link):
    page = open_link(browse(language="ar"), link)
    assert "أهلًا بك، فادي أمين" in page.text
    assert english_words(page) == set()

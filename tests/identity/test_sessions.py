"""Sessions: how long they last, how many there are, and how people see and end them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from accredit import clock
from accredit.audit import Event
from accredit.identity import sessions
from accredit.identity.models import SignInSession
from tests.arabic import english_words
from tests.identity.steps import give_password, is_in
from tests.people import open_session
from tests.queries import count_queries, writes

IDLE, LENGTH = timedelta(minutes=60), timedelta(hours=12)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


@pytest.fixture
def short(told):
    """Sessions as long as an installation has them."""
    told(session_idle=IDLE, session_length=LENGTH)


def signed_in(browse, actor, **options):
    browser = browse()
    give_password(browser, actor, **options)
    assert is_in(browser)
    return browser


def test_a_session_left_alone_ends(short, browse, cast):
    browser, start = signed_in(browse, cast.leader), clock.now()
    with time_machine.travel(start + timedelta(minutes=59)):
        assert is_in(browser)
    with time_machine.travel(start + timedelta(minutes=118)):
        assert is_in(browser), "the use an hour ago was noted"
    with time_machine.travel(start + timedelta(minutes=180)):
        assert not is_in(browser)


def test_a_session_in_use_ends_after_twelve_hours(short, browse, cast):
    browser, start = signed_in(browse, cast.leader), clock.now()
    for half_hours in range(1, 24):
        with time_machine.travel(start + timedelta(minutes=30 * half_hours)):
            assert is_in(browser), half_hours
    with time_machine.travel(start + timedelta(hours=12, seconds=1)):
        assert not is_in(browser)


def test_use_is_noted_seldom_and_after_the_answer(app, short, browse, cast):
    browser, start = signed_in(browse, cast.leader), clock.now()
    with count_queries(app) as statements:
        for _ in range(5):
            browser.get("/account")
    assert writes(statements) == []
    with time_machine.travel(start + timedelta(minutes=3)), count_queries(app) as statements:
        for _ in range(5):
            browser.get("/account")
    assert len(writes(statements)) == 1
    assert "SET seen_at" in writes(statements)[0]


def test_people_see_their_own_sessions_and_no_others(browse, cast):
    here = browse()
    agent = {"User-Agent": FIREFOX}
    give_password(here, cast.leader, headers=agent)
    signed_in(browse, cast.leader)
    signed_in(browse, cast.contributor)
    page = here.get("/account/security")
    rows = page.tree.xpath("//table[@id='sessions']//tbody/tr")
    # Two of these, and the one with which the tests begin.
    assert len(rows) == 3
    assert "Firefox · Linux" in page.text
    assert page.text.count("this session") == 1
    assert "127.0.0.1" in page.text


def test_people_end_one_of_their_sessions(browse, cast, arrange):
    here, lost = signed_in(browse, cast.leader), signed_in(browse, cast.leader)
    page = here.get("/account/security")
    actions = page.tree.xpath("//table[@id='sessions']//form/@action")
    assert len(actions) == 2
    for action in actions:
        assert here.post(action).status == 303
    assert not is_in(lost)
    assert is_in(here)
    with arrange() as session:
        ended = select(func.count(Event.id)).where(Event.action == "person.session_ended")
        assert session.scalar(ended) == 2


def test_nobody_ends_the_session_of_somebody_else(browse, cast, arrange):
    with arrange() as session:
        theirs = session.scalar(
            select(SignInSession.id).where(SignInSession.person_id == cast.contributor.id)
        )
    assert browse(cast.leader).post(f"/account/sessions/{theirs}/end").status == 404
    assert is_in(browse(cast.contributor))


def test_people_end_all_their_other_sessions(browse, cast):
    here, others = signed_in(browse, cast.leader), [signed_in(browse, cast.leader) for _ in "ab"]
    assert here.post("/account/sessions/end-others").status == 303
    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_an_administrator_ends_all_sessions_of_a_person(browse, cast):
    theirs = signed_in(browse, cast.leader)
    manager = browse(cast.administrator)
    assert manager.post(f"/people/{cast.leader.id}/end-sessions").status == 303
    assert not is_in(theirs)
    assert manager.post(f"/people/{cast.administrator.id}/end-sessions").status == 409


def test_an_eleventh_session_ends_the_one_longest_unused(browse, cast):
    first = signed_in(browse, cast.leader)
    others = [signed_in(browse, cast.leader) for _ in range(sessions.MOST_SESSIONS)]
    assert not is_in(first)
    assert all(is_in(other) for other in others)


def test_only_the_hash_of_a_token_is_kept(browse, cast, arrange):
    browser = signed_in(browse, cast.leader)
    with browser.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with arrange() as session:
        kept = session.scalars(select(SignInSession.token_hash)).all()
    assert token not in kept
    assert all(len(one) == 64 for one in kept)


def test_a_session_half_begun_is_not_listed(browse, cast, arrange):
    with arrange() as session:
        open_session(session, cast.leader.id, confirmed=False)
    page = browse(cast.leader).get("/account/security")
    assert len(page.tree.xpath("//table[@id='sessions']//tbody/tr")) == 1


@pytest.mark.parametrize(
    "url", ["/account/security", "/account/second-factor/app", "/account/second-factor/key"]
)
def test_the_arabic_pages_are_arabic_all_through(browse, cast, url):
    page = browse(cast.leader, "ar").get(url)
    assert page.lang == ("ar", "rtl")
    assert english_words(page) <= {"USB", "QR"}


def test_the_arabic_pages_of_the_way_in_are_arabic_all_through(browse, cast, mailing):
    browser = browse(language="ar")
    assert english_words(browser.get("/forgotten")) == set()
    assert english_words(browser.post("/forgotten", {"email": cast.leader.email})) == set()
    give_password(browser, cast.administrator)
    page = browser.get("/sign-in/second-factor")
    assert page.status == 200
    assert english_words(page) == set()

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
from tests.identity.steps import give_password, is_in, use_link
from tests.people import PASSWORD, open_session
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
    path, proof = f"/account/sessions/{theirs}/end", {"present": PASSWORD}
    assert browse(cast.leader).post(path, proof).status == 404
    assert signed_in(browse, cast.leader).post(path).status == 404
    assert is_in(browse(cast.contributor))


def test_people_end_all_their_other_sessions(browse, cast):
    here, others = signed_in(browse, cast.leader), [signed_in(browse, cast.leader) for _ in "ab"]
    assert here.post("/account/sessions/end-others").status == 303
    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_ending_sessions_asks_for_the_password_again_after_five_minutes(browse, cast):
    here, start = signed_in(browse, cast.leader), clock.now()
    lost = signed_in(browse, cast.leader)
    with time_machine.travel(start + timedelta(minutes=4, seconds=50)):
        assert not here.get("/account/security").has_field("present")
        (action, *_rest) = ends(here)
        assert here.post(action).status == 303
        assert not is_in(lost)
    lost = signed_in(browse, cast.leader)
    with time_machine.travel(start + timedelta(minutes=5, seconds=10)):
        page = here.get("/account/security")
        assert page.has_field("present")
        for action in ends(here):
            for present, problem in (
                ("", "Enter your present password."),
                ("a wrong guess", "This is not your present password."),
            ):
                page = here.post(action, {"present": present})
                assert page.status == 422
                assert problem in page.error_texts()
        assert is_in(lost)
        assert here.post("/account/sessions/end-others", {"present": PASSWORD}).status == 303
        assert not is_in(lost)


def test_a_password_given_again_counts_for_five_minutes_under_a_new_token(browse, cast):
    before, here = browse(cast.leader), browse(cast.leader)
    lost = [signed_in(browse, cast.leader) for _ in "ab"]
    first, second = (one for one in ends(here) if "others" not in one)
    assert here.post(first).status == 422, "it was signed in long ago"
    assert here.post(first, {"present": PASSWORD}).status == 303
    assert here.post(second).status == 303
    assert not any(is_in(one) for one in lost)
    assert is_in(here)
    assert not is_in(before), "the token of before opens nothing any more"
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=10)):
        assert here.post("/account/sessions/end-others").status == 422


def test_guessing_the_password_there_makes_people_wait(browse, cast):
    here = browse(cast.leader)
    guess = {"present": "a wrong guess"}
    statuses = [here.post("/account/sessions/end-others", guess).status for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_a_session_that_is_not_there_costs_no_try(browse, cast):
    here, proof = browse(cast.leader), {"present": PASSWORD}
    for _ in range(7):
        assert here.post("/account/sessions/99999/end", proof).status == 404
        # What was proved for nothing does not count for the next time.
        assert here.post("/account/sessions/99999/end").status == 422


def test_the_link_of_a_new_address_is_no_proof_of_who_sits_there(browse, cast, mailing):
    here = browse(cast.leader)
    signed_in(browse, cast.leader)
    here.post("/account/address", {"email": "else@example.net", "present": PASSWORD})
    mailing.send()
    assert use_link(here, mailing.box.link(0).removeprefix("http://localhost")).status == 303
    assert here.post("/account/sessions/end-others").status == 422


def ends(browser) -> list[str]:
    """The addresses by which the page ends other sessions."""
    tree = browser.get("/account/security").tree
    return [str(action) for action in tree.xpath("//form/@action") if "/account/sessions" in action]


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

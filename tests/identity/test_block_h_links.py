"""Block H, forgotten passwords and invitations: links that open one thing, once."""

from __future__ import annotations

import logging
import re
import statistics
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from accredit import clock
from accredit.identity import accounts, addresses
from accredit.identity.accounts import Purpose
from accredit.identity.models import Mail, Person, SignInLink
from tests.identity.steps import give_password, is_in, open_link, use_link
from tests.people import PASSWORD

NEW = "another long password, this one"
TOLD = "If there is an account with this address, a link is on its way to it."


def ask(browser, email):
    return browser.post("/forgotten", {"email": email})


def path(link: str) -> str:
    return link.removeprefix("http://localhost")


def choose(browser, link, password=NEW):
    return use_link(browser, path(link), {"password": password, "again": password})


@pytest.fixture
def reset(browse, cast, mailing):
    """The address of a link for the leader, as it came by mail."""
    assert TOLD in ask(browse(), cast.leader.email).text
    assert mailing.send() == 1
    return mailing.box.link()


@pytest.fixture
def made(arrange, cast):
    """`made(purpose)`: the token of a fresh link of the leader."""

    def make(purpose=Purpose.RESET, at=None):
        with arrange() as session:
            person = session.get(Person, cast.leader.id)
            return accounts.make_sign_in_link(
                session, person, by=None, at=at or clock.now(), purpose=purpose
            )

    return make


@pytest.fixture
def opened(made, arrange, cast):
    """A link of each kind by the address it leads to, for people of their own."""
    with arrange() as session:
        at, elsewhere = clock.now(), "elsewhere@example.net"
        newcomer = session.get(Person, cast.nobody.id)
        invitation = accounts.make_sign_in_link(session, newcomer, by=None, at=at)
        mover = session.get(Person, cast.contributor.id)
        addresses.ask(session, mover, elsewhere, at=at)
        move = addresses.make_link(session, mover, elsewhere, at=at)
    return {
        "/reset": f"/reset/{made()}",
        "/welcome": f"/welcome/{invitation}",
        "/new-address": f"/new-address/{move}",
    }


@pytest.mark.block("H", "links 01 at least 128 bits of chance")
def test_failure_28_a_token_has_at_least_128_bits_of_chance(made):
    tokens = {made() for _ in range(50)}
    assert len(tokens) == 50
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens), "256 bits in base64"


@pytest.mark.block("H", "links 02 only the hash is kept")
def test_only_the_hash_of_a_token_is_kept(reset, arrange, world):
    token = reset.rpartition("/")[2]
    with arrange() as session:
        kept = session.scalar(select(SignInLink).order_by(SignInLink.id.desc()))
        assert kept.token_hash != token
        assert kept.purpose == "reset"
        dump = [str(value) for row in session.execute(select(Mail.__table__)) for value in row]
        assert not [value for value in dump if token in value]


@pytest.mark.block("H", "links 03 once")
def test_failure_30_a_link_works_once(browse, cast, reset):
    assert choose(browse(), reset).status == 303
    assert give_password(browse(), cast.leader, NEW).status == 302
    assert choose(browse(), reset, "yet another password here").status == 404
    assert give_password(browse(), cast.leader, NEW).status == 302


@pytest.mark.block("H", "links 04 for sixty minutes at most")
def test_a_reset_runs_out_after_an_hour(browse, made):
    token = made(at=clock.now() - timedelta(minutes=59))
    assert open_link(browse(), f"/reset/{token}").status == 200
    token = made(at=clock.now() - timedelta(minutes=60, seconds=1))
    assert open_link(browse(), f"/reset/{token}").status == 404
    assert choose(browse(), f"/reset/{token}").status == 404


@pytest.mark.block("H", "links 05 for their purpose alone")
def test_failure_30_a_link_opens_only_what_it_is_for(browse, made):
    assert open_link(browse(), f"/welcome/{made(Purpose.RESET)}").status == 404
    assert open_link(browse(), f"/reset/{made(Purpose.INVITATION)}").status == 404
    assert choose(browse(), f"/reset/{made(Purpose.INVITATION)}").status == 404


@pytest.mark.block("H", "links 06 bound to the password they replace")
def test_a_link_dies_with_the_password_it_was_made_for(browse, cast, made, arrange):
    token = made()
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        from accredit.identity.service import record

        person.password = "another hash"
        record(session, "person.password_set", person.id, None, person.id, clock.now())
    assert open_link(browse(), f"/reset/{token}").status == 404


@pytest.mark.block("H", "links 07 used by POST only")
def test_only_a_post_uses_a_link(browse, cast, reset):
    browser, asked = browse(), {"password": NEW, "again": NEW}
    assert browser.get(path(reset), query_string=asked).status == 303
    assert browser.get("/reset", query_string=asked).status == 200
    assert give_password(browse(), cast.leader).status == 302


@pytest.mark.block("H", "links 08 same answer and time for everybody")
def test_failure_31_and_36_nobody_learns_who_has_an_account(app, browse, cast, mailing):
    app.extensions["recent_requests"].forget()
    emails = [cast.administrator.email, "nobody.here@example.org"]
    pages = [ask(browse(), email) for email in emails]
    assert [page.status for page in pages] == [200, 200]
    bodies = [re.sub(rb'value="[^"]*"', b"", page.body) for page in pages]
    assert bodies[0] == bodies[1]
    took = {email: [] for email in emails}
    browser = browse()
    for number in range(100):
        for email in emails:
            # Every pair from another address: what is measured is not how limits refuse.
            elsewhere = {"REMOTE_ADDR": f"10.{number // 250}.1.{number % 250 + 1}"}
            began = time.perf_counter()
            browser.post("/forgotten", {"email": email}, environ_overrides=elsewhere)
            took[email].append(time.perf_counter() - began)
    # Whatever else the machine does makes some answers slower, and none quicker.
    quickest = [min(times) for times in took.values()]
    assert abs(quickest[0] - quickest[1]) < 0.005, quickest


@pytest.mark.block("H", "links 08 same answer and time for everybody")
def test_failure_36_a_wrong_password_takes_as_long_without_an_account(app, browse, cast):
    context = app.extensions["security"].pwd_context
    before = context.to_dict()["argon2__memory_cost"]
    # As slow as in production, where a difference would be the whole hash.
    context.update(argon2__memory_cost=16 * 1024)
    from accredit.identity import sign_in

    sign_in._nobodys_hash.cache_clear()
    try:
        with app.app_context():
            right = sign_in.hash_secret(PASSWORD)
            took = {}
            for kept in (right, None):
                times = []
                for _ in range(15):
                    began = time.process_time()
                    assert not sign_in.matches("a wrong guess", kept)
                    times.append(time.process_time() - began)
                took[kept] = statistics.median(times)
        assert took[None] == pytest.approx(took[right], rel=0.5)
        assert took[None] > 0.005
    finally:
        context.update(argon2__memory_cost=before)
        sign_in._nobodys_hash.cache_clear()


@pytest.mark.block("H", "links 09 five in an hour for an account")
def test_five_links_an_hour_for_one_account(browse, cast, mailing, arrange):
    statuses = [ask(browse(), cast.leader.email).status for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert ask(browse(), cast.contributor.email).status == 200
    with arrange() as session:
        addresses = session.scalars(select(Mail.address)).all()
    assert addresses.count(cast.leader.email) == 5


@pytest.mark.block("H", "links 10 the address is that of the settings")
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443"},
    ],
)
def test_failure_26_a_link_leads_to_the_address_of_the_settings(browse, cast, mailing, headers):
    assert browse().post("/forgotten", {"email": cast.leader.email}, headers=headers).status == 200
    mailing.send()
    assert mailing.box.link().startswith("http://localhost/reset/")
    assert "evil" not in mailing.box.raw[0].decode()


@pytest.mark.block("H", "links 11 a reset does not switch off the second factor")
def test_a_reset_keeps_the_second_factor(browse, cast, made, arrange):
    with arrange() as session:
        person = session.get(Person, cast.administrator.id)
        token = accounts.make_sign_in_link(
            session, person, by=None, at=clock.now(), purpose=Purpose.RESET
        )
    browser = browse()
    assert choose(browser, f"/reset/{token}").status == 303
    answer = give_password(browser, cast.administrator, NEW)
    assert answer.location == "/sign-in/second-factor"
    assert not is_in(browser)


@pytest.mark.block("H", "links 12 a new one ends the old ones")
def test_a_new_link_ends_the_old_one(browse, made):
    old, new = made(), made()
    assert open_link(browse(), f"/reset/{old}").status == 404
    assert open_link(browse(), f"/reset/{new}").status == 200


@pytest.mark.block("H", "links 13 of two tabs at once one wins")
def test_of_two_tabs_that_send_at_once_one_wins(app, browse, cast, reset):
    browse()
    start, answers = threading.Barrier(4), []

    def send(number):
        client = app.test_client()
        password = f"password of tab number {number}"
        assert client.get(path(reset)).location == "/reset"
        start.wait(10)
        answer = client.post("/reset", data={"password": password, "again": password})
        answers.append((answer.status_code, password))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    won = [password for status, password in answers if status == 303]
    assert len(won) == 1
    assert sorted(status for status, _password in answers)[1:] == [404] * 3
    assert give_password(browse(), cast.leader, won[0]).status == 302


@pytest.mark.block("H", "links 14 scanners of mail do not use them up")
def test_scanners_that_look_at_links_do_not_use_them_up(browse, reset):
    client = browse().client
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert client.open(path(reset), method=method).status_code in (200, 303)
    assert choose(browse(), reset).status == 303


@pytest.mark.block("H", "links 15 neither in logs nor told to other sites")
def test_a_token_stands_in_no_log_and_is_told_to_nobody(browse, reset, caplog, arrange):
    caplog.set_level(logging.DEBUG)
    opening = browse().get(path(reset))
    assert opening.headers["Referrer-Policy"] == "same-origin"
    assert opening.headers["Cache-Control"] == "no-store"
    page = open_link(browse(), path(reset))
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    outward = [url for url in page.links() if url.startswith("http")]
    assert outward == []
    assert choose(browse(), reset).status == 303
    token = reset.rpartition("/")[2]
    assert token not in caplog.text
    from accredit.audit import Event

    with arrange() as session:
        assert not [e for e in session.scalars(select(Event)) if token in e.details]


@pytest.mark.parametrize("kind", ["/reset", "/welcome", "/new-address"])
def test_a_token_stands_in_no_address_once_its_link_was_opened(browse, opened, kind):
    browser, link = browse(), opened[kind]
    answer = browser.get(link)
    assert (answer.status, answer.location) == (303, kind)
    (cookie,) = (one for one in answer.headers.getlist("Set-Cookie") if "session=" in one)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = browser.get(kind)
    assert page.status == 200
    assert link.rpartition("/")[2] not in page.text
    assert page.tree.xpath("//main//form/@action") == [kind]


@pytest.mark.parametrize("kind", ["/reset", "/welcome", "/new-address"])
def test_a_link_that_was_opened_and_left_alone_is_to_be_opened_anew(browse, opened, kind):
    at, browser = clock.now(), browse()
    with time_machine.travel(at, tick=False):
        assert open_link(browser, opened[kind]).status == 200
    with time_machine.travel(at + timedelta(hours=1, seconds=1), tick=False):
        assert "open the link again" in browser.get(kind).text
        assert browser.get(kind).status == 404
        assert browser.post(kind, {"password": NEW, "again": NEW}).status == 404


@pytest.mark.parametrize("kind", ["/reset", "/welcome", "/new-address"])
def test_nothing_is_there_for_whoever_opened_no_link_or_one_of_another_kind(browse, opened, kind):
    browser = browse()
    for other, link in opened.items():
        if other != kind:
            assert open_link(browser, link).status == 200
    assert browser.get(kind).status == 404
    assert browser.post(kind, {"password": NEW, "again": NEW}).status == 404


@pytest.mark.block("H", "links 16 a change of address is confirmed at both")
def test_an_address_changes_by_the_password_and_a_link_to_the_new_one_and_the_old_is_told(
    browse, cast, mailing
):
    new = "layla.elsewhere@example.net"
    sent = {"email": new, "present": "not the password"}
    assert browse(cast.leader).post("/account/address", sent).status == 422
    assert mailing.send() == 0
    sent["present"] = PASSWORD
    assert browse(cast.leader).post("/account/address", sent).status == 303
    assert mailing.send() == 2
    assert give_password(browse(), cast.leader).status == 302, "nothing has changed yet"
    link = path(mailing.box.link(0))
    assert open_link(browse(), link).status == 200
    assert give_password(browse(), cast.leader).status == 302, "nor by looking at the link"
    assert use_link(browse(), link).status == 303
    assert use_link(browse(), link).status == 404
    assert give_password(browse(), cast.leader).status == 422
    assert browse().post("/sign-in", {"email": new, "password": PASSWORD}).status == 302
    assert mailing.send() == 1
    told = [addressed[0] for _sender, addressed in mailing.box.envelopes]
    assert told == [new, cast.leader.email, cast.leader.email]


def test_without_a_mail_server_nobody_can_ask(browse, cast):
    assert browse().get("/forgotten").status == 404
    assert ask(browse(), cast.leader.email).status == 404
    assert "Password forgotten?" not in browse().get("/sign-in").text


def test_an_invitation_goes_by_mail_in_the_language_of_the_person(browse, cast, mailing):
    sent = {
        "name_en": "Salma Adel",
        "name_ar": "سلمى عادل",
        "email": "salma@example.org",
        "language": "ar",
        "role": "observer",
        "place": f"o{cast.organisation}",
    }
    answer = browse(cast.administrator).post("/people/new", sent)
    assert answer.status == 303, "no link is shown to anybody"
    assert mailing.send() == 1
    message = mailing.box.messages[0]
    assert message["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl">' in mailing.box.html()
    link = mailing.box.link()
    assert choose(browse(), link).status == 303
    assert browse().post("/sign-in", {"email": "salma@example.org", "password": NEW}).status == 302


def test_mails_wait_while_the_server_is_down_and_are_sent_once(browse, cast, mailing, arrange):
    mailing.server.stop()
    ask(browse(), cast.leader.email)
    assert mailing.send() == 0
    with arrange() as session:
        mail = session.scalar(select(Mail))
        assert (mail.state, mail.tries) == ("waiting", 1)
        assert "refused" in mail.problem.lower()
    mailing.server.start()
    assert mailing.send() == 0, "not before its time"
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert mailing.send() == 1
        assert mailing.send() == 0
    assert len(mailing.box.messages) == 1
    assert mailing.box.messages[0]["Message-ID"] == "<accredit-1@localhost>"


def test_several_senders_send_each_mail_once(app, browse, cast, mailing):
    for actor in (cast.leader, cast.contributor, cast.assessor, cast.observer):
        ask(browse(), actor.email)
    threads = [threading.Thread(target=mailing.send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    told = [address for _sender, addresses in mailing.box.envelopes for address in addresses]
    assert sorted(told) == sorted(
        actor.email for actor in (cast.leader, cast.contributor, cast.assessor, cast.observer)
    )


def test_a_mail_that_the_server_refuses_for_good_is_dropped(browse, cast, mailing, arrange):
    mailing.box.refuses = "550 no such mailbox"
    ask(browse(), cast.leader.email)
    assert mailing.send() == 0
    with arrange() as session:
        assert session.scalar(select(Mail.state)) == "dropped"


def test_an_address_without_an_account_gets_no_mail(browse, mailing, arrange):
    ask(browse(), "nobody.here@example.org")
    assert mailing.send() == 0
    assert mailing.box.messages == []
    with arrange() as session:
        assert session.scalar(select(Mail.state)) == "dropped"


def test_a_disabled_account_gets_no_mail(browse, cast, mailing, arrange):
    with arrange() as session:
        accounts.set_active(
            session,
            session.get(Person, cast.leader.id),
            False,
            by=cast.administrator.id,
            at=clock.now(),
        )
    ask(browse(), cast.leader.email)
    assert mailing.send() == 0


def test_an_old_question_is_not_answered_any_more(browse, cast, mailing):
    ask(browse(), cast.leader.email)
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        assert mailing.send() == 0
    assert mailing.box.messages == []

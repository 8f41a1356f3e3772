"""Another e-mail address for one's own account: asked for, confirmed, and told at the old one."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from accredit import clock
from accredit.audit import Event
from accredit.config import Mode
from accredit.identity import accounts, addresses
from accredit.identity.models import AddressChange, Mail, Person
from accredit.identity.service import record
from tests.arabic import english_words
from tests.identity.steps import give_password, is_in, open_link, use_link
from tests.people import PASSWORD, Actor
from tests.queries import count_queries

NEW = "layla.elsewhere@example.net"
ON_ITS_WAY = "A mail is on its way to the new address."


def ask(browser, address=NEW, present=PASSWORD, **options):
    sent = {"email": address, "present": present}
    return browser.post("/account/address", sent, **options)


def path(link: str) -> str:
    return link.removeprefix("http://localhost")


@pytest.fixture
def mails(mailing):
    """`mails()`: what was sent since the last time, as (address, subject, text)."""
    seen = [0]

    def send():
        mailing.send()
        box, first = mailing.box, seen[0]
        seen[0] = len(box.messages)
        return [
            (box.envelopes[n][1][0], str(box.messages[n]["Subject"]), box.text(n))
            for n in range(first, seen[0])
        ]

    return send


@pytest.fixture
def link(browse, cast, mailing, mails):
    """The address of a link for the leader, as it came by mail."""
    assert ask(browse(cast.leader)).status == 303
    return link_in(mails())


def link_in(sent, address=NEW):
    text = next(text for to, _subject, text in sent if to == address)
    return path(re.search(r"^(http\S+)$", text, re.MULTILINE)[1])


def renamed(actor: Actor, address=NEW) -> Actor:
    return Actor(actor.id, address, actor.session_id)


def events(arrange, prefix="person.address"):
    with arrange() as session:
        query = select(Event).where(Event.action.startswith(prefix)).order_by(Event.id)
        return [(event.action, event.subject_id, event.details) for event in session.scalars(query)]


def test_a_link_goes_to_the_new_address_and_a_notice_to_the_old_one(browse, cast, mails):
    browser = browse(cast.leader)
    answer = ask(browser)
    assert (answer.status, answer.location) == (303, "/account")
    page = browser.get("/account")
    assert ON_ITS_WAY in page.text
    assert cast.leader.email in page.text
    sent = {to: (subject, text) for to, subject, text in mails()}
    assert set(sent) == {NEW, cast.leader.email}
    assert "/new-address/" in sent[NEW][1]
    subject, text = sent[cast.leader.email]
    assert subject == "Another address was asked for in accredit"
    assert "change your password at once" in text
    # Who reads the old mailbox today may be somebody else.
    assert NEW not in text
    assert "http" not in text


def test_the_address_changes_when_the_link_is_used(browse, cast, mails, link, arrange):
    here, elsewhere = browse(), browse()
    for browser in (here, elsewhere):
        give_password(browser, cast.leader)
    page = open_link(here, link)
    assert page.status == 200
    assert (
        "Once you confirm it, Layla Hassan signs in with: layla.elsewhere@example.net" in page.text
    )
    answer = use_link(here, link)
    assert (answer.status, answer.location) == (303, "/account")
    assert "Your address is changed." in here.get("/account").text
    assert NEW in here.get("/account").text
    assert not is_in(elsewhere)
    assert give_password(browse(), cast.leader).status == 422
    assert give_password(browse(), renamed(cast.leader)).status == 302
    ((to, subject, text),) = mails()
    assert to == cast.leader.email
    assert subject == "Your address in accredit was changed"
    assert "tell your administrator at once" in text


def test_whoever_opens_the_link_where_they_are_not_signed_in_signs_in_anew(browse, cast, link):
    before = browse(cast.leader)
    phone = browse()
    answer = use_link(phone, link)
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert "The address is changed. Sign in with the new one." in phone.get("/sign-in").text
    assert not is_in(before), "every session ends, for none of them is at hand"
    assert not is_in(phone)


def test_the_session_at_hand_goes_on_under_a_new_token(browse, cast, link):
    browser = browse(cast.leader)
    assert use_link(browser, link).status == 303
    assert is_in(browser)
    assert not is_in(browse(cast.leader)), "its former token opens nothing"


def test_somebody_else_at_this_device_is_signed_out_and_not_changed(browse, cast, link, arrange):
    other = browse(cast.contributor)
    assert use_link(other, link).location == "/sign-in"
    assert not is_in(other)
    with arrange() as session:
        assert session.get(Person, cast.contributor.id).email == cast.contributor.email
        assert session.get(Person, cast.leader.id).email == NEW


def test_each_of_the_two_steps_leaves_one_event(browse, cast, link, arrange):
    use_link(browse(cast.leader), link)
    asked, changed = events(arrange)
    assert asked == ("person.address_asked", str(cast.leader.id), "{}")
    assert changed[:2] == ("person.address_changed", str(cast.leader.id))
    assert f'["{cast.leader.email}", "{NEW}"]' in changed[2]
    with arrange() as session:
        alone = session.scalar(
            select(func.count(Event.id)).where(
                Event.request_id
                == select(Event.request_id)
                .where(Event.action == "person.address_changed")
                .scalar_subquery()
            )
        )
    assert alone == 1


def test_a_wrong_or_missing_password_changes_nothing_and_keeps_what_was_typed(
    browse, cast, mails, arrange
):
    browser = browse(cast.leader)
    for present, problem in (
        ("a wrong guess", "This is not your present password."),
        ("", "Enter your present password."),
    ):
        page = ask(browser, present=present)
        assert page.status == 422
        assert problem in page.error_texts()
        assert page.values("/account/address")["email"] == NEW
    assert mails() == []
    assert events(arrange) == []


def test_wrong_passwords_make_people_wait_as_at_every_other_door(browse, cast, mails):
    statuses = [ask(browse(cast.leader), present="a wrong guess").status for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    sent = {"present": PASSWORD, "password": "another long password", "again": "x"}
    assert browse(cast.leader).post("/account/password", sent).status == 422


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "layla@exаmple.org",
        "x" * 260 + "@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "<b@example.org>",
    ],
)
def test_what_is_no_address_is_refused(browse, cast, mails, address):
    page = ask(browse(cast.leader), address)
    assert page.status == 422
    assert page.error_texts()
    assert mails() == []


def test_ones_own_address_is_no_other_one(browse, cast, mails):
    page = ask(browse(cast.leader), f" {cast.leader.email.upper()} ")
    assert page.status == 422
    assert "This is your address already." in page.error_texts()
    assert mails() == []


class TestAnAddressThatIsTaken:
    """Nobody learns by asking whose address has an account."""

    def test_is_answered_like_any_other(self, browse, cast, mails):
        # A page counts the seconds its session has left: the clock stands while two are compared.
        bodies = []
        with time_machine.travel(clock.now(), tick=False):
            for address in (NEW, cast.stranger_leader.email):
                browser = browse(cast.leader)
                answer = ask(browser, address)
                page = browser.get("/account")
                bodies.append((answer.status, answer.location, without_tokens(page.body)))
        assert bodies[0] == bodies[1]

    def test_asks_the_database_nothing_else_and_so_takes_as_long(self, app, browse, cast, mails):
        ask(browse(cast.leader), "a.first@example.net")
        asked = []
        for address in (NEW, cast.stranger_leader.email):
            with count_queries(app) as statements:
                assert ask(browse(cast.leader), address).status == 303
            asked.append(statements)
        assert asked[0] == asked[1]

    def test_its_owner_is_told_in_their_language_and_gets_no_link(
        self, browse, cast, mails, mailing, arrange
    ):
        with arrange() as session:
            session.get(Person, cast.stranger_leader.id).language = "ar"
            record(session, "person.changed", cast.stranger_leader.id, None, None, clock.now())
        ask(browse(cast.leader), cast.stranger_leader.email)
        sent = {to: text for to, _subject, text in mails()}
        assert set(sent) == {cast.stranger_leader.email, cast.leader.email}
        text = sent[cast.stranger_leader.email]
        assert "http" not in text
        assert "Layla" not in text
        assert "ليلى" not in text
        taken = [m for m in mailing.box.messages if m["To"] == cast.stranger_leader.email]
        assert taken[0]["Content-Language"] == "ar"
        with arrange() as session:
            assert session.scalar(select(AddressChange.token_hash)) is None

    def test_a_disabled_owner_gets_nothing(self, browse, cast, mails, arrange):
        with arrange() as session:
            person = session.get(Person, cast.stranger_leader.id)
            accounts.set_active(session, person, False, by=cast.administrator.id, at=clock.now())
        ask(browse(cast.leader), cast.stranger_leader.email)
        assert [to for to, _subject, _text in mails()] == [cast.leader.email]

    def test_taken_after_the_link_was_sent_it_opens_nothing(self, browse, cast, link, arrange):
        with arrange() as session:
            session.get(Person, cast.contributor.id).email = NEW
            record(session, "person.changed", cast.contributor.id, None, None, clock.now())
        browser = browse(cast.leader)
        assert use_link(browser, link).status == 404
        assert is_in(browser)
        assert len(events(arrange)) == 1


def without_tokens(body: bytes) -> bytes:
    return re.sub(rb'value="[^"]*"', b"", body)


def test_a_link_works_once(browse, cast, link, arrange):
    browser = browse(cast.leader)
    assert use_link(browser, link).status == 303
    for again in (open_link(browser, link), use_link(browser, link), use_link(browse(), link)):
        assert again.status == 404
        assert "This link no longer works" in again.text
    assert len(events(arrange)) == 2


def test_a_link_works_for_an_hour(browse, cast, link):
    sent_at = clock.now()
    with time_machine.travel(sent_at + timedelta(minutes=59)):
        assert open_link(browse(), link).status == 200
    with time_machine.travel(sent_at + timedelta(minutes=60, seconds=5)):
        assert open_link(browse(), link).status == 404
        assert use_link(browse(), link).status == 404


def test_looking_at_a_link_changes_nothing(browse, cast, link, arrange):
    client = browse().client
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert client.open(link, method=method).status_code in (200, 303)
        assert client.open("/new-address", method=method).status_code == 200
    with arrange() as session:
        assert session.get(Person, cast.leader.id).email == cast.leader.email


def test_only_the_newest_link_works(browse, cast, mails, link):
    ask(browse(cast.leader))
    newer = link_in(mails())
    ask(browse(cast.leader), "a.third@example.net")
    newest = link_in(mails(), "a.third@example.net")
    assert [open_link(browse(), one).status for one in (link, newer, newest)] == [404, 404, 200]


def test_a_mail_that_waited_while_another_address_was_asked_for_is_not_sent(browse, cast, mails):
    ask(browse(cast.leader))
    ask(browse(cast.leader), "a.third@example.net")
    told = [to for to, _subject, _text in mails()]
    assert sorted(told) == sorted(["a.third@example.net", cast.leader.email, cast.leader.email])


def test_a_new_password_ends_what_was_asked_for_with_the_old_one(browse, cast, mails, link):
    browser = browse(cast.leader)
    ask(browse(cast.leader), "a.third@example.net")
    new = "another long password, this one"
    browser.post("/account/password", {"present": PASSWORD, "password": new, "again": new})
    assert open_link(browse(), link).status == 404
    assert "a.third@example.net" not in [to for to, _subject, _text in mails()]


def test_a_disabled_account_does_not_move(browse, cast, link, arrange):
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        accounts.set_active(session, person, False, by=cast.administrator.id, at=clock.now())
    assert open_link(browse(), link).status == 404
    assert use_link(browse(), link).status == 404


def test_links_sent_to_the_former_address_end_with_it(browse, cast, mails, link):
    browse().post("/forgotten", {"email": cast.leader.email})
    reset = link_in(mails(), cast.leader.email)
    browse().post("/forgotten", {"email": cast.leader.email})
    assert open_link(browse(), reset).status == 200
    assert use_link(browse(cast.leader), link).status == 303
    assert open_link(browse(), reset).status == 404
    assert [to for to, _subject, _text in mails()] == [cast.leader.email], "only the notice"
    browse().post("/forgotten", {"email": NEW})
    assert open_link(browse(), link_in(mails())).status == 200


def test_the_notices_reach_the_former_address_though_they_are_sent_late(browse, cast, mailing):
    mailing.server.stop()
    ask(browse(cast.leader))
    mailing.send()
    mailing.server.start()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        mailing.send()
        use_link(browse(cast.leader), path(mailing.box.link(0)))
        mailing.send()
    told = [addressed[0] for _sender, addressed in mailing.box.envelopes]
    assert told == [NEW, cast.leader.email, cast.leader.email]


def test_a_mail_that_comes_too_late_is_not_sent(browse, cast, mails):
    ask(browse(cast.leader))
    with time_machine.travel(clock.now() + timedelta(hours=2, minutes=1)):
        assert [to for to, _subject, _text in mails()] == [cast.leader.email]


def test_of_two_tabs_that_send_at_once_one_wins(app, browse, cast, link):
    browse()
    start, answers = threading.Barrier(4), []

    def send():
        client = app.test_client()
        assert client.get(link).location == "/new-address"
        start.wait(10)
        answers.append(client.post("/new-address").status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [303, 404, 404, 404]


class TestAskingHasLimits:
    """Mails to addresses that somebody typed are few."""

    def test_for_an_account(self, browse, cast, mails):
        statuses = [ask(browse(cast.leader), f"n{n}@example.net").status for n in range(7)]
        assert statuses == [303] * 5 + [429] * 2
        assert ask(browse(cast.contributor)).status == 303
        to_strangers = [to for to, _subject, _text in mails() if to.startswith("n")]
        assert to_strangers == ["n4@example.net"], "and only the newest is written to at all"

    def test_for_whoever_is_written_to(self, browse, cast, mails):
        askers = [cast.leader] * 3 + [cast.contributor] * 3 + [cast.observer]
        statuses = [ask(browse(actor)).status for actor in askers]
        assert statuses == [303] * 5 + [429] * 2

    def test_for_where_it_is_asked_from(self, browse, cast, mails):
        actors = [
            cast.leader, cast.contributor, cast.assessor, cast.second_assessor, cast.observer,
            cast.contact_leader, cast.stranger_leader,
        ]  # fmt: skip
        statuses = [
            ask(browse(actor), f"n{number}{actor.id}@example.net").status
            for actor in actors
            for number in range(5)
        ]
        assert statuses == [303] * 30 + [429] * 5
        elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
        assert ask(browse(cast.nobody), **elsewhere).status == 303

    def test_for_trying_links(self, browse, cast, mails):
        statuses = [browse().post("/new-address").status for n in range(62)]
        assert statuses[:60] == [404] * 60
        assert statuses[-1] == 429


def test_a_name_is_not_told_to_an_address_that_is_not_known_yet(browse, cast, mails):
    """People choose their names: nobody is to send strangers a text of their own by us."""
    details = {"name_en": "Buy at evil.example", "name_ar": "ليلى", "language": "en"}
    browse(cast.leader).post("/account", details)
    ask(browse(cast.leader))
    sent = {to: text for to, _subject, text in mails()}
    assert "evil" not in sent[NEW]
    assert "Good day," in sent[NEW]


def test_a_person_with_a_second_factor_keeps_it(browse, cast, mails):
    ask(browse(cast.administrator))
    use_link(browse(cast.administrator), link_in(mails()))
    answer = give_password(browse(), renamed(cast.administrator))
    assert answer.location == "/sign-in/second-factor"


def test_only_the_hash_of_a_token_is_kept(cast, link, arrange):
    token = link.rpartition("/")[2]
    assert re.fullmatch(r"[\w-]{43}", token), "256 bits in base64"
    with arrange() as session:
        for table in (AddressChange.__table__, Mail.__table__, Event.__table__):
            values = [str(value) for row in session.execute(select(table)) for value in row]
            assert not [value for value in values if token in value]


@pytest.mark.parametrize("door", ["/welcome/", "/reset/"])
def test_the_link_opens_no_other_door_and_no_other_link_this_one(browse, cast, link, mails, door):
    assert browse().get(door + link.rpartition("/")[2]).status == 404
    browse().post("/forgotten", {"email": cast.leader.email})
    reset = link_in(mails(), cast.leader.email).rpartition("/")[2]
    assert browse().get(f"/new-address/{reset}").status == 404


@pytest.mark.parametrize("token", ["x", "' or 1=1", "%01", "ي" * 50])
def test_a_token_that_never_was_leads_to_a_clear_page(browse, token):
    page = open_link(browse(), f"/new-address/{token}")
    assert page.status == 404
    assert "This link no longer works" in page.text


def test_without_a_mail_server_nobody_is_offered_it(browse, cast):
    browser = browse(cast.leader)
    assert not browser.get("/account").has_field("email")
    assert ask(browser).status == 404


def test_in_a_demonstration_nobody_has_strangers_written_to(browse, cast, mails, told):
    browser = browse(cast.leader)
    told(mode=Mode.DEMO)
    assert not browser.get("/account").has_field("email")
    assert ask(browser).status == 404


def test_a_stranger_asks_for_nothing(browse, cast, mails):
    assert ask(browse()).location.startswith("/sign-in")
    assert mails() == []


def test_the_arabic_pages_and_mails_are_arabic_all_through(browse, cast, mails, mailing):
    browser = browse(cast.leader, "ar")
    browser.post("/account", {"name_en": "Layla", "name_ar": "ليلى حسن", "language": "ar"})
    assert english_words(browser.get("/account")) == set()
    ask(browser)
    sent = mails()
    page = open_link(browser, link_in(sent))
    assert page.lang == ("ar", "rtl")
    assert english_words(page) == set()
    assert use_link(browser, link_in(sent)).status == 303
    assert english_words(browser.get("/account")) == set()
    assert english_words(browser.get(link_in(sent))) == set()
    sent += mails()
    assert len(sent) == 3
    for _to, subject, text in sent:
        plain = re.sub(r"http\S+|accredit", "", subject + text)
        assert not re.search(r"[A-Za-z]", plain), plain


def test_what_is_kept_of_a_request_is_found_by_its_person_and_address(cast, link, arrange):
    with arrange() as session:
        found = addresses.find_asked(session, cast.leader.id, NEW)
        assert found.expires_at - found.asked_at > timedelta(minutes=59)
        assert addresses.find_asked(session, cast.contributor.id, NEW) is None
        assert addresses.find_asked(session, cast.leader.id, "other@example.net") is None

"""Block H, limits: how often somebody may try, and that nobody keeps others out for long."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
import time_machine
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from accredit import clock
from accredit.app import create_app
from accredit.database import db, writing
from accredit.identity.trying import ACCOUNT
from accredit.web import limiting
from accredit.web.front import origin_key
from accredit.web.limiting import Allowance, Backoff, Limit
from tests.identity.steps import give_password, is_in
from tests.people import PASSWORD
from tests.queries import count_queries, writes


def wrong(browser, actor, **options):
    return give_password(browser, actor, "certainly not the password", **options)


def elsewhere(number: int) -> dict[str, dict[str, str]]:
    """A request from another address."""
    return {"environ_overrides": {"REMOTE_ADDR": f"203.0.113.{number}"}}


@pytest.mark.block("H", "limits 01 for each account")
def test_an_account_waits_after_five_failures(browse, cast):
    statuses = [wrong(browse(), cast.leader, **elsewhere(n)).status for n in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    page = give_password(browse(), cast.leader)
    assert page.status == 429
    assert "Too many tries. Wait 1 min, then try again." in page.error_texts()
    assert give_password(browse(), cast.contributor).status == 302


@pytest.mark.block("H", "limits 01 for each account")
def test_an_account_that_does_not_exist_waits_as_well(browse):
    sent = {"email": "nobody.here@example.org", "password": "whatever it is"}
    statuses = [browse().post("/sign-in", sent).status for _ in range(7)]
    assert statuses == [422] * 5 + [429] * 2


@pytest.mark.block("H", "limits 02 for each address")
def test_an_address_waits_after_sixty_failures_whatever_the_account(browse, cast):
    statuses = [
        browse().post("/sign-in", {"email": f"p{n}@example.org", "password": "x"}).status
        for n in range(62)
    ]
    assert statuses[:60] == [422] * 60
    assert 429 in statuses[60:]
    assert give_password(browse(), cast.leader).status == 429
    assert give_password(browse(), cast.leader, **elsewhere(9)).status == 302


@pytest.mark.block("H", "limits 03 the address is that of the true peer")
def test_failure_40_an_invented_origin_changes_nothing(browse, cast, arrange):
    for number in range(62):
        browse().post(
            "/sign-in",
            {"email": f"p{number}@example.org", "password": "x"},
            headers={"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"10.0.0.{number}"},
        )
    assert give_password(browse(), cast.leader).status == 429


@pytest.mark.block("H", "limits 04 a proxy that is trusted is believed")
@pytest.mark.parametrize(
    ("peer", "forwarded", "origin"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_a_trusted_proxy_is_believed(world, peer, forwarded, origin):
    from accredit.web.front import FrontDoor

    seen = {}

    def application(environ, start):
        seen.update(environ)
        start("200 OK", [])
        return []

    settings = replace(world.settings, trusted_proxies=(ip_network("10.0.0.0/8"),))
    door = FrontDoor(application, settings, [])
    environ = {
        "REMOTE_ADDR": peer,
        "HTTP_HOST": "localhost",
        "HTTP_X_FORWARDED_FOR": forwarded,
        "REQUEST_METHOD": "GET",
        "wsgi.url_scheme": "http",
    }
    door(environ, lambda _status, _headers: None)
    assert seen["REMOTE_ADDR"] == origin
    assert "HTTP_X_FORWARDED_FOR" not in seen


@pytest.mark.block("H", "limits 05 a whole /64 is one address")
def test_a_whole_network_of_ipv6_is_one_address():
    assert origin_key("2001:db8:1:2::1") == origin_key("2001:db8:1:2:ffff::9")
    assert origin_key("2001:db8:1:2::1") != origin_key("2001:db8:1:3::1")
    assert origin_key("::ffff:192.0.2.1") == origin_key("192.0.2.1")
    assert origin_key("192.0.2.1") != origin_key("192.0.2.2")
    assert origin_key("nonsense") == origin_key(None) == "unknown"


class Day:
    """A day of guesses at one account, one every few seconds, counted as the pages count them."""

    def __init__(self, arrange) -> None:
        self.looked_at = 0
        self.longest = timedelta(0)
        at = clock.now()
        with arrange() as session:
            connection = session.connection()
            for number in range(10_000):
                moment = at + timedelta(seconds=8.64 * number)
                wait = limiting.begin_attempt(connection, ACCOUNT, "owner@example.org", at=moment)
                if wait is None:
                    self.looked_at += 1
                else:
                    self.longest = max(self.longest, wait)


@pytest.fixture
def day(arrange):
    return Day(arrange)


@pytest.mark.block("H", "limits 06 ten thousand guesses in a day")
def test_of_ten_thousand_guesses_in_a_day_hardly_any_is_looked_at(day):
    # Against 30,000 refused passwords and what is left to guess, a hundred tries are nothing.
    assert day.looked_at <= 110


@pytest.mark.block("H", "limits 07 cost the owner fifteen minutes at most")
def test_they_keep_the_owner_out_for_fifteen_minutes_at_most(day):
    assert timedelta(minutes=10) < day.longest <= timedelta(minutes=15)


@pytest.mark.block("H", "limits 07 cost the owner fifteen minutes at most")
def test_the_wait_doubles_up_to_fifteen_minutes_and_tries_do_not_lengthen_it():
    backoff = Backoff("x")
    waits = [backoff.wait_after(failures).total_seconds() for failures in range(4, 12)]
    assert waits == [0, 30, 60, 120, 240, 480, 900, 900]
    assert backoff.wait_after(10**6) == timedelta(minutes=15)


@pytest.mark.block("H", "limits 08 workers share what is counted")
def test_workers_share_what_is_counted(app, world, browse, cast):
    browse()
    second = create_app(world.settings)
    second.config["WTF_CSRF_ENABLED"] = False
    try:
        statuses = [
            one.test_client()
            .post("/sign-in", data={"email": cast.leader.email, "password": "wrong guess"})
            .status_code
            for one in (app, second) * 4
        ]
    finally:
        with second.app_context():
            db.engine.dispose()
    assert statuses == [422] * 5 + [429] * 3


@pytest.mark.block("H", "limits 09 a restart gives no new tries")
def test_a_restart_gives_no_new_tries(app, world, browse, cast):
    for _ in range(6):
        wrong(browse(), cast.leader)
    restarted = create_app(world.settings)
    restarted.config["WTF_CSRF_ENABLED"] = False
    try:
        answer = restarted.test_client().post(
            "/sign-in", data={"email": cast.leader.email, "password": PASSWORD}
        )
    finally:
        with restarted.app_context():
            db.engine.dispose()
    assert answer.status_code == 429


@pytest.fixture
def broken_limits(app):
    """The table of what is counted cannot be written."""

    def refuse(_connection, _cursor, statement, _parameters, _context, _many):
        if "allowance" in statement:
            raise OperationalError(statement, {}, Exception("the limiter is down"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.block("H", "limits 10 without counting nobody signs in")
def test_without_counting_nobody_signs_in(browse, cast, broken_limits):
    assert give_password(browse(), cast.leader).status == 503


@pytest.mark.block("H", "limits 11 without counting reading goes on")
def test_without_counting_reading_goes_on(browse, cast, broken_limits):
    browser = browse(cast.leader)
    assert {browser.get("/improvement-actions/plan.csv").status for _ in range(30)} == {200}
    assert is_in(browser)


@pytest.mark.block("H", "limits 12 tries at the same moment do not pass together")
def test_failure_63_tries_at_the_same_moment_do_not_pass_together(app, browse, cast):
    browse()
    start, statuses = threading.Barrier(12), []

    def guess():
        client = app.test_client()
        start.wait(10)
        sent = {"email": cast.leader.email, "password": "wrong guess"}
        statuses.append(client.post("/sign-in", data=sent).status_code)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [422] * 5 + [429] * 7


@pytest.mark.block("H", "limits 13 a device of the owner counts by itself")
def test_guesses_elsewhere_do_not_keep_the_owner_out(browse, cast):
    mine = browse()
    assert give_password(mine, cast.leader).status == 302
    mine.post("/sign-out")
    for number in range(8):
        wrong(browse(), cast.leader, **elsewhere(number))
    assert give_password(browse(), cast.leader).status == 429
    assert give_password(mine, cast.leader).status == 302


@pytest.mark.block("H", "limits 13 a device of the owner counts by itself")
def test_a_known_device_is_limited_too_and_opens_nothing(browse, cast):
    mine = browse()
    give_password(mine, cast.leader)
    mine.post("/sign-out")
    assert [wrong(mine, cast.leader).status for _ in range(6)] == [422] * 5 + [429]
    assert give_password(mine, cast.contributor).status == 302, "it is known to one account only"


@pytest.mark.block("H", "limits 14 checks, exports and uploads are limited too")
def test_checks_of_certificates_are_limited(app, browse, arrange):
    browser = browse()
    # One more is allowed every 0.6 seconds, so time must stand still on a busy machine.
    with time_machine.travel(clock.now(), tick=False):
        statuses = [browser.get("/certificates/NSA-2026-000000-X").status for _ in range(103)]
        assert statuses == [404] * 100 + [429] * 3
        refused = browser.get("/certificates/check")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert browser.get("/sign-in").status == 200


@pytest.mark.block("H", "limits 14 checks, exports and uploads are limited too")
def test_exports_are_limited_for_a_person_and_looking_writes_nothing(app, browse, cast):
    browser = browse(cast.leader)
    with count_queries(app) as statements:
        first = [browser.get("/improvement-actions/plan.csv").status for _ in range(20)]
    assert [one for one in writes(statements) if "allowance" in one] == []
    rest = [browser.get("/improvement-actions/plan.csv").status for _ in range(45)]
    assert first + rest[:40] == [200] * 60
    assert rest[-1] == 429
    assert browse(cast.observer).get("/improvement-actions/plan.csv").status == 200


@pytest.mark.block("H", "limits 14 checks, exports and uploads are limited too")
def test_uploads_are_limited_for_a_person(browse, cast):
    browser = browse(cast.contributor)
    statuses = [browser.post("/evidence/new", {}).status for _ in range(63)]
    assert 429 not in statuses[:60]
    assert statuses[-1] == 429


def test_what_was_spent_comes_back_with_time(arrange):
    limit = Limit("x", burst=3, seconds=10.0)
    at = clock.now()
    with arrange() as session:
        connection = session.connection()
        assert [limiting.spend(connection, limit, "w", at=at) for _ in range(3)] == [None] * 3
        assert limiting.spend(connection, limit, "w", at=at) == timedelta(seconds=10)
        later = at + timedelta(seconds=11)
        assert limiting.spend(connection, limit, "w", at=later) is None
        assert limiting.spend(connection, limit, "w", at=later) is not None


def test_nobody_who_tried_can_be_read_in_what_is_counted(browse, cast, arrange):
    wrong(browse(), cast.leader)
    with arrange() as session:
        kept = session.scalars(select(Allowance.who)).all()
    assert kept
    assert all(len(one) == 64 and int(one, 16) for one in kept)


def test_a_day_without_failures_forgets_them(browse, cast):
    for _ in range(6):
        wrong(browse(), cast.leader)
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        assert [wrong(browse(), cast.leader).status for _ in range(4)] == [422] * 4


def test_the_lock_is_free_while_a_password_is_compared(app, browse, cast, monkeypatch):
    from accredit.identity import sign_in_views

    seen = []
    compare = sign_in_views.matches

    def look(secret, kept):
        with app.app_context(), writing(), db.engine.connect() as other:
            # Somebody else writes meanwhile; with the lock taken this would wait for it.
            limiting.spend(other, Limit("other", 9, 1.0), "w", at=clock.now())
            other.commit()
            seen.append(True)
        return compare(secret, kept)

    monkeypatch.setattr(sign_in_views, "matches", look)
    assert give_password(browse(), cast.leader).status == 302
    assert seen == [True]

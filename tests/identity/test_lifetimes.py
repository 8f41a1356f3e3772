"""What works once works once to the last moment of its life, and after it as well.

`failure_64` is a number in the list of failures of other products: there the note that a token
was used was forgotten before the token itself ran out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accredit.identity import accounts, totp
from accredit.identity.accounts import LIFETIMES, Purpose
from accredit.identity.models import Person
from tests.identity.steps import give_password, is_in, show_code, use_link

AT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
ADDRESS = {Purpose.INVITATION: "/welcome/{}", Purpose.RESET: "/reset/{}"}
CHOSEN = {"password": "seven green bottles stand", "again": "seven green bottles stand"}
#: The moment lies at the very beginning of a step, so that a code's whole life is known.
assert AT.timestamp() % totp.STEP_SECONDS == 0


@pytest.fixture
def made(arrange, cast):
    """`made(purpose)`: the token of a link of the leader, made at `AT`."""

    def make(purpose: Purpose) -> str:
        with arrange() as session:
            person = session.get(Person, cast.leader.id)
            return accounts.make_sign_in_link(session, person, by=None, at=AT, purpose=purpose)

    return make


@pytest.mark.parametrize("purpose", list(ADDRESS))
def test_failure_64_a_link_used_in_its_last_moment_is_used(browse, cast, made, purpose):
    path = ADDRESS[purpose].format(made(purpose))
    last = AT + LIFETIMES[purpose] - timedelta(milliseconds=1)
    with time_machine.travel(last, tick=False):
        assert use_link(browse(), path, CHOSEN).status == 303
    for later in (timedelta(0), timedelta(milliseconds=1), timedelta(days=1), timedelta(days=400)):
        with time_machine.travel(last + later, tick=False):
            thief = browse()
            refused = use_link(thief, path, {"password": "other words of a thief", "again": "x"})
            assert refused.status == 404, later
            assert not is_in(thief)


@pytest.mark.parametrize("purpose", list(ADDRESS))
def test_failure_64_an_unused_link_is_dead_from_its_last_moment_on(browse, cast, made, purpose):
    path = ADDRESS[purpose].format(made(purpose))
    with time_machine.travel(AT + LIFETIMES[purpose], tick=False):
        assert use_link(browse(), path, CHOSEN).status == 404


@pytest.mark.parametrize("seconds", [0, 29.9, 59.9])
def test_failure_64_a_code_counts_once_to_the_end_of_the_time_in_which_it_is_taken(
    browse, cast, seconds
):
    """A code of six digits is taken in its own half minute, the one before and the one after."""
    given = totp.code_at(cast.administrator.app, totp.step_of(AT.timestamp()))
    with time_machine.travel(AT + timedelta(seconds=seconds), tick=False):
        browser = browse()
        give_password(browser, cast.administrator)
        assert show_code(browser, given).status == 303
        assert is_in(browser)
    for moment in (seconds, 59.9, 60, 3600):
        with time_machine.travel(AT + timedelta(seconds=moment), tick=False):
            again = browse()
            give_password(again, cast.administrator)
            assert show_code(again, given).status == 422, moment
            assert not is_in(again)


def test_a_device_is_known_for_ninety_days_whatever_its_browser_keeps(browse, cast):
    with time_machine.travel(AT, tick=False):
        browser = browse()
        give_password(browser, cast.leader)
        browser.post("/sign-out")
    kept = browser.client.get_cookie("device").value
    for days, waits in ((89, False), (91, True)):
        with time_machine.travel(AT + timedelta(days=days), tick=False):
            for _ in range(6):  # somebody elsewhere
                give_password(browse(), cast.leader, "not the password")
            own = browse()
            own.client.set_cookie("device", kept)
            assert (give_password(own, cast.leader).status == 429) is waits, days

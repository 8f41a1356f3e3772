"""Block H, second factors: what they open, what they do not, and who may take one away."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from accredit import clock
from accredit.audit import Event
from accredit.identity import totp
from accredit.identity.models import FactorReset, Person, RecoveryCode, SecondFactor
from tests.identity.steps import (
    code,
    codes_on,
    give_password,
    is_in,
    key_on,
    set_up_app,
    show_code,
)
from tests.people import PASSWORD, make_person, open_session
from tests.routes import addresses

#: Pages that anybody may open, and those that lead through the second step.
OPEN = {
    "certificate.check",
    "certificate.check_file",
    "certificate.show",
    "identity.choose_new_password",
    "identity.choose_password",
    "identity.demo_sign_in",
    "identity.forgotten",
    "identity.ask_for_link",
    "identity.key_options",
    "identity.reset",
    "identity.second_factor",
    "identity.show_code",
    "identity.show_key",
    "identity.start_again",
    "identity.welcome",
    "security.login",
    "asset",
    "static",
}


@pytest.fixture
def half(browse, cast):
    """The administrator's browser after the password and before the code."""
    browser = browse()
    assert give_password(browser, cast.administrator).location == "/sign-in/second-factor"
    return browser


@pytest.mark.block("H", "factor 01 half signed in reaches nothing")
def test_failure_05_and_32_somebody_half_signed_in_reaches_nothing(app, half, cast):
    ids = {"person_id": cast.leader.id, "organisation_id": cast.organisation}
    tried = 0
    for method in ("GET", "POST"):
        for endpoint, path in addresses(app, method, ids):
            if endpoint in OPEN or endpoint.startswith("certificate.document"):
                continue
            answer = half.client.open(path, method=method)
            answer.close()
            assert answer.status_code in (303, 404), (endpoint, path, answer.status_code)
            if answer.status_code == 303:
                assert answer.headers["Location"].startswith("/sign-in"), endpoint
            tried += 1
    assert tried >= 80
    assert not is_in(half)


@pytest.mark.block("H", "factor 01 half signed in reaches nothing")
def test_half_a_session_does_not_become_whole_by_waiting_or_by_its_cookie(half, browse):
    with half.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    other = browse()
    with other.client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    assert not is_in(other)


@pytest.mark.block("H", "factor 02 a code counts once")
def test_failure_31_a_code_counts_once(half, browse, cast):
    given = code(cast.administrator.app)
    assert show_code(half, given).status == 303
    assert is_in(half)
    again = browse()
    give_password(again, cast.administrator)
    for replay in (given, f" {given[:3]} {given[3:]} ", given.translate(_ARABIC)):
        page = show_code(again, replay)
        assert page.status == 422
        assert "was used before" in page.error_texts()
    assert not is_in(again)


_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.block("H", "factor 03 spaces in a code do not matter")
def test_spaces_in_a_code_do_not_matter(half, cast):
    given = code(cast.administrator.app)
    assert show_code(half, f"  {given[:3]} {given[3:]}\u00a0").status == 303


@pytest.mark.block("H", "factor 04 Arabic digits are digits")
def test_arabic_digits_are_digits(half, cast):
    assert show_code(half, code(cast.administrator.app).translate(_ARABIC)).status == 303


@pytest.mark.block("H", "factor 05 leading zeros count")
def test_leading_zeros_are_part_of_a_code(browse, cast):
    key = cast.administrator.app
    step = totp.step_of(clock.now().timestamp())
    later = next(
        later for later in range(step + 10, step + 10_000) if totp.code_at(key, later)[0] == "0"
    )
    with time_machine.travel(later * totp.STEP_SECONDS + 5):
        browser = browse()
        give_password(browser, cast.administrator)
        given = code(key)
        assert given.startswith("0")
        assert show_code(browser, given.lstrip("0")).status == 422
        assert show_code(browser, given).status == 303


@pytest.mark.block("H", "factor 06 one step early or late")
@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (1, 303), (2, 422)])
def test_a_code_may_be_one_step_early_or_late(half, cast, steps, status):
    assert show_code(half, code(cast.administrator.app, steps)).status == status


@pytest.mark.block("H", "factor 07 five wrong codes cost a wait")
def test_five_wrong_codes_cost_a_wait(half, cast, arrange):
    statuses = [show_code(half, "000000").status for _ in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    page = show_code(half, code(cast.administrator.app))
    assert page.status == 429
    assert "Wait 1 min" in page.error_texts()
    with arrange() as session:
        events = session.scalars(select(Event).where(Event.action == "person.factor_failed")).all()
        assert len(events) == 8
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        assert show_code(half, code(cast.administrator.app)).status == 303


@pytest.mark.block("H", "factor 08 recovery codes are kept as slow hashes")
def test_recovery_codes_are_kept_as_slow_hashes(browse, cast, arrange):
    page, _key = set_up_app(browse(cast.leader), present=PASSWORD)
    shown = codes_on(page)
    assert len(set(shown)) == 10
    with arrange() as session:
        kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(kept) == 10
    assert all(one.startswith("$argon2id$") for one in kept)
    assert not [one for one in shown if one in "".join(kept)]


@pytest.mark.block("H", "factor 09 a recovery code lets in once")
def test_a_recovery_code_lets_in_once(browse, cast, mailing):
    page, _key = set_up_app(browse(cast.leader), present=PASSWORD)
    first, second = codes_on(page)[:2]
    browser = browse()
    give_password(browser, cast.leader)
    assert show_code(browser, f" {first.upper()} ").status == 303
    assert is_in(browser)
    again = browse()
    give_password(again, cast.leader)
    assert show_code(again, first).status == 422
    assert show_code(again, second).status == 303
    mailing.send()
    assert [m["Subject"] for m in mailing.box.messages].count(
        "A recovery code was used in accredit"
    ) == 2


@pytest.mark.block("H", "factor 10 only one's own account, from the session")
def test_failure_05_nobody_sets_up_a_factor_for_somebody_else(browse, cast, arrange, app):
    with arrange() as session:
        theirs = session.scalar(
            select(SecondFactor.id).where(SecondFactor.person_id == cast.administrator.id)
        )
    browser = browse(cast.leader)
    gone = browser.post(f"/account/second-factor/{theirs}/remove", {"present": PASSWORD})
    assert gone.status == 404
    page, _key = set_up_app(browser, present=PASSWORD, person_id=str(cast.contributor.id))
    assert page.status == 200
    with arrange() as session:
        assert session.get(SecondFactor, theirs) is not None
        owners = session.scalars(select(SecondFactor.person_id)).all()
        assert cast.leader.id in owners
        assert cast.contributor.id not in owners
    named = [
        path
        for method in ("GET", "POST")
        for endpoint, path in addresses(app, method, {})
        if endpoint.startswith("identity.") and "factor" in path and "person" in path
    ]
    assert all(path.startswith("/people/1/factor-reset") for path in named), named


@pytest.mark.block("H", "factor 10 only one's own account, from the session")
def test_the_key_of_one_sessions_page_is_of_no_use_in_another(browse, cast):
    mine, theirs = browse(cast.leader), browse(cast.contributor)
    form = mine.get("/account/second-factor/app")
    sent = {**form.values("second-factor/app"), "code": code(key_on(form)), "present": PASSWORD}
    answer = theirs.post("/account/second-factor/app", sent)
    assert (answer.status, answer.location) == (303, "/account/second-factor/app")


@pytest.fixture
def second_administrator(arrange, cast):
    """Another administrator, with a session."""
    from accredit.identity.domain import Role
    from tests.people import Actor, give_app

    with arrange() as session:
        person = make_person(
            session, "second@example.org", "Second", "ثانٍ", (Role.ADMINISTRATOR, None, None)
        )
        give_app(session, person.id, b"another app")
        return Actor(person.id, person.email, open_session(session, person.id))


@pytest.mark.block("H", "factor 11 taking a factor away needs a reason")
def test_taking_a_factor_away_needs_a_reason(browse, cast, arrange):
    url = f"/people/{cast.decision_maker.id}/factor-reset"
    browser = browse(cast.administrator)
    browser.post(url, {"reason": "   "})
    with arrange() as session:
        assert session.scalar(select(FactorReset)) is None
    assert browse(cast.programme_manager).post(url, {"reason": "lost"}).status == 403
    browser.post(url, {"reason": "Telephone lost, seen at my desk"})
    with arrange() as session:
        event = session.scalar(select(Event).where(Event.action == "person.factor_reset_asked"))
        assert "seen at my desk" in event.details


@pytest.mark.block("H", "factor 12 and a second administrator")
def test_two_administrators_take_a_factor_away(
    browse, cast, arrange, second_administrator, mailing
):
    url = f"/people/{cast.decision_maker.id}/factor-reset"
    first, second = browse(cast.administrator), browse(second_administrator)
    assert second.post(f"{url}/agree").status == 303
    first.post(url, {"reason": "Telephone lost"})
    assert first.post(f"{url}/agree").status == 409
    with arrange() as session:
        assert session.get(Person, cast.decision_maker.id).second_factor_at is not None
    assert "Telephone lost" in second.get(f"/people/{cast.decision_maker.id}").text
    assert second.post(f"{url}/agree").status == 303
    assert not is_in(browse(cast.decision_maker)), "their sessions have ended"
    mailing.send()
    assert "taken away" in mailing.box.messages[-1]["Subject"]
    answer = give_password(again := browse(), cast.decision_maker)
    assert answer.location == "/sign-in/second-factor"
    assert again.get(answer.location).location == "/account/second-factor/app"


@pytest.mark.block("H", "factor 12 and a second administrator")
def test_nobody_takes_away_their_own_factor_that_way(browse, cast, second_administrator):
    url = f"/people/{second_administrator.id}/factor-reset"
    assert browse(second_administrator).post(url, {"reason": "mine"}).status == 409
    browse(cast.administrator).post(url, {"reason": "lost"})
    assert browse(second_administrator).post(f"{url}/agree").status == 409


@pytest.mark.block("H", "factor 13 required of those who are trusted with much")
@pytest.mark.parametrize("role", ["administrator", "programme_manager", "decision_maker"])
def test_weighty_roles_set_one_up_before_anything_else(browse, cast, arrange, role):
    from accredit.identity import factor_resets
    from accredit.identity.service import record

    actor = getattr(cast, role)
    with arrange() as session:
        person = session.get(Person, actor.id)
        factor_resets.forget(session, person)
        record(session, "person.factors_reset", person.id, None, None, clock.now())
    browser = browse()
    answer = give_password(browser, actor)
    page = browser.get(browser.get(answer.location).location)
    assert "What you are trusted with needs more than a password." in page.text
    assert browser.get("/").location.startswith("/sign-in")
    done, _key = set_up_app(browser)
    assert len(codes_on(done)) == 10
    assert browser.get("/").status == 200


def test_where_everybody_needs_one_nobody_signs_in_by_a_password_alone(browse, cast, told):
    told(second_factor_for_all=True)
    browser = browse()
    answer = give_password(browser, cast.observer)
    page = browser.get(browser.get(answer.location).location)
    assert "Set up a second factor now" in page.text
    assert browser.get("/").location.startswith("/sign-in")
    assert browser.get("/evidence/").location.startswith("/sign-in")
    set_up_app(browser)
    assert browser.get("/evidence/").status == 200
    security = browser.get("/account/security")
    assert "You need one." in security.text


def test_a_session_from_before_everybody_needed_one_opens_nothing(browse, cast, told):
    browser = browse()
    give_password(browser, cast.observer)
    assert browser.get("/evidence/").status == 200
    told(second_factor_for_all=True)
    assert browser.get("/evidence/").location.startswith("/sign-in")
    told(second_factor_for_all=False)
    assert browser.get("/evidence/").status == 200


@pytest.mark.block("H", "factor 13 required of those who are trusted with much")
def test_a_session_from_before_the_role_opens_nothing_until_there_is_a_factor(
    browse, cast, arrange
):
    from accredit.identity import service
    from accredit.identity.domain import Role

    browser = browse(cast.leader)
    assert is_in(browser)
    with arrange() as session:
        service.grant_role(
            session,
            session.get(Person, cast.leader.id),
            Role.DECISION_MAKER,
            organisation_id=cast.organisation,
            by=None,
            at=clock.now(),
        )
    assert not is_in(browser)
    page, _key = set_up_app(browser)
    assert page.status == 200
    assert is_in(browser)


@pytest.mark.block("H", "factor 13 required of those who are trusted with much")
def test_the_last_factor_of_such_a_role_is_not_removed(browse, cast, arrange):
    with arrange() as session:
        held = session.scalar(
            select(SecondFactor.id).where(SecondFactor.person_id == cast.decision_maker.id)
        )
    browser = browse(cast.decision_maker)
    page = browser.post(f"/account/second-factor/{held}/remove", {"present": PASSWORD})
    assert page.status == 422
    assert "You need a second factor." in page.error_texts()


@pytest.mark.block("H", "factor 14 the secret is shown once")
def test_the_secret_of_an_app_is_shown_once_and_kept_sealed(browse, cast, arrange):
    browser = browse(cast.leader)
    _page, key = set_up_app(browser, present=PASSWORD)
    shown = totp.base32(key)
    assert shown not in browser.get("/account/security").text
    assert shown not in browser.get("/account/second-factor/app").text
    with arrange() as session:
        factor = session.scalar(
            select(SecondFactor).where(SecondFactor.person_id == cast.leader.id)
        )
        assert shown.replace(" ", "") not in factor.secret
        assert key.hex() not in factor.secret
        sealed = factor.secret
        assert not [e for e in session.scalars(select(Event)) if sealed in e.details]


@pytest.mark.block("H", "factor 15 a clock that is wrong is told so")
@pytest.mark.parametrize("steps", [-10, 10])
def test_a_telephone_whose_clock_is_wrong_is_told_so(half, cast, steps):
    page = show_code(half, code(cast.administrator.app, steps))
    assert page.status == 422
    assert "The clock of your telephone is off by about 5 minutes." in page.error_texts()


@pytest.mark.block("H", "factor 16 no device is remembered")
def test_no_device_is_remembered_for_the_second_step(browse, cast):
    browser = browse()
    give_password(browser, cast.administrator)
    show_code(browser, code(cast.administrator.app))
    assert is_in(browser)
    browser.post("/sign-out")
    assert give_password(browser, cast.administrator).location == "/sign-in/second-factor"
    assert not is_in(browser)


def test_setting_up_ends_the_other_sessions_and_renews_this_one(browse, cast):
    here, elsewhere = browse(), browse()
    give_password(here, cast.leader)
    give_password(elsewhere, cast.leader)
    with here.client.session_transaction() as cookie:
        before = cookie["_user_id"]
    set_up_app(here, present=PASSWORD)
    assert is_in(here)
    assert not is_in(elsewhere)
    with here.client.session_transaction() as cookie:
        assert cookie["_user_id"] != before


@pytest.mark.parametrize("present", ["", "a wrong password"])
def test_setting_up_asks_for_the_present_password(browse, cast, present, arrange):
    page, _key = set_up_app(browse(cast.leader), present=present)
    assert page.status == 422
    with arrange() as session:
        assert session.get(Person, cast.leader.id).second_factor_at is None


def test_removing_the_last_factor_removes_the_recovery_codes(browse, cast, arrange):
    browser = browse(cast.leader)
    set_up_app(browser, present=PASSWORD)
    with arrange() as session:
        held = session.scalar(
            select(SecondFactor.id).where(SecondFactor.person_id == cast.leader.id)
        )
    answer = browser.post(f"/account/second-factor/{held}/remove", {"present": PASSWORD})
    assert answer.status == 303
    with arrange() as session:
        assert session.scalar(select(RecoveryCode)) is None
        assert session.get(Person, cast.leader.id).second_factor_at is None
    assert give_password(browse(), cast.leader).location == "/"


def test_new_recovery_codes_replace_the_old_ones(browse, cast):
    browser = browse(cast.leader)
    page, _key = set_up_app(browser, present=PASSWORD)
    old = codes_on(page)[0]
    made = browser.post("/account/recovery-codes", {"present": PASSWORD})
    new = codes_on(made)[0]
    again = browse()
    give_password(again, cast.leader)
    assert show_code(again, old).status == 422
    assert show_code(again, new).status == 303


def test_signing_in_with_the_second_factor_leads_to_the_page_asked_for(browse, cast):
    browser = browse()
    asked = browser.get("/people")
    form = browser.get(asked.location).values("sign-in")
    first = browser.post(
        "/sign-in", {**form, "email": cast.administrator.email, "password": PASSWORD}
    )
    assert first.location == "/sign-in/second-factor?next=/people"
    form = browser.get(first.location).values("second-factor")
    done = browser.post("/sign-in/second-factor", {**form, "code": code(cast.administrator.app)})
    assert done.location == "/people"

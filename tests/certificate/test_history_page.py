"""The page of one certificate: what was decided, and what may be decided next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from accredit import audit
from accredit.certificate.domain import DecisionKind
from accredit.certificate.models import Certificate
from tests.certificate.words import latin_words, typed
from tests.certificates import REASON, change, grant, store
from tests.queries import count_queries, writes

NOW = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)
WHY = "Complaints showed that the promises are no longer kept."


@pytest.fixture(autouse=True)
def _the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def number(arrange, cast, world):
    with arrange() as session:
        return grant(session, cast, store(world.settings)).number


def stored_state(arrange, number):
    with arrange() as session:
        return session.scalar(select(Certificate.state).where(Certificate.number == number))


def send(browser, number, kind, reason=WHY, version=None):
    values = browser.get(f"/certificates/{number}/history").values(f"/{kind}")
    sent = {**values, f"{kind}-reason": reason}
    if version is not None:
        sent[f"{kind}-version"] = version
    return browser.post(f"/certificates/{number}/{kind}", sent)


def test_it_tells_what_was_decided_by_whom_and_why(browse, arrange, cast, number):
    with arrange() as session:
        certificate = session.scalar(select(Certificate).where(Certificate.number == number))
        change(session, cast, certificate, DecisionKind.SUSPEND, reason=WHY)
    text = browse(cast.leader).get(f"/certificates/{number}/history").text
    for words in ("Granted", "Suspended", REASON, WHY, "Mona Jaber"):
        assert words in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader", 200),
        ("contributor", 200),
        ("observer", 200),
        ("programme_manager", 200),
        ("decision_maker", 200),
        ("stranger_leader", 404),
        ("stranger_manager", 404),
        ("contact_leader", 404),
        ("assessor", 403),
        ("administrator", 403),
        ("nobody", 403),
    ],
)
def test_it_is_shown_to_the_organisations_people(browse, cast, number, who, status):
    assert browse(getattr(cast, who)).get(f"/certificates/{number}/history").status == status


@pytest.mark.parametrize("who", ["leader", "contributor", "observer", "programme_manager"])
def test_it_offers_changes_to_decision_makers_only(browse, cast, number, who):
    page = browse(getattr(cast, who)).get(f"/certificates/{number}/history")
    assert page.tree.xpath("//main//form") == []


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader", 403),
        ("programme_manager", 403),
        ("observer", 403),
        ("assessor", 403),
        ("moderator", 403),
        ("stranger_leader", 403),
        ("nobody", 403),
    ],
)
def test_nobody_else_can_change_it(browse, arrange, cast, number, who, status):
    answer = browse(getattr(cast, who)).post(
        f"/certificates/{number}/suspend", {"suspend-reason": WHY, "suspend-version": "1"}
    )
    assert answer.status == status
    assert stored_state(arrange, number) == "valid"


def test_a_decision_maker_of_another_organisation_does_not_find_it(browse, arrange, cast, number):
    from accredit.identity.domain import Role
    from tests.people import Actor, give_app, make_person, open_session

    with arrange() as session:
        person = make_person(
            session,
            "other.decides@example.org",
            "Other",
            "آخر",
            (Role.DECISION_MAKER, cast.other_organisation, None),
        )
        give_app(session, person.id, b"key of their app")
        actor = Actor(person.id, person.email, open_session(session, person.id))
    browser = browse(actor)
    assert browser.get(f"/certificates/{number}/history").status == 404
    sent = {"suspend-reason": WHY, "suspend-version": "1"}
    assert browser.post(f"/certificates/{number}/suspend", sent).status == 404


def test_a_decision_maker_suspends_restores_and_withdraws(browse, arrange, cast, number):
    browser = browse(cast.decision_maker)
    for kind, state, said in (
        ("suspend", "suspended", "The certificate is suspended."),
        ("restore", "valid", "The certificate is valid again."),
        ("withdraw", "withdrawn", "The certificate is withdrawn."),
    ):
        answer = send(browser, number, kind)
        assert answer.status == 303
        assert stored_state(arrange, number) == state
        assert said in browser.get(answer.location).text
    with arrange() as session:
        actions = session.scalars(select(audit.Event.action).order_by(audit.Event.id)).all()
    assert actions[-3:] == [
        "certificate.suspended",
        "certificate.restored",
        "certificate.withdrawn",
    ]


def test_only_the_changes_that_are_possible_are_offered(browse, cast, number):
    browser = browse(cast.decision_maker)

    def offered():
        page = browser.get(f"/certificates/{number}/history")
        return [form.get("action").rpartition("/")[2] for form in page.tree.xpath("//main//form")]

    assert offered() == ["suspend", "withdraw"]
    send(browser, number, "suspend")
    assert offered() == ["restore", "withdraw"]
    send(browser, number, "withdraw")
    assert offered() == []


@pytest.mark.parametrize("reason", ["", "   ", "too short"])
def test_a_missing_reason_keeps_what_was_typed(browse, arrange, cast, number, reason):
    page = send(browse(cast.decision_maker), number, "suspend", reason=reason)
    assert page.status == 422
    assert page.error_texts()
    assert typed(page, "/suspend", "suspend-reason") == reason.strip()
    (details,) = page.tree.xpath("//details[@open and contains(@class, 'confirm')]")
    assert details.xpath(".//form[contains(@action, 'suspend')]")
    assert stored_state(arrange, number) == "valid"


@pytest.mark.parametrize("version", ["0", "99", "", "x", "١"])
def test_a_page_that_is_out_of_date_is_a_conflict_and_loses_nothing(
    browse, arrange, cast, number, version
):
    page = send(browse(cast.decision_maker), number, "suspend", version=version)
    assert page.status == 409
    values = page.values("/suspend")
    assert typed(page, "/suspend", "suspend-reason") == WHY
    assert stored_state(arrange, number) == "valid"
    assert browse(cast.decision_maker).post(f"/certificates/{number}/suspend", values).status == 303


def test_a_change_that_is_not_possible_now_is_refused(browse, arrange, cast, number):
    answer = browse(cast.decision_maker).post(
        f"/certificates/{number}/restore", {"restore-reason": WHY, "restore-version": "1"}
    )
    assert answer.status == 422
    assert stored_state(arrange, number) == "valid"


def test_there_are_no_other_changes(browse, cast, number):
    for kind in ("grant", "expire", "delete"):
        assert browse(cast.decision_maker).post(f"/certificates/{number}/{kind}").status == 404


def test_the_arabic_page_is_arabic(browse, cast, number):
    page = browse(cast.decision_maker, "ar").get(f"/certificates/{number}/history")
    assert page.lang == ("ar", "rtl")
    assert latin_words(page, number, REASON) == []
    refused = send(browse(cast.decision_maker, "ar"), number, "suspend", reason="قصير")
    assert refused.status == 422
    assert latin_words(refused, number, REASON) == []


def test_looking_at_it_writes_nothing(app, browse, cast, number):
    with count_queries(app) as statements:
        browse(cast.decision_maker).get(f"/certificates/{number}/history")
    assert writes(statements) == []

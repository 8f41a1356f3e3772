"""The page on which an assessment is decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from accredit import audit
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.certificate.domain import DecisionKind
from accredit.certificate.models import Certificate, Decision
from tests.assessments import OPENED, walk_to
from tests.certificate.words import latin_words, typed
from tests.certificates import DISTINCTION, ISSUED, REASON, REFUSED, change, decide, grant, store
from tests.damage import unguarded
from tests.queries import count_queries, writes

NOW = datetime(2026, 3, 15, 9, 0, tzinfo=UTC)
BELOW = {"1.1": "partial", "2.1": "exceptional"}


@pytest.fixture(autouse=True)
def _the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def waiting(arrange, cast):
    """An assessment at the decision, as its address."""

    def make(levels=None, stage=Stage.DECISION):
        with arrange() as session:
            return f"/assessments/{walk_to(session, cast, stage, levels=levels).id}/decision"

    return make


def count(arrange, model):
    with arrange() as session:
        return session.scalar(select(func.count()).select_from(model))


def send(browser, url, **sent):
    return browser.post(url, {**browser.get(url).values("decision"), "sure": "y", **sent})


def test_it_shows_what_the_decision_rests_on(browse, cast, waiting):
    page = browse(cast.decision_maker).get(waiting(BELOW))
    assert page.status == 200
    for words in (
        "At least 60% in total.",
        "At most one element of each criterion is below its required level.",
        "Accredited with distinction",
        "Not reached",
        "Karim Adel",
        "Mona Jaber",
        "1.1",
    ):
        assert words in page.text
    gaps = page.tree.xpath(
        "//table[@id='gaps' or @aria-labelledby='gaps' or ancestor::*[@id='gaps']]"
    )
    assert gaps
    assert "Partial" in " ".join(gaps[0].itertext())


def test_it_offers_only_what_was_reached_and_refusing(browse, cast, waiting):
    browser = browse(cast.decision_maker)
    for levels, offered in (
        (DISTINCTION, ["distinction", "accredited", "-"]),
        ({}, ["accredited", "-"]),
        (REFUSED, ["-"]),
    ):
        page = browser.get(waiting(levels))
        assert page.tree.xpath("//input[@name='award']/@value") == offered


def test_a_grant_leads_to_the_certificate_and_its_files(browse, arrange, cast, waiting):
    browser = browse(cast.decision_maker)
    url = waiting(DISTINCTION)
    answer = send(browser, url, award="distinction", reason=REASON)
    assert answer.status == 303
    with arrange() as session:
        certificate = session.scalar(select(Certificate))
        assert (certificate.award, certificate.issued_on.isoformat()) == (
            "distinction",
            "2026-03-15",
        )
        number = certificate.number
    page = browser.get(answer.location)
    assert f"certificate {number} is issued" in page.text
    assert len([link for link in page.links() if link.endswith(".pdf")]) == 3
    assert REASON in page.text
    assert not page.has_field("award")


def test_a_refusal_leaves_no_certificate(browse, arrange, cast, waiting):
    browser = browse(cast.decision_maker)
    answer = send(browser, waiting(), award="-", reason=REASON)
    assert answer.status == 303
    page = browser.get(answer.location)
    assert "No certificate was issued." in page.text
    assert count(arrange, Certificate) == 0
    assert count(arrange, Decision) == 1


@pytest.mark.parametrize("award", ["distinction", "gold", "", "accredited'--"])
def test_an_award_that_was_not_reached_cannot_be_sent(browse, arrange, cast, waiting, award):
    page = send(browse(cast.decision_maker), waiting(), award=award, reason=REASON)
    assert page.status == 422
    assert "Choose what you decide." in page.error_texts()
    assert typed(page, "decision", "reason") == REASON
    assert count(arrange, Decision) == 0


@pytest.mark.parametrize("reason", ["", "fine"])
def test_a_missing_reason_keeps_the_choice(browse, arrange, cast, waiting, reason):
    page = send(browse(cast.decision_maker), waiting(), award="accredited", reason=reason)
    assert page.status == 422
    assert page.error_texts()
    assert page.values("decision")["award"] == "accredited"
    assert count(arrange, Decision) == 0


def test_a_page_that_is_out_of_date_is_a_conflict_and_loses_nothing(browse, arrange, cast, waiting):
    browser, url = browse(cast.decision_maker), waiting()
    page = send(browser, url, award="accredited", reason=REASON, version="1")
    assert page.status == 409
    values = page.values("decision")
    assert values["award"] == "accredited"
    assert typed(page, "decision", "reason") == REASON
    assert count(arrange, Decision) == 0
    assert browser.post(url, values).status == 422, "it is about what they have read now"
    assert browser.post(url, {**values, "sure": "y"}).status == 303


def test_a_decision_is_not_taken_by_a_slip(browse, arrange, cast, waiting):
    browser, url = browse(cast.decision_maker), waiting()
    sent = {"award": "accredited", "reason": REASON}
    page = browser.post(url, {**browser.get(url).values("decision"), **sent})
    assert page.status == 422
    assert "Tick that you have read what the decision rests on." in page.error_texts()
    assert typed(page, "decision", "reason") == REASON
    assert count(arrange, Decision) == 0


def test_a_decision_sent_twice_is_taken_once(browse, arrange, cast, waiting):
    browser, url = browse(cast.decision_maker), waiting()
    sent = {"award": "accredited", "reason": REASON, "sure": "y"}
    values = {**browser.get(url).values("decision"), **sent}
    assert browser.post(url, values).status == 303
    assert browser.post(url, values).status == 409
    assert count(arrange, Decision) == 1
    assert count(arrange, Certificate) == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("programme_manager", 200),
        ("observer", 200),
        ("moderator", 200),
        ("assessor", 200),
        ("leader", 200),
        ("contributor", 200),
        ("stranger_leader", 404),
        ("stranger_manager", 404),
        ("contact_leader", 404),
        ("administrator", 403),
        ("nobody", 403),
    ],
)
def test_others_may_look_as_far_as_they_may_see_the_assessment(browse, cast, waiting, who, status):
    page = browse(getattr(cast, who)).get(waiting())
    assert page.status == status
    if status == 200:
        assert not page.has_field("award")


@pytest.mark.parametrize("who", ["leader", "contributor", "assessor"])
def test_the_department_and_the_assessors_see_no_total_before_the_decision(
    browse, cast, waiting, who
):
    page = browse(getattr(cast, who)).get(waiting())
    assert "Nothing is decided yet" in page.text
    assert "%" not in page.text
    assert "reach" not in page.text


def test_the_leader_reads_the_decision_and_its_reason_afterwards(browse, arrange, cast, world):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION, levels=REFUSED)
        decide(session, cast, assessment, store(world.settings), award=None)
        url = f"/assessments/{assessment.id}/decision"
    text = browse(cast.leader).get(url).text
    assert "Refused" in text
    assert REASON in text


def test_a_grant_says_what_became_of_the_certificate(browse, arrange, cast, world):
    with arrange() as session:
        certificate = grant(session, cast, store(world.settings))
        url = f"/assessments/{certificate.assessment_id}/decision"
    granted = browse(cast.leader).get(url)
    assert not granted.tree.xpath(
        "//section[contains(@class, 'verdict')]//*[@class='tag tag--warn']"
    )
    with arrange() as session:
        change(session, cast, session.get_one(Certificate, certificate.id), DecisionKind.SUSPEND)
    (tag,) = (
        browse(cast.leader)
        .get(url)
        .tree.xpath("//section[contains(@class, 'verdict')]//*[@class='tag tag--warn']")
    )
    assert tag.text_content().strip() == "Suspended"


def test_whoever_decides_is_led_to_the_form_from_the_first_screen(browse, cast, waiting):
    url = waiting()
    assert "#decide" in browse(cast.decision_maker).get(url).links()
    assert "#decide" not in browse(cast.programme_manager).get(url).links()


@pytest.mark.parametrize(
    "who",
    [
        "programme_manager",
        "leader",
        "contributor",
        "assessor",
        "second_assessor",
        "moderator",
        "observer",
        "administrator",
        "stranger_manager",
        "nobody",
    ],
)
def test_nobody_but_the_decision_maker_decides(browse, arrange, cast, waiting, who):
    sent = {"award": "accredited", "reason": REASON, "sure": "y", "version": "9"}
    assert browse(getattr(cast, who)).post(waiting(), sent).status == 403
    assert count(arrange, Decision) == 0


def test_a_decision_maker_who_is_not_assigned_does_not_see_it(browse, arrange, cast, waiting):
    from accredit.identity.domain import Role
    from tests.people import Actor, give_app, make_person, open_session

    url = waiting()
    with arrange() as session:
        person = make_person(
            session,
            "another.decides@example.org",
            "Another",
            "آخر",
            (Role.DECISION_MAKER, cast.organisation, None),
        )
        give_app(session, person.id, b"key of their app")
        actor = Actor(person.id, person.email, open_session(session, person.id))
    assert browse(actor).get(url).status == 404
    assert (
        browse(actor).post(url, {"award": "accredited", "reason": REASON, "sure": "y"}).status
        == 404
    )


@pytest.mark.parametrize(
    "stage", [Stage.SET_UP, Stage.SELF_ASSESSMENT, Stage.SCORING, Stage.MODERATION]
)
def test_before_its_time_it_says_who_must_act(browse, cast, waiting, stage):
    url = waiting(stage=stage)
    page = browse(cast.programme_manager).get(url)
    assert page.status == 200
    assert "The decision comes after moderation" in page.text
    assert "Who must act next" in page.text
    sent = {"award": "accredited", "reason": REASON, "sure": "y", "version": "1"}
    expected = 404 if stage is Stage.SET_UP else 409
    assert browse(cast.decision_maker).post(url, sent).status == expected


def test_the_decision_shows_the_figures_it_rested_on_for_ever(browse, arrange, cast, world):
    """What was measured later does not change what was decided."""
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        decision = decide(session, cast, assessment, store(world.settings))
        with unguarded(session):
            decision.readings = '{"csat": {"high": null, "low": null, "n": 7, "value": "99"}}'
            session.flush()
        from accredit.certificate.service import find_decision, judge

        taken = find_decision(session, assessment)
        assert judge(session, assessment, taken, today=ISSUED).readings["csat"].n == 7
        assert judge(session, assessment, today=ISSUED).readings == {}


@pytest.mark.parametrize("decided", [False, True])
def test_the_arabic_page_is_arabic(browse, arrange, cast, waiting, decided):
    url = waiting(BELOW)
    browser = browse(cast.decision_maker, "ar")
    if decided:
        send(browser, url, award="-", reason="استند القرار إلى ما شوهد من أدلة في الموقع.")
    page = browser.get(url)
    assert page.lang == ("ar", "rtl")
    own = [
        text
        for text in page.tree.xpath("//main//text()[not(ancestor::td)]")
        if any("a" <= letter.lower() <= "z" for letter in text)
    ]
    assert own == []


def test_the_waiting_page_in_arabic_is_arabic(browse, cast, waiting):
    page = browse(cast.leader, "ar").get(waiting())
    assert page.lang == ("ar", "rtl")
    assert latin_words(page) == []


def test_looking_writes_nothing_and_asks_as_much_with_many_assessments(
    app, browse, arrange, cast, waiting
):
    url = waiting()
    browser = browse(cast.decision_maker)
    counts = []
    for more in (0, 5):
        with arrange() as session:
            for year in range(more):
                walk_to(
                    session, cast, Stage.DECISION, cycle=f"x{year}", at=OPENED - timedelta(days=9)
                )
        browser.get(url)
        with count_queries(app) as statements:
            assert browser.get(url).status == 200
        assert writes(statements) == []
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_from_the_closed_assessment_one_comes_to_the_decision_and_on_to_the_gaps(
    browse, cast, waiting
):
    decision = waiting()
    send(browse(cast.decision_maker), decision, award="-", reason=REASON)
    leader = browse(cast.leader)
    closed = leader.get(decision.removesuffix("/decision"))
    assert decision in closed.links()
    assert any(link.startswith("/gap-reports/") for link in leader.get(decision).links())


def test_a_decision_is_one_transaction_with_its_events(browse, arrange, cast, waiting):
    send(browse(cast.decision_maker), waiting(), award="accredited", reason=REASON)
    with arrange() as session:
        events = list(session.scalars(select(audit.Event).order_by(audit.Event.id)))
        assert audit.verify(events) == []
        assert [event.action for event in events[-3:]] == [
            "decision.granted",
            "assessment.closed",
            "certificate.issued",
        ]
        assert len({event.request_id for event in events[-3:]}) == 1
        assert session.scalar(select(Assessment.stage)) == Stage.CLOSED

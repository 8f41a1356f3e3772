"""An assessment by a standard that takes the department's own word for the result."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from accredit.assessment import linking, scoring, service
from accredit.assessment.domain import IncompleteError, Stage, WrongStageError
from accredit.assessment.models import Assessment
from accredit.certificate.domain import SelfCheckError
from accredit.certificate.models import Certificate, Decision
from accredit.gap.domain import Basis
from accredit.gap.service import bases_seen
from accredit.identity.domain import Role
from accredit.identity.models import Department, Person
from accredit.identity.service import load_access
from accredit.standard import service as standards
from accredit.standard.domain import ResultFrom
from tests.arabic import english_words
from tests.assessments import (
    OPENED,
    SCOPE,
    SELF_REASON,
    add_evidence,
    moderate,
    score_all,
    self_assess,
    staff,
    walk_to,
)
from tests.certificates import decide, store
from tests.making_versions import newer
from tests.people import START

ROUNDING = "rounding: {places: 1, mode: half_up}\n"
OWN_WORD = (ROUNDING, f"{ROUNDING}result_from: self\n")
#: (3×4 + 2×3 + 3×3 + 2×3) of 40, and what others find: (3×1 + 2×3 + 3×2 + 2×3) of 40.
OWN = {"1.1": "exceptional", "1.2": "good", "2.1": "good", "2.2": "good"}
FOUND = {"1.1": "started", "1.2": "good", "2.1": "partial", "2.2": "good"}


@pytest.fixture(autouse=True)
def _the_day():
    with time_machine.travel(datetime(2026, 3, 15, 9, 0, tzinfo=UTC), tick=False):
        yield


def opened(session, cast, *, cycle="2026", at=OPENED, department_id=None) -> Assessment:
    standard = newer(OWN_WORD)
    version = standards.find_version(session, standard.id, standard.version)
    return service.open_assessment(
        session,
        session.get(Department, department_id or cast.licensing),
        version or standards.publish(session, standard, by=None, at=START),
        cycle=cycle,
        scope=SCOPE,
        due_on=None,
        by=cast.programme_manager.id,
        at=at,
    )


def walk(session, cast, stage, *, judged, cycle="2026", own=OWN, at=OPENED) -> Assessment:
    """A self-check at `stage`, with everybody who judges or with nobody."""
    assessment = opened(session, cast, cycle=cycle, at=at)
    if judged:
        staff(session, cast, assessment, at=at)
    if stage is Stage.SET_UP:
        return assessment
    service.start(session, assessment, by=cast.programme_manager.id, at=at + timedelta(hours=1))
    is_begun = stage is Stage.SELF_ASSESSMENT
    self_assess(session, cast, assessment, own, submit=not is_begun, at=at)
    if is_begun or not judged or stage is Stage.SCORING:
        return assessment
    for who in ("assessor", "second_assessor"):
        score_all(session, cast, assessment, FOUND, who=who, at=at + timedelta(days=2))
    if stage is not Stage.MODERATION:
        moderate(session, cast, assessment, FOUND, at=at + timedelta(days=3))
    return assessment


@pytest.fixture
def at(arrange, cast):
    def make(stage, *, judged=False, page="", **options):
        with arrange() as session:
            number = walk(session, cast, stage, judged=judged, **options).id
        return f"/gap-reports/{number}" if page == "gap" else f"/assessments/{number}{page}"

    return make


# ---- the work --------------------------------------------------------------------------------


def test_it_begins_without_anybody_who_judges_and_is_over_when_submitted(arrange, cast):
    with arrange() as session:
        assessment = walk(session, cast, Stage.CLOSED, judged=False)
        assert assessment.stage == Stage.CLOSED
        assert assessment.closed_at == OPENED + timedelta(days=1)
        assert service.waiting_for(session, assessment) == ()


def test_once_somebody_is_asked_to_judge_nobody_who_judges_may_be_missing(arrange, cast):
    with arrange() as session:
        assessment = opened(session, cast)
        person = session.get(Person, cast.assessor.id)
        service.assign(
            session, assessment, person, Role.ASSESSOR, by=cast.programme_manager.id, at=OPENED
        )
        # Somebody is asked to judge: then somebody must moderate, too.
        with pytest.raises(IncompleteError, match="moderator"):
            service.start(session, assessment, by=cast.programme_manager.id, at=OPENED)


def test_it_goes_all_the_way_where_people_were_asked_to_judge(arrange, cast):
    with arrange() as session:
        assert walk(session, cast, Stage.SCORING, judged=True).stage == Stage.SCORING
    with arrange() as session:
        judged = walk(session, cast, Stage.DECISION, judged=True, cycle="2027")
        assert judged.stage == Stage.DECISION


def test_what_was_submitted_is_neither_decided_nor_returned(arrange, cast, world):
    with arrange() as session:
        assessment = walk(session, cast, Stage.CLOSED, judged=False)
        with pytest.raises(WrongStageError):
            service.return_to_previous(
                session,
                assessment,
                reason="Something is wrong here.",
                by=cast.programme_manager.id,
                at=OPENED + timedelta(days=2),
            )
    assert nothing_was_certified(arrange)


def nothing_was_certified(arrange) -> bool:
    with arrange() as session:
        return session.scalar(select(func.count()).select_from(Certificate)) == 0


# ---- the result ------------------------------------------------------------------------------


@pytest.mark.parametrize("judged", [False, True])
def test_the_gap_report_stands_on_what_the_department_submitted(browse, cast, at, judged):
    stage = Stage.DECISION if judged else Stage.CLOSED
    page = browse(cast.leader).get(at(stage, judged=judged, page="gap"))
    assert "82.5%" in page.text
    assert "52.5%" not in page.text
    assert "This result stands on the department's own scores, as it submitted them." in page.text
    assert "The department's own scores, as submitted" in page.text
    assert "Provisional" not in page.text
    assert page.tree.xpath("//table[@id='gaps-table']/tbody/tr") == []


def test_whoever_may_see_the_agreed_scores_gets_the_same_report(browse, cast, at):
    page = browse(cast.observer).get(at(Stage.DECISION, judged=True, page="gap"))
    assert "82.5%" in page.text
    assert "52.5%" not in page.text


def test_before_it_is_submitted_the_report_is_provisional(browse, cast, at):
    page = browse(cast.leader).get(at(Stage.SELF_ASSESSMENT, page="gap"))
    assert "Provisional: the department has not submitted its self-check yet." in page.text
    assert "agreed scores are not available" not in page.text


@pytest.mark.parametrize(
    ("roles", "stage", "seen"),
    [
        ({Role.LEADER}, Stage.SELF_ASSESSMENT, (Basis.SELF,)),
        ({Role.LEADER}, Stage.SCORING, (Basis.SUBMITTED,)),
        ({Role.LEADER}, Stage.CLOSED, (Basis.SUBMITTED,)),
        ({Role.OBSERVER}, Stage.SELF_ASSESSMENT, ()),
        ({Role.OBSERVER}, Stage.CLOSED, (Basis.SUBMITTED,)),
        ({Role.ASSESSOR}, Stage.SCORING, ()),
        ({Role.DECISION_MAKER}, Stage.DECISION, (Basis.SUBMITTED,)),
    ],
)
def test_own_scores_are_the_only_basis_and_final_once_submitted(roles, stage, seen):
    assert bases_seen(roles, stage, ResultFrom.SELF) == seen
    assert Basis.AGREED not in seen
    assert all(basis.is_final is (stage is not Stage.SELF_ASSESSMENT) for basis in seen)


def test_the_list_of_reports_has_the_same_total(browse, cast, at):
    at(Stage.DECISION, judged=True)
    page = browse(cast.leader).get("/gap-reports/")
    assert "82.5%" in page.text
    assert "The department's own" in page.text
    assert "provisional" not in page.text


def test_the_next_self_check_is_compared_with_the_last(browse, cast, arrange):
    with arrange() as session:
        walk(session, cast, Stage.CLOSED, judged=False, own=FOUND)
        later = OPENED + timedelta(days=20)
        second = walk(session, cast, Stage.CLOSED, judged=False, cycle="2027", at=later)
        address = f"/gap-reports/{second.id}"
    page = browse(cast.leader).get(address)
    assert "82.5%" in page.text
    # From 52.5 % by the department's own word of last time.
    assert "52.5%" in page.text
    assert "30.0" in page.text


def test_what_was_agreed_by_an_earlier_version_is_not_set_beside_it(browse, cast, arrange):
    with arrange() as session:
        first = walk_to(session, cast, Stage.CLOSED, FOUND)
        later = OPENED + timedelta(days=20)
        second = walk(session, cast, Stage.CLOSED, judged=False, cycle="2027", at=later)
        before, after = first.id, second.id
    leader = browse(cast.leader)
    assert "52.5%" in leader.get(f"/gap-reports/{before}").text
    cycles = leader.get(f"/gap-reports/{after}").tree.xpath("//*[@id='cycles']")
    assert cycles == []


def test_other_departments_stand_beside_it_by_their_own_word(browse, cast, arrange):
    with arrange() as session:
        neighbour = opened(session, cast, department_id=cast.contact_centre)
        service.start(session, neighbour, by=cast.programme_manager.id, at=OPENED)
        leader = load_access(session, cast.contact_leader.id)
        evidence = add_evidence(session, cast, department_id=cast.contact_centre)
        for code, level in FOUND.items():
            scoring.score_self(
                session, neighbour, code, level=level, reason=SELF_REASON, version=None,
                access=leader, at=OPENED,
            )  # fmt: skip
            linking.link_to_element(
                session, neighbour, code, evidence.id, place="", access=leader, at=OPENED
            )
        scoring.submit_self_assessment(session, neighbour, access=leader, at=OPENED)
        number = walk(session, cast, Stage.CLOSED, judged=False).id
    page = browse(cast.observer).get(f"/gap-reports/{number}")
    beside = page.tree.xpath("//*[@id='departments']")[0]
    assert "52.5" in beside.xpath("string(..)")
    assert "Contact" in beside.xpath("string(..)")
    assert "52.5" not in browse(cast.leader).get(f"/gap-reports/{number}").text


@pytest.mark.parametrize("judged", [False, True])
def test_the_explanation_says_on_what_it_stands(browse, cast, at, judged):
    stage = Stage.DECISION if judged else Stage.CLOSED
    page = browse(cast.leader).get(at(stage, judged=judged, page="/result"))
    assert "This result stands on the department's own scores, as it submitted them." in page.text
    assert "18 + 15 = 33 of 40; 100 × 33 ÷ 40 = 82.5%." in " ".join(page.text.split())
    assert "Agreed scores are not available to you yet" not in page.text


def test_whoever_decides_sees_the_same_explanation(browse, cast, at):
    page = browse(cast.decision_maker).get(at(Stage.DECISION, judged=True, page="/result"))
    assert page.status == 200
    assert "82.5%" in page.text


# ---- no certificate --------------------------------------------------------------------------


def test_no_award_can_be_granted_however_good_the_scores(arrange, cast, world):
    with arrange() as session:
        assessment = walk(session, cast, Stage.DECISION, judged=True)
        with pytest.raises(SelfCheckError, match="no certificate can be granted"):
            decide(session, cast, assessment, store(world.settings))
        assert assessment.stage == Stage.DECISION
    assert nothing_was_certified(arrange)


def test_the_page_of_the_decision_says_so_and_only_closes(browse, cast, at, arrange):
    url = at(Stage.DECISION, judged=True, page="/decision")
    browser = browse(cast.decision_maker)
    page = browser.get(url)
    assert "No certificate is granted for it." in page.text
    assert "Accredited" in page.text, "what the department's own scores reach"
    assert page.tree.xpath("//input[@name='award']/@value") == ["-"]
    assert "Close without a certificate" in page.text
    assert "You may grant" not in page.text
    sent = {
        **page.values("decision"),
        "reason": "The department knows where it stands.",
        "sure": "y",
    }
    refused = browser.post(url, {**sent, "award": "accredited"})
    assert refused.status == 422
    closed = browser.post(url, {**sent, "award": "-"}, follow_redirects=True)
    assert "The self-check is closed, without a certificate." in closed.text
    assert "Refused" not in closed.text
    with arrange() as session:
        (decision,) = session.scalars(select(Decision))
        assert (decision.award, decision.certificate) == (None, None)
    assert nothing_was_certified(arrange)


@pytest.mark.parametrize(
    ("stage", "judged"), [(Stage.SELF_ASSESSMENT, False), (Stage.CLOSED, False)]
)
def test_the_department_does_not_wait_for_a_decision(browse, cast, at, stage, judged):
    page = browse(cast.leader).get(at(stage, judged=judged, page="/decision"))
    assert page.status == 200
    assert "No certificate is granted for it." in page.text
    assert "Nothing is decided yet" not in page.text


# ---- the pages -------------------------------------------------------------------------------


def test_the_manager_starts_it_without_assigning_anybody(browse, cast, at):
    url = at(Stage.SET_UP)
    browser = browse(cast.programme_manager)
    page = browser.get(url)
    assert "Nobody has to be assigned to it." in page.text
    assert "Still to be assigned" not in page.text
    people = browser.get(f"{url}/people")
    assert "Nobody has to judge beside it" in people.text
    started = browser.post(f"{url}/start", page.values("start"), follow_redirects=True)
    assert "When its leader submits, the self-check is closed." in started.text


def test_its_steps_end_with_the_department(browse, cast, at):
    page = browse(cast.leader).get(at(Stage.SELF_ASSESSMENT))
    assert "What assessors score is shown beside it and does not count." in page.text
    steps = page.tree.xpath("//ol[contains(@class, 'steps')]/li")
    assert len(steps) == 2


def test_closed_it_says_that_nothing_was_decided(browse, cast, at):
    page = browse(cast.leader).get(at(Stage.CLOSED))
    assert "Nothing is decided and no certificate is granted" in page.text
    assert "The decision was taken" not in page.text


def test_the_standard_itself_says_it_where_awards_are_explained(browse, cast, arrange):
    with arrange() as session:
        number = opened(session, cast).standard_version_id
    page = browse(cast.leader).get(f"/standards/{number}")
    assert "The result stands on the department's own scores" in page.text
    assert "valid for 3 years" not in page.text


def test_every_page_of_it_is_in_arabic_too(browse, cast, at):
    for url, who in (
        (at(Stage.SET_UP), cast.programme_manager),
        (at(Stage.SELF_ASSESSMENT, cycle="2027"), cast.leader),
        (at(Stage.CLOSED, cycle="2028"), cast.leader),
        (at(Stage.CLOSED, cycle="2029", page="gap"), cast.leader),
        (at(Stage.CLOSED, cycle="2030", page="/result"), cast.leader),
        (at(Stage.DECISION, judged=True, cycle="2031", page="/decision"), cast.decision_maker),
    ):
        page = browse(who, "ar").get(url)
        assert page.status == 200
        assert english_words(page) <= {"Excel"}, url

"""/assessments/<id>: where it stands, who must act, and the steps that move it on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from tests.assessments import CODES, moderate, open_small, score_all, self_assess, staff, walk_to
from tests.queries import count_queries, writes

GOOD = dict.fromkeys(CODES, "good")
NEXT = {
    Stage.SET_UP: "Huda Saleh",
    Stage.SELF_ASSESSMENT: "Layla Hassan",
    Stage.SCORING: "Sami Aziz",
    Stage.MODERATION: "Karim Adel",
    Stage.DECISION: "Mona Jaber",
}


def stage_of(arrange, id_):
    with arrange() as session:
        return session.get(Assessment, id_).stage


@pytest.fixture
def at(arrange, cast):
    """`at(stage)`: the id of a new assessment walked there."""

    def make(stage, *args, **options):
        with arrange() as session:
            return walk_to(session, cast, stage, *args, **options).id

    return make


@pytest.mark.parametrize("stage", NEXT)
def test_it_says_who_must_act_next(browse, cast, at, stage):
    text = browse(cast.observer).get(f"/assessments/{at(stage)}").text
    assert "Next to act" in text
    assert NEXT[stage] in text


def test_it_says_when_it_is_ones_own_turn(browse, cast, at):
    id_ = at(Stage.MODERATION)
    assert "It is your turn" in browse(cast.moderator).get(f"/assessments/{id_}").text
    assert "It is your turn" not in browse(cast.leader).get(f"/assessments/{id_}").text


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize(
    "who", ["leader", "assessor", "moderator", "observer", "programme_manager"]
)
def test_it_reads_in_arabic_without_an_english_word_of_ours(browse, cast, at, stage, who):
    id_ = at(stage)
    person = browse(getattr(cast, who), "ar")
    page = person.get(f"/assessments/{id_}")
    if page.status == 404:
        assert stage is Stage.SET_UP
        return
    assert page.lang == ("ar", "rtl")
    assert "إدارة التراخيص" in page.text
    for word in ("Next to act", "Self-assessment", "Elements", "People who", "assigned", "Stage"):
        assert word not in page.text


def test_the_manager_starts_it_when_the_people_are_complete(browse, cast, arrange, at):
    id_ = at(Stage.SET_UP)
    manager = browse(cast.programme_manager)
    refused = manager.post(f"/assessments/{id_}/start")
    assert refused.status == 409
    assert "Assign at least one assessor first." in refused.text
    with arrange() as session:
        staff(session, cast, session.get(Assessment, id_))
    assert manager.post(f"/assessments/{id_}/start").location == f"/assessments/{id_}"
    assert stage_of(arrange, id_) == Stage.SELF_ASSESSMENT


def test_the_leader_is_told_what_is_missing_with_links(browse, cast, arrange, at):
    id_ = at(Stage.SELF_ASSESSMENT)
    leader = browse(cast.leader)
    page = leader.get(f"/assessments/{id_}")
    assert "4 elements are not scored yet" in page.text
    assert f"/assessments/{id_}/elements/2.1" in page.links()
    refused = leader.post(f"/assessments/{id_}/self-assessment/submit")
    assert refused.status == 409
    assert "not complete" in refused.text
    assert stage_of(arrange, id_) == Stage.SELF_ASSESSMENT


def test_the_leader_submits_a_complete_self_assessment(browse, cast, arrange, at):
    id_ = at(Stage.SELF_ASSESSMENT)
    with arrange() as session:
        self_assess(session, cast, session.get(Assessment, id_), GOOD, submit=False)
    assert browse(cast.contributor).post(f"/assessments/{id_}/self-assessment/submit").status == 403
    answer = browse(cast.leader).post(f"/assessments/{id_}/self-assessment/submit")
    assert answer.status == 303
    assert stage_of(arrange, id_) == Stage.SCORING


def test_the_assessor_submits_when_all_is_scored(browse, cast, arrange, at):
    id_ = at(Stage.SCORING, assessors=("assessor",))
    assessor = browse(cast.assessor)
    assert assessor.post(f"/assessments/{id_}/scores/submit").status == 409
    with arrange() as session:
        score_all(session, cast, session.get(Assessment, id_), GOOD, submit=False)
    assert assessor.post(f"/assessments/{id_}/scores/submit").status == 303
    assert stage_of(arrange, id_) == Stage.MODERATION


def test_the_moderator_confirms_all_with_one_press_and_submits(browse, cast, arrange, at):
    id_ = at(Stage.MODERATION, second_levels={"1.2": "absent"})
    moderator = browse(cast.moderator)
    page = moderator.get(f"/assessments/{id_}")
    assert "Confirm 3 elements where all assessors agree" in page.text
    assert moderator.post(f"/assessments/{id_}/moderation/confirm-all").status == 303
    refused = moderator.post(f"/assessments/{id_}/moderation/submit")
    assert refused.status == 409
    with arrange() as session:
        moderate(session, cast, session.get(Assessment, id_), {"1.2": "started"}, submit=False)
    assert moderator.post(f"/assessments/{id_}/moderation/submit").status == 409, "dated before"
    answer = moderator.post(
        f"/assessments/{id_}/elements/1.2/agree",
        {"level": "started", "reason": "One of two shows it.", "version": "1"},
    )
    assert answer.status == 303
    assert moderator.post(f"/assessments/{id_}/moderation/submit").status == 303
    assert stage_of(arrange, id_) == Stage.DECISION


def test_the_manager_returns_it_with_a_reason_everybody_reads(browse, cast, arrange, at):
    id_ = at(Stage.MODERATION)
    manager = browse(cast.programme_manager)
    short = manager.post(f"/assessments/{id_}/return", {"reason": "because"})
    assert short.status == 422
    assert short.values("return")["reason"].strip() == "because"
    reason = "The reason for 1.2 contradicts the evidence."
    assert manager.post(f"/assessments/{id_}/return", {"reason": reason}).status == 303
    assert stage_of(arrange, id_) == Stage.SCORING
    assert reason in browse(cast.assessor).get(f"/assessments/{id_}").text
    with arrange() as session:
        query = select(audit.Event).where(audit.Event.action == "assessment.returned")
        assert session.scalars(query).one().person_id == cast.programme_manager.id


def test_a_closed_assessment_is_not_returned(browse, cast, arrange, at):
    id_ = at(Stage.CLOSED)
    manager = browse(cast.programme_manager)
    assert manager.post(f"/assessments/{id_}/return", {"reason": "x" * 20}).status == 409
    assert stage_of(arrange, id_) == Stage.CLOSED


def test_the_decision_maker_is_led_to_the_decision(browse, cast, at):
    id_ = at(Stage.DECISION)
    assert (
        f"/assessments/{id_}/decision"
        in browse(cast.decision_maker).get(f"/assessments/{id_}").links()
    )


STEPS = ["start", "self-assessment/submit", "scores/submit", "moderation/submit",
         "moderation/confirm-all", "return"]  # fmt: skip
WHOSE = {"start": "programme_manager", "self-assessment/submit": "leader",
         "scores/submit": "assessor", "moderation/submit": "moderator",
         "moderation/confirm-all": "moderator", "return": "programme_manager"}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "who", ["contributor", "leader", "assessor", "moderator", "programme_manager", "observer"]
)
def test_each_step_is_refused_to_everybody_else(browse, cast, at, step, who):
    if WHOSE[step] == who:
        return
    id_ = at(Stage.MODERATION)
    answer = browse(getattr(cast, who)).post(f"/assessments/{id_}/{step}", {"reason": "x" * 20})
    assert answer.status == 403


@pytest.mark.parametrize("who", ["stranger_leader", "stranger_manager", "contact_leader"])
def test_other_places_get_404(browse, cast, at, who):
    id_ = at(Stage.SCORING)
    person = browse(getattr(cast, who))
    for path in ("", "/elements/1.1"):
        assert person.get(f"/assessments/{id_}{path}").status == 404


def test_an_assessor_of_another_assessment_gets_404(browse, cast, at):
    id_ = at(Stage.SCORING, assessors=("assessor",))
    assert browse(cast.second_assessor).get(f"/assessments/{id_}").status == 404
    assert browse(cast.second_assessor).post(f"/assessments/{id_}/scores/submit").status == 404


def test_what_does_not_exist_is_404(browse, cast):
    assert browse(cast.observer).get("/assessments/999").status == 404


@pytest.mark.parametrize("who", ["leader", "assessor", "moderator", "programme_manager"])
def test_its_queries_do_not_grow_with_assessments(app, browse, cast, arrange, at, who):
    id_ = at(Stage.MODERATION)
    person = browse(getattr(cast, who))
    person.get(f"/assessments/{id_}")
    with count_queries(app) as few:
        person.get(f"/assessments/{id_}")
    with arrange() as session:
        for _ in range(30):
            open_small(session, cast)
    with count_queries(app) as many:
        assert person.get(f"/assessments/{id_}").status == 200
    assert len(many) == len(few)
    assert writes(many) == []


@pytest.mark.parametrize(
    ("who", "stage", "reads"),
    [
        ("leader", Stage.SELF_ASSESSMENT, True),
        ("contributor", Stage.SELF_ASSESSMENT, False),
        ("assessor", Stage.SCORING, False),
        ("assessor", Stage.CLOSED, False),
        ("programme_manager", Stage.SELF_ASSESSMENT, False),
        ("programme_manager", Stage.DECISION, True),
        ("moderator", Stage.MODERATION, True),
        ("decision_maker", Stage.DECISION, True),
        ("observer", Stage.CLOSED, True),
    ],
)
def test_it_leads_to_the_gap_report_those_who_may_read_one(browse, cast, at, who, stage, reads):
    id_, person = at(stage), browse(getattr(cast, who))
    report = f"/gap-reports/{id_}"
    assert (report in person.get(f"/assessments/{id_}").links()) is reads
    assert not reads or person.get(report).status == 200


def test_a_moderator_sees_how_far_the_assessors_agree_and_an_assessor_does_not(browse, cast, at):
    id_ = at(Stage.MODERATION)
    sentence = "The same level was given in 100% of the pairs."

    assert sentence in browse(cast.moderator).get(f"/assessments/{id_}").text
    assert sentence not in browse(cast.assessor).get(f"/assessments/{id_}").text
    assert sentence not in browse(cast.leader).get(f"/assessments/{id_}").text

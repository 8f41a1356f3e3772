"""No sequence of acts, by anybody, reaches a stage whose conditions do not hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accredit.assessment import scoring, service
from accredit.assessment.domain import ScoreStage, Stage
from accredit.assessment.linking import link_to_element
from accredit.assessment.models import Assessment, Score
from accredit.evidence.models import EvidenceLink
from accredit.identity.domain import Access, Role
from accredit.identity.service import load_access
from accredit.text import RuleError
from tests.assessment.steps import (
    LATER,
    assign,
    save_self,
    score,
    send_back,
    unassign,
    version_of,
)
from tests.assessments import CODES, add_evidence, walk_to
from tests.people import Cast

ACTORS = {
    "programme_manager": Role.MODERATOR,
    "leader": Role.ASSESSOR,
    "contributor": Role.ASSESSOR,
    "assessor": Role.ASSESSOR,
    "second_assessor": Role.ASSESSOR,
    "moderator": Role.MODERATOR,
    "decision_maker": Role.DECISION_MAKER,
    "observer": Role.DECISION_MAKER,
    "stranger_leader": Role.MODERATOR,
}
STEPS = (
    "assign",
    "unassign",
    "start",
    "self",
    "link",
    "submit_self",
    "score",
    "submit_scores",
    "agree",
    "confirm_all",
    "submit_moderation",
    "return",
    "close",
    "proper",
)
#: Whose step it is: taken half of the time, so that the search also gets into the depths.
RIGHT = {
    "self": "contributor",
    "link": "contributor",
    "submit_self": "leader",
    "agree": "moderator",
    "confirm_all": "moderator",
    "submit_moderation": "moderator",
    "close": "decision_maker",
}
MOVES = st.tuples(
    st.sampled_from(STEPS),
    st.one_of(st.none(), st.sampled_from(list(ACTORS))),
    st.sampled_from(CODES),
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sampled_from([Stage.SET_UP, Stage.SELF_ASSESSMENT, Stage.SCORING, Stage.MODERATION]),
    moves=st.lists(MOVES, max_size=20),
)
def test_no_sequence_of_acts_reaches_a_stage_without_its_conditions(arrange, cast, start, moves):
    with arrange() as session:
        assessment = walk_to(session, cast, start)
        for number, (step, who, code) in enumerate(moves):
            before = assessment.stage
            savepoint = session.begin_nested()
            try:
                take(session, cast, assessment, step, who, code, LATER + timedelta(minutes=number))
            except RuleError:
                savepoint.rollback()
                assert assessment.stage == before
            else:
                savepoint.commit()
                check_conditions(session, assessment)
        session.rollback()


def take(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    step: str,
    who: str | None,
    code: str,
    at: datetime,
) -> None:
    who = who or RIGHT.get(step) or next_assessor(cast, assessment)
    access = load_access(session, getattr(cast, who).id)
    if step == "assign":
        assign(session, cast, assessment, who, ACTORS[who])
    elif step == "unassign":
        unassign(session, cast, assessment, getattr(cast, who))
    elif step == "start":
        service.start(session, assessment, by=cast.programme_manager.id, at=at)
    elif step == "return":
        send_back(session, cast, assessment, at=at)
    elif step == "close":
        service.close_assessment(session, assessment, by=access.person_id, at=at)
    elif step == "self":
        save_self(session, assessment, access, code, "good", at=at)
    elif step == "link":
        evidence = add_evidence(session, cast)
        link_to_element(session, assessment, code, evidence.id, place="", access=access, at=at)
    elif step == "submit_self":
        scoring.submit_self_assessment(session, assessment, access=access, at=at)
    elif step == "score":
        score(session, assessment, access, code, at=at)
    elif step == "submit_scores":
        scoring.submit_scores(session, assessment, access=access, at=at)
    elif step == "agree":
        agree(session, assessment, access, code, at)
    elif step == "confirm_all":
        scoring.confirm_all(session, assessment, access=access, at=at)
    elif step == "submit_moderation":
        scoring.submit_moderation(session, assessment, access=access, at=at)
    else:
        do_the_proper_thing(session, cast, assessment, at)


def next_assessor(cast: Cast, assessment: Assessment) -> str:
    """The first assessor who has not submitted, of the two in the cast."""
    submitted = {item.person_id for item in assessment.assignments if item.submitted_at}
    return "second_assessor" if cast.assessor.id in submitted else "assessor"


def agree(
    session: Session, assessment: Assessment, access: Access, code: str, at: datetime
) -> None:
    scoring.agree(
        session,
        assessment,
        code,
        level="good",
        reason="Weighed both reasons.",
        version=version_of(session, assessment, code, ScoreStage.AGREED),
        access=access,
        at=at,
    )


def do_the_proper_thing(session: Session, cast: Cast, assessment: Assessment, at: datetime) -> None:
    """What the process asks for now, so that the search also gets far."""
    stage = Stage(assessment.stage)
    if stage is Stage.SELF_ASSESSMENT:
        leader = load_access(session, cast.leader.id)
        for code in CODES:
            save_self(session, assessment, leader, code, "absent", at=at)
        scoring.submit_self_assessment(session, assessment, access=leader, at=at)
    elif stage is Stage.SCORING:
        for item in list(assessment.assignments):
            if item.role == Role.ASSESSOR and item.submitted_at is None:
                access = load_access(session, item.person_id)
                for code in CODES:
                    score(session, assessment, access, code, at=at)
                scoring.submit_scores(session, assessment, access=access, at=at)
    elif stage is Stage.MODERATION:
        moderator = load_access(session, cast.moderator.id)
        for code in CODES:
            agree(session, assessment, moderator, code, at)
        scoring.submit_moderation(session, assessment, access=moderator, at=at)


def check_conditions(session: Session, assessment: Assessment) -> None:
    """The conditions of the stage, asked of the tables and not of the rules."""
    stage = Stage(assessment.stage)
    held = [(item.role, item.person_id) for item in assessment.assignments]
    scores = list(session.scalars(select(Score).where(Score.assessment_id == assessment.id)))
    by = {kind: [item for item in scores if item.stage == kind] for kind in ScoreStage}
    judges = {person for _, person in held}
    deciders = {person for role, person in held if role == Role.DECISION_MAKER}
    assert len(judges) == len(held)
    assert [role for role, _ in held].count(Role.MODERATOR) <= 1
    assert len(deciders) <= 1
    assert not {item.person_id for item in by[ScoreStage.SELF]} & judges
    assert not {item.person_id for item in scores} & deciders
    if stage.position >= Stage.SCORING.position:
        assert {item.element_code for item in by[ScoreStage.SELF]} == set(CODES)
        for item in by[ScoreStage.SELF]:
            links = (
                select(func.count())
                .select_from(EvidenceLink)
                .where(
                    EvidenceLink.assessment_id == assessment.id,
                    EvidenceLink.element_code == item.element_code,
                )
            )
            assert item.level == "absent" or session.scalar(links)
    if stage.position >= Stage.MODERATION.position:
        assessors = [item for item in assessment.assignments if item.role == Role.ASSESSOR]
        assert assessors
        for assessor in assessors:
            assert assessor.submitted_at is not None
            own = [s for s in by[ScoreStage.INDIVIDUAL] if s.person_id == assessor.person_id]
            assert {item.element_code for item in own} == set(CODES)
    if stage.position >= Stage.DECISION.position:
        assert {item.element_code for item in by[ScoreStage.AGREED]} == set(CODES)
        for agreed in by[ScoreStage.AGREED]:
            assert all(
                agreed.scored_at >= item.scored_at
                for item in by[ScoreStage.INDIVIDUAL]
                if item.element_code == agreed.element_code and item.person_id in judges
            )

"""The way through an assessment: what each step needs, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment import scoring, service
from accredit.assessment.awarded import Awarded
from accredit.assessment.domain import IncompleteError, SeparationError, Stage, WrongStageError
from accredit.assessment.linking import link_to_element, unlink_from_element
from accredit.assessment.reading import individual_scores
from accredit.evidence.models import EvidenceLink
from accredit.evidence.service import withdraw_evidence
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission, Role
from accredit.identity.models import Person
from accredit.identity.service import load_access
from accredit.text import RuleError
from tests.assessment.steps import (
    LATER,
    agreed_levels,
    assign,
    end_roles,
    grant,
    save_self,
    score,
    self_levels,
    send_back,
    unassign,
)
from tests.assessments import (
    CODES,
    OPENED,
    add_evidence,
    moderate,
    open_small,
    score_all,
    self_assess,
    staff,
    walk_to,
)
from tests.damage import unguarded

GOOD = dict.fromkeys(CODES, "good")


def actions(session, assessment):
    query = select(audit.Event.action).where(
        audit.Event.subject_type == "assessment", audit.Event.subject_id == str(assessment.id)
    )
    return list(session.scalars(query.order_by(audit.Event.id)))


@pytest.mark.parametrize("stage", Stage)
def test_an_assessment_walks_to_every_stage(arrange, cast, stage):
    with arrange() as session:
        assert walk_to(session, cast, stage).stage == stage


def test_every_step_is_in_the_event_trail(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.CLOSED)
        assert [action for action in actions(session, assessment) if action != "score.set"] == [
            "assessment.opened",
            *["assignment.added"] * 4,
            "assessment.started",
            "assessment.self_assessment_submitted",
            *["assessment.scores_submitted"] * 2,
            "assessment.moderation_submitted",
            "assessment.closed",
        ]
        assert actions(session, assessment).count("score.set") == len(CODES) * 4
        events = session.scalars(select(audit.Event).order_by(audit.Event.id))
        assert audit.verify(events) == []


@pytest.mark.parametrize("left_out", ["assessor", "moderator", "decision_maker"])
def test_it_starts_only_when_every_duty_is_given(arrange, cast, left_out):
    with arrange() as session:
        assessment = open_small(session, cast)
        for name in {"assessor", "moderator", "decision_maker"} - {left_out}:
            assign(session, cast, assessment, name)
        with pytest.raises(IncompleteError):
            service.start(session, assessment, by=cast.programme_manager.id, at=LATER)
        assert assessment.stage == Stage.SET_UP


def test_the_self_assessment_needs_every_score_and_evidence_above_the_lowest(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        contributor = load_access(session, cast.contributor.id)
        leader = load_access(session, cast.leader.id)
        evidence = add_evidence(session, cast)
        for code, level in {**GOOD, "2.2": "absent"}.items():
            with pytest.raises(IncompleteError):
                scoring.submit_self_assessment(session, assessment, access=leader, at=LATER)
            save_self(session, assessment, contributor, code, level)
        missing = scoring.missing_for_submission(session, assessment)
        assert (missing.unscored, missing.without_evidence) == ((), ("1.1", "1.2", "2.1"))
        for code in ("1.1", "1.2", "2.1"):
            with pytest.raises(IncompleteError):
                scoring.submit_self_assessment(session, assessment, access=leader, at=LATER)
            link_to_element(
                session, assessment, code, evidence.id, place="", access=contributor, at=LATER
            )
        scoring.submit_self_assessment(session, assessment, access=leader, at=LATER)
        assert assessment.stage == Stage.SCORING


def test_withdrawn_evidence_proves_nothing(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        self_assess(session, cast, assessment, GOOD, submit=False)
        evidence = session.scalars(select(EvidenceLink)).first().evidence
        withdraw_evidence(
            session, evidence, reason="It was the wrong file.", by=cast.leader.id, at=LATER
        )
        assert scoring.missing_for_submission(session, assessment).without_evidence == CODES


def test_only_the_leader_submits(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        self_assess(session, cast, assessment, GOOD, submit=False)
        contributor = load_access(session, cast.contributor.id)
        with pytest.raises(ForbiddenError):
            scoring.submit_self_assessment(session, assessment, access=contributor, at=LATER)


def test_moderation_begins_when_the_last_assessor_submits(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(session, cast, assessment, GOOD, who="second_assessor", at=LATER)
        assert assessment.stage == Stage.SCORING
        score_all(session, cast, assessment, {"1.1": "good"}, submit=False, at=LATER)
        assessor = load_access(session, cast.assessor.id)
        with pytest.raises(IncompleteError):
            scoring.submit_scores(session, assessment, access=assessor, at=LATER)
        score_all(session, cast, assessment, {**GOOD, "1.1": "good"}, at=LATER)
        assert assessment.stage == Stage.MODERATION


def test_every_element_is_agreed_before_the_decision(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        moderate(session, cast, assessment, {"1.1": "good"}, submit=False, at=LATER)
        moderator = load_access(session, cast.moderator.id)
        with pytest.raises(IncompleteError):
            scoring.submit_moderation(session, assessment, access=moderator, at=LATER)
        moderate(session, cast, assessment, GOOD, at=LATER)
        assert assessment.stage == Stage.DECISION


def test_all_are_confirmed_at_once_where_assessors_agree_and_only_there(arrange, cast):
    with arrange() as session:
        assessment = walk_to(
            session, cast, Stage.MODERATION, {"1.2": "partial"}, second_levels={"2.1": "started"}
        )
        moderator = load_access(session, cast.moderator.id)
        saved = scoring.confirm_all(session, assessment, access=moderator, at=LATER)
        assert [score.element_code for score in saved] == ["1.1", "1.2", "2.2"]
        assert agreed_levels(session, assessment) == {
            "1.1": "good",
            "1.2": "partial",
            "2.2": "good",
        }
        assert scoring.confirm_all(session, assessment, access=moderator, at=LATER) == []


def test_only_the_assigned_decision_maker_closes(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        for other in ("moderator", "assessor", "leader", "programme_manager", "observer"):
            with pytest.raises(ForbiddenError):
                service.close_assessment(session, assessment, by=getattr(cast, other).id, at=LATER)
        service.close_assessment(session, assessment, by=cast.decision_maker.id, at=LATER)
        assert (assessment.stage, assessment.closed_at) == (Stage.CLOSED, LATER)


def test_whoever_once_scored_does_not_decide_even_if_assigned_behind_our_back(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        people = {item.role: item for item in assessment.assignments}
        people[Role.MODERATOR].person_id = cast.observer.id
        people[Role.DECISION_MAKER].person_id = cast.moderator.id
        with unguarded(session):
            session.flush()
        grant(session, cast.moderator, Role.DECISION_MAKER, cast.organisation)
        with pytest.raises(SeparationError):
            service.ensure_may_decide(session, assessment, load_access(session, cast.moderator.id))


def test_a_duty_opens_nothing_once_its_holder_left_the_pool(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        end_roles(session, cast.assessor)
        access = load_access(session, cast.assessor.id)
        assert service.roles_in(assessment, access) == frozenset()
        with pytest.raises(NotFoundError):
            service.get_assessment(session, assessment.id, access, Permission.VIEW_ASSESSMENT)


def test_a_pool_alone_opens_nothing(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING, assessors=("assessor",))
        access = load_access(session, cast.second_assessor.id)
        assert service.roles_in(assessment, access) == frozenset()
        with pytest.raises(ForbiddenError):
            score(session, assessment, access)


def test_an_assessor_who_joined_the_department_no_longer_scores_it(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        grant(session, cast.assessor, Role.CONTRIBUTOR, cast.organisation, cast.licensing)
        with pytest.raises(SeparationError):
            score(session, assessment, load_access(session, cast.assessor.id))


def test_an_assessor_who_joined_the_department_does_not_self_score_either(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        grant(session, cast.assessor, Role.CONTRIBUTOR, cast.organisation, cast.licensing)
        access = load_access(session, cast.assessor.id)
        with pytest.raises(SeparationError):
            save_self(session, assessment, access, "1.1", "good")


def test_whoever_left_the_department_during_the_assessment_cannot_be_given_a_duty(arrange, cast):
    with arrange() as session:
        assessment = open_small(session, cast)
        end_roles(session, cast.contributor)
        grant(session, cast.contributor, Role.ASSESSOR, cast.organisation)
        with pytest.raises(SeparationError):
            assign(session, cast, assessment, "contributor", Role.ASSESSOR)


def test_whoever_left_the_department_before_it_was_opened_can(arrange, cast):
    with arrange() as session:
        end_roles(session, cast.contributor, at=OPENED - timedelta(days=1))
        grant(session, cast.contributor, Role.ASSESSOR, cast.organisation)
        assessment = open_small(session, cast)
        assign(session, cast, assessment, "contributor", Role.ASSESSOR)
        assert [item.person_id for item in assessment.assignments] == [cast.contributor.id]


def test_there_is_one_moderator_and_one_decision_maker(arrange, cast):
    with arrange() as session:
        assessment = open_small(session, cast)
        staff(session, cast, assessment)
        for role in (Role.MODERATOR, Role.DECISION_MAKER):
            grant(session, cast.observer, role, cast.organisation)
            with pytest.raises(SeparationError):
                assign(session, cast, assessment, "observer", role)


def test_a_disabled_person_gets_no_duty(arrange, cast):
    with arrange() as session:
        assessment = open_small(session, cast)
        session.get(Person, cast.assessor.id).active = False
        with pytest.raises(SeparationError):
            assign(session, cast, assessment, "assessor")


def test_an_assessor_who_has_submitted_cannot_be_removed_even_after_a_return(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        send_back(session, cast, assessment)
        assert assessment.stage == Stage.SCORING
        assert all(item.submitted_at is None for item in assessment.assignments)
        with pytest.raises(SeparationError):
            unassign(session, cast, assessment, cast.assessor)


def test_when_the_slow_assessor_is_removed_the_rest_move_on(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(session, cast, assessment, GOOD, at=LATER)
        score_all(session, cast, assessment, {"1.1": "absent"}, who="second_assessor", submit=False)
        unassign(session, cast, assessment, cast.second_assessor)
        assert assessment.stage == Stage.MODERATION
        scores = individual_scores(session, assessment)
        assert [score.person_id for score in scores["1.1"]] == [cast.assessor.id]


def test_without_any_assessor_left_it_waits_for_the_programme_manager(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING, assessors=("assessor",))
        unassign(session, cast, assessment, cast.assessor)
        assert assessment.stage == Stage.SCORING
        waiting = service.waiting_for(session, assessment)
        assert [(item.role, item.person_id) for item in waiting] == [
            (Role.PROGRAMME_MANAGER, cast.programme_manager.id)
        ]


def test_the_last_assessor_cannot_submit_into_a_vacant_moderation(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING, assessors=("assessor",))
        unassign(session, cast, assessment, cast.moderator)
        with pytest.raises(IncompleteError):
            score_all(session, cast, assessment, GOOD, at=LATER)
        assert assessment.assignments[0].submitted_at is None


def test_a_return_keeps_every_score_and_needs_a_reason(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        with pytest.raises(RuleError):
            send_back(session, cast, assessment, reason="too soon")
        send_back(session, cast, assessment)
        send_back(session, cast, assessment)
        assert assessment.stage == Stage.SELF_ASSESSMENT
        assert self_levels(session, assessment) == GOOD
        kept = individual_scores(session, assessment)
        assert {code: len(scores) for code, scores in kept.items()} == dict.fromkeys(CODES, 2)
        with pytest.raises(WrongStageError):
            send_back(session, cast, assessment)


def test_what_was_agreed_before_a_new_score_must_be_agreed_again(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        moderate(session, cast, assessment, GOOD, submit=False, at=OPENED + timedelta(days=3))
        send_back(session, cast, assessment, at=OPENED + timedelta(days=4))
        day = OPENED + timedelta(days=5)
        for who in ("assessor", "second_assessor"):
            access = load_access(session, getattr(cast, who).id)
            score(session, assessment, access, "1.2", "partial", at=day)
            scoring.submit_scores(session, assessment, access=access, at=day)
        moderator = load_access(session, cast.moderator.id)
        with pytest.raises(IncompleteError):
            scoring.submit_moderation(session, assessment, access=moderator, at=day)
        assert scoring.confirmable(session, assessment) == {"1.2": Awarded("partial")}
        scoring.confirm_all(session, assessment, access=moderator, at=day)
        scoring.submit_moderation(session, assessment, access=moderator, at=day)
        assert agreed_levels(session, assessment) == {**GOOD, "1.2": "partial"}


def test_evidence_links_change_only_during_the_self_assessment(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        leader = load_access(session, cast.leader.id)
        link = session.scalars(select(EvidenceLink)).first()
        with pytest.raises(WrongStageError):
            unlink_from_element(session, assessment, link, access=leader, at=LATER)
        with pytest.raises(WrongStageError):
            link_to_element(
                session, assessment, "1.1", link.evidence_id, place="", access=leader, at=LATER
            )


def test_evidence_of_another_department_cannot_be_linked(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        foreign = add_evidence(session, cast, department_id=cast.contact_centre)
        leader = load_access(session, cast.leader.id)
        for evidence_id in (foreign.id, 9999):
            with pytest.raises(NotFoundError):
                link_to_element(
                    session, assessment, "1.1", evidence_id, place="", access=leader, at=LATER
                )


def test_the_previous_assessment_is_the_last_closed_one_of_department_and_standard(arrange, cast):
    with arrange() as session:
        first = walk_to(session, cast, Stage.CLOSED, cycle="2024", at=OPENED - timedelta(days=60))
        second = walk_to(session, cast, Stage.CLOSED, cycle="2025", at=OPENED - timedelta(days=30))
        walk_to(session, cast, Stage.DECISION, cycle="2025b", at=OPENED - timedelta(days=20))
        now = walk_to(session, cast, Stage.SET_UP)
        other = open_small(session, cast, department_id=cast.contact_centre)
        assert service.previous_assessment(session, now) is second
        assert service.previous_assessment(session, second) is first
        assert service.previous_assessment(session, first) is None
        assert service.previous_assessment(session, other) is None

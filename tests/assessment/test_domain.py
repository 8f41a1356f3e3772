"""Who may do what, when: every role at every stage for every act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.assessment import domain
from accredit.assessment.domain import (
    CONFIRMED,
    Act,
    IncompleteError,
    Missing,
    ReasonError,
    ScoreStage,
    SeparationError,
    Stage,
    Standing,
    SubmittedError,
    WrongStageError,
    agreed_reason,
    agreement_holds,
    clean_reason,
    ensure_may,
    may,
    missing_in_self_assessment,
    unanimous,
    writable,
)
from accredit.assessment.duties import (
    Candidate,
    ensure_complete,
    ensure_duty_open,
    ensure_may_take,
    missing_duties,
)
from accredit.identity.domain import ForbiddenError, Role

DUTIES = (Role.ASSESSOR, Role.MODERATOR, Role.DECISION_MAKER)

#: Written down apart from the code, as the process says it.
ALLOWED: dict[Act, tuple[set[Role], set[Stage]]] = {
    Act.ASSIGN: ({Role.PROGRAMME_MANAGER}, set(Stage) - {Stage.CLOSED}),
    Act.CHOOSE: ({Role.PROGRAMME_MANAGER}, {Stage.SET_UP, Stage.SELF_ASSESSMENT}),
    Act.START: ({Role.PROGRAMME_MANAGER}, {Stage.SET_UP}),
    Act.SELF_SCORE: ({Role.CONTRIBUTOR, Role.LEADER}, {Stage.SELF_ASSESSMENT}),
    Act.LINK_EVIDENCE: ({Role.CONTRIBUTOR, Role.LEADER}, {Stage.SELF_ASSESSMENT}),
    Act.SUBMIT_SELF_ASSESSMENT: ({Role.LEADER}, {Stage.SELF_ASSESSMENT}),
    Act.SCORE: ({Role.ASSESSOR}, {Stage.SCORING}),
    Act.SUBMIT_SCORES: ({Role.ASSESSOR}, {Stage.SCORING}),
    Act.AGREE: ({Role.MODERATOR}, {Stage.MODERATION}),
    Act.SUBMIT_MODERATION: ({Role.MODERATOR}, {Stage.MODERATION}),
    Act.DECIDE: ({Role.DECISION_MAKER}, {Stage.DECISION}),
    Act.RETURN: ({Role.PROGRAMME_MANAGER}, {Stage.SCORING, Stage.MODERATION}),
}


def standing(*roles: Role, **facts: bool) -> Standing:
    return Standing(frozenset(roles), **facts)


@pytest.mark.parametrize("act", Act)
def test_each_act_is_for_its_role_at_its_stage_and_for_nobody_else(act):
    roles, stages = ALLOWED[act]
    for role, stage in product(Role, Stage):
        assert may(act, stage, standing(role)) is (role in roles and stage in stages), (
            f"{role} {act} at {stage}"
        )


def test_a_missing_role_counts_before_a_wrong_stage():
    with pytest.raises(ForbiddenError):
        ensure_may(Act.SCORE, Stage.CLOSED, standing(Role.LEADER))
    with pytest.raises(WrongStageError):
        ensure_may(Act.SCORE, Stage.CLOSED, standing(Role.ASSESSOR))


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("other", [Role.CONTRIBUTOR, Role.LEADER])
def test_nobody_judges_their_own_department_and_nobody_who_judges_works_for_it(duty, other):
    both = standing(duty, other)
    for act, stage in product(Act, Stage):
        assert not may(act, stage, both), f"{act} at {stage}"


@pytest.mark.parametrize("duty", DUTIES)
def test_whoever_opened_the_assessment_does_not_judge_in_it(duty):
    opener = standing(duty, opened=True)
    assert not any(may(act, stage, opener) for act, stage in product(Act, Stage))


@pytest.mark.parametrize("duty", DUTIES)
def test_a_manager_with_a_duty_in_it_no_longer_manages_it(duty):
    both = standing(duty, Role.PROGRAMME_MANAGER)
    with pytest.raises(SeparationError):
        ensure_may(Act.RETURN, Stage.SCORING, both)


def test_two_duties_at_once_are_refused():
    with pytest.raises(SeparationError):
        ensure_may(Act.DECIDE, Stage.DECISION, standing(Role.ASSESSOR, Role.DECISION_MAKER))


@pytest.mark.parametrize("act", [Act.SCORE, Act.SUBMIT_SCORES])
def test_after_submitting_an_assessor_changes_nothing(act):
    with pytest.raises(SubmittedError):
        ensure_may(act, Stage.SCORING, standing(Role.ASSESSOR, submitted=True))


def test_each_role_writes_its_own_kind_of_score_at_its_own_stage():
    table = {
        (Role.CONTRIBUTOR, Stage.SELF_ASSESSMENT): ScoreStage.SELF,
        (Role.LEADER, Stage.SELF_ASSESSMENT): ScoreStage.SELF,
        (Role.ASSESSOR, Stage.SCORING): ScoreStage.INDIVIDUAL,
        (Role.MODERATOR, Stage.MODERATION): ScoreStage.AGREED,
    }
    for role, stage in product(Role, Stage):
        assert writable(stage, standing(role)) is table.get((role, stage))


def test_the_stages_follow_each_other_and_the_last_stays():
    assert [stage.next for stage in Stage] == [*list(Stage)[1:], Stage.CLOSED]


def candidate(**facts: object) -> Candidate:
    return Candidate(**{"pools": frozenset(DUTIES), **facts})


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize(
    "facts",
    [
        {"pools": frozenset()},
        {"of_department": True},
        {"opened": True},
        {"has_duty": True},
        {"written": frozenset({ScoreStage.SELF})},
    ],
)
def test_a_duty_is_refused_to_whoever_must_not_have_it(duty, facts):
    ensure_may_take(duty, candidate(), Stage.SET_UP)
    with pytest.raises(SeparationError):
        ensure_may_take(duty, candidate(**facts), Stage.SET_UP)


@pytest.mark.parametrize(
    ("duty", "kind", "fits"),
    [
        (Role.ASSESSOR, ScoreStage.INDIVIDUAL, True),
        (Role.ASSESSOR, ScoreStage.AGREED, False),
        (Role.MODERATOR, ScoreStage.AGREED, True),
        (Role.MODERATOR, ScoreStage.INDIVIDUAL, False),
        (Role.DECISION_MAKER, ScoreStage.INDIVIDUAL, False),
        (Role.DECISION_MAKER, ScoreStage.AGREED, False),
    ],
)
def test_whoever_scored_in_one_part_takes_no_other_part(duty, kind, fits):
    someone = candidate(written=frozenset({kind}))
    if fits:
        ensure_may_take(duty, someone, Stage.SCORING)
    else:
        with pytest.raises(SeparationError):
            ensure_may_take(duty, someone, Stage.SCORING)


def test_a_duty_can_be_given_until_its_own_stage_is_over():
    last = {
        Role.ASSESSOR: Stage.SCORING,
        Role.MODERATOR: Stage.MODERATION,
        Role.DECISION_MAKER: Stage.DECISION,
    }
    for duty, stage in product(DUTIES, Stage):
        if stage.position <= last[duty].position:
            ensure_duty_open(duty, stage)
        else:
            with pytest.raises(WrongStageError):
                ensure_duty_open(duty, stage)


@pytest.mark.parametrize("role", sorted(set(Role) - set(DUTIES)))
def test_a_role_held_at_a_place_is_no_duty(role):
    with pytest.raises(ForbiddenError):
        ensure_duty_open(role, Stage.SET_UP)


@given(st.lists(st.sampled_from(DUTIES), max_size=6))
def test_people_are_complete_with_assessors_one_moderator_and_one_decision_maker(held):
    fits = (
        held.count(Role.ASSESSOR) >= 1
        and held.count(Role.MODERATOR) == 1
        and held.count(Role.DECISION_MAKER) == 1
    )
    try:
        ensure_complete(held)
        complete = True
    except IncompleteError:
        complete = False
    assert complete is fits
    assert set(missing_duties(held)) == set(DUTIES) - set(held)


CODES = ("1.1", "1.2", "2.1")
LEVELS = st.sampled_from(["absent", "partial", "good"])


@given(
    levels=st.dictionaries(st.sampled_from(CODES), LEVELS),
    evidence=st.dictionaries(st.sampled_from(CODES), st.integers(0, 3)),
)
def test_a_self_assessment_lacks_what_is_unscored_or_unproven_above_the_lowest(levels, evidence):
    missing = missing_in_self_assessment(
        CODES, levels, lowest=dict.fromkeys(CODES, "absent"), evidence=evidence
    )
    for code in CODES:
        assert (code in missing.unscored) is (code not in levels)
        claims = code in levels and levels[code] != "absent"
        assert (code in missing.without_evidence) is (claims and not evidence.get(code))
    assert bool(missing) is (missing != Missing())


def test_assessors_agree_only_if_all_gave_the_same_level():
    assert unanimous(["good", "good"]) == "good"
    assert unanimous(["good"]) == "good"
    assert unanimous(["good", "partial"]) is None
    assert unanimous([]) is None


NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_an_agreement_falls_with_a_later_score_and_stands_otherwise():
    assert agreement_holds(NOW, [NOW - timedelta(days=1), NOW])
    assert agreement_holds(NOW, [])
    assert not agreement_holds(NOW, [NOW - timedelta(days=1), NOW + timedelta(microseconds=1)])


@pytest.mark.parametrize("reason", ["", "   ", "123456789", "  123456789  ", "x" * 4001])
def test_a_reason_that_says_too_little_or_too_much_is_refused(reason):
    with pytest.raises(ReasonError) as caught:
        clean_reason(reason)
    assert caught.value.field == "reason"


def test_a_reason_is_kept_without_the_space_around_it():
    assert clean_reason("  رأيت السجل  كاملًا \n") == "رأيت السجل  كاملًا"


def test_confirming_what_all_awarded_needs_no_words_and_anything_else_does():
    assert agreed_reason(" ", level="good", assessors=["good", "good"]) == CONFIRMED
    assert agreed_reason("Weighed both.", level="good", assessors=["good"]) == "Weighed both."
    for level, awarded in (("partial", ["good", "good"]), ("good", ["good", "partial"])):
        with pytest.raises(ReasonError):
            agreed_reason("", level=level, assessors=awarded)


def test_only_the_products_own_reason_is_translated():
    assert str(domain.said_reason(CONFIRMED)) == CONFIRMED
    assert domain.said_reason("Save") is None

"""Which scores each role sees at each stage."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from accredit.assessment.domain import Stage
from accredit.assessment.sight import Sight, sight
from accredit.identity.domain import Role

LATE = (Stage.DECISION, Stage.CLOSED)


@pytest.mark.parametrize("stage", [Stage.SET_UP, Stage.SELF_ASSESSMENT, Stage.SCORING])
def test_an_assessor_sees_only_their_own_score_and_then_the_departments(stage):
    assert sight({Role.ASSESSOR}, stage) == Sight(own=True, self_after_own=True)


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_no_second_role_opens_an_assessors_eyes(size):
    for others in combinations(set(Role) - {Role.ASSESSOR}, size):
        seen = sight({Role.ASSESSOR, *others}, Stage.SCORING)
        assert seen == Sight(own=True, self_after_own=True)
        for stage in Stage:
            assert not sight({Role.ASSESSOR, *others}, stage).individual


def test_the_department_never_sees_single_assessors_and_the_agreed_level_when_it_is_closed():
    for role, stage in product((Role.CONTRIBUTOR, Role.LEADER), Stage):
        seen = sight({role}, stage)
        assert seen.self_scores
        assert not seen.individual
        assert not seen.own
        assert seen.agreed is (stage is Stage.CLOSED)


@pytest.mark.parametrize("stage", Stage)
def test_the_moderator_sees_everything_from_moderation_on_and_nothing_before(stage):
    sees = stage.position >= Stage.MODERATION.position
    seen = sight({Role.MODERATOR}, stage)
    assert (seen.self_scores, seen.individual, seen.agreed) == (sees, sees, sees)


@pytest.mark.parametrize("stage", Stage)
def test_the_decision_maker_sees_everything_once_it_is_theirs_to_decide(stage):
    sees = stage in LATE
    seen = sight({Role.DECISION_MAKER}, stage)
    assert (seen.self_scores, seen.individual, seen.agreed) == (sees, sees, sees)


@pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.OBSERVER])
@pytest.mark.parametrize("stage", Stage)
def test_readers_see_the_self_assessment_when_submitted_and_judgements_when_agreed(role, stage):
    seen = sight({role}, stage)
    assert seen.self_scores is (stage.position >= Stage.SCORING.position)
    assert seen.individual is (stage in LATE)
    assert seen.agreed is (stage in LATE)


@pytest.mark.parametrize("stage", Stage)
def test_an_administrator_sees_no_score(stage):
    assert sight({Role.ADMINISTRATOR}, stage) == Sight()

"""What waits for each person, for their first page."""

from __future__ import annotations

from datetime import date

import pytest

from accredit.assessment import service
from accredit.assessment.domain import Stage
from accredit.identity.domain import Role
from accredit.identity.service import load_access
from tests.assessment.steps import end_roles, unassign
from tests.assessments import (
    CODES,
    open_small,
    score_all,
    self_assess,
    walk_to,
)
from tests.queries import count_queries, writes

GOOD = dict.fromkeys(CODES, "good")
PEOPLE = (
    "programme_manager",
    "contributor",
    "leader",
    "assessor",
    "second_assessor",
    "moderator",
    "decision_maker",
    "observer",
    "contact_leader",
    "stranger_manager",
)
TURN = {
    Stage.SET_UP: {
        "programme_manager": "Assign people to the assessment of Licensing and start it"
    },
    Stage.SELF_ASSESSMENT: dict.fromkeys(
        ("contributor", "leader"), "Self-assessment of Licensing: 0 of 4 elements scored"
    ),
    Stage.SCORING: dict.fromkeys(
        ("assessor", "second_assessor"), "Score Licensing: 0 of 4 elements scored"
    ),
    Stage.MODERATION: {"moderator": "Moderate Licensing: 0 of 4 elements agreed"},
    Stage.DECISION: {"decision_maker": "Decide on the assessment of Licensing"},
    Stage.CLOSED: {},
}


def tasks(session, cast, who):
    return [
        str(item.message)
        for item in service.tasks_for(session, load_access(session, getattr(cast, who).id))
    ]


@pytest.mark.parametrize("stage", Stage)
def test_at_each_stage_work_waits_for_those_whose_turn_it_is_and_nobody_else(arrange, cast, stage):
    with arrange() as session:
        walk_to(session, cast, stage)
        found = {who: tasks(session, cast, who) for who in PEOPLE}
    assert {who: lines for who, lines in found.items() if lines} == {
        who: [line] for who, line in TURN[stage].items()
    }


@pytest.mark.parametrize("stage", Stage)
def test_those_who_wait_and_those_who_are_waited_for_are_the_same(arrange, cast, stage):
    with arrange() as session:
        assessment = walk_to(session, cast, stage)
        waiting = {item.person_id for item in service.waiting_for(session, assessment)}
        busy = {getattr(cast, who).id for who in PEOPLE if tasks(session, cast, who)}
    assert waiting == busy


def test_a_leader_is_asked_to_submit_when_all_is_scored(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        self_assess(session, cast, assessment, GOOD, submit=False)
        assert tasks(session, cast, "leader") == ["Submit the self-assessment of Licensing"]
        assert tasks(session, cast, "contributor") == []


def test_an_assessor_is_asked_to_submit_and_then_no_more(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(session, cast, assessment, GOOD, submit=False)
        assert tasks(session, cast, "assessor") == ["Submit your scores of Licensing"]
        session.rollback()
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(session, cast, assessment, GOOD)
        assert tasks(session, cast, "assessor") == []


def test_a_vacant_duty_waits_for_the_manager(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        unassign(session, cast, assessment, cast.moderator)
        assert tasks(session, cast, "programme_manager") == [
            "Assign people to the assessment of Licensing: a duty is vacant"
        ]


def test_a_place_without_its_people_is_said_to_be_so(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        for actor in (cast.leader, cast.contributor):
            end_roles(session, actor)
        waiting = service.waiting_for(session, assessment)
        assert [(item.role, item.person_id) for item in waiting] == [(Role.LEADER, None)]


def test_what_is_due_first_comes_first(arrange, cast):
    with arrange() as session:
        for cycle, day in (("none", None), ("late", date(2026, 9, 1)), ("soon", date(2026, 3, 1))):
            open_small(session, cast, cycle=cycle, due_on=day)
        access = load_access(session, cast.programme_manager.id)
        found = service.tasks_for(session, access)
        assert [item.assessment.cycle for item in found] == ["soon", "late", "none"]
        assert found[0].endpoint == "assessment.show"
        assert found[0].values == {"assessment_id": found[0].assessment.id}


def test_its_queries_do_not_grow(app, arrange, cast):
    def asked():
        found = {}
        with arrange() as session:
            for who in ("programme_manager", "leader", "assessor", "moderator"):
                access = load_access(session, getattr(cast, who).id)
                session.expunge_all()
                with count_queries(app) as statements:
                    service.tasks_for(session, access)
                assert writes(statements) == []
                found[who] = len(statements)
        return found

    with arrange() as session:
        for stage in Stage:
            walk_to(session, cast, stage)
    asked()
    few = asked()
    with arrange() as session:
        for stage in list(Stage) * 4:
            walk_to(session, cast, stage)
    assert asked() == few
    assert max(few.values()) <= 3

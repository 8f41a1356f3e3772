"""What one person must not do twice, tried round the services, straight at the database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from accredit.assessment.domain import Stage
from accredit.improvement.domain import ActionStatus
from accredit.improvement.verification import Outcome
from tests.assessments import walk_to
from tests.certificates import grant, store
from tests.improvement.making import promise
from tests.improvement.test_verification import report, say

NOW = "2026-03-01 08:00:00"
SCORE = (
    "INSERT INTO score (assessment_id, element_code, stage, person_id, level, attributes, reason, "
    "scored_at, version) VALUES (:assessment, '9.9', '{stage}', :{who}, 'good', '', 'raw', "
    f"'{NOW}', 1)"
)
DUTY = (
    "INSERT INTO assignment (assessment_id, person_id, role, assigned_by_id, assigned_at) "
    f"VALUES (:assessment, :{{who}}, '{{role}}', :{{by}}, '{NOW}')"
)
DECISION = (
    "INSERT INTO decision (assessment_id, kind, award, reached, readings, reason, decided_by_id, "
    f"decided_at) VALUES (:assessment, 'grant', 'a', 'a', '{{{{}}}}', 'raw', :{{who}}, '{NOW}')"
)
ROLE = (
    "INSERT INTO role_assignment (person_id, role, organisation_id, granted_by_id, granted_at) "
    f"VALUES (:{{who}}, '{{role}}', :organisation, :{{by}}, '{NOW}')"
)


def score(stage: str, who: str) -> str:
    return SCORE.format(stage=stage, who=who)


def duty(role: str, who: str, by: str = "programme_manager") -> str:
    return DUTY.format(role=role, who=who, by=by)


def decision(who: str) -> str:
    return DECISION.format(who=who)


def role(name: str, who: str, by: str) -> str:
    return ROLE.format(role=name, who=who, by=by)


#: At the decision stage: what is tried, and what the database says.
REFUSED = {
    "an assessor moderates their own score": (
        score("agreed", "assessor"),
        "nobody moderates their own score",
    ),
    "a contributor moderates their own self-score": (
        score("agreed", "contributor"),
        "nobody moderates their own score",
    ),
    "a moderator scores as well": (
        score("individual", "moderator"),
        "whoever moderates does not score",
    ),
    "a moderator scores for the department": (
        score("self", "moderator"),
        "whoever moderates does not score",
    ),
    "a contributor judges what they scored": (
        score("individual", "contributor"),
        "whoever scored for the department does not judge it",
    ),
    "a leader judges the own department": (
        score("individual", "leader"),
        "nobody judges their own department",
    ),
    "a leader moderates the own department": (
        score("agreed", "leader"),
        "nobody judges their own department",
    ),
    "whoever opened it judges": (
        score("individual", "programme_manager"),
        "whoever opened it does not judge",
    ),
    "whoever opened it moderates": (
        score("agreed", "programme_manager"),
        "whoever opened it does not judge",
    ),
    "an agreed score is handed to its assessor": (
        "UPDATE score SET person_id = :assessor WHERE stage = 'agreed'",
        "nobody moderates their own score",
    ),
    "a self-score becomes an agreed one": (
        "UPDATE score SET stage = 'agreed', element_code = '9.9' "
        "WHERE stage = 'self' AND element_code = '1.1'",
        "nobody",
    ),
    "an assessor decides": (decision("assessor"), "nobody decides over what they scored"),
    "a moderator decides": (decision("moderator"), "nobody decides over what they scored"),
    "a contributor decides": (decision("contributor"), "nobody decides over what they scored"),
    "a leader decides": (decision("leader"), "nobody decides over their own department"),
    "whoever opened it decides": (
        decision("programme_manager"),
        "whoever opened it does not decide",
    ),
    "an assessor becomes the decision maker": (
        "UPDATE assignment SET role = 'decision_maker' WHERE person_id = :assessor",
        "what is written stays",
    ),
    "a duty is handed to somebody else": (
        "UPDATE assignment SET person_id = :leader WHERE person_id = :decision_maker",
        "what is written stays",
    ),
    "a manager gives a duty to themselves": (
        duty("assessor", "administrator", "administrator"),
        "nobody gives themselves a duty",
    ),
    "whoever opened it gets a duty": (
        duty("moderator", "programme_manager", "administrator"),
        "whoever opened it does not judge",
    ),
    "a leader gets a duty over the own department": (
        duty("decision_maker", "leader"),
        "nobody judges their own department",
    ),
    "a contributor becomes moderator": (
        duty("moderator", "contributor"),
        "nobody moderates their own score",
    ),
    "the opening is put down to somebody else": (
        "UPDATE assessment SET opened_by_id = :observer",
        "what is written stays",
    ),
    "somebody gives themselves a role": (
        role("administrator", "programme_manager", "programme_manager"),
        "nobody gives themselves a role",
    ),
    "a role becomes another one": (
        "UPDATE role_assignment SET role = 'administrator' WHERE person_id = :contributor",
        "what is written stays",
    ),
    "a role moves to another person": (
        "UPDATE role_assignment SET person_id = :nobody WHERE role = 'administrator'",
        "what is written stays",
    ),
    "a role reaches further": (
        "UPDATE role_assignment SET department_id = NULL WHERE person_id = :leader",
        "what is written stays",
    ),
    "a role is forgotten": (
        "DELETE FROM role_assignment WHERE person_id = :observer",
        "what is written stays",
    ),
}


@pytest.fixture
def people(cast):
    names = (
        "administrator", "programme_manager", "contributor", "leader", "assessor", "moderator",
        "decision_maker", "observer", "nobody",
    )  # fmt: skip
    ids = {name: getattr(cast, name).id for name in names}
    return {**ids, "organisation": cast.organisation}


@pytest.mark.parametrize("case", REFUSED)
def test_the_database_keeps_apart_what_must_stay_apart(arrange, cast, people, case):
    statement, why = REFUSED[case]
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION).id
        _leaves(session, cast)
    with pytest.raises(IntegrityError, match=why), arrange() as session:
        session.execute(text(statement), _used(statement, {**people, "assessment": assessment}))


def test_an_assessor_who_lost_the_duty_cannot_decide(arrange, cast, people):
    """Also not by becoming the decision maker after the old one was taken off."""
    with arrange() as session:
        people["assessment"] = walk_to(session, cast, Stage.DECISION).id
        session.execute(text("DELETE FROM assignment"))
    for wanted in ("decision_maker", "moderator"):
        statement = duty(wanted, "assessor")
        with pytest.raises(IntegrityError, match="nobody"), arrange() as session:
            session.execute(text(statement), _used(statement, people))
    statement = duty("assessor", "moderator")
    with pytest.raises(IntegrityError, match="two parts"), arrange() as session:
        session.execute(text(statement), _used(statement, people))


def test_whoever_decided_does_not_score_afterwards(arrange, cast, people, world):
    with arrange() as session:
        grant(session, cast, store(world.settings))
        people["assessment"] = 1
    statement = score("individual", "decision_maker")
    with pytest.raises(IntegrityError, match="whoever decided"), arrange() as session:
        session.execute(text(statement), _used(statement, people))


def test_whose_score_was_replaced_by_another_does_not_decide(arrange, cast, people):
    """The row names who wrote last; the trail still knows who wrote before."""
    with arrange() as session:
        people["assessment"] = walk_to(session, cast, Stage.DECISION).id
        session.execute(
            text("UPDATE score SET person_id = :leader WHERE stage = 'self'"),
            {"leader": cast.leader.id},
        )
        _leaves(session, cast)
    statement = decision("contributor")
    with pytest.raises(IntegrityError, match="what they scored"), arrange() as session:
        session.execute(text(statement), _used(statement, people))


def test_an_ended_role_stays_ended(arrange, cast):
    again = "UPDATE role_assignment SET ended_at = {} WHERE person_id = :leader"
    with arrange() as session:
        session.execute(text(again.format(f"'{NOW}'")), {"leader": cast.leader.id})
    with pytest.raises(IntegrityError, match="is refused"), arrange() as session:
        session.execute(text(again.format("NULL")), {"leader": cast.leader.id})


def test_what_is_right_passes(arrange, cast, people):
    with arrange() as session:
        people["assessment"] = walk_to(session, cast, Stage.DECISION).id
        for statement in (
            score("self", "leader"),
            score("individual", "assessor"),
            decision("decision_maker"),
            role("observer", "nobody", "administrator"),
        ):
            assert session.execute(text(statement), _used(statement, people)).rowcount == 1
        session.rollback()


VERIFIED = (
    "UPDATE improvement_action SET status = 'verified', verified_by_id = :{who}, "
    "verified_on = '2026-03-01', verified_note = 'raw' WHERE id = :action"
)
#: Of an action of the contributor's that the leader marked done.
REFUSED_FINDINGS = {
    "the owner verifies": (VERIFIED.format(who="contributor"), "nobody verifies their own action"),
    "whoever marked it done verifies": (
        VERIFIED.format(who="leader"),
        "nobody verifies their own action",
    ),
    "nobody verifies": (
        "UPDATE improvement_action SET status = 'verified' WHERE id = :action",
        "nobody verifies their own action",
    ),
    "it is handed to another owner first": (
        "UPDATE improvement_action SET owner_id = :observer WHERE id = :action",
        "what is written stays",
    ),
    "somebody else is said to have marked it done": (
        "UPDATE improvement_action SET finished_by_id = NULL WHERE id = :action",
        "what is written stays",
    ),
    "an action begins verified by its owner": (
        "INSERT INTO improvement_action (department_id, title, description, owner_id, status, "
        "progress_note, created_by_id, created_at, verified_by_id, verified_note, version) "
        "SELECT department_id, title, description, owner_id, 'verified', progress_note, "
        "created_by_id, created_at, owner_id, 'raw', 1 FROM improvement_action WHERE id = :action",
        "nobody verifies their own action",
    ),
    "what is open is verified": (
        VERIFIED.format(who="programme_manager").replace(":action", ":open_action"),
        "only what is done can be verified",
    ),
    "the finding is put down to the owner": (
        "UPDATE improvement_action SET verified_by_id = :contributor WHERE id = :verified_action",
        "is refused",
    ),
    "the finding is written anew": (
        "UPDATE improvement_action SET verified_note = 'better' WHERE id = :verified_action",
        "what is written stays",
    ),
    "the owner becomes whoever verified": (
        "UPDATE improvement_action SET owner_id = verified_by_id WHERE id = :verified_action",
        "is refused",
    ),
}


@pytest.fixture
def actions(arrange, cast, people):
    """Three actions of the contributor's: done, open, and done and verified by the manager."""
    with arrange() as session:
        done, still_open, verified = (
            promise(session, cast, owner_id=cast.contributor.id) for _ in range(3)
        )
        for action in (done, verified):
            report(session, action, ActionStatus.DONE, by=cast.leader.id)
        say(session, verified, Outcome.VERIFIED, by=cast.programme_manager.id)
        return {
            **people,
            "action": done.id,
            "open_action": still_open.id,
            "verified_action": verified.id,
        }


@pytest.mark.parametrize("case", REFUSED_FINDINGS)
def test_the_database_lets_nobody_verify_their_own_action(arrange, actions, case):
    statement, why = REFUSED_FINDINGS[case]
    with pytest.raises(IntegrityError, match=why), arrange() as session:
        session.execute(text(statement), _used(statement, actions))


def test_somebody_else_verifies_and_what_is_taken_up_again_can_change_hands(arrange, actions):
    again = "UPDATE improvement_action SET status = 'in_progress', finished_by_id = NULL, {}"
    with arrange() as session:
        for statement in (
            VERIFIED.format(who="programme_manager"),
            again.format("owner_id = :observer, verified_by_id = NULL WHERE id = :action"),
        ):
            assert session.execute(text(statement), _used(statement, actions)).rowcount == 1
        session.rollback()


def _leaves(session, cast) -> None:
    """The contributor works for the department no more: what they scored still binds them."""
    ended = "UPDATE role_assignment SET ended_at = :now WHERE person_id = :contributor"
    session.execute(text(ended), {"now": NOW, "contributor": cast.contributor.id})


def _used(statement: str, values: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in values.items() if f":{name}" in statement}

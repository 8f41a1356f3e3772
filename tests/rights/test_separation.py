"""What one person must not do twice, tried round the services, straight at the database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from accredit.assessment.domain import Stage
from tests.assessments import walk_to
from tests.certificates import grant, store

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


def _leaves(session, cast) -> None:
    """The contributor works for the department no more: what they scored still binds them."""
    ended = "UPDATE role_assignment SET ended_at = :now WHERE person_id = :contributor"
    session.execute(text(ended), {"now": NOW, "contributor": cast.contributor.id})


def _used(statement: str, values: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in values.items() if f":{name}" in statement}

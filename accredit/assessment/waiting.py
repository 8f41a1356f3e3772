"""Who must act next, and what waits for one person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.assessment.domain import (
    Act,
    ScoreStage,
    Stage,
    Standing,
    may,
    writable,
)
from accredit.assessment.duties import DUTY_STAGES, missing_duties
from accredit.assessment.finding import standing_in
from accredit.assessment.models import Assessment, Assignment
from accredit.assessment.reading import Needed, needed_in, written_counts
from accredit.assessment.stages import all_submitted, held, in_force
from accredit.identity.domain import Access, Grant, Permission, Reach, Role
from accredit.identity.models import Department, Person, RoleAssignment
from accredit.identity.service import within
from accredit.text import N_, Bilingual, Message

_PLACE_ROLES = {
    Stage.SET_UP: (Role.PROGRAMME_MANAGER,),
    Stage.SELF_ASSESSMENT: (Role.LEADER, Role.CONTRIBUTOR),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose turn it is; without a person, nobody holds the role yet."""

    role: Role
    person_id: int | None
    name: Bilingual | None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits for a person: what, where (an endpoint and its values), until when.

    `action` is what to do there, in a word or two.
    """

    assessment: Assessment
    message: Message
    action: str
    endpoint: str
    values: Mapping[str, object]
    due_on: date | None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What somebody has to do now, where, and how many scores are written."""

    text: str
    action: str
    endpoint: str = "assessment.show"
    done: int = 0


def waiting_for(session: Session, assessment: Assessment) -> tuple[Waiting, ...]:
    """Who must act next in this assessment; nobody once it is closed."""
    return waiting_in(session, [assessment])[assessment.id]


def waiting_in(
    session: Session, assessments: Collection[Assessment]
) -> dict[int, tuple[Waiting, ...]]:
    """Who must act next in each; one query for all of them, or none."""
    places = _people_at_places(session, [item for item in assessments if _roles_asked(item)])
    return {item.id: _waiting(item, places) for item in assessments}


def _waiting(assessment: Assessment, places: list[tuple[Grant, Person]]) -> tuple[Waiting, ...]:
    stage = Stage(assessment.stage)
    roles = _roles_asked(assessment)
    if roles:
        department = assessment.department
        found = [
            Waiting(role, person.id, person.name)
            for role in roles
            for grant, person in places
            if grant.role is role and grant.covers(department.organisation_id, department.id)
        ]
        # A person may hold a role twice, for the organisation and for the department.
        return tuple(dict.fromkeys(found)) or (Waiting(roles[0], None, None),)
    duty = next((role for role, of in DUTY_STAGES.items() if of is stage), None)
    return tuple(
        Waiting(Role(item.role), item.person_id, item.person.name)
        for item in in_force(assessment)
        if item.role == duty and item.submitted_at is None
    )


def _roles_asked(assessment: Assessment) -> tuple[Role, ...]:
    """The roles held at a place whose turn it is; empty when a duty's turn it is.

    A later stage whose duty is vacant waits for the programme manager, and so does scoring
    where all have submitted but one who stands aside: whether somebody takes their place is
    the manager's to say.
    """
    stage = Stage(assessment.stage)
    if stage in _PLACE_ROLES or stage is Stage.CLOSED:
        return _PLACE_ROLES.get(stage, ())
    vacant = missing_duties(held(assessment))
    open_duties = [role for role in vacant if DUTY_STAGES[role].position <= stage.position]
    stuck = stage is Stage.SCORING and all_submitted(assessment)
    return (Role.PROGRAMME_MANAGER,) if open_duties or stuck else ()


def _people_at_places(
    session: Session, assessments: Collection[Assessment]
) -> list[tuple[Grant, Person]]:
    if not assessments:
        return []
    organisations = {item.department.organisation_id for item in assessments}
    roles = {role for item in assessments for role in _roles_asked(item)}
    query = (
        select(RoleAssignment, Person)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            Person.active,
            RoleAssignment.ended_at.is_(None),
            RoleAssignment.role.in_([role.value for role in roles]),
            or_(
                RoleAssignment.organisation_id.is_(None),
                RoleAssignment.organisation_id.in_(organisations),
            ),
        )
        .order_by(Person.name_en, RoleAssignment.id)
    )
    return [
        (Grant(Role(row.role), row.organisation_id, row.department_id), person)
        for row, person in session.execute(query)
    ]


def tasks_for(session: Session, access: Access) -> list[WorkItem]:
    """What waits for this person in assessments, by due date; four queries at most."""
    assessments = _perhaps_mine(session, access)
    if not assessments:
        return []
    counts, needed = written_counts(session, assessments), needed_in(session, assessments)
    items = [
        item
        for assessment in assessments
        for item in _tasks_in(
            assessment, access, counts.get(assessment.id, {}), needed[assessment.id]
        )
    ]
    return sorted(items, key=lambda item: (item.due_on is None, item.due_on or date.max))


def _perhaps_mine(session: Session, access: Access) -> list[Assessment]:
    query = _perhaps_of(
        access.reach(Permission.OPEN_ASSESSMENT), access.reach(Permission.SELF_SCORE)
    )
    return list(session.scalars(query, {"person_id": access.person_id}))


# Built once for each reach; that takes longer than to ask.
@lru_cache(maxsize=32)
def _perhaps_of(opened: Reach, scored: Reach) -> Select[Assessment]:
    department_id = Assessment.department_id.expression
    mine = select(Assignment.assessment_id).where(Assignment.person_id == bindparam("person_id"))
    return (
        select(Assessment)
        .where(
            Assessment.stage != Stage.CLOSED.value,
            or_(
                within(opened, department_id),
                and_(
                    Assessment.stage == Stage.SELF_ASSESSMENT.value,
                    within(scored, department_id),
                ),
                Assessment.id.in_(mine),
            ),
        )
        .options(
            joinedload(Assessment.department).joinedload(Department.organisation),
            joinedload(Assessment.standard_version),
            selectinload(Assessment.assignments),
        )
        .order_by(Assessment.id)
    )


def _tasks_in(
    assessment: Assessment,
    access: Access,
    counts: Mapping[tuple[str, int], int],
    needed: Needed,
) -> list[WorkItem]:
    stage = Stage(assessment.stage)
    standing = standing_in(assessment, access)
    total = needed.of(writable(stage, standing) or ScoreStage.SELF, access.person_id)
    turn = _turn(assessment, stage, standing, counts, access.person_id, total)
    if turn is None:
        return []
    message = Message(
        turn.text, {"department": assessment.department.name, "done": turn.done, "total": total}
    )
    values = {"assessment_id": assessment.id}
    return [WorkItem(assessment, message, turn.action, turn.endpoint, values, assessment.due_on)]


def _turn(
    assessment: Assessment,
    stage: Stage,
    standing: Standing,
    counts: Mapping[tuple[str, int], int],
    person_id: int,
    total: int,
) -> _Turn | None:
    """What the person has to do now, if anything.

    Where elements are still to be scored the way leads straight to the next of them.
    """
    if may(Act.START, stage, standing):
        text = N_("Assign people to the assessment of %(department)s and start it")
        return _Turn(text, N_("Assign and start"))
    if may(Act.SELF_SCORE, stage, standing):
        done = _written(counts, ScoreStage.SELF)
        if done < total:
            text = N_("Self-assessment of %(department)s: %(done)s of %(total)s elements scored")
            return _next_element(text, done)
        if may(Act.SUBMIT_SELF_ASSESSMENT, stage, standing):
            return _Turn(N_("Submit the self-assessment of %(department)s"), N_("Submit"))
    if may(Act.SCORE, stage, standing):
        done = counts.get((ScoreStage.INDIVIDUAL.value, person_id), 0)
        if done < total:
            text = N_("Score %(department)s: %(done)s of %(total)s elements scored")
            return _next_element(text, done)
        return _Turn(N_("Submit your scores of %(department)s"), N_("Submit"))
    if may(Act.AGREE, stage, standing):
        done = _written(counts, ScoreStage.AGREED)
        if done >= total:
            return _Turn(N_("Submit the moderation of %(department)s"), N_("Submit"))
        text = N_("Moderate %(department)s: %(done)s of %(total)s elements agreed")
        return _next_element(text, done)
    if may(Act.DECIDE, stage, standing):
        # A page above this feature is named by its address alone.
        text = N_("Decide on the assessment of %(department)s")
        return _Turn(text, N_("Decide"), "certificate.decision")
    if may(Act.ASSIGN, stage, standing) and Role.PROGRAMME_MANAGER in _roles_asked(assessment):
        text = N_("Assign people to the assessment of %(department)s: a duty is vacant")
        return _Turn(text, N_("Assign"), "assessment.people")
    return None


def _next_element(text: str, done: int) -> _Turn:
    return _Turn(text, N_("Begin") if done == 0 else N_("Go on"), "assessment.go_on", done)


def _written(counts: Mapping[tuple[str, int], int], kind: ScoreStage) -> int:
    return sum(count for (stage, _), count in counts.items() if stage == kind.value)

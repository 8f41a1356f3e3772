"""Who judges in an assessment: giving duties and taking them back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.domain import Act, SeparationError, Stage
from accredit.assessment.duties import DUTY_STAGES, Candidate, ensure_duty_open, ensure_may_take
from accredit.assessment.models import Assessment, Assignment
from accredit.assessment.recusing import is_tied, tied_people
from accredit.assessment.stages import (
    all_submitted,
    ensure_manager,
    held,
    move_on,
    record,
    written_by,
)
from accredit.identity.domain import DEPARTMENT_ROLES, NotFoundError, Role
from accredit.identity.models import Person, RoleAssignment
from accredit.identity.service import load_access, people_with_role
from accredit.text import N_


def assign(
    session: Session, assessment: Assessment, person: Person, role: Role, *, by: int, at: datetime
) -> Assignment:
    """Give a person a duty; raises `SeparationError` where their other parts forbid it."""
    ensure_manager(assessment, Act.ASSIGN, by)
    if role in (Role.MODERATOR, Role.DECISION_MAKER) and role in held(assessment):
        raise SeparationError(
            N_("Somebody already has this duty. Remove them first: one person holds it."),
            field="role",
        )
    candidate = _candidate(session, assessment, person, at.date())
    ensure_may_take(role, candidate, Stage(assessment.stage))
    assignment = Assignment(
        assessment=assessment, person=person, role=role.value, assigned_by_id=by, assigned_at=at
    )
    session.add(assignment)
    session.flush()
    record(
        session,
        assessment,
        "assignment.added",
        by=by,
        at=at,
        details={"person": person.id, "role": role.value},
    )
    return assignment


def unassign(
    session: Session, assessment: Assessment, assignment: Assignment, *, by: int, at: datetime
) -> None:
    """Take a duty back before its work is done.

    An assessor who has ever submitted stays: an unwelcome score cannot be made to go away. Who
    stands aside because of a tie can be taken off at any time. If the remaining assessors
    have all submitted, the assessment moves on.
    """
    ensure_manager(assessment, Act.ASSIGN, by)
    role = Role(assignment.role)
    if assignment.recused_at is None:
        ensure_duty_open(role, Stage(assessment.stage))
        if role is Role.ASSESSOR and _has_submitted(session, assessment, assignment.person_id):
            raise SeparationError(
                N_("This assessor has submitted scores and can no longer be removed.")
            )
    assessment.assignments.remove(assignment)
    session.delete(assignment)
    session.flush()
    record(
        session,
        assessment,
        "assignment.removed",
        by=by,
        at=at,
        details={"person": assignment.person_id, "role": role.value},
    )
    if assessment.stage == Stage.SCORING and all_submitted(assessment):
        move_on(session, assessment, Act.SUBMIT_SCORES, "assessment.scoring_ended", by=by, at=at)


def get_assignment(assessment: Assessment, assignment_id: int) -> Assignment:
    """One of the assessment's assignments; raises `NotFoundError`."""
    for assignment in assessment.assignments:
        if assignment.id == assignment_id:
            return assignment
    raise NotFoundError


def candidates(session: Session, assessment: Assessment, day: date) -> dict[Role, list[Person]]:
    """Whom to offer for each duty on a day: its pool without those who plainly may not take it.

    `assign` decides; this only spares the programme manager vain attempts. Five queries.
    """
    organisation_id = assessment.department.organisation_id
    excluded = {item.person_id for item in assessment.assignments} | {assessment.opened_by_id}
    excluded |= set(session.scalars(_worked_there(assessment)))
    excluded |= tied_people(session, assessment.department, day)
    return {
        role: [
            person
            for person in people_with_role(session, role, organisation_id)
            if person.id not in excluded
        ]
        for role in DUTY_STAGES
    }


def _worked_there(assessment: Assessment) -> Select[int]:
    """The ids of those who were of the department at any time since the assessment was opened."""
    department = assessment.department
    return select(RoleAssignment.person_id).where(
        RoleAssignment.role.in_([role.value for role in DEPARTMENT_ROLES]),
        or_(
            RoleAssignment.organisation_id.is_(None),
            RoleAssignment.organisation_id == department.organisation_id,
        ),
        or_(RoleAssignment.department_id.is_(None), RoleAssignment.department_id == department.id),
        or_(RoleAssignment.ended_at.is_(None), RoleAssignment.ended_at >= assessment.opened_at),
    )


def _candidate(session: Session, assessment: Assessment, person: Person, day: date) -> Candidate:
    access = load_access(session, person.id)
    organisation_id = assessment.department.organisation_id
    worked_there = _worked_there(assessment).where(RoleAssignment.person_id == person.id).limit(1)
    return Candidate(
        pools=access.pool_roles_at(organisation_id) if person.active else frozenset(),
        of_department=session.scalar(worked_there) is not None,
        opened=assessment.opened_by_id == person.id,
        has_duty=any(item.person_id == person.id for item in assessment.assignments),
        tied=is_tied(session, person.id, assessment.department, day),
        written=written_by(session, assessment, person.id),
    )


def _has_submitted(session: Session, assessment: Assessment, person_id: int) -> bool:
    query = exists().where(
        audit.Event.subject_type == "assessment",
        audit.Event.subject_id == str(assessment.id),
        audit.Event.action == "assessment.scores_submitted",
        audit.Event.person_id == person_id,
    )
    return bool(session.scalar(select(query)))

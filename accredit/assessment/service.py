"""An assessment's life: opened, staffed, moved from stage to stage, closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.domain import (
    Act,
    Candidate,
    IncompleteError,
    ScoreStage,
    SeparationError,
    Stage,
    Standing,
    clean_reason,
    ensure_apart,
    ensure_complete,
    ensure_duty_open,
    ensure_may,
    ensure_may_take,
    ensure_stage,
)
from accredit.assessment.finding import (
    duties_of,
    get_assessment,
    list_assessments,
    previous_assessment,
    roles_in,
    standing_in,
)
from accredit.assessment.models import Assessment, Assignment
from accredit.assessment.waiting import Waiting, WorkItem, tasks_for, waiting_for, waiting_in
from accredit.identity.domain import DEPARTMENT_ROLES, Access, NotFoundError, Role
from accredit.identity.models import Department, Person, RoleAssignment
from accredit.identity.service import load_access
from accredit.standard.models import StandardVersion
from accredit.text import N_, Bilingual

__all__ = [
    "Waiting",
    "WorkItem",
    "assign",
    "close_assessment",
    "duties_of",
    "ensure_may_decide",
    "get_assessment",
    "list_assessments",
    "move_on",
    "open_assessment",
    "previous_assessment",
    "record",
    "return_to_previous",
    "roles_in",
    "standing_in",
    "start",
    "tasks_for",
    "unassign",
    "waiting_for",
    "waiting_in",
]


def open_assessment(
    session: Session,
    department: Department,
    standard_version: StandardVersion,
    *,
    cycle: str,
    scope: Bilingual,
    due_on: date | None,
    by: int,
    at: datetime,
) -> Assessment:
    """A new assessment of the department against a standard version, in set-up.

    `scope` is what is assessed, in both languages; it is printed on the certificate.
    Raises `IncompleteError` naming the field where a text is missing.
    """
    for name, text in (("cycle", cycle), ("scope_en", scope.en), ("scope_ar", scope.ar)):
        if not text.strip():
            raise IncompleteError(N_("This must not be empty."), field=name)
    assessment = Assessment(
        department=department,
        standard_version=standard_version,
        cycle=cycle.strip(),
        scope_en=scope.en.strip(),
        scope_ar=scope.ar.strip(),
        stage=Stage.SET_UP.value,
        due_on=due_on,
        opened_by_id=by,
        opened_at=at,
        stage_since_at=at,
        assignments=[],
    )
    session.add(assessment)
    session.flush()
    record(
        session,
        assessment,
        "assessment.opened",
        by=by,
        at=at,
        details={
            "standard": standard_version.standard_id,
            "version": standard_version.version,
            "sha256": standard_version.sha256,
            "cycle": assessment.cycle,
        },
    )
    return assessment


def assign(
    session: Session, assessment: Assessment, person: Person, role: Role, *, by: int, at: datetime
) -> Assignment:
    """Give a person a duty; raises `SeparationError` where their other parts forbid it."""
    _ensure_manager(assessment, Act.ASSIGN, by)
    if role in (Role.MODERATOR, Role.DECISION_MAKER) and role in _held(assessment):
        raise SeparationError(
            N_("Somebody already has this duty. Remove them first: one person holds it."),
            field="role",
        )
    ensure_may_take(role, _candidate(session, assessment, person), Stage(assessment.stage))
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

    An assessor who has ever submitted stays: an unwelcome score cannot be made to go away.
    If the remaining assessors have all submitted, the assessment moves on.
    """
    _ensure_manager(assessment, Act.ASSIGN, by)
    role = Role(assignment.role)
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


def start(session: Session, assessment: Assessment, *, by: int, at: datetime) -> None:
    """Begin the self-assessment; raises `IncompleteError` while a duty is not given."""
    _ensure_manager(assessment, Act.START, by)
    move_on(session, assessment, Act.START, "assessment.started", by=by, at=at)


def return_to_previous(
    session: Session, assessment: Assessment, *, reason: str, by: int, at: datetime
) -> None:
    """Send the assessment back one stage, with a reason; every score is kept.

    From scoring back to the department, or from moderation back to the assessors, who must
    submit again.
    """
    _ensure_manager(assessment, Act.RETURN, by)
    text = clean_reason(reason)
    left = Stage(assessment.stage)
    stage = Stage.SELF_ASSESSMENT if left is Stage.SCORING else Stage.SCORING
    for assignment in assessment.assignments:
        assignment.submitted_at = None
    _set_stage(assessment, stage, at)
    session.flush()
    record(
        session,
        assessment,
        "assessment.returned",
        by=by,
        at=at,
        details={"from": left.value, "to": stage.value, "reason": text},
    )


def close_assessment(session: Session, assessment: Assessment, *, by: int, at: datetime) -> None:
    """Close after the decision; the certificate feature calls this when it records one.

    Raises unless `by` is the decision maker, wrote no score here, and it is the time.
    """
    ensure_may_decide(session, assessment, load_access(session, by))
    assessment.closed_at = at
    move_on(session, assessment, Act.DECIDE, "assessment.closed", by=by, at=at)


def ensure_may_decide(session: Session, assessment: Assessment, access: Access) -> None:
    """Raise unless this person may decide now: assigned to it, and wrote no score in it."""
    ensure_may(Act.DECIDE, Stage(assessment.stage), standing_in(assessment, access))
    if written_by(session, assessment, access.person_id):
        raise SeparationError(
            N_("You have scored in this assessment, so you cannot decide over it.")
        )


def move_on(
    session: Session,
    assessment: Assessment,
    act: Act,
    action: str,
    *,
    by: int,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Go to the next stage and record it; raises unless `act` is possible and duties are given."""
    ensure_stage(act, Stage(assessment.stage))
    ensure_complete(_held(assessment))
    left = Stage(assessment.stage)
    _set_stage(assessment, left.next, at)
    session.flush()
    moved = {"from": left.value, "to": assessment.stage}
    record(session, assessment, action, by=by, at=at, details={**(details or {}), **moved})


def all_submitted(assessment: Assessment) -> bool:
    """Whether there are assessors and all of them have submitted."""
    assessors = [item for item in assessment.assignments if item.role == Role.ASSESSOR]
    return bool(assessors) and all(item.submitted_at is not None for item in assessors)


def get_assignment(assessment: Assessment, assignment_id: int) -> Assignment:
    """One of the assessment's assignments; raises `NotFoundError`."""
    for assignment in assessment.assignments:
        if assignment.id == assignment_id:
            return assignment
    raise NotFoundError


def record(
    session: Session,
    assessment: Assessment,
    action: str,
    *,
    by: int,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write an event about the assessment into the trail."""
    department = assessment.department
    subject = audit.Subject(
        "assessment", str(assessment.id), department.organisation_id, department.id
    )
    audit.record(session, action, subject, by=by, at=at, details=details)


def written_by(session: Session, assessment: Assessment, person_id: int) -> frozenset[ScoreStage]:
    """The kinds of score a person ever wrote in the assessment, by the trail."""
    query = select(audit.Event.details).where(
        audit.Event.subject_type == "assessment",
        audit.Event.subject_id == str(assessment.id),
        audit.Event.action == "score.set",
        audit.Event.person_id == person_id,
    )
    return frozenset(ScoreStage(json.loads(text)["stage"]) for text in session.scalars(query))


def _ensure_manager(assessment: Assessment, act: Act, by: int) -> None:
    """Managing needs the stage, and no duty of the manager's own in this assessment."""
    duties = frozenset(Role(item.role) for item in assessment.assignments if item.person_id == by)
    ensure_apart(act, Standing(duties))
    ensure_stage(act, Stage(assessment.stage))


def _held(assessment: Assessment) -> list[Role]:
    return [Role(item.role) for item in assessment.assignments]


def _set_stage(assessment: Assessment, stage: Stage, at: datetime) -> None:
    assessment.stage = stage.value
    assessment.stage_since_at = at


def _candidate(session: Session, assessment: Assessment, person: Person) -> Candidate:
    department = assessment.department
    worked_there = exists().where(
        RoleAssignment.person_id == person.id,
        RoleAssignment.role.in_([role.value for role in DEPARTMENT_ROLES]),
        or_(
            RoleAssignment.organisation_id.is_(None),
            RoleAssignment.organisation_id == department.organisation_id,
        ),
        or_(RoleAssignment.department_id.is_(None), RoleAssignment.department_id == department.id),
        or_(RoleAssignment.ended_at.is_(None), RoleAssignment.ended_at >= assessment.opened_at),
    )
    access = load_access(session, person.id)
    return Candidate(
        pools=access.pool_roles_at(department.organisation_id) if person.active else frozenset(),
        of_department=bool(session.scalar(select(worked_there))),
        opened=assessment.opened_by_id == person.id,
        has_duty=any(item.person_id == person.id for item in assessment.assignments),
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

"""Who stands aside in running assessments because of a tie, and who judges again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from accredit.assessment.domain import Stage
from accredit.assessment.duties import recuses
from accredit.assessment.models import Assessment, Assignment, DeclaredInterest
from accredit.assessment.stages import held, record
from accredit.identity.domain import Role
from accredit.identity.models import Department

#: Duties that one person holds.
_SINGLE = frozenset({Role.MODERATOR, Role.DECISION_MAKER})


def stand_aside(
    session: Session, interest: DeclaredInterest, *, by: int, at: datetime
) -> tuple[Assessment, ...]:
    """Take the duties away that the tie forbids; from the next request they open nothing.

    Gives the assessments where that happened. Where the person's part is over, nothing changes.
    """
    stood: list[Assessment] = []
    for assignment in _duties_there(session, interest):
        assessment = assignment.assessment
        if assignment.recused_at is None and recuses(
            Role(assignment.role), Stage(assessment.stage)
        ):
            assignment.recused_at = at
            stood.append(assessment)
            _record(session, assignment, "assignment.recused", by, at)
    return tuple(stood)


def come_back(session: Session, interest: DeclaredInterest, *, by: int, at: datetime) -> None:
    """Give duties back that no tie forbids any more; not one that somebody else holds by now."""
    for assignment in _duties_there(session, interest):
        assessment, role = assignment.assessment, Role(assignment.role)
        if assignment.recused_at is None or is_tied(
            session, interest.person_id, assessment.department, at.date()
        ):
            continue
        if role in _SINGLE and role in held(assessment):
            continue
        assignment.recused_at = None
        _record(session, assignment, "assignment.resumed", by, at)


def is_tied(session: Session, person_id: int, department: Department, day: date) -> bool:
    """Whether a tie that counts on a day keeps the person from judging the department."""
    return bool(tied_people(session, department, day, among=[person_id]))


def tied_people(
    session: Session, department: Department, day: date, *, among: Collection[int] | None = None
) -> frozenset[int]:
    """The people whom a tie keeps from judging the department on a day; one query."""
    query = _counting(department, day)
    if among is not None:
        query = query.where(DeclaredInterest.person_id.in_(among))
    return frozenset(session.scalars(query))


def ties_to(
    session: Session, department: Department, people: Collection[int]
) -> dict[int, DeclaredInterest]:
    """The latest tie to the department that each of these people declared; one query."""
    query = (
        select(DeclaredInterest)
        .where(
            _there(department),
            DeclaredInterest.person_id.in_(people),
            DeclaredInterest.set_aside_at.is_(None),
        )
        .order_by(DeclaredInterest.id)
    )
    return {tie.person_id: tie for tie in session.scalars(query)}


def _counting(department: Department, day: date) -> Select[int]:
    return select(DeclaredInterest.person_id).where(
        _there(department),
        DeclaredInterest.set_aside_at.is_(None),
        or_(DeclaredInterest.blocks_until.is_(None), DeclaredInterest.blocks_until >= day),
    )


def _there(department: Department) -> ColumnElement[bool]:
    """That a tie is to the department, or to its organisation as a whole."""
    return and_(
        DeclaredInterest.organisation_id == department.organisation_id,
        or_(
            DeclaredInterest.department_id.is_(None),
            DeclaredInterest.department_id == department.id,
        ),
    )


def _duties_there(session: Session, interest: DeclaredInterest) -> Sequence[Assignment]:
    """The person's duties in assessments that run where the tie is, the oldest first."""
    query = (
        select(Assignment)
        .join(Assignment.assessment)
        .join(Assessment.department)
        .where(
            Assignment.person_id == interest.person_id,
            Assessment.stage != Stage.CLOSED.value,
            Department.organisation_id == interest.organisation_id,
        )
        .options(
            joinedload(Assignment.assessment).joinedload(Assessment.department),
            joinedload(Assignment.assessment).selectinload(Assessment.assignments),
        )
        .order_by(Assignment.id)
    )
    if interest.department_id is not None:
        query = query.where(Assessment.department_id == interest.department_id)
    return session.scalars(query).all()


def _record(session: Session, assignment: Assignment, action: str, by: int, at: datetime) -> None:
    session.flush()
    details = {"person": assignment.person_id, "role": assignment.role}
    record(session, assignment.assessment, action, by=by, at=at, details=details)

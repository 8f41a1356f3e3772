"""Verifying that an action worked, or sending it back; and who may."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from accredit.identity.domain import POLICY, Access, Permission
from accredit.identity.models import Person, RoleAssignment
from accredit.improvement.domain import ActionStatus
from accredit.improvement.models import ImprovementAction
from accredit.improvement.plan import load_rows
from accredit.improvement.service import StaleActionError, forget_end, record
from accredit.improvement.verification import (
    Outcome,
    Parts,
    clean_finding,
    ensure_may_verify,
    ensure_not_contradicted,
)


def verify_action(
    session: Session,
    action: ImprovementAction,
    outcome: Outcome,
    *,
    finding: str,
    version: int | None,
    by: int,
    at: datetime,
    today: date,
) -> None:
    """Say that an action that is done worked, or that more is to be done.

    The action comes from `get_action(…, Permission.VERIFY_ACTION)`. What the measurements say
    that day is kept with it. Raises `StaleActionError` or a `RuleError` of `verification`.
    """
    if action.version != version:
        raise StaleActionError(action)
    ensure_may_verify(ActionStatus(action.status), parts_of(action), by)
    (row,) = load_rows(session, [action], today=today)
    verdict = row.progress.verdict if row.progress else None
    ensure_not_contradicted(outcome, verdict)
    text = clean_finding(outcome, finding)
    after, event = ActionStatus.VERIFIED, "improvement.verified"
    if outcome is Outcome.SENT_BACK:
        after, event = ActionStatus.IN_PROGRESS, "improvement.sent_back"
        action.progress_note = text
        forget_end(action)
    else:
        action.verified_by_id, action.verified_on = by, today
        action.verified_note = text
        action.verified_verdict = verdict.value if verdict else None
    details: dict[str, object] = {
        "status": [action.status, after.value],
        "note": text,
        "measured": verdict.value if verdict else None,
    }
    action.status = after.value
    session.flush()
    session.expire(action, ["finished_by", "verified_by"])
    record(session, action, event, by=by, at=at, details=details)


def may_verify(access: Access, action: ImprovementAction) -> bool:
    """Whether the person may verify the action now: by their role, and had no part in it."""
    return (
        action.status == ActionStatus.DONE
        and access.may_at(
            Permission.VERIFY_ACTION, action.department.organisation_id, action.department_id
        )
        and parts_of(action).may_be_verified_by(access.person_id)
    )


def list_verifiers(session: Session, action: ImprovementAction) -> list[Person]:
    """The active people who may verify the action, by English name."""
    place = action.department
    query = (
        select(Person)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            Person.active,
            Person.id.not_in(
                [part for part in (action.owner_id, action.finished_by_id) if part is not None]
            ),
            RoleAssignment.ended_at.is_(None),
            RoleAssignment.role.in_([role.value for role in POLICY[Permission.VERIFY_ACTION]]),
            _covers(place.organisation_id, place.id),
        )
        .distinct()
        .order_by(Person.name_en, Person.id)
    )
    return list(session.scalars(query))


def parts_of(action: ImprovementAction) -> Parts:
    """Who had which part in the action."""
    return Parts(action.owner_id, action.finished_by_id)


def _covers(organisation_id: int, department_id: int) -> ColumnElement[bool]:
    """That a role reaches the department: the same as `Grant.covers`, for the database."""
    role = RoleAssignment
    return or_(
        role.organisation_id.is_(None),
        and_(
            role.organisation_id == organisation_id,
            or_(role.department_id.is_(None), role.department_id == department_id),
        ),
    )

"""Single steps of an assessment, for tests that take them one by one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.assessment import reading, scoring, service
from accredit.assessment.domain import ScoreStage
from accredit.assessment.models import Assessment, Assignment, Score
from accredit.identity.domain import Access, NotFoundError, Role
from accredit.identity.models import Person, RoleAssignment
from accredit.identity.service import grant_role
from tests.assessments import OPENED, SELF_REASON
from tests.people import Actor, Cast

LATER = OPENED + timedelta(days=9)


def version_of(
    session: Session,
    assessment: Assessment,
    code: str,
    stage: ScoreStage,
    person_id: int | None = None,
) -> int | None:
    """The version a page would show now; None where there is no score."""
    query = select(Score.version).where(
        Score.assessment_id == assessment.id,
        Score.element_code == code,
        Score.stage == stage.value,
    )
    if person_id is not None:
        query = query.where(Score.person_id == person_id)
    return session.scalar(query)


def save_self(
    session: Session,
    assessment: Assessment,
    access: Access,
    code: str,
    level: str,
    at: datetime = LATER,
) -> Score:
    return scoring.score_self(
        session,
        assessment,
        code,
        level=level,
        reason=SELF_REASON,
        version=version_of(session, assessment, code, ScoreStage.SELF),
        access=access,
        at=at,
    )


def score(
    session: Session,
    assessment: Assessment,
    access: Access,
    code: str = "1.1",
    level: str = "good",
    at: datetime = LATER,
) -> Score:
    kind = ScoreStage.INDIVIDUAL
    return scoring.score_element(
        session,
        assessment,
        code,
        level=level,
        reason="Seen in the register, sheet 3.",
        version=version_of(session, assessment, code, kind, access.person_id),
        access=access,
        at=at,
    )


def assign(
    session: Session, cast: Cast, assessment: Assessment, name: str, role: Role | None = None
) -> Assignment:
    person = session.get(Person, getattr(cast, name).id)
    assert person is not None
    manager = cast.programme_manager.id
    return service.assign(session, assessment, person, role or Role(name), by=manager, at=OPENED)


def unassign(session: Session, cast: Cast, assessment: Assessment, actor: Actor) -> None:
    found = [item for item in assessment.assignments if item.person_id == actor.id]
    if not found:
        raise NotFoundError
    service.unassign(session, assessment, found[0], by=cast.programme_manager.id, at=LATER)


def send_back(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    reason: str = "Two reasons contradict the evidence.",
    at: datetime = LATER,
) -> None:
    service.return_to_previous(
        session, assessment, reason=reason, by=cast.programme_manager.id, at=at
    )


def grant(
    session: Session,
    actor: Actor,
    role: Role,
    organisation_id: int,
    department_id: int | None = None,
) -> None:
    person = session.get(Person, actor.id)
    assert person is not None
    grant_role(
        session,
        person,
        role,
        organisation_id=organisation_id,
        department_id=department_id,
        by=None,
        at=OPENED,
    )


def end_roles(session: Session, actor: Actor, at: datetime = LATER) -> None:
    for row in session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == actor.id)):
        row.ended_at = at
    session.flush()


def self_levels(session: Session, assessment: Assessment) -> dict[str, str]:
    """The department's levels by code."""
    found = reading.shared_awards(session, assessment, ScoreStage.SELF)
    return {code: awarded.level for code, awarded in found.items()}


def agreed_levels(session: Session, assessment: Assessment) -> dict[str, str]:
    """The moderator's levels by code."""
    found = reading.shared_awards(session, assessment, ScoreStage.AGREED)
    return {code: awarded.level for code, awarded in found.items()}


def own_levels(session: Session, assessment: Assessment, person_id: int) -> dict[str, str]:
    """One assessor's levels by code."""
    found = reading.own_awards(session, assessment, person_id)
    return {code: awarded.level for code, awarded in found.items()}

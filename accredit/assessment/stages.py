"""Moving an assessment from stage to stage, and writing what happened into the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.domain import Act, ScoreStage, Stage, Standing, ensure_apart, ensure_stage
from accredit.assessment.duties import ensure_complete, missing_duties
from accredit.assessment.models import Assessment, Assignment
from accredit.assessment.underway import Underway
from accredit.identity.domain import Role
from accredit.standard.service import read_standard


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
    """Go to the next stage and record it; raises unless `act` is possible and duties are given.

    A self-check that nobody judges needs no duties, and is over when it is submitted.
    """
    ensure_stage(act, Stage(assessment.stage))
    left = Stage(assessment.stage)
    alone = stands_alone(assessment)
    if not alone:
        ensure_complete(held(assessment))
    stage = Stage.CLOSED if alone and left is Stage.SELF_ASSESSMENT else left.next
    if stage is Stage.CLOSED:
        assessment.closed_at = at
    set_stage(assessment, stage, at)
    session.flush()
    moved = {"from": left.value, "to": assessment.stage}
    record(session, assessment, action, by=by, at=at, details={**(details or {}), **moved})


def stands_alone(assessment: Assessment) -> bool:
    """Whether the department's own word is the result and nobody was asked to judge beside it."""
    return not assessment.assignments and read_standard(assessment.standard_version).is_self_check


def vacant_duties(assessment: Assessment) -> tuple[Role, ...]:
    """The duties somebody must still be given before the assessment can go on."""
    return () if stands_alone(assessment) else missing_duties(held(assessment))


def all_submitted(assessment: Assessment) -> bool:
    """Whether there are assessors and all of them have submitted."""
    assessors = [item for item in in_force(assessment) if item.role == Role.ASSESSOR]
    return bool(assessors) and all(item.submitted_at is not None for item in assessors)


def record(
    session: Session,
    assessment: Assessment | Underway,
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


def ensure_manager(assessment: Assessment, act: Act, by: int) -> None:
    """Managing needs the stage, and no duty of the manager's own in this assessment."""
    duties = frozenset(Role(item.role) for item in assessment.assignments if item.person_id == by)
    ensure_apart(act, Standing(duties))
    ensure_stage(act, Stage(assessment.stage))


def in_force(assessment: Assessment) -> list[Assignment]:
    """The duties without those whose holder stands aside."""
    return [item for item in assessment.assignments if item.recused_at is None]


def held(assessment: Assessment) -> list[Role]:
    """The duties given so far, once for each holder who does not stand aside."""
    return [Role(item.role) for item in in_force(assessment)]


def set_stage(assessment: Assessment, stage: Stage, at: datetime) -> None:
    """Put the assessment at a stage; the caller flushes and records."""
    assessment.stage = stage.value
    assessment.stage_since_at = at

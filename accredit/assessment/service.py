"""An assessment's life: opened, staffed, moved from stage to stage, closed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.assessment.domain import (
    Act,
    IncompleteError,
    SeparationError,
    Stage,
    clean_reason,
    ensure_may,
)
from accredit.assessment.finding import (
    count_by_stage,
    duties_of,
    get_assessment,
    list_assessments,
    previous_assessment,
    roles_in,
    standing_in,
)
from accredit.assessment.models import Assessment
from accredit.assessment.staffing import assign, candidates, get_assignment, unassign
from accredit.assessment.stages import ensure_manager, move_on, record, set_stage, written_by
from accredit.assessment.waiting import Waiting, WorkItem, tasks_for, waiting_for, waiting_in
from accredit.identity.domain import Access
from accredit.identity.models import Department
from accredit.identity.service import load_access
from accredit.standard.models import StandardVersion
from accredit.text import N_, Bilingual

#: What other features and the pages call; the parts live in modules named by their subject.
__all__ = [
    "Waiting",
    "WorkItem",
    "assign",
    "candidates",
    "close_assessment",
    "count_by_stage",
    "duties_of",
    "ensure_may_decide",
    "find_just_opened",
    "get_assessment",
    "get_assignment",
    "list_assessments",
    "open_assessment",
    "previous_assessment",
    "return_to_previous",
    "roles_in",
    "standing_in",
    "start",
    "tasks_for",
    "unassign",
    "waiting_for",
    "waiting_in",
    "written_by",
]


def find_just_opened(
    session: Session,
    department: Department,
    standard_version: StandardVersion,
    *,
    cycle: str,
    scope: Bilingual,
    due_on: date | None,
    by: int,
) -> int | None:
    """The id of an assessment that the person opened in the same words and that is in set-up.

    Whoever presses twice, or goes back and sends the form again, means the same one.
    """
    query = select(Assessment.id).where(
        Assessment.department_id == department.id,
        Assessment.standard_version_id == standard_version.id,
        Assessment.cycle == cycle.strip(),
        Assessment.scope_en == scope.en.strip(),
        Assessment.scope_ar == scope.ar.strip(),
        Assessment.due_on.is_not_distinct_from(due_on),
        Assessment.stage == Stage.SET_UP.value,
        Assessment.opened_by_id == by,
    )
    return session.scalar(query.order_by(Assessment.id.desc()).limit(1))


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


def start(session: Session, assessment: Assessment, *, by: int, at: datetime) -> None:
    """Begin the self-assessment; raises `IncompleteError` while a duty is not given.

    A self-check may begin without anybody who judges.
    """
    ensure_manager(assessment, Act.START, by)
    move_on(session, assessment, Act.START, "assessment.started", by=by, at=at)


def return_to_previous(
    session: Session, assessment: Assessment, *, reason: str, by: int, at: datetime
) -> None:
    """Send the assessment back one stage, with a reason; every score is kept.

    From scoring back to the department, or from moderation back to the assessors, who must
    submit again.
    """
    ensure_manager(assessment, Act.RETURN, by)
    text = clean_reason(reason)
    left = Stage(assessment.stage)
    stage = Stage.SELF_ASSESSMENT if left is Stage.SCORING else Stage.SCORING
    for assignment in assessment.assignments:
        assignment.submitted_at = None
    set_stage(assessment, stage, at)
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
    move_on(session, assessment, Act.DECIDE, "assessment.closed", by=by, at=at)


def ensure_may_decide(session: Session, assessment: Assessment, access: Access) -> None:
    """Raise unless this person may decide now: assigned to it, and wrote no score in it."""
    ensure_may(Act.DECIDE, Stage(assessment.stage), standing_in(assessment, access))
    if written_by(session, assessment, access.person_id):
        raise SeparationError(
            N_("You have scored in this assessment, so you cannot decide over it.")
        )

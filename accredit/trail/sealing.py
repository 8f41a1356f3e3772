"""Scores in the trail: that somebody scored is told at once, what they awarded only later."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.assessment.domain import ScoreStage, Stage
from accredit.assessment.finding import roles_in
from accredit.assessment.models import Assessment
from accredit.assessment.sight import Reader, trail_tells
from accredit.audit import Event
from accredit.identity.domain import Access

SCORED = "score.set"
#: The parts of a score's event that say nothing of what was awarded.
_OPEN_PARTS = ("element", "stage")


def find_sealed(session: Session, access: Access, events: Collection[Event]) -> frozenset[int]:
    """The events (by id) whose level and reason this person may not read yet; two queries."""
    scores = [event for event in events if event.action == SCORED]
    if not scores:
        return frozenset()
    wanted = {int(event.subject_id) for event in scores if _is_assessment(event)}
    found = session.scalars(
        select(Assessment)
        .where(Assessment.id.in_(wanted))
        .options(joinedload(Assessment.department), selectinload(Assessment.assignments))
    )
    assessments = {str(item.id): item for item in found}
    return frozenset(
        event.id
        for event in scores
        if not _is_told(event, assessments.get(event.subject_id), access)
    )


def open_details(details: str) -> str:
    """The details (JSON) of a score without what was awarded and why."""
    read = _read(details)
    return json.dumps({key: read[key] for key in _OPEN_PARTS if key in read}, ensure_ascii=False)


def _is_told(event: Event, assessment: Assessment | None, access: Access) -> bool:
    kind = _read(event.details).get("stage")
    if assessment is None or not _is_assessment(event) or kind not in set(ScoreStage):
        return False
    reader = Reader(
        roles=roles_in(assessment, access),
        # Whoever left the pool meanwhile still judged here.
        judges=any(item.person_id == access.person_id for item in assessment.assignments),
        wrote_it=event.person_id == access.person_id,
    )
    return trail_tells(ScoreStage(str(kind)), Stage(assessment.stage), reader)


def _is_assessment(event: Event) -> bool:
    return event.subject_type == "assessment" and event.subject_id.isdecimal()


def _read(details: str) -> dict[str, object]:
    try:
        read = json.loads(details)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}

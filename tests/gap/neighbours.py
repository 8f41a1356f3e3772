"""Closed assessments of departments beside the one a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from accredit.assessment import scoring, service
from accredit.assessment.domain import Stage
from accredit.assessment.linking import link_to_element
from accredit.assessment.models import Assessment
from accredit.identity.domain import Role
from accredit.identity.models import Organisation
from accredit.identity.service import load_access
from tests.assessments import (
    CODES,
    OPENED,
    SELF_REASON,
    add_evidence,
    moderate,
    open_small,
    score_all,
    staff,
)
from tests.people import Cast, make_department, make_person


def new_department(session: Session, cast: Cast, number: int) -> tuple[int, int]:
    """One more department of the first organisation and its leader, by their numbers."""
    organisation = session.get(Organisation, cast.organisation)
    assert organisation is not None
    department = make_department(
        session, organisation, f"D{number}", f"Department {number}", f"إدارة {number}"
    )
    leader = make_person(
        session,
        f"leader{number}@example.org",
        f"Leader {number}",
        f"قائد {number}",
        (Role.LEADER, organisation.id, department.id),
    )
    return department.id, leader.id


def walk_beside(
    session: Session,
    cast: Cast,
    levels: Mapping[str, str],
    *,
    stage: Stage = Stage.CLOSED,
    department_id: int | None = None,
    leader_id: int | None = None,
    cycle: str = "2026",
    at: datetime = OPENED,
) -> Assessment:
    """An assessment of the contact centre, or another department, walked to `stage`."""
    department_id = department_id or cast.contact_centre
    leader = load_access(session, leader_id or cast.contact_leader.id)
    levels = {code: levels.get(code, "good") for code in CODES}
    assessment = open_small(session, cast, department_id=department_id, cycle=cycle, at=at)
    staff(session, cast, assessment, at=at)
    service.start(session, assessment, by=cast.programme_manager.id, at=at + timedelta(hours=1))
    day = at + timedelta(days=1)
    evidence = add_evidence(session, cast, department_id=department_id, at=day)
    for code, level in levels.items():
        scoring.score_self(
            session,
            assessment,
            code,
            level=level,
            reason=SELF_REASON,
            version=None,
            access=leader,
            at=day,
        )
        link_to_element(session, assessment, code, evidence.id, place="p. 1", access=leader, at=day)
    scoring.submit_self_assessment(session, assessment, access=leader, at=day)
    for name in ("assessor", "second_assessor"):
        score_all(session, cast, assessment, levels, who=name, at=at + timedelta(days=2))
    moderate(session, cast, assessment, levels, at=at + timedelta(days=3))
    if stage is Stage.CLOSED:
        service.close_assessment(
            session, assessment, by=cast.decision_maker.id, at=at + timedelta(days=4)
        )
    return assessment

"""What was agreed on an element in the last cycle, for those who may know it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, literal_column, select
from sqlalchemy.orm import Session

from accredit.assessment.domain import Stage
from accredit.assessment.finding import PREVIOUS_ID, asked_for_previous
from accredit.assessment.models import Assessment, Assignment, Score
from accredit.assessment.sight import sight
from accredit.database import plain_rows
from accredit.identity.domain import Access, Role
from accredit.standard.comparing import asks_the_same
from accredit.standard.models import StandardVersion
from accredit.standard.service import read_standard


@dataclass(frozen=True, slots=True)
class LastCycle:
    """The level agreed in the last closed assessment, and where it is to be read."""

    assessment_id: int
    cycle: str
    level: str


def last_cycle(
    session: Session, assessment: Assessment, code: str, access: Access
) -> LastCycle | None:
    """The level agreed last time on an element that asks the same today; one query.

    None where there is none, and for whom that assessment does not show it.
    """
    asked = {**asked_for_previous(assessment), "code": code, "person_id": access.person_id}
    rows = list(plain_rows(session, _AGREED, asked))
    if not rows:
        return None
    department = assessment.department
    place = (department.organisation_id, department.id)
    duties = {Role(row.role) for row in rows if row.role is not None}
    roles = access.roles_at(*place) | (duties & access.pool_roles_at(place[0]))
    if not sight(roles, Stage.CLOSED).agreed:
        return None
    found = rows[0]
    if found.standard_version_id != assessment.standard_version_id:
        before = session.get_one(StandardVersion, found.standard_version_id)
        now = read_standard(assessment.standard_version)
        if not asks_the_same(code, read_standard(before), now):
            return None
    return LastCycle(found.id, found.cycle, found.level)


# Built once: asked on the pages of elements.
_AGREED = (
    select(
        Assessment.id,
        Assessment.cycle,
        Assessment.standard_version_id,
        Score.level,
        Assignment.role,
    )
    .select_from(Assessment)
    .join(
        Score,
        and_(
            Score.assessment_id == Assessment.id,
            Score.element_code == bindparam("code"),
            Score.stage == literal_column("'agreed'"),
        ),
    )
    .outerjoin(
        Assignment,
        and_(
            Assignment.assessment_id == Assessment.id,
            Assignment.person_id == bindparam("person_id"),
            Assignment.recused_at.is_(None),
        ),
    )
    .where(Assessment.id == PREVIOUS_ID)
)

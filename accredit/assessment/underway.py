"""What saving a score needs to know of its assessment, read without making objects of it.

People save a score more often than anything else, and wait for it each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from accredit.assessment.choices import Choices, read_choices
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment, Assignment
from accredit.identity.models import Department
from accredit.prepared import Prepared
from accredit.standard.domain import Standard
from accredit.standard.models import StandardVersion
from accredit.standard.service import read_standard, standard_of


@dataclass(frozen=True, slots=True)
class Place:
    """The department that is assessed."""

    id: int
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody's duty in the assessment, when they handed their part on, and since when they
    stand aside."""

    person_id: int
    role: str
    submitted_at: datetime | None
    recused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Underway:
    """An assessment as far as saving a score in it asks."""

    id: int
    stage: str
    opened_by_id: int
    department: Place
    standard: Standard
    choices: Choices
    assignments: tuple[Duty, ...]

    @classmethod
    def of(cls, assessment: Assessment | Underway) -> Underway:
        """The same of a stored assessment."""
        if isinstance(assessment, Underway):
            return assessment
        department = assessment.department
        return cls(
            assessment.id,
            assessment.stage,
            assessment.opened_by_id,
            Place(department.id, department.organisation_id),
            read_standard(assessment.standard_version),
            assessment.choices,
            tuple(
                Duty(one.person_id, one.role, one.submitted_at, one.recused_at)
                for one in assessment.assignments
            ),
        )

    @property
    def at(self) -> Stage:
        """Where it stands."""
        return Stage(self.stage)


# Asked whenever somebody saves.
_BY_ID = Prepared(
    select(
        Assessment.stage,
        Assessment.opened_by_id,
        Assessment.weights,
        Assessment.not_applicable,
        Department.id,
        Department.organisation_id,
        StandardVersion.id,
        StandardVersion.sha256,
        Assignment.person_id,
        Assignment.role,
        Assignment.submitted_at,
        Assignment.recused_at,
    )
    .select_from(Assessment)
    .join(Assessment.department)
    .join(Assessment.standard_version)
    .outerjoin(Assessment.assignments)
    .where(Assessment.id == bindparam("assessment_id"))
    .order_by(Assignment.id)
)


def find_underway(session: Session, assessment_id: int) -> Underway | None:
    """The assessment, whoever asks; one query, and one more where its standard is not known yet."""
    asked = {"assessment_id": assessment_id}
    rows: Sequence[Any] = _BY_ID.rows(session.connection(), asked)
    if not rows:
        return None
    stage, opened_by, weights, left_out, department, organisation, version, sha256, *_ = rows[0]
    return Underway(
        assessment_id,
        stage,
        opened_by,
        Place(department, organisation),
        standard_of(session, version, sha256),
        read_choices(weights, left_out),
        tuple(Duty(*row[-4:]) for row in rows if row[-4] is not None),
    )

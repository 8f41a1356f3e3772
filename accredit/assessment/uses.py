"""Which elements evidence may be linked to, told to the library below."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.assessment.choices import elements_below
from accredit.assessment.domain import Act, Stage, may
from accredit.assessment.finding import get_assessment, standing_in
from accredit.assessment.linking import link_to_element
from accredit.assessment.models import Assessment
from accredit.assessment.shown_evidence import ElementEvidence, evidence_by_element
from accredit.evidence.models import Evidence
from accredit.evidence.uses import Named, OpenAssessment, UsableElement, UsableGroup, Use
from accredit.identity.domain import Access, Permission
from accredit.identity.models import Department
from accredit.standard.service import read_standard

#: A department assesses itself against one standard or two at a time; a page shows no more.
MOST_SHOWN = 4


_SELF_ASSESSMENTS = (
    select(Assessment)
    .where(
        Assessment.stage == Stage.SELF_ASSESSMENT.value,
        Assessment.department_id.in_(bindparam("department_ids", expanding=True)),
    )
    .options(
        joinedload(Assessment.department).joinedload(Department.organisation),
        joinedload(Assessment.standard_version),
        selectinload(Assessment.assignments),
    )
    .order_by(Assessment.opened_at.desc(), Assessment.id.desc())
)


class ElementUses:
    """The answers of this feature (`accredit.evidence.uses.Uses`)."""

    def open_to(
        self, session: Session, access: Access, department_ids: Collection[int], *, today: date
    ) -> list[OpenAssessment]:
        """The newest self-assessments first; two queries, and two for each of at most four."""
        mine = [
            one
            for one in session.scalars(_SELF_ASSESSMENTS, {"department_ids": list(department_ids)})
            if may(Act.LINK_EVIDENCE, Stage(one.stage), standing_in(one, access))
        ]
        return [_open(session, one, today) for one in mine[:MOST_SHOWN]]

    def named(self, session: Session, uses: Collection[Use]) -> dict[Use, Named]:
        """One query, however many."""
        query = (
            select(Assessment)
            .where(Assessment.id.in_({use.assessment_id for use in uses}))
            .options(joinedload(Assessment.standard_version))
        )
        found = {one.id: one for one in session.scalars(query)} if uses else {}
        named = {}
        for use in uses:
            assessment = found[use.assessment_id]
            element = read_standard(assessment.standard_version).find_element(use.code)
            if element is not None:
                named[use] = Named(element.title, assessment.cycle)
        return named

    def link(
        self,
        session: Session,
        access: Access,
        use: Use,
        evidence: Evidence,
        *,
        place: str,
        at: datetime,
    ) -> None:
        """Raises what `get_assessment` and `link_to_element` raise."""
        assessment = get_assessment(session, use.assessment_id, access, Permission.UPLOAD_EVIDENCE)
        link_to_element(
            session, assessment, use.code, evidence.id, place=place, access=access, at=at
        )


def _open(session: Session, assessment: Assessment, today: date) -> OpenAssessment:
    standard = read_standard(assessment.standard_version)
    left_out = elements_below(standard, assessment.choices.left_out)
    groups: dict[str, list[UsableElement]] = {}
    for one in evidence_by_element(session, assessment, today=today):
        if one.element.code not in left_out:
            above = standard.criterion_of(one.element.code)
            groups.setdefault(above.code, []).append(_usable(assessment, one))
    return OpenAssessment(
        id=assessment.id,
        department_id=assessment.department_id,
        department=assessment.department.name,
        cycle=assessment.cycle,
        scope=assessment.scope,
        groups=tuple(
            UsableGroup(criterion.code, criterion.title, tuple(groups[criterion.code]))
            for criterion in standard.criteria
            if criterion.code in groups
        ),
    )


def _usable(assessment: Assessment, one: ElementEvidence) -> UsableElement:
    return UsableElement(
        use=Use(assessment.id, one.element.code),
        title=one.element.title,
        standing=one.standing,
        evidence_ids=frozenset(piece.evidence.id for piece in one.pieces),
    )

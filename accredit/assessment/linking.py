"""Evidence beside elements: linking what the department has to what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from accredit.assessment.domain import Act, Stage, ensure_may
from accredit.assessment.finding import standing_in
from accredit.assessment.models import Assessment
from accredit.evidence import service as evidence_service
from accredit.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from accredit.identity.domain import Access, NotFoundError
from accredit.standard.service import read_standard


def link_to_element(
    session: Session,
    assessment: Assessment,
    element_code: str,
    evidence_id: int,
    *,
    place: str,
    access: Access,
    at: datetime,
) -> EvidenceLink:
    """Use the department's own evidence for an element; `place` says where in it to look.

    Raises `NotFoundError` for evidence of another department, and what `ensure_may` and
    the evidence feature raise.
    """
    ensure_may(Act.LINK_EVIDENCE, Stage(assessment.stage), standing_in(assessment, access))
    read_standard(assessment.standard_version).element(element_code)
    evidence = session.get(Evidence, evidence_id)
    if evidence is None or evidence.department_id != assessment.department_id:
        raise NotFoundError
    return evidence_service.link_evidence(
        session,
        evidence,
        assessment_id=assessment.id,
        element_code=element_code,
        place=place,
        by=access.person_id,
        at=at,
    )


def unlink_from_element(
    session: Session, assessment: Assessment, link: EvidenceLink, *, access: Access, at: datetime
) -> None:
    """Use evidence for an element no more; only while the department assesses itself."""
    ensure_may(Act.LINK_EVIDENCE, Stage(assessment.stage), standing_in(assessment, access))
    evidence_service.unlink_evidence(session, link, by=access.person_id, at=at)


@dataclass(frozen=True, slots=True)
class LinkedEvidence:
    """Evidence beside an element: the link, and the newest file of what it links."""

    link_id: int
    evidence_id: int
    title: str
    place: str
    is_withdrawn: bool
    newest: EvidenceVersion


def linked_to(session: Session, assessment: Assessment, element_code: str) -> list[LinkedEvidence]:
    """The evidence of one element, oldest link first; one query."""
    asked = {"assessment_id": assessment.id, "code": element_code}
    return [
        LinkedEvidence(link_id, newest.evidence_id, title, place, withdrawn_at is not None, newest)
        for link_id, place, title, withdrawn_at, newest in session.execute(_LINKED, asked)
    ]


_NEWER = aliased(EvidenceVersion)
_IS_NEWEST = ~exists().where(
    _NEWER.evidence_id == EvidenceVersion.evidence_id, _NEWER.number > EvidenceVersion.number
)
# Built once: asked on every page of an element.
_LINKED = (
    select(
        EvidenceLink.id,
        EvidenceLink.place,
        Evidence.title,
        Evidence.withdrawn_at,
        EvidenceVersion,
    )
    .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
    .join(EvidenceVersion, EvidenceVersion.evidence_id == Evidence.id)
    .where(
        EvidenceLink.assessment_id == bindparam("assessment_id"),
        EvidenceLink.element_code == bindparam("code"),
        _IS_NEWEST,
    )
    .options(joinedload(EvidenceVersion.uploaded_by))
    .order_by(EvidenceLink.linked_at, EvidenceLink.id)
)


def get_link(session: Session, assessment: Assessment, link_id: int) -> EvidenceLink:
    """A link of this assessment with its evidence and versions; raises `NotFoundError`."""
    link = evidence_service.find_link(session, assessment.id, link_id)
    if link is None:
        raise NotFoundError
    return link

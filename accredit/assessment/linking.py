"""Evidence beside elements: linking what the department has to what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from accredit.assessment.domain import Act, Stage, ensure_may
from accredit.assessment.finding import standing_in
from accredit.assessment.models import Assessment
from accredit.audit import Event
from accredit.database import plain_rows
from accredit.evidence import service as evidence_service
from accredit.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from accredit.evidence.sufficiency import Shown
from accredit.identity.domain import Access, NotFoundError
from accredit.identity.models import Person
from accredit.standard.service import read_standard
from accredit.text import Bilingual


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
class CountedFile:
    """What a page tells of a file: its name as the person gave it, its size in bytes."""

    id: int
    file_name: str
    size: int
    uploaded_at: datetime

    @property
    def ending(self) -> str:
        """The kind of file in capitals: PDF, DOCX, JPG."""
        return self.file_name.rpartition(".")[2].upper()


@dataclass(frozen=True, slots=True)
class LinkedEvidence:
    """Evidence beside an element: the link, and the file that counts in the assessment.

    `version` is the newest file while the department assesses itself. From then on it is the
    file as it stood when the self-assessment was submitted, so that nobody judges what was
    slipped in later; `has_later` says that there is such a file.
    """

    link_id: int
    evidence_id: int
    title: str
    place: str
    is_withdrawn: bool
    version: CountedFile
    uploaded_by: Bilingual
    has_later: bool
    shown: Shown
    #: When the evidence was submitted the last time; None if it never was.
    submitted_at: datetime | None


def linked_to(session: Session, assessment: Assessment, element_code: str) -> list[LinkedEvidence]:
    """The evidence of one element, oldest link first; one query."""
    asked = {
        "assessment_id": assessment.id,
        "subject_id": str(assessment.id),
        "code": element_code,
        "open": Stage(assessment.stage).position <= Stage.SELF_ASSESSMENT.position,
    }
    return [
        LinkedEvidence(
            link_id=row.link_id,
            evidence_id=row.evidence_id,
            title=row.title,
            place=row.place,
            is_withdrawn=row.withdrawn_at is not None,
            version=CountedFile(row.id, row.file_name, row.size, row.uploaded_at),
            uploaded_by=Bilingual(row.name_en, row.name_ar),
            has_later=row.number < row.newest,
            shown=Shown(
                row.kind, row.period_to_on, row.uploaded_at.date(), row.withdrawn_at is not None
            ),
            submitted_at=row.submitted_at,
        )
        for row in plain_rows(session, _LINKED, asked)
    ]


def file_of(session: Session, assessment: Assessment, link: EvidenceLink) -> EvidenceVersion:
    """The file that counts for a link of the assessment, as `linked_to` shows it."""
    shown = linked_to(session, assessment, link.element_code)
    counted = next(item.version for item in shown if item.link_id == link.id)
    return session.get_one(EvidenceVersion, counted.id)


_OTHER = aliased(EvidenceVersion)
_NEWEST = select(func.max(_OTHER.number)).where(_OTHER.evidence_id == Evidence.id).scalar_subquery()
# Told by the trail: an assessment that was returned is submitted again, and the last time counts.
_SUBMITTED_AT = (
    select(func.max(Event.at, type_=Event.at.type))
    .where(
        Event.subject_type == "assessment",
        Event.subject_id == bindparam("subject_id"),
        Event.action == literal_column("'assessment.self_assessment_submitted'"),
    )
    .scalar_subquery()
)
#: The number of the version of `Evidence` that counts; asks for `open` and `subject_id`.
COUNTED = (
    select(func.max(_OTHER.number))
    .where(
        _OTHER.evidence_id == Evidence.id,
        # The first file always counts: the trail is read only where a later one was added.
        or_(
            _OTHER.number == 1,
            bindparam("open", type_=Boolean),
            _OTHER.uploaded_at <= _SUBMITTED_AT,
        ),
    )
    .scalar_subquery()
)
# Built once: asked on every page of an element.
_LINKED = (
    select(
        EvidenceLink.id.label("link_id"),
        EvidenceLink.place,
        EvidenceLink.evidence_id,
        Evidence.title,
        Evidence.kind,
        Evidence.period_to_on,
        Evidence.withdrawn_at,
        EvidenceVersion.id,
        EvidenceVersion.number,
        EvidenceVersion.file_name,
        EvidenceVersion.size,
        EvidenceVersion.uploaded_at,
        _NEWEST.label("newest"),
        _SUBMITTED_AT.label("submitted_at"),
        Person.name_en,
        Person.name_ar,
    )
    .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
    .join(EvidenceVersion, EvidenceVersion.evidence_id == Evidence.id)
    .join(Person, Person.id == EvidenceVersion.uploaded_by_id)
    .where(
        EvidenceLink.assessment_id == bindparam("assessment_id"),
        EvidenceLink.element_code == bindparam("code"),
        EvidenceVersion.number == COUNTED,
    )
    .order_by(EvidenceLink.linked_at, EvidenceLink.id)
)


def submitted_at(session: Session, assessment: Assessment) -> datetime | None:
    """When the evidence was submitted the last time; None while the department may add to it."""
    if Stage(assessment.stage).position <= Stage.SELF_ASSESSMENT.position:
        return None
    query = select(_SUBMITTED_AT)
    found: datetime | None = session.scalar(query, {"subject_id": str(assessment.id)})
    return found


def get_link(session: Session, assessment: Assessment, link_id: int) -> EvidenceLink:
    """A link of this assessment with its evidence and versions; raises `NotFoundError`."""
    link = evidence_service.find_link(session, assessment.id, link_id)
    if link is None:
        raise NotFoundError
    return link

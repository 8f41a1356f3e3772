"""What people do with evidence: describe it, withdraw it, and link it to elements."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from accredit import audit
from accredit.evidence.domain import (
    AlreadyLinkedError,
    Details,
    DetailsError,
    WithdrawnError,
    ensure_details,
    ensure_place,
    ensure_reason,
)
from accredit.evidence.indexing import index
from accredit.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from accredit.identity.domain import Access, ForbiddenError, NotFoundError, Permission
from accredit.identity.models import Department
from accredit.standard.service import list_versions, read_standard
from accredit.text import N_, Bilingual, RuleError


class StaleEvidenceError(RuleError):
    """Somebody else changed the evidence after this person opened it; `current` is theirs."""

    def __init__(self, current: Evidence) -> None:
        self.current = current
        super().__init__(
            N_(
                "Somebody else changed this evidence while you were writing. Compare both "
                "texts below, then save again."
            )
        )


def update_details(
    session: Session,
    evidence: Evidence,
    details: Details,
    *,
    version: int | None,
    by: int,
    at: datetime,
) -> None:
    """Change title, note, kind and period, as seen in the `version` the person opened.

    Raises `StaleEvidenceError`, `WithdrawnError` or `DetailsError`; changes nothing then.
    """
    ensure_in_use(evidence)
    details = ensure_details(details)
    if not details.title:
        raise DetailsError(N_("Give the evidence a title."), field="title")
    if details.kind != evidence.kind:
        ensure_kind(session, details.kind)
    if evidence.version != version:
        raise StaleEvidenceError(evidence)
    changed = {
        name: [_plain(old), _plain(new)]
        for name in ("title", "note", "kind", "period_from_on", "period_to_on")
        if (old := getattr(evidence, name)) != (new := getattr(details, name))
    }
    if not changed:
        return
    for name in changed:
        setattr(evidence, name, getattr(details, name))
    evidence.refresh_search_text()
    session.flush()
    index(session, evidence)
    record(session, "evidence.changed", evidence, by, at, **changed)


def withdraw_evidence(
    session: Session, evidence: Evidence, *, reason: str, by: int, at: datetime
) -> None:
    """The department no longer stands by it, and says why.

    Nothing vanishes: record, files, hashes and links stay, and whoever scored on it can
    still read what they scored on. It only counts no more and can be linked no more.
    """
    ensure_in_use(evidence)
    evidence.withdrawn_reason = ensure_reason(reason)
    evidence.withdrawn_at = at
    evidence.withdrawn_by_id = by
    session.flush()
    record(session, "evidence.withdrawn", evidence, by, at, reason=evidence.withdrawn_reason)


def get_evidence(
    session: Session,
    evidence_id: int,
    access: Access,
    permission: Permission = Permission.VIEW_EVIDENCE,
) -> Evidence:
    """Evidence with its department, versions and links.

    Raises `NotFoundError` where the person cannot see it, and `ForbiddenError` where they
    see it but do not hold `permission` in its department.
    """
    query = (
        select(Evidence)
        .where(Evidence.id == evidence_id)
        .options(
            joinedload(Evidence.department).joinedload(Department.organisation),
            joinedload(Evidence.withdrawn_by),
            selectinload(Evidence.versions).options(
                joinedload(EvidenceVersion.uploaded_by), joinedload(EvidenceVersion.scan)
            ),
            selectinload(Evidence.links).joinedload(EvidenceLink.linked_by),
        )
    )
    evidence = session.scalar(query)
    if evidence is None:
        raise NotFoundError
    place = (evidence.department.organisation_id, evidence.department_id)
    if not access.may_at(Permission.VIEW_EVIDENCE, *place):
        raise NotFoundError
    if not access.may_at(permission, *place):
        raise ForbiddenError
    return evidence


def get_version(evidence: Evidence, number: int) -> EvidenceVersion:
    """The version with this number; raises `NotFoundError`."""
    for version in evidence.versions:
        if version.number == number:
            return version
    raise NotFoundError


def link_evidence(
    session: Session,
    evidence: Evidence,
    *,
    assessment_id: int,
    element_code: str,
    place: str = "",
    by: int,
    at: datetime,
) -> EvidenceLink:
    """Use evidence for an element; `place` is the page, sheet or minute that supports it.

    The caller has made sure that the assessment is the department's own, stands in its
    self-assessment and has the element. Raises `WithdrawnError`, `AlreadyLinkedError`.
    """
    ensure_in_use(evidence)
    link = EvidenceLink(
        assessment_id=assessment_id,
        element_code=element_code,
        evidence_id=evidence.id,
        place=ensure_place(place),
        linked_by_id=by,
        linked_at=at,
    )
    same = select(EvidenceLink.id).where(
        EvidenceLink.assessment_id == assessment_id,
        EvidenceLink.element_code == element_code,
        EvidenceLink.evidence_id == evidence.id,
    )
    if session.scalar(same) is not None:
        raise AlreadyLinkedError
    session.add(link)
    session.flush()
    session.expire(evidence, ["links"])
    record(session, "evidence.linked", evidence, by, at, **_linked(link))
    return link


def unlink_evidence(session: Session, link: EvidenceLink, *, by: int, at: datetime) -> None:
    """Use evidence for an element no more; the evidence itself stays."""
    evidence, details = link.evidence, _linked(link)
    session.delete(link)
    session.flush()
    session.expire(evidence, ["links"])
    record(session, "evidence.unlinked", evidence, by, at, **details)


def find_link(session: Session, assessment_id: int, link_id: int) -> EvidenceLink | None:
    """A link of this assessment with its evidence and versions."""
    query = _links(assessment_id).where(EvidenceLink.id == link_id)
    return session.scalar(query)


def links_of_element(session: Session, assessment_id: int, element_code: str) -> list[EvidenceLink]:
    """The links of one element, oldest first, with evidence, versions and people."""
    query = _links(assessment_id).where(EvidenceLink.element_code == element_code)
    return list(session.scalars(query))


def links_by_element(session: Session, assessment_id: int) -> dict[str, list[EvidenceLink]]:
    """All links of an assessment by element code; withdrawn evidence is among them."""
    found: defaultdict[str, list[EvidenceLink]] = defaultdict(list)
    for link in session.scalars(_links(assessment_id)):
        found[link.element_code].append(link)
    return dict(found)


def count_links(session: Session, assessment_id: int) -> dict[str, int]:
    """How many pieces of evidence support each element; withdrawn evidence does not count.

    Elements without any are left out.
    """
    return dict(session.execute(_LINKED, {"assessment_id": assessment_id}).all())


_LINKED = (
    select(EvidenceLink.element_code, func.count())
    .join(EvidenceLink.evidence)
    .where(
        EvidenceLink.assessment_id == bindparam("assessment_id"), Evidence.withdrawn_at.is_(None)
    )
    .group_by(EvidenceLink.element_code)
)


def kinds_of_evidence(session: Session) -> dict[str, Bilingual]:
    """The kinds of evidence that published standards speak of, newest wording first."""
    kinds: dict[str, Bilingual] = {}
    for row in list_versions(session):
        for kind in read_standard(row).evidence_kinds:
            kinds.setdefault(kind.id, kind.name)
    return kinds


def ensure_in_use(evidence: Evidence) -> None:
    """Raise `WithdrawnError` for evidence that was withdrawn."""
    if evidence.is_withdrawn:
        raise WithdrawnError


def ensure_kind(session: Session, kind: str | None) -> None:
    """Raise `DetailsError` for a kind no published standard speaks of."""
    if kind is not None and kind not in kinds_of_evidence(session):
        raise DetailsError(N_("Choose one of the kinds of evidence."), field="kind")


def record(
    session: Session,
    action: str,
    evidence: Evidence,
    by: int | None,
    at: datetime,
    **details: object,
) -> None:
    """Write an event about evidence into the trail."""
    department = evidence.department
    audit.record(
        session,
        action,
        audit.Subject("evidence", str(evidence.id), department.organisation_id, department.id),
        by=by,
        at=at,
        details=details,
    )


def _links(assessment_id: int) -> Select[EvidenceLink]:
    return (
        select(EvidenceLink)
        .join(EvidenceLink.evidence)
        .where(EvidenceLink.assessment_id == assessment_id)
        .options(
            joinedload(EvidenceLink.linked_by),
            contains_eager(EvidenceLink.evidence).options(
                joinedload(Evidence.created_by),
                joinedload(Evidence.department),
                selectinload(Evidence.versions).joinedload(EvidenceVersion.uploaded_by),
            ),
        )
        .order_by(EvidenceLink.linked_at, EvidenceLink.id)
    )


def _linked(link: EvidenceLink) -> dict[str, object]:
    return {
        "assessment": link.assessment_id,
        "element": link.element_code,
        "place": link.place,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value

"""Taking decisions: over an assessment, and later over the certificate it earned."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.models import Assessment
from accredit.assessment.service import close_assessment, ensure_may_decide
from accredit.assessment.stages import written_by
from accredit.certificate.domain import (
    CertificateState,
    DecisionKind,
    StaleDecisionError,
    ensure_grantable,
    ensure_independent,
    get_reason,
    last_valid_day,
    next_state,
)
from accredit.certificate.finding import (
    PublicCertificate,
    decisions_of,
    find_document,
    find_public,
    get_certificate,
    list_certificates,
    roles_for,
    verify_file,
)
from accredit.certificate.judging import Judgement, find_decision, judge, write_readings
from accredit.certificate.models import Certificate, CertificateDocument, Decision
from accredit.certificate.number import make_number, prefix_of
from accredit.certificate.pdf import DOCUMENT_LANGUAGES, CertificateText, render_certificate
from accredit.evidence.store import FileStore
from accredit.identity.domain import Access, ForbiddenError, Permission, Role, allows
from accredit.identity.models import Person
from accredit.identity.service import load_access

__all__ = [
    "Judgement",
    "PublicCertificate",
    "change_state",
    "decide",
    "decisions_of",
    "ensure_may_change",
    "find_decision",
    "find_document",
    "find_public",
    "get_certificate",
    "judge",
    "list_certificates",
    "roles_for",
    "verify_file",
]

_LARGEST_DOCUMENT = 10 * 1024 * 1024
_EVENTS = {
    DecisionKind.GRANT: "decision.granted",
    DecisionKind.REFUSE: "decision.refused",
    DecisionKind.SUSPEND: "certificate.suspended",
    DecisionKind.RESTORE: "certificate.restored",
    DecisionKind.WITHDRAW: "certificate.withdrawn",
}


def decide(
    session: Session,
    assessment: Assessment,
    *,
    kind: DecisionKind,
    award: str | None,
    reason: str,
    version: int,
    by: int,
    at: datetime,
    today: date,
    base_url: str,
    store: FileStore,
) -> Decision:
    """Grant an award or refuse, and close the assessment; a grant issues the certificate.

    `version` is the assessment's as the person saw it. Raises what `ensure_may_decide`
    raises, `StaleDecisionError`, `ReasonMissingError`, `AwardMissingError`, and
    `AwardNotReachedError` for an award above the one the agreed levels reach now.
    """
    ensure_may_decide(session, assessment, load_access(session, by))
    if version != assessment.version:
        raise StaleDecisionError
    judgement = judge(session, assessment)
    granted = None
    if kind is DecisionKind.GRANT:
        ladder = [rung.id for rung in judgement.standard.awards]
        granted = ensure_grantable(award, ladder, judgement.result.award)
    elif kind is not DecisionKind.REFUSE:
        raise ForbiddenError
    decision = Decision(
        assessment_id=assessment.id,
        kind=kind.value,
        award=granted,
        reached=judgement.result.award,
        readings=write_readings(judgement.readings),
        reason=get_reason(reason),
        decided_by_id=by,
        decided_at=at,
    )
    session.add(decision)
    session.flush()
    department = assessment.department
    audit.record(
        session,
        _EVENTS[kind],
        audit.Subject("assessment", str(assessment.id), department.organisation_id, department.id),
        by=by,
        at=at,
        details={
            "decision": decision.id,
            "award": granted,
            "reached": decision.reached,
            "reason": decision.reason,
        },
    )
    close_assessment(session, assessment, by=by, at=at)
    if granted is not None:
        certificate = _issue(session, assessment, judgement, granted, by=by, at=at, today=today)
        decision.certificate = certificate
        session.flush()
        _print(session, certificate, by=by, base_url=base_url, store=store)
    return decision


def change_state(
    session: Session,
    certificate: Certificate,
    *,
    kind: DecisionKind,
    reason: str,
    version: int,
    by: int,
    at: datetime,
    today: date,
) -> Decision:
    """Suspend, restore or withdraw a certificate, with the reason.

    Raises what `ensure_may_change` raises, `StaleDecisionError`, `ChangeNotAllowedError` and
    `ReasonMissingError`.
    """
    ensure_may_change(session, certificate, load_access(session, by))
    if version != certificate.version:
        raise StaleDecisionError
    before = certificate.state_on(today)
    after = next_state(before, kind)
    decision = Decision(
        assessment_id=certificate.assessment_id,
        certificate_id=certificate.id,
        kind=kind.value,
        readings="{}",
        reason=get_reason(reason),
        decided_by_id=by,
        decided_at=at,
    )
    session.add(decision)
    certificate.state = after.value
    certificate.state_since_at = at
    session.flush()
    audit.record(
        session,
        _EVENTS[kind],
        _subject(certificate),
        by=by,
        at=at,
        details={
            "number": certificate.number,
            "from": before.value,
            "to": after.value,
            "reason": decision.reason,
        },
    )
    return decision


def ensure_may_change(session: Session, certificate: Certificate, access: Access) -> None:
    """Raise unless the person decides for the organisation and had no part in the assessment.

    `ForbiddenError` without the role; `NotIndependentError` for whoever scored, moderated
    or opened the assessment or works in the department.
    """
    if not allows(roles_for(certificate, access), Permission.CHANGE_CERTIFICATE):
        raise ForbiddenError
    assessment = certificate.assessment
    took_part = (
        assessment.opened_by_id == access.person_id
        or any(
            item.person_id == access.person_id and item.role != Role.DECISION_MAKER
            for item in assessment.assignments
        )
        or bool(written_by(session, assessment, access.person_id))
    )
    place = access.roles_at(certificate.organisation_id, certificate.department_id)
    ensure_independent(place, took_part)


def _issue(
    session: Session,
    assessment: Assessment,
    judgement: Judgement,
    award_id: str,
    *,
    by: int,
    at: datetime,
    today: date,
) -> Certificate:
    """The certificate, with every name as it stands today."""
    department, standard = assessment.department, assessment.standard_version
    organisation = department.organisation
    award = judgement.standard.award(award_id)
    certificate = Certificate(
        number=_unused_number(session, standard.standard_id, today.year),
        assessment_id=assessment.id,
        organisation_id=organisation.id,
        department_id=department.id,
        standard_version_id=standard.id,
        award=award.id,
        award_en=award.name.en,
        award_ar=award.name.ar,
        organisation_en=organisation.name_en,
        organisation_ar=organisation.name_ar,
        department_en=department.name_en,
        department_ar=department.name_ar,
        scope_en=assessment.scope_en,
        scope_ar=assessment.scope_ar,
        standard_en=standard.title_en,
        standard_ar=standard.title_ar,
        standard_edition=standard.version,
        issued_on=today,
        expires_on=last_valid_day(today, award.valid_years),
        state=CertificateState.VALID.value,
        state_since_at=at,
        documents=[],
    )
    session.add(certificate)
    session.flush()
    audit.record(
        session,
        "certificate.issued",
        _subject(certificate),
        by=by,
        at=at,
        details={
            "number": certificate.number,
            "award": award.id,
            "issued_on": today.isoformat(),
            "expires_on": certificate.expires_on.isoformat(),
        },
    )
    return certificate


def _unused_number(session: Session, standard_id: str, year: int) -> str:
    while True:
        number = make_number(prefix_of(standard_id), year, secrets.choice)
        if session.scalar(select(Certificate.id).where(Certificate.number == number)) is None:
            return number


def _print(
    session: Session, certificate: Certificate, *, by: int, base_url: str, store: FileStore
) -> None:
    """The three PDFs, kept under their hashes.

    A file that is stored when the transaction then fails is found by nobody and harms nobody.
    """
    decided_by = session.get_one(Person, by)
    text = CertificateText(
        number=certificate.number,
        organisation=certificate.organisation_name,
        department=certificate.department_name,
        scope=certificate.scope,
        standard=certificate.standard_title,
        edition=certificate.standard_edition,
        award=certificate.award_name,
        issued_on=certificate.issued_on,
        expires_on=certificate.expires_on,
        decided_by=decided_by.name,
        verify_url=f"{base_url}/certificates/{certificate.number}",
        check_url=f"{base_url}/certificates/check",
    )
    for language in DOCUMENT_LANGUAGES:
        content = render_certificate(text, language)
        blob = store.put(BytesIO(content), limit=_LARGEST_DOCUMENT)
        certificate.documents.append(
            CertificateDocument(language=language, sha256=blob.sha256, size=blob.size)
        )
    session.flush()


def _subject(certificate: Certificate) -> audit.Subject:
    return audit.Subject(
        "certificate",
        str(certificate.id),
        certificate.organisation_id,
        certificate.department_id,
    )

"""Issuing a certificate: its row with every name of the day, its number, its three PDFs."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.models import Assessment
from accredit.certificate.domain import CertificateState, last_valid_day
from accredit.certificate.judging import Judgement
from accredit.certificate.models import Certificate, CertificateDocument
from accredit.certificate.number import make_number, prefix_of
from accredit.certificate.wording import CertificateText
from accredit.evidence.store import FileStore
from accredit.identity.models import Person

_LARGEST_DOCUMENT = 10 * 1024 * 1024


def issue(
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
        subject_of(certificate),
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


def print_documents(
    session: Session, certificate: Certificate, *, by: int, base_url: str, store: FileStore
) -> None:
    """The three PDFs, kept under their hashes.

    A file that is stored when the transaction then fails is found by nobody and harms nobody.
    """
    # Loaded when the first certificate is drawn: drawing brings large libraries.
    from accredit.certificate.pdf import DOCUMENT_LANGUAGES, render_certificate

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


def subject_of(certificate: Certificate) -> audit.Subject:
    """The certificate as events name it."""
    return audit.Subject(
        "certificate",
        str(certificate.id),
        certificate.organisation_id,
        certificate.department_id,
    )

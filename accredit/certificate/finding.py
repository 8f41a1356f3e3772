"""Finding certificates: within what a person may see, and for the public by their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, Select, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.certificate.domain import CertificateState, state_on
from accredit.certificate.models import Certificate, CertificateDocument, Decision
from accredit.certificate.number import parse_number
from accredit.identity.domain import (
    Access,
    ForbiddenError,
    NotFoundError,
    Permission,
    Reach,
    Role,
    allows,
)
from accredit.identity.service import within
from accredit.prepared import Prepared
from accredit.text import Bilingual


def roles_for(certificate: Certificate, access: Access) -> frozenset[Role]:
    """What the person is to the certificate: roles at its place, or decision maker there.

    Decision makers look after all certificates of the organisations whose pool they are in.
    """
    place = access.roles_at(certificate.organisation_id, certificate.department_id)
    pool = access.pool_roles_at(certificate.organisation_id) & {Role.DECISION_MAKER}
    return place | pool


def get_certificate(
    session: Session, number: str, access: Access, permission: Permission
) -> Certificate:
    """The certificate with its documents and its assessment's assignments.

    Raises `NotFoundError` if there is none that the person may see, `ForbiddenError` if
    they see it but may not do this.
    """
    certificate = session.scalar(
        select(Certificate)
        .where(Certificate.number == parse_number(number))
        .options(selectinload(Certificate.documents))
    )
    if certificate is None:
        raise NotFoundError
    roles = roles_for(certificate, access)
    if not allows(roles, Permission.VIEW_CERTIFICATE):
        raise NotFoundError
    if not allows(roles, permission):
        raise ForbiddenError
    return certificate


def list_certificates(session: Session, access: Access) -> list[Certificate]:
    """Every certificate the person may see with its documents, the newest first; two queries."""
    pools = Reach.of(grant for grant in access.grants if grant.role is Role.DECISION_MAKER)
    query = _certificates_within(access.reach(Permission.VIEW_CERTIFICATE), pools)
    return list(session.scalars(query))


@lru_cache(maxsize=32)
def _certificates_within(reach: Reach, pools: Reach) -> Select[Certificate]:
    department = Certificate.department_id.expression
    return (
        select(Certificate)
        .where(
            or_(
                within(reach, department),
                within(pools, department),
            )
        )
        .options(selectinload(Certificate.documents))
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    )


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """What anybody may know of a certificate, and nothing else."""

    number: str
    organisation: Bilingual
    department: Bilingual
    scope: Bilingual
    standard: Bilingual
    edition: str
    award: Bilingual
    issued_on: date
    expires_on: date
    stored_state: str
    state_since_at: datetime

    def state_on(self, today: date) -> CertificateState:
        """What the certificate is worth on a day."""
        return state_on(self.stored_state, self.expires_on, today)


_PUBLIC = Prepared(
    select(
        Certificate.number,
        Certificate.organisation_en,
        Certificate.organisation_ar,
        Certificate.department_en,
        Certificate.department_ar,
        Certificate.scope_en,
        Certificate.scope_ar,
        Certificate.standard_en,
        Certificate.standard_ar,
        Certificate.standard_edition,
        Certificate.award_en,
        Certificate.award_ar,
        Certificate.issued_on,
        Certificate.expires_on,
        Certificate.state,
        Certificate.state_since_at,
    ).where(Certificate.number == bindparam("number"))
)


def find_public(connection: Connection, number: str) -> PublicCertificate | None:
    """The certificate with this number as a person wrote it, for anybody; one query."""
    exact = parse_number(number)
    if exact is None:
        return None
    row = _PUBLIC.row(connection, {"number": exact})
    if row is None:
        return None
    number, *names, edition, award_en, award_ar, issued_on, expires_on, state, since = row
    organisation_en, organisation_ar, department_en, department_ar, *texts = names
    scope_en, scope_ar, standard_en, standard_ar = texts
    return PublicCertificate(
        number=number,
        organisation=Bilingual(organisation_en, organisation_ar),
        department=Bilingual(department_en, department_ar),
        scope=Bilingual(scope_en, scope_ar),
        standard=Bilingual(standard_en, standard_ar),
        edition=edition,
        award=Bilingual(award_en, award_ar),
        issued_on=issued_on,
        expires_on=expires_on,
        stored_state=state,
        state_since_at=since,
    )


def verify_file(session: Session, sha256: str) -> CertificateDocument | None:
    """The document that was issued with exactly this content, with its certificate."""
    return session.scalar(
        select(CertificateDocument)
        .where(CertificateDocument.sha256 == sha256)
        .options(joinedload(CertificateDocument.certificate))
        .limit(1)
    )


def find_document(certificate: Certificate, language: str) -> CertificateDocument | None:
    """The certificate's PDF in "en", "ar" or "both"."""
    return next((item for item in certificate.documents if item.language == language), None)


def decisions_of(session: Session, certificate: Certificate) -> list[Decision]:
    """Everything that was decided over a certificate, oldest first, with who decided."""
    query = (
        select(Decision)
        .where(Decision.certificate_id == certificate.id)
        .options(joinedload(Decision.decided_by))
        .order_by(Decision.decided_at, Decision.id)
    )
    return list(session.scalars(query))

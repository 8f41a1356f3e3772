"""Decisions and the certificates they grant, suspend, restore or withdraw."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accredit.assessment.models import Assessment
from accredit.certificate.domain import CertificateState, state_on
from accredit.database import Base, UtcDateTime
from accredit.identity.models import Department, Organisation, Person
from accredit.standard.models import StandardVersion
from accredit.text import Bilingual


class Certificate(Base):
    """What was granted, with the names as they stood on that day."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    standard_version_id: Mapped[int] = mapped_column(ForeignKey("standard_version.id"))
    award: Mapped[str] = mapped_column(String(64))
    award_en: Mapped[str] = mapped_column(String(120))
    award_ar: Mapped[str] = mapped_column(String(120))
    organisation_en: Mapped[str] = mapped_column(String(200))
    organisation_ar: Mapped[str] = mapped_column(String(200))
    department_en: Mapped[str] = mapped_column(String(200))
    department_ar: Mapped[str] = mapped_column(String(200))
    scope_en: Mapped[str] = mapped_column(String(300))
    scope_ar: Mapped[str] = mapped_column(String(300))
    standard_en: Mapped[str] = mapped_column(String(200))
    standard_ar: Mapped[str] = mapped_column(String(200))
    standard_edition: Mapped[str] = mapped_column(String(32))
    issued_on: Mapped[date]
    expires_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16))
    state_since_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    assessment: Mapped[Assessment] = relationship()
    organisation: Mapped[Organisation] = relationship()
    department: Mapped[Department] = relationship()
    standard_version: Mapped[StandardVersion] = relationship()
    documents: Mapped[list[CertificateDocument]] = relationship(back_populates="certificate")

    def state_on(self, today: date) -> CertificateState:
        """What the certificate is worth on a day."""
        return state_on(self.state, self.expires_on, today)

    @property
    def award_name(self) -> Bilingual:
        """The award level's name in both languages."""
        return Bilingual(self.award_en, self.award_ar)

    @property
    def organisation_name(self) -> Bilingual:
        """The organisation's name on the day of the decision."""
        return Bilingual(self.organisation_en, self.organisation_ar)

    @property
    def department_name(self) -> Bilingual:
        """The department's name on the day of the decision."""
        return Bilingual(self.department_en, self.department_ar)

    @property
    def scope(self) -> Bilingual:
        """What the certificate covers."""
        return Bilingual(self.scope_en, self.scope_ar)

    @property
    def standard_title(self) -> Bilingual:
        """The standard's title on the day of the decision."""
        return Bilingual(self.standard_en, self.standard_ar)


class CertificateDocument(Base):
    """One PDF of a certificate as issued: its language (en, ar or both) and content hash."""

    __tablename__ = "certificate_document"
    __table_args__ = (UniqueConstraint("certificate_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    language: Mapped[str] = mapped_column(String(4))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]

    certificate: Mapped[Certificate] = relationship(back_populates="documents")


class Decision(Base):
    """Grant, refuse, suspend, restore or withdraw, by somebody who scored nothing.

    A grant or refusal also keeps what it rested on: the award the agreed levels and
    measured figures `reached`, and those figures (`readings`, JSON by KPI), so that the
    page of the decision can be shown unchanged for ever.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    award: Mapped[str | None] = mapped_column(String(64))
    reached: Mapped[str | None] = mapped_column(String(64))
    readings: Mapped[str] = mapped_column(Text, default="{}")
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    decided_by: Mapped[Person] = relationship()
    certificate: Mapped[Certificate | None] = relationship()

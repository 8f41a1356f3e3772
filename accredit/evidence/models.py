"""Evidence, its versions and its links to the elements it supports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accredit.database import Base, UtcDateTime
from accredit.evidence.domain import ScanState, period_message
from accredit.evidence.search import LONGEST_WORD, fold
from accredit.identity.models import Department, Person
from accredit.text import Message


class Evidence(Base):
    """Something a department shows. Its files are versions; none is ever replaced."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_department_id", "department_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str | None] = mapped_column(String(40))
    period_from_on: Mapped[date | None]
    period_to_on: Mapped[date | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    #: Title, note and file names as `search.fold` leaves them; what a search looks through.
    search_text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    department: Mapped[Department] = relationship()
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
    versions: Mapped[list[EvidenceVersion]] = relationship(
        back_populates="evidence", order_by="EvidenceVersion.number"
    )
    links: Mapped[list[EvidenceLink]] = relationship(
        back_populates="evidence", order_by="EvidenceLink.element_code"
    )

    @property
    def current(self) -> EvidenceVersion:
        """The newest version; evidence always has at least one."""
        return self.versions[-1]

    @property
    def period(self) -> Message | None:
        """The period the evidence covers, in words; None if nothing was said."""
        return period_message(self.period_from_on, self.period_to_on)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the department no longer stands by it."""
        return self.withdrawn_at is not None

    def refresh_search_text(self) -> None:
        """Say again what a search looks through, after title, note or versions changed."""
        self.search_text = fold(self.described)

    @property
    def described(self) -> str:
        """Title, note and file names together."""
        return " ".join([self.title, self.note, *(version.file_name for version in self.versions)])


class EvidenceVersion(Base):
    """One file as it was uploaded. `file_name` is the person's own, kept unchanged."""

    __tablename__ = "evidence_version"
    __table_args__ = (UniqueConstraint("evidence_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    evidence: Mapped[Evidence] = relationship(back_populates="versions")
    uploaded_by: Mapped[Person] = relationship()
    scan: Mapped[EvidenceScan | None] = relationship()

    @property
    def is_withheld(self) -> bool:
        """Whether the file must not be handed out: a scanner is waited for, or found something."""
        return self.scan is not None and self.scan.state != ScanState.CLEAN

    @property
    def ending(self) -> str:
        """The kind of file in capitals: PDF, DOCX, JPG."""
        return self.file_name.rpartition(".")[2].upper()


class EvidencePart(Base):
    """The words of one page, slide or sheet of a file, as far as they could be read."""

    __tablename__ = "evidence_part"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("evidence_version.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)


class EvidenceWord(Base):
    """A word or stem (`search.index_terms`) in what is said in or of a piece of evidence.

    One portable index: it finds the same on SQLite and on PostgreSQL.
    """

    __tablename__ = "evidence_word"
    __table_args__ = (Index("ix_evidence_word_evidence_id", "evidence_id"),)

    #: Sorted by code points everywhere, so that the beginning of a word is a range.
    word: Mapped[str] = mapped_column(
        String(LONGEST_WORD + 1).with_variant(
            String(LONGEST_WORD + 1, collation="C"), "postgresql"
        ),
        primary_key=True,
    )
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)


class EvidenceScan(Base):
    """What the virus scanner last said of a file; no row where none was asked."""

    __tablename__ = "evidence_scan"

    version_id: Mapped[int] = mapped_column(ForeignKey("evidence_version.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    finding: Mapped[str] = mapped_column(String(200), default="")
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EvidenceLink(Base):
    """Evidence used for one element of one assessment; `place` is the page, sheet or minute."""

    __tablename__ = "evidence_link"
    __table_args__ = (
        UniqueConstraint("assessment_id", "element_code", "evidence_id"),
        Index("ix_evidence_link_evidence_id", "evidence_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    element_code: Mapped[str] = mapped_column(String(24))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    linked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    evidence: Mapped[Evidence] = relationship(back_populates="links")
    linked_by: Mapped[Person] = relationship()

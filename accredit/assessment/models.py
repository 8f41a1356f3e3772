"""Assessments, who was assigned to them, and every score of every stage."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accredit.assessment.awarded import Awarded
from accredit.assessment.choices import Choices, read_choices
from accredit.database import Base, UtcDateTime
from accredit.identity.models import Department, Organisation, Person
from accredit.standard.models import StandardVersion
from accredit.text import Bilingual


class Assessment(Base):
    """One department against one standard version, one time."""

    __tablename__ = "assessment"
    __table_args__ = (Index("ix_assessment_department_id_opened_at", "department_id", "opened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    standard_version_id: Mapped[int] = mapped_column(ForeignKey("standard_version.id"))
    cycle: Mapped[str] = mapped_column(String(20))
    scope_en: Mapped[str] = mapped_column(String(300))
    scope_ar: Mapped[str] = mapped_column(String(300))
    stage: Mapped[str] = mapped_column(String(24), index=True)
    due_on: Mapped[date | None]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stage_since_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: JSON of what was agreed before scoring; `choices` reads both.
    weights: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    not_applicable: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    department: Mapped[Department] = relationship()
    standard_version: Mapped[StandardVersion] = relationship()
    assignments: Mapped[list[Assignment]] = relationship(
        back_populates="assessment", order_by="Assignment.id"
    )

    @property
    def scope(self) -> Bilingual:
        """What is assessed, in both languages; printed on the certificate."""
        return Bilingual(self.scope_en, self.scope_ar)

    @property
    def choices(self) -> Choices:
        """What was agreed of weights and of what does not apply."""
        return read_choices(self.weights, self.not_applicable)


class Assignment(Base):
    """A person's duty in one assessment: assessor, moderator or decision maker."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("assessment_id", "person_id"),
        Index("ix_assignment_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(24))
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When the person said to have no tie to who is assessed.
    impartial_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Since when the person stands aside because of a tie they declared: the duty opens nothing,
    #: and what they scored does not count.
    recused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assessment: Mapped[Assessment] = relationship(back_populates="assignments")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class DeclaredInterest(Base):
    """A tie that a person declared to an organisation, or to one department of it.

    `blocks_until` is the last day on which it keeps them from judging there; with `ended_on` it
    is None while the tie holds. A declaration stays; one made by mistake is set aside by somebody
    else, with a reason.
    """

    __tablename__ = "declared_interest"
    __table_args__ = (
        Index("ix_declared_interest_person_id", "person_id"),
        Index("ix_declared_interest_organisation_id", "organisation_id"),
        CheckConstraint("set_aside_by_id <> person_id", name="set_aside_by_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]
    blocks_until: Mapped[date | None]
    set_aside_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()
    department: Mapped[Department | None] = relationship()


class Score(Base):
    """A level awarded to an element, with its reason.

    `stage` is self (the department's own), individual (one assessor's, of which each
    assessor has one) or agreed (the moderator's). `attributes` is JSON of the values of an
    element's attributes, empty where it is scored as a whole; `level` is then what they come to.
    """

    __tablename__ = "score"
    __table_args__ = (
        Index(
            "uq_score_individual",
            "assessment_id",
            "element_code",
            "person_id",
            unique=True,
            sqlite_where=text("stage = 'individual'"),
            postgresql_where=text("stage = 'individual'"),
        ),
        Index(
            "uq_score_shared",
            "assessment_id",
            "element_code",
            "stage",
            unique=True,
            sqlite_where=text("stage <> 'individual'"),
            postgresql_where=text("stage <> 'individual'"),
        ),
        Index("ix_score_assessment_id_stage", "assessment_id", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    element_code: Mapped[str] = mapped_column(String(24))
    stage: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    level: Mapped[str] = mapped_column(String(40))
    attributes: Mapped[str] = mapped_column(Text, default="", server_default="")
    reason: Mapped[str] = mapped_column(Text)
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    person: Mapped[Person] = relationship()

    @property
    def awarded(self) -> Awarded:
        """What was awarded, without who and why."""
        return Awarded(self.level, self.attributes)


class ScoreSetAside(Base):
    """A score of an earlier version of the standard, whose element was changed or removed.

    It counts no more. `content` is JSON of everything the score said; `standard_version_id`
    is the version it was given by.
    """

    __tablename__ = "score_set_aside"
    __table_args__ = (
        Index("ix_score_set_aside_assessment_id_element_code", "assessment_id", "element_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    standard_version_id: Mapped[int] = mapped_column(ForeignKey("standard_version.id"))
    element_code: Mapped[str] = mapped_column(String(24))
    stage: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    content: Mapped[str] = mapped_column(Text)
    set_aside_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()
    standard_version: Mapped[StandardVersion] = relationship()

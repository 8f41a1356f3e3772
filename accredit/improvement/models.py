"""Improvement actions: what, who, by when, and the KPI each promises to move."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accredit.assessment.models import Assessment
from accredit.database import Base, UtcDateTime
from accredit.identity.models import Department, Person


class ImprovementAction(Base):
    """One action of a department's improvement plan.

    The baseline is copied when the promise is made, so that later imports cannot move it.
    `verified_verdict` is what the measurements said on the day it was verified.
    """

    __tablename__ = "improvement_action"
    __table_args__ = (Index("ix_improvement_action_department_id", "department_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    element_code: Mapped[str | None] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    kpi: Mapped[str | None] = mapped_column(String(64))
    baseline_value: Mapped[float | None] = mapped_column(Float)
    baseline_low: Mapped[float | None] = mapped_column(Float)
    baseline_high: Mapped[float | None] = mapped_column(Float)
    baseline_n: Mapped[int | None]
    baseline_start_on: Mapped[date | None]
    baseline_end_on: Mapped[date | None]
    target_value: Mapped[float | None] = mapped_column(Float)
    status: Mapped[str] = mapped_column(String(16))
    progress_note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_on: Mapped[date | None]
    finished_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_on: Mapped[date | None]
    verified_verdict: Mapped[str | None] = mapped_column(String(16))
    verified_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    department: Mapped[Department] = relationship()
    assessment: Mapped[Assessment | None] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    finished_by: Mapped[Person | None] = relationship(foreign_keys=[finished_by_id])
    verified_by: Mapped[Person | None] = relationship(foreign_keys=[verified_by_id])

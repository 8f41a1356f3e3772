"""Imports of raw answers and the measurements computed from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accredit.database import Base, UtcDateTime
from accredit.identity.models import Department, Person


class KpiImport(Base):
    """One file somebody confirmed. The file itself is kept, so that figures can be recomputed.

    `mapping` is what was chosen, as accredit/kpi/choices.py writes it. Nobody imported it
    (None) where the command line did. A withdrawn import counts no more, but stays.
    """

    __tablename__ = "kpi_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    kpi: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[str] = mapped_column(Text)
    accepted: Mapped[int]
    blank: Mapped[int]
    left_out: Mapped[int]
    rejected: Mapped[int]
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    imported_by: Mapped[Person | None] = relationship(foreign_keys=[imported_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
    department: Mapped[Department] = relationship()

    @property
    def is_withdrawn(self) -> bool:
        """Whether somebody took the import back."""
        return self.withdrawn_at is not None


class Measurement(Base):
    """A KPI's value in one window, with sample size, 95 % interval and status.

    A later import of the same window does not change the figures here: it sets
    `replaced_at` and adds its own. The row without `replaced_at` is the one that counts.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        Index("ix_measurement_department_id_kpi", "department_id", "kpi", "start_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    kpi: Mapped[str] = mapped_column(String(64))
    import_id: Mapped[int] = mapped_column(ForeignKey("kpi_import.id"), index=True)
    start_on: Mapped[date]
    end_on: Mapped[date]
    value: Mapped[float | None] = mapped_column(Float)
    n: Mapped[int]
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    status: Mapped[str] = mapped_column(String(16))
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    source: Mapped[KpiImport] = relationship()


class KpiTarget(Base):
    """The value a department wants to reach; the newest row counts."""

    __tablename__ = "kpi_target"
    __table_args__ = (Index("ix_kpi_target_department_id_kpi", "department_id", "kpi"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    kpi: Mapped[str] = mapped_column(String(64))
    value: Mapped[float] = mapped_column(Float)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    set_by: Mapped[Person] = relationship()

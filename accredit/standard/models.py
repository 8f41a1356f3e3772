"""Published standards: immutable, identified by the SHA-256 of their canonical content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accredit.database import Base, UtcDateTime
from accredit.text import Bilingual


class StandardVersion(Base):
    """One version of a standard as it was published. `content` is canonical JSON."""

    __tablename__ = "standard_version"
    __table_args__ = (UniqueConstraint("standard_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    title_en: Mapped[str] = mapped_column(String(200))
    title_ar: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text, deferred=True)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    @property
    def title(self) -> Bilingual:
        """The standard's title in both languages."""
        return Bilingual(self.title_en, self.title_ar)

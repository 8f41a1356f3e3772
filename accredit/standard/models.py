"""Standards: drafts, and published versions, which are immutable and known by their hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
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


class StandardDraft(Base):
    """A standard that was uploaded and not published; nothing can be assessed by it.

    `content` is canonical JSON and `source` the file it was read from. `based_on_id` is the
    newest published version when it was uploaded; `revision` counts what replaced it.
    """

    __tablename__ = "standard_draft"
    __table_args__ = (UniqueConstraint("standard_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    title_en: Mapped[str] = mapped_column(String(200))
    title_ar: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    file_name: Mapped[str] = mapped_column(String(255))
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("standard_version.id"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's declarative form

    @property
    def title(self) -> Bilingual:
        """The standard's title in both languages."""
        return Bilingual(self.title_en, self.title_ar)

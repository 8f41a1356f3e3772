"""One event of the trail as a row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from accredit.database import Base, UtcDateTime

# Written out, as a query must write it too, or no database sees that the index answers it.
_SUBMITTED = text("action = 'assessment.self_assessment_submitted'")


class Event(Base):
    """One thing that happened. `subject` is what it happened to, `details` what was said of it.

    `changes` is JSON: of every protected row that changed its table, its key, and its hash
    before and after (null: it was not there). `salt` goes into the hash of details and
    changes, so that neither can be found by trying while they are kept back. `form` says how
    the event is hashed; `chain` knows each form.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_type", "subject_id"),
        Index("ix_event_organisation_id_id", "organisation_id", "id"),
        Index("ix_event_person_id_id", "person_id", "id"),
        Index(
            "ix_event_submitted",
            "subject_id",
            "at",
            sqlite_where=_SUBMITTED,
            postgresql_where=_SUBMITTED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str | None] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[int | None]
    department_id: Mapped[int | None]
    details: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    salt: Mapped[str] = mapped_column(String(32), default="", server_default="")
    form: Mapped[int] = mapped_column(default=1, server_default="1")
    request_id: Mapped[str | None] = mapped_column(String(40))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

"""The event trail: who did what, when, to what, in one chain that shows any change.

An event is written in the transaction of the change it tells of, so that neither can
exist without the other. Each event carries the hash of the one before it: an altered,
missing or reordered event breaks the chain from there on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accredit.database import Base, UtcDateTime, wait_for_turn

FIRST_HASH = "0" * 64

#: Which request is being served; the edge sets it, events carry it.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class Event(Base):
    """One thing that happened. `subject` is what it happened to, `details` the change."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_type", "subject_id"),
        Index("ix_event_organisation_id_id", "organisation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[int | None]
    department_id: Mapped[int | None]
    details: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(40))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about and whose it is (None: of the whole installation)."""

    type: str
    id: str
    organisation_id: int | None = None
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold: the event's id and what is wrong with it."""

    event_id: int
    kind: str


def record(
    session: Session,
    action: str,
    subject: Subject,
    *,
    by: int | None,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> Event:
    """Add an event to the chain within the running transaction.

    `action` is "<subject>.<verb>", for example "score.set"; `by` is the person's id, or
    None for the system itself; `details` must be JSON values.
    """
    wait_for_turn(session)
    last = session.execute(select(Event.hash).order_by(Event.id.desc()).limit(1)).scalar()
    event = Event(
        at=at,
        person_id=by,
        action=action,
        subject_type=subject.type,
        subject_id=subject.id,
        organisation_id=subject.organisation_id,
        department_id=subject.department_id,
        details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
        request_id=request_id.get(),
        previous_hash=last or FIRST_HASH,
    )
    event.hash = _hash(event)
    session.add(event)
    session.flush()
    return event


def verify(events: Iterable[Event]) -> list[Break]:
    """Where the chain breaks, given all events in the order of their ids; [] if it holds."""
    breaks = []
    previous = FIRST_HASH
    for event in events:
        if event.previous_hash != previous:
            breaks.append(Break(event.id, "missing or reordered before this event"))
        if event.hash != _hash(event):
            breaks.append(Break(event.id, "altered"))
        previous = event.hash
    return breaks


def _hash(event: Event) -> str:
    content = [
        event.previous_hash,
        event.at.isoformat(),
        event.person_id,
        event.action,
        event.subject_type,
        event.subject_id,
        event.organisation_id,
        event.department_id,
        event.details,
        event.request_id,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

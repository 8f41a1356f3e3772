"""How an event is hashed, and whether events follow one another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accredit.audit.cells import canonical, stored
from accredit.audit.models import Event

FIRST_HASH = "0" * 64
#: The forms of events: 1 until release 0.1, 2 with role, number and the hashes of rows.
FIRST_FORM, FORM = 1, 2

#: What an event of form 2 is hashed over, in this order; `content` is `content_hash`.
HASHED = (
    "form",
    "previous_hash",
    "id",
    "at",
    "person_id",
    "role",
    "action",
    "subject_type",
    "subject_id",
    "organisation_id",
    "department_id",
    "content",
    "request_id",
)
_FIRST_HASHED = (
    "person_id",
    "action",
    "subject_type",
    "subject_id",
    "organisation_id",
    "department_id",
    "details",
    "request_id",
)
#: The columns of an event as they are read for checking, values as the database keeps them.
COLUMNS = tuple(column.name for column in Event.__table__.columns)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold: the event's id and what is wrong with it."""

    event_id: int
    kind: str


def content_hash(details: Any, changes: Any, salt: Any) -> str:
    """SHA-256 of what an event tells; with a secret salt nobody finds the rest by trying."""
    return _sha256(canonical([salt, details, changes]))


def event_hash(event: Mapping[str, Any]) -> str | None:
    """The hash an event ought to carry, from its stored values; None if it cannot have one."""
    form = event["form"]
    if form == FORM:
        content = content_hash(event["details"], event["changes"], event["salt"])
        values = {**event, "content": content}
        return _sha256(canonical([values[name] for name in HASHED]))
    if form == FIRST_FORM:
        return _first_hash(event)
    return None


def verify(events: Iterable[Event]) -> list[Break]:
    """Where the chain breaks, given all events in the order of their ids; [] if it holds."""
    breaks = []
    previous: str | None = FIRST_HASH
    for event in events:
        values = {name: stored(getattr(event, name)) for name in COLUMNS}
        if values["previous_hash"] != previous:
            breaks.append(Break(event.id, "missing or reordered before this event"))
        if values["hash"] != event_hash(values):
            breaks.append(Break(event.id, "altered"))
        previous = values["hash"]
    return breaks


def _first_hash(event: Mapping[str, Any]) -> str | None:
    # The first release spelled the moment in ISO 8601 with its offset, and JSON with spaces.
    try:
        at = datetime.fromisoformat(event["at"]).replace(tzinfo=UTC).isoformat()
    except (TypeError, ValueError):
        return None
    content = [event["previous_hash"], at, *(event[name] for name in _FIRST_HASHED)]
    return _sha256(json.dumps(content, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

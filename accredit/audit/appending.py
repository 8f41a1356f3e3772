"""Putting events at the end of the chain, one after another."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine

from accredit.audit.cells import stored
from accredit.audit.chain import FIRST_HASH, FORM, event_hash
from accredit.audit.context import acting
from accredit.audit.models import Event
from accredit.database import wait_for_turn
from accredit.prepared import Prepared

_LAST = Prepared(sa.select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1))
_INSERT = sa.insert(Event.__table__)  # type: ignore[arg-type] # a mapped class has a table


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about and whose it is (None: of the whole installation)."""

    type: str
    id: str
    organisation_id: int | None = None
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that has no place in the chain yet; `details` and `changes` are JSON."""

    at: datetime
    by: int | None
    role: str | None
    action: str
    subject: Subject
    details: str
    changes: str = "[]"


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction added to the chain: its last event, and the actions of all."""

    event_id: int
    hash: str
    actions: tuple[str, ...]


#: Who is told of every committed transaction that wrote events, by the database's address.
listeners: dict[str, Callable[[Committed], None]] = {}


def append(connection: Connection, entries: Sequence[Entry]) -> tuple[int, str]:
    """Write the events within the running transaction; number and hash of the last one."""
    wait_for_turn(connection)
    number, previous = _LAST.row(connection, {}) or (0, FIRST_HASH)
    now = acting.get()
    rows = []
    for entry in entries:
        number += 1
        row = {
            "id": number,
            "at": entry.at,
            "person_id": entry.by,
            "role": entry.role,
            "action": entry.action,
            "subject_type": entry.subject.type,
            "subject_id": entry.subject.id,
            "organisation_id": entry.subject.organisation_id,
            "department_id": entry.subject.department_id,
            "details": entry.details,
            "changes": entry.changes,
            "salt": secrets.token_hex(16),
            "form": FORM,
            "request_id": None if now is None else now.request_id,
            "previous_hash": previous,
        }
        previous = row["hash"] = str(event_hash({**row, "at": stored(entry.at)}))
        rows.append(row)
    connection.execute(_INSERT, rows)
    return number, previous


def tell(engine: Engine, committed: Committed) -> None:
    """Let whoever listens to this database know that the transaction is kept."""
    listener = listeners.get(address_of(engine))
    if listener is not None:
        listener(committed)


def address_of(engine: Engine) -> str:
    """The database's address, by which listeners are known."""
    return _written_address(engine.url)


@lru_cache(maxsize=16)
def _written_address(url: URL) -> str:
    # Asked with every commit; writing it takes longer than knowing it.
    return url.render_as_string(hide_password=False)

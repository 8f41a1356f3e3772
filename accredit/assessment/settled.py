"""What closed assessments rest on, kept in memory: it changes no more, and is read most.

The database itself refuses to change a score of a closed assessment, and evidence counts as it
stood at the submission. So what was once read of one need not be read again, by whomever.
"""

from __future__ import annotations

from datetime import datetime
from threading import Lock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from accredit.assessment.domain import Stage

#: Of how many the last are kept, for each database.
_MOST = 256


class Closable(Protocol):
    """What must be known of an assessment to find what was kept of it."""

    @property
    def id(self) -> int: ...  # noqa: D102 - the assessment's own
    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def closed_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def standard_version_id(self) -> int: ...  # noqa: D102


_kept: WeakKeyDictionary[Engine, dict[tuple[object, ...], Any]] = WeakKeyDictionary()
_turn = Lock()


def find_settled(session: Session, what: str, assessment: Closable) -> Any:
    """What was kept under this name of the assessment; None if nothing, or while it is open."""
    if assessment.stage != Stage.CLOSED:
        return None
    return _kept.get(_engine(session), {}).get(_key(what, assessment))


def keep_settled(session: Session, what: str, assessment: Closable, value: object) -> None:
    """Keep a value that may be shared; nothing is kept of an assessment that is open."""
    if assessment.stage != Stage.CLOSED:
        return
    with _turn:
        kept = _kept.setdefault(_engine(session), {})
        while len(kept) >= _MOST:
            del kept[next(iter(kept))]
        kept[_key(what, assessment)] = value


def _key(what: str, assessment: Closable) -> tuple[object, ...]:
    # One that was opened again closes at another moment, perhaps by another standard.
    return (what, assessment.id, assessment.closed_at, assessment.standard_version_id)


def _engine(session: Session) -> Engine:
    return session.get_bind().engine


@event.listens_for(Engine, "engine_disposed")
def _forget(engine: Engine) -> None:
    """Another database may stand in the place of the one that was closed."""
    _kept.pop(engine, None)

"""Scores as rows: found and written past the session's objects, and followed by the trail.

Making an object of a score to change it, and reading the row before and after for the trail,
took longer than all the rest of saving it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Table,
    Text,
    bindparam,
    insert,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.util import identity_key

from accredit import audit
from accredit.assessment.awarded import Awarded
from accredit.assessment.domain import ScoreStage
from accredit.assessment.models import Score
from accredit.database import UtcDateTime
from accredit.identity.models import Person
from accredit.prepared import Prepared
from accredit.text import Bilingual

_TABLE = cast("Table", Score.__table__)
_ROWS = audit.reader_of(_TABLE)
_PLAIN = _ROWS.plain


@dataclass(frozen=True, slots=True)
class Stored:
    """A score as it is kept; `hash` is its row's in the trail."""

    id: int
    element_code: str
    person_id: int
    awarded: Awarded
    reason: str
    scored_at: datetime
    version: int
    hash: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A score as somebody wants it saved; `version` is the one they saw (None: there was none)."""

    element_code: str
    stage: ScoreStage
    awarded: Awarded
    reason: str
    version: int | None


# Built once: asked whenever somebody saves.
_COLUMNS = (*_ROWS.columns, type_coerce(_PLAIN.c.scored_at, UtcDateTime()).label("moment"))
_OF_ASSESSMENT = select(*_COLUMNS).where(_PLAIN.c.assessment_id == bindparam("assessment_id"))
_OF_ELEMENT = _OF_ASSESSMENT.where(_PLAIN.c.element_code == bindparam("code")).with_for_update()
# Each says the condition of its unique index in so many words, so that the index answers it.
_SHARED = Prepared(
    _OF_ELEMENT.where(text("stage <> 'individual'"), _PLAIN.c.stage == bindparam("stage"))
)
_OWN = Prepared(
    _OF_ELEMENT.where(text("stage = 'individual'"), _PLAIN.c.person_id == bindparam("person_id"))
)
_OF_STAGE = _OF_ASSESSMENT.where(_PLAIN.c.stage == bindparam("stage"))
_WRITTEN = {
    "person_id": bindparam("by"),
    "level": bindparam("to_level", type_=Text()),
    "attributes": bindparam("to_attributes", type_=Text()),
    "reason": bindparam("to_reason", type_=Text()),
    "scored_at": bindparam("at", type_=UtcDateTime()),
}
_INSERT = (
    insert(_PLAIN)
    .values(
        assessment_id=bindparam("assessment_id"),
        element_code=bindparam("code"),
        stage=bindparam("of_stage", type_=Text()),
        version=1,
        **_WRITTEN,
    )
    .returning(*_COLUMNS)
)
_UPDATE = Prepared(
    update(_PLAIN)
    .where(_PLAIN.c.id == bindparam("score_id"), _PLAIN.c.version == bindparam("seen"))
    .values(version=bindparam("seen") + 1, **_WRITTEN)
    .returning(*_COLUMNS)
)


def find(
    session: Session,
    assessment_id: int,
    element_code: str,
    stage: ScoreStage,
    person_id: int | None = None,
) -> Stored | None:
    """The one score of an element: of an assessor (`person_id`), or the one all share."""
    asked = {"assessment_id": assessment_id, "code": element_code}
    if stage is ScoreStage.INDIVIDUAL:
        return _first(session, _OWN, {**asked, "person_id": person_id})
    return _first(session, _SHARED, {**asked, "stage": stage.value})


def find_shared(session: Session, assessment_id: int, stage: ScoreStage) -> dict[str, Stored]:
    """The scores of which each element has one (self or agreed), by code; one query."""
    asked = {"assessment_id": assessment_id, "stage": stage.value}
    rows = session.connection().execute(_OF_STAGE, asked)
    return {score.element_code: score for score in map(_read, rows)}


def writer_of(session: Session, stored: Stored) -> Bilingual:
    """The name of whoever wrote the score."""
    query = select(Person.name_en, Person.name_ar).where(Person.id == stored.person_id)
    return Bilingual(*session.execute(query).one())


def write(
    session: Session,
    assessment_id: int,
    draft: Draft,
    current: Stored | None,
    *,
    by: int,
    at: datetime,
) -> Stored:
    """Insert the score, or change the one there is; the caller records the event.

    Raises `IntegrityError` for a second score where there may be one, and `StaleDataError` where
    the score was changed or taken away since it was found.
    """
    values = {
        "by": by,
        "to_level": draft.awarded.level,
        "to_attributes": draft.awarded.attributes,
        "to_reason": draft.reason,
        "at": at,
    }
    connection = session.connection()
    if current is None:
        key = {
            "assessment_id": assessment_id,
            "code": draft.element_code,
            "of_stage": draft.stage.value,
        }
        row: Sequence[Any] = connection.execute(_INSERT, {**key, **values}).one()
    else:
        seen = {"score_id": current.id, "seen": current.version}
        found = _UPDATE.row(connection, {**seen, **values})
        if found is None:
            raise StaleDataError(f"score {current.id} is no longer version {current.version}")
        row = found
    stored = _read(row)
    before = None if current is None else current.hash
    audit.note_written(session, _TABLE, (stored.id,), before=before, after=stored.hash)
    _forget(session, stored.id)
    return stored


def _first(session: Session, query: Prepared[Any], asked: Mapping[str, object]) -> Stored | None:
    row = query.row(session.connection(), asked)
    return None if row is None else _read(row)


def _read(row: Sequence[Any]) -> Stored:
    *hashed, moment = row
    _, attributes, code, number, level, person_id, reason, _, _, version = hashed
    awarded = Awarded(level, attributes)
    digest = _ROWS.hash_of(hashed)
    return Stored(number, code, person_id, awarded, reason, moment, version, digest)


def _forget(session: Session, score_id: int) -> None:
    """What the session made of the row before is read anew when somebody asks for it."""
    # Whoever only saves has made no objects.
    if len(session.identity_map) == 0:
        return
    known = session.identity_map.get(identity_key(Score, score_id))
    if known is not None:
        session.expire(known)

"""When somebody lost every second factor: one administrator asks, another one agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accredit.identity import factors, sessions
from accredit.identity.accounts import ensure_may_manage
from accredit.identity.domain import ForbiddenError
from accredit.identity.models import FactorReset, Person
from accredit.identity.service import load_access, record
from accredit.text import N_, Bilingual, RuleError

#: Who agrees must still know whom they agree about.
_OPEN_FOR = timedelta(days=3)


class SamePersonError(RuleError):
    """Two administrators are needed, and this is the one who asked."""

    keeps_apart = True

    def __init__(self) -> None:
        super().__init__(N_("You asked for this yourself. Another administrator must agree."))


class NothingAskedError(RuleError):
    """There is no request to agree to, or it ran out."""

    def __init__(self) -> None:
        super().__init__(N_("Nobody has asked for this, or the request has run out."))


@dataclass(frozen=True, slots=True)
class OpenReset:
    """A request that waits for a second administrator."""

    asked_by_id: int
    asked_by: Bilingual
    asked_at: datetime
    reason: str


def find_open(session: Session, person_id: int, *, at: datetime) -> OpenReset | None:
    """The request about a person that waits, if there is one."""
    query = (
        select(
            FactorReset.asked_by_id,
            Person.name_en,
            Person.name_ar,
            FactorReset.asked_at,
            FactorReset.reason,
        )
        .join(Person, Person.id == FactorReset.asked_by_id)
        .where(
            FactorReset.person_id == person_id,
            FactorReset.ended_at.is_(None),
            FactorReset.asked_at > at - _OPEN_FOR,
        )
        .order_by(FactorReset.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else OpenReset(row[0], Bilingual(row[1], row[2]), row[3], row[4])


def ask(session: Session, person: Person, *, reason: str, by: int, at: datetime) -> None:
    """Ask that the person's second factors be forgotten; an earlier request is replaced."""
    _ensure_administrator(session, person, by)
    _end_open(session, person.id, at)
    session.add(FactorReset(person_id=person.id, reason=reason, asked_by_id=by, asked_at=at))
    session.flush()
    record(session, "person.factor_reset_asked", person.id, None, by, at, reason=reason)


def agree(session: Session, person: Person, *, by: int, at: datetime) -> None:
    """Forget the person's second factors and end their sessions, as a second administrator."""
    _ensure_administrator(session, person, by)
    waiting = session.scalars(
        select(FactorReset)
        .where(
            FactorReset.person_id == person.id,
            FactorReset.ended_at.is_(None),
            FactorReset.asked_at > at - _OPEN_FOR,
        )
        .order_by(FactorReset.id.desc())
        .with_for_update()
    ).first()
    if waiting is None:
        raise NothingAskedError
    if waiting.asked_by_id == by:
        raise SamePersonError
    waiting.agreed_by_id, waiting.ended_at = by, at
    forget(session, person)
    record(session, "person.factors_reset", person.id, None, by, at, reason=waiting.reason)


def forget(session: Session, person: Person) -> None:
    """Forget what the person had; they set up anew at their next sign-in."""
    factors.forget_all(session, person.id)
    sessions.end_all(session, person.id)
    session.flush()


def _end_open(session: Session, person_id: int, at: datetime) -> None:
    session.execute(
        update(FactorReset)
        .where(FactorReset.person_id == person_id, FactorReset.ended_at.is_(None))
        .values(ended_at=at)
    )


def _ensure_administrator(session: Session, person: Person, by: int) -> None:
    if not load_access(session, by).is_administrator:
        raise ForbiddenError
    ensure_may_manage(session, person, by=by)

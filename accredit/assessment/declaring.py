"""Declaring a tie to who is assessed, saying that it ended, and setting a mistaken one aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session, joinedload

from accredit import audit
from accredit.assessment.domain import SeparationError
from accredit.assessment.interests import (
    InterestKind,
    OwnInterestError,
    SettledInterestError,
    blocks_until,
    clean_words,
    ensure_past,
)
from accredit.assessment.models import Assessment, DeclaredInterest
from accredit.assessment.recusing import come_back, is_tied, stand_aside
from accredit.assessment.stages import record
from accredit.identity.domain import Access, ForbiddenError, NotFoundError, Permission, Reach
from accredit.identity.models import Department, Organisation
from accredit.identity.people import Place
from accredit.text import N_


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person says of a tie: to which place, of what kind, and when it ended, if it has."""

    place: Place
    kind: InterestKind
    words: str
    ended_on: date | None


def places_of(session: Session, access: Access) -> list[Place]:
    """Where the person may declare a tie: every organisation in which they hold any role, and its
    departments; one query."""
    reach = Reach.of(access.grants)
    own = (
        true()
        if reach.everywhere
        else Organisation.id.in_([grant.organisation_id for grant in access.grants])
    )
    query = (
        select(Organisation, Department)
        .outerjoin(Department, Department.organisation_id == Organisation.id)
        .where(own)
        .order_by(Organisation.id, Department.id)
    )
    places: dict[str, Place] = {}
    for organisation, department in session.execute(query):
        whole = Place(organisation.id, None, organisation.name, None)
        places.setdefault(whole.key, whole)
        if department is not None:
            place = Place(organisation.id, department.id, organisation.name, department.name)
            places[place.key] = place
    return list(places.values())


def declare(
    session: Session, said: Declaration, *, today: date, by: int, at: datetime
) -> tuple[Assessment, ...]:
    """Keep a tie that somebody declares of themselves; duties that it forbids are lost at once.

    Gives the assessments in which the person stands aside from now on. `today` is the day where
    the programme is. Raises `InterestError` naming the field.
    """
    words = clean_words(said.words)
    ensure_past(said.ended_on, today)
    place = said.place
    if place.organisation_id is None:
        raise NotFoundError
    interest = DeclaredInterest(
        person_id=by,
        organisation_id=place.organisation_id,
        department_id=place.department_id,
        kind=said.kind.value,
        words=words,
        declared_at=at,
        ended_on=said.ended_on,
        blocks_until=blocks_until(said.ended_on),
    )
    session.add(interest)
    session.flush()
    # The words are for those who assign people, and not for all who read the trail.
    details = {"kind": interest.kind, "ended_on": _day(said.ended_on)}
    _record(session, interest, "interest.declared", by, at, details)
    if interest.blocks_until is not None and interest.blocks_until < at.date():
        return ()
    return stand_aside(session, interest, by=by, at=at)


def end(
    session: Session,
    interest: DeclaredInterest,
    ended_on: date,
    *,
    today: date,
    by: int,
    at: datetime,
) -> None:
    """Say on which day one's own tie ended; it goes on to count for 24 months from there.

    Said once: raises `SettledInterestError` afterwards, and `InterestError` for a day to come.
    """
    if interest.ended_on is not None or interest.set_aside_at is not None:
        raise SettledInterestError
    ensure_past(ended_on, today)
    interest.ended_on = ended_on
    interest.blocks_until = blocks_until(ended_on)
    session.flush()
    _record(session, interest, "interest.ended", by, at, {"ended_on": _day(ended_on)})
    come_back(session, interest, by=by, at=at)


def set_aside(
    session: Session, interest: DeclaredInterest, *, reason: str, by: int, at: datetime
) -> None:
    """Let a declaration count no more, because it was a mistake; it stays on record.

    Raises `OwnInterestError` for one's own, `SettledInterestError` where it was done before.
    """
    if interest.person_id == by:
        raise OwnInterestError
    if interest.set_aside_at is not None:
        raise SettledInterestError
    text = clean_words(reason, "reason")
    interest.set_aside_by_id, interest.set_aside_at = by, at
    interest.set_aside_reason = text
    session.flush()
    details = {"person": interest.person_id, "reason": text}
    _record(session, interest, "interest.set_aside", by, at, details)
    come_back(session, interest, by=by, at=at)


def say_impartial(session: Session, assessment: Assessment, *, by: int, at: datetime) -> None:
    """Somebody with a duty declares to have no tie to who is assessed.

    Raises `ForbiddenError` without a duty in force, and `SeparationError` where a tie of theirs
    counts.
    """
    own = [item for item in assessment.assignments if item.person_id == by]
    if not own or own[0].recused_at is not None:
        raise ForbiddenError
    if is_tied(session, by, assessment.department, at.date()):
        raise SeparationError(N_("You declared a tie to this department."))
    if own[0].impartial_at is None:
        own[0].impartial_at = at
        session.flush()
        details = {"person": by, "role": own[0].role}
        record(session, assessment, "assignment.impartial", by=by, at=at, details=details)


def own_interests(session: Session, person_id: int) -> list[DeclaredInterest]:
    """What the person declared, the latest first; one query."""
    return list(session.scalars(_LISTED.where(DeclaredInterest.person_id == person_id)))


def interests_within(session: Session, access: Access) -> list[DeclaredInterest]:
    """What people declared where this person manages assessments, the latest first; one query."""
    return list(session.scalars(_LISTED.where(_managed(access))))


def get_own(session: Session, interest_id: int, person_id: int) -> DeclaredInterest:
    """One's own declaration; raises `NotFoundError`."""
    return _one(session, _LISTED.where(DeclaredInterest.person_id == person_id), interest_id)


def get_managed(session: Session, interest_id: int, access: Access) -> DeclaredInterest:
    """A declaration in an organisation that one manages; raises `NotFoundError`."""
    return _one(session, _LISTED.where(_managed(access)), interest_id)


_LISTED = (
    select(DeclaredInterest)
    .options(
        joinedload(DeclaredInterest.person),
        joinedload(DeclaredInterest.organisation),
        joinedload(DeclaredInterest.department),
    )
    .order_by(DeclaredInterest.id.desc())
)


def _managed(access: Access) -> ColumnElement[bool]:
    reach = access.reach(Permission.OPEN_ASSESSMENT)
    if reach.everywhere:
        return true()
    return DeclaredInterest.organisation_id.in_(reach.organisation_ids)


def _one(session: Session, query: Select[DeclaredInterest], interest_id: int) -> DeclaredInterest:
    interest = session.scalars(query.where(DeclaredInterest.id == interest_id)).one_or_none()
    if interest is None:
        raise NotFoundError
    return interest


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _record(
    session: Session,
    interest: DeclaredInterest,
    action: str,
    by: int,
    at: datetime,
    details: Mapping[str, object],
) -> None:
    subject = audit.Subject(
        "interest", str(interest.id), interest.organisation_id, interest.department_id
    )
    audit.record(session, action, subject, by=by, at=at, details=details)

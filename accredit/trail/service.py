"""Reading the trail within what a person may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlalchemy.orm import Session

from accredit.assessment.models import Assessment
from accredit.audit import Event
from accredit.certificate.models import Certificate
from accredit.evidence.models import Evidence
from accredit.identity.domain import Reach
from accredit.identity.models import Department, Organisation, Person
from accredit.improvement.models import ImprovementAction
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import KpiImport
from accredit.standard.models import StandardVersion
from accredit.text import Bilingual
from accredit.trail.wording import PERSON_PARTS, parts_of

PAGE_SIZE = 50
#: How many events a file is written of at a time.
_BUNDLE = 1_000


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events are asked for; what is None or empty does not matter.

    `since` is the first moment, `until` the first moment no longer meant, both UTC.
    """

    person_id: int | None = None
    action: str = ""
    subject_type: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the trail begins: `before` or `after` an event; the newest if neither."""

    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """One page of events, newest first.

    `newer` is the event after which the page of newer ones begins, `older` the one before
    which the older ones do; None where there are none.
    """

    events: tuple[Event, ...]
    newer: int | None
    older: int | None


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in events stand for: people, and subjects by type and id."""

    people: Mapping[int, Bilingual]
    emails: Mapping[int, str]
    subjects: Mapping[tuple[str, str], Bilingual]


def find_events(session: Session, reach: Reach, filters: Filters, place: Place) -> TrailPage:
    """A page of the events that lie within the reach and pass the filters.

    Pages begin at an event and not after so many: however long the trail is, any page is
    found at once, and one that is open does not move when something happens.
    """
    condition = _condition(reach, filters)
    if place.after is not None:
        query = select(Event).where(condition, Event.id > place.after).order_by(Event.id)
        found = list(session.scalars(query.limit(PAGE_SIZE + 1)))
        events = found[:PAGE_SIZE][::-1]
        newer, older = len(found) > PAGE_SIZE, True
    else:
        query = _newest(condition)
        if place.before is not None:
            query = query.where(Event.id < place.before)
        found = list(session.scalars(query.limit(PAGE_SIZE + 1)))
        events = found[:PAGE_SIZE]
        newer, older = place.before is not None, len(found) > PAGE_SIZE
    if not events:
        return TrailPage((), None, None)
    return TrailPage(
        tuple(events),
        newer=events[0].id if newer else None,
        older=events[-1].id if older else None,
    )


def read_events(
    session: Session, reach: Reach, filters: Filters, *, oldest_first: bool = False
) -> Iterator[list[Event]]:
    """All such events in bundles, however many; what was given is forgotten by the session.

    What happens while they are read is left out: the last event is that of the beginning.
    """
    condition = _condition(reach, filters)
    last = session.scalar(select(func.max(Event.id)).where(condition)) or 0
    reached = 0 if oldest_first else last + 1
    while True:
        if oldest_first:
            query = select(Event).where(condition, Event.id > reached, Event.id <= last)
            query = query.order_by(Event.id)
        else:
            query = _newest(condition).where(Event.id < reached)
        events = list(session.scalars(query.limit(_BUNDLE)))
        if not events:
            return
        reached = events[-1].id
        yield events
        for event in events:
            session.expunge(event)


def list_actors(session: Session, reach: Reach) -> list[Person]:
    """The people who did something that lies within the reach, by English name."""
    did = exists().where(Event.person_id == Person.id, _condition(reach, Filters()))
    return list(session.scalars(select(Person).where(did).order_by(Person.name_en)))


def name_all(session: Session, events: Collection[Event]) -> Names:
    """The names of all people and subjects in the events; one query for each kind of subject."""
    person_ids = {event.person_id for event in events if event.person_id is not None}
    person_ids |= {
        int(text)
        for event in events
        for part in parts_of(event.details)
        if part.key in PERSON_PARTS and part.person
        for text in (part.before, part.after)
        if text and text.isdecimal()
    }
    people = _people(session, person_ids)
    return Names(
        people={person.id: person.name for person in people},
        emails={person.id: person.email for person in people},
        subjects=_subjects(session, events),
    )


def _condition(reach: Reach, filters: Filters) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = true()
    if not reach.everywhere:
        condition &= or_(
            Event.organisation_id.in_(reach.organisation_ids),
            Event.department_id.in_(reach.department_ids),
        )
    if filters.person_id is not None:
        condition &= Event.person_id == filters.person_id
    if filters.action:
        condition &= Event.action == filters.action
    if filters.subject_type:
        condition &= Event.subject_type == filters.subject_type
    if filters.subject_id:
        condition &= Event.subject_id == filters.subject_id
    if filters.since is not None:
        condition &= Event.at >= filters.since
    if filters.until is not None:
        condition &= Event.at < filters.until
    return condition


def _newest(condition: ColumnElement[bool]) -> Select[Event]:
    return select(Event).where(condition).order_by(Event.id.desc())


def _people(session: Session, ids: Collection[int]) -> list[Person]:
    if not ids:
        return []
    return list(session.scalars(select(Person).where(Person.id.in_(ids))))


def _subjects(session: Session, events: Collection[Event]) -> dict[tuple[str, str], Bilingual]:
    wanted: dict[str, set[int]] = {}
    for event in events:
        if event.subject_id.isdecimal():
            wanted.setdefault(event.subject_type, set()).add(int(event.subject_id))
        for kind, key in (
            ("organisation", event.organisation_id),
            ("department", event.department_id),
        ):
            if key is not None:
                wanted.setdefault(kind, set()).add(key)
    names: dict[tuple[str, str], Bilingual] = {
        ("kpi", kpi.id): kpi.name for kpi in service_kpis().kpis
    }
    for kind, columns in _NAMED_BY.items():
        if ids := wanted.get(kind):
            id_column, english, arabic = columns
            query = select(id_column, english, arabic).where(id_column.in_(ids))
            rows = session.execute(query)
            names |= {(kind, str(id_)): Bilingual(en, ar) for id_, en, ar in rows}
    return names


_NAMED_BY = {
    "organisation": (Organisation.id, Organisation.name_en, Organisation.name_ar),
    "department": (Department.id, Department.name_en, Department.name_ar),
    "person": (Person.id, Person.name_en, Person.name_ar),
    "standard_version": (StandardVersion.id, StandardVersion.title_en, StandardVersion.title_ar),
    "assessment": (Assessment.id, Assessment.scope_en, Assessment.scope_ar),
    "evidence": (Evidence.id, Evidence.title, Evidence.title),
    "improvement_action": (ImprovementAction.id, ImprovementAction.title, ImprovementAction.title),
    "kpi_import": (KpiImport.id, KpiImport.file_name, KpiImport.file_name),
    "certificate": (Certificate.id, Certificate.number, Certificate.number),
}

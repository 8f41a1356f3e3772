"""Reading the trail within what a person may see, and checking its chain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from accredit.assessment.models import Assessment
from accredit.audit import Break, Event, verify
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
EXPORT_LIMIT = 100_000
_CHECKED_AT_ONCE = 2_000


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
class TrailPage:
    """One page of events, newest first; `number` and `last` count from 1."""

    events: tuple[Event, ...]
    number: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in events stand for: people, and subjects by type and id."""

    people: Mapping[int, Bilingual]
    emails: Mapping[int, str]
    subjects: Mapping[tuple[str, str], Bilingual]


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """How many events were checked, the last one's hash, and where the chain breaks."""

    count: int
    head: str | None
    breaks: tuple[Break, ...]


def find_events(session: Session, reach: Reach, filters: Filters, *, number: int) -> TrailPage:
    """A page of the events that lie within the reach and pass the filters."""
    condition = _condition(reach, filters)
    total = session.scalar(select(func.count()).select_from(Event).where(condition)) or 0
    last = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, number), last)
    query = _newest(condition).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return TrailPage(tuple(session.scalars(query)), number, last, total)


def list_events(session: Session, reach: Reach, filters: Filters) -> list[Event]:
    """The newest events as `find_events`, without pages; at most `EXPORT_LIMIT`."""
    return list(session.scalars(_newest(_condition(reach, filters)).limit(EXPORT_LIMIT)))


def list_actors(session: Session, reach: Reach) -> list[Person]:
    """The people who did something that lies within the reach, by English name."""
    acted = select(Event.person_id).where(_condition(reach, Filters())).distinct()
    return list(
        session.scalars(select(Person).where(Person.id.in_(acted)).order_by(Person.name_en))
    )


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


def check_chain(session: Session) -> ChainCheck:
    """Every event of the installation checked against the one before it."""
    seen = _Seen()
    query = select(Event).order_by(Event.id).execution_options(yield_per=_CHECKED_AT_ONCE)
    breaks = tuple(verify(seen.watch(session, session.scalars(query))))
    return ChainCheck(seen.count, seen.head, breaks)


class _Seen:
    """Counts events that pass, and forgets them, so that a long trail needs little memory."""

    def __init__(self) -> None:
        self.count = 0
        self.head: str | None = None

    def watch(self, session: Session, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            self.count += 1
            self.head = event.hash
            yield event
            session.expunge(event)


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

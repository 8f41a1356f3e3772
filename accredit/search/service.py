"""One question put to everything a person may see; few queries, however much there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from accredit.assessment.searching import judged_assessments, search_evidence
from accredit.evidence.library import Shown, Wanted, hits_in, list_evidence
from accredit.identity.domain import Access
from accredit.search import reading
from accredit.search.domain import Group, Kind, Line, Sought, ranked
from accredit.search.reading import Found

#: How many of each kind are shown beside the others, and where one kind is looked at alone.
SHORT, LONG = 5, 25


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, for what, and when; `version_id` where one standard alone is looked through."""

    session: Session
    access: Access
    sought: Sought
    today: date
    version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found; `number` and `last` are pages of one kind, counted from 1."""

    groups: tuple[Group, ...]
    number: int = 1
    last: int = 1


def search_all(asking: Asking) -> Answer:
    """The first few of every kind that has any."""
    if not asking.sought.words:
        return Answer(())
    groups = [
        *(_group(kind, found, SHORT) for kind, found in _ranked(asking)),
        *_evidence(asking),
        *_submitted(asking),
    ]
    order = list(Kind)
    shown = sorted((one for one in groups if one.total), key=lambda one: order.index(one.kind))
    return Answer(tuple(shown))


def search_one(asking: Asking, kind: Kind, number: int) -> Answer:
    """A page of all there is of one kind; evidence has pages of its own (`Group.library`)."""
    read = _READERS.get(kind)
    if read is None or not asking.sought.words:
        return Answer(())
    found = ranked(read(asking), asking.sought)
    last = max(1, -(-len(found) // LONG))
    number = min(max(number, 1), last)
    page = tuple(found[(number - 1) * LONG : number * LONG])
    return Answer((Group(kind, page, len(found)),) if found else (), number, last)


def _ranked(asking: Asking) -> Iterator[tuple[Kind, list[Line]]]:
    for kind, read in _READERS.items():
        yield kind, ranked(read(asking), asking.sought)


def _group(kind: Kind, found: Sequence[Line], most: int) -> Group:
    return Group(kind, tuple(found[:most]), len(found))


_READERS: dict[Kind, Callable[[Asking], Found]] = {
    Kind.STANDARD: lambda asking: reading.standards(asking.session, asking.version_id),
    Kind.ASSESSMENT: lambda asking: reading.assessments(asking.session, asking.access),
    Kind.ACTION: lambda asking: reading.actions(asking.session, asking.access),
    Kind.CERTIFICATE: lambda asking: reading.certificates(
        asking.session, asking.access, asking.today
    ),
    Kind.KPI: lambda asking: reading.kpis(asking.access),
    Kind.DEPARTMENT: lambda asking: reading.departments(asking.session, asking.access),
    Kind.PERSON: lambda asking: reading.people(asking.session, asking.access),
}


def _evidence(asking: Asking) -> Iterator[Group]:
    """What the library of the person's departments has, found by what its files say."""
    found = list_evidence(asking.session, asking.access, Wanted(asking.sought.typed))
    items = found.items[:SHORT]
    passages = hits_in(asking.session, items, asking.sought.typed)
    lines = [
        Line(
            item.title,
            "evidence.show",
            (("evidence_id", item.id),),
            notes=(item.department.name,),
            file_name=item.current.file_name,
            hit=passages.get(item.id),
        )
        for item in items
    ]
    library = ("evidence.index", (("q", asking.sought.typed),))
    yield Group(Kind.EVIDENCE, tuple(lines), found.counts[Shown.IN_USE], library)


def _submitted(asking: Asking) -> Iterator[Group]:
    """What was shown in the assessments the person judges, as it counts there."""
    judged = judged_assessments(asking.session, asking.access)
    found = search_evidence(asking.session, judged, asking.sought.typed)
    lines = [
        Line(
            item.evidence.title,
            "assessment.element",
            (("assessment_id", item.assessment.id), ("code", item.links[0].element_code)),
            "evidence",
            item.links[0].element_code,
            (item.assessment.department.name, item.assessment.cycle),
            file_name=item.version.file_name,
            hit=item.hit,
        )
        for item in found.items[:SHORT]
    ]
    library = ("assessment.find_evidence", (("q", asking.sought.typed),))
    yield Group(Kind.SUBMITTED, tuple(lines), found.total, library)

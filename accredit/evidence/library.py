"""Finding evidence in the library of one's departments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.evidence.models import Evidence, EvidencePart, EvidenceVersion, EvidenceWord
from accredit.evidence.search import STEM, Hit, snippet, stems, words
from accredit.identity.domain import Access, Permission
from accredit.identity.service import within

PAGE_SIZE = 20
#: How much of each file is read for the passage that is shown with it.
MOST_LETTERS_LOOKED_AT = 30_000


class Shown(StrEnum):
    """Which part of the library is looked at."""

    IN_USE = "in_use"
    UNLINKED = "unlinked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for. None and "" stand for "any"."""

    query: str = ""
    department_id: int | None = None
    kind: str | None = None
    shown: Shown = Shown.IN_USE


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """One page of the library, the newest evidence first; `counts` is for every part of it."""

    items: list[Evidence]
    counts: dict[Shown, int]
    number: int
    last: int


def list_evidence(
    session: Session, access: Access, wanted: Wanted | None = None, *, page: int = 1
) -> EvidencePage:
    """Evidence the person may see, with versions, links and people, in few queries."""
    wanted = wanted or Wanted()
    conditions = _conditions(access, wanted)
    counts = _counts(session, conditions)
    last = max(1, -(-counts[wanted.shown] // PAGE_SIZE))
    number = min(max(page, 1), last)
    query = (
        _with_all(select(Evidence))
        .where(*conditions, *_part(wanted.shown))
        .order_by(Evidence.created_at.desc(), Evidence.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return EvidencePage(list(session.scalars(query)), counts, number, last)


def list_choosable(session: Session, department_id: int) -> list[Evidence]:
    """All evidence of a department that can be linked, the newest first, with its versions."""
    query = (
        _with_all(select(Evidence))
        .where(Evidence.department_id == department_id, Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.created_at.desc(), Evidence.id.desc())
    )
    return list(session.scalars(query))


def _with_all(query: Select[Evidence]) -> Select[Evidence]:
    return query.options(
        joinedload(Evidence.department),
        joinedload(Evidence.created_by),
        selectinload(Evidence.versions).options(
            joinedload(EvidenceVersion.uploaded_by), joinedload(EvidenceVersion.scan)
        ),
        selectinload(Evidence.links),
    )


def _conditions(access: Access, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [within(access.reach(Permission.VIEW_EVIDENCE), Evidence.department_id)]
    if wanted.department_id is not None:
        conditions.append(Evidence.department_id == wanted.department_id)
    if wanted.kind is not None:
        conditions.append(Evidence.kind == wanted.kind)
    conditions.extend(found_by(word) for word in words(wanted.query))
    return conditions


def found_by(word: str) -> ColumnElement[bool]:
    """Evidence in whose words this one stands, or one that begins with it, or has its stem.

    The words are those of its newest file.
    """
    ways = [
        (EvidenceWord.word >= word) & (EvidenceWord.word < _after(word)),
        EvidenceWord.word.in_([f"{STEM}{stem}" for stem in sorted(stems(word))]),
    ]
    indexed = select(EvidenceWord.evidence_id).where(or_(*ways))
    return or_(Evidence.search_text.contains(word, autoescape=True), Evidence.id.in_(indexed))


def _after(word: str) -> str:
    """A text that comes after all words that begin with `word`, by code points."""
    return f"{word}\U0010ffff"


def hits_in(session: Session, found: Sequence[Evidence], query: str) -> dict[int, Hit]:
    """For evidence found by what its newest file says, the first place there, by its id."""
    by_version = {evidence.current.id: evidence.id for evidence in found}
    hits = hits_in_files(session, list(by_version), query)
    return {by_version[version_id]: hit for version_id, hit in hits.items()}


def hits_in_files(session: Session, version_ids: Collection[int], query: str) -> dict[int, Hit]:
    """The first place in each file where words of the query stand, by the file's id."""
    wanted = words(query)
    if not wanted or not version_ids:
        return {}
    rows = session.execute(
        select(EvidencePart.version_id, EvidencePart.kind, EvidencePart.label, EvidencePart.text)
        .where(EvidencePart.version_id.in_(version_ids))
        .order_by(EvidencePart.version_id, EvidencePart.number)
    )
    hits: dict[int, Hit] = {}
    looked_at: Counter[int] = Counter()
    for version_id, kind, label, text in rows:
        # A long document must not make a page slow; the words are found all the same.
        if version_id in hits or looked_at[version_id] > MOST_LETTERS_LOOKED_AT:
            continue
        looked_at[version_id] += len(text)
        passage = snippet(text[:MOST_LETTERS_LOOKED_AT], wanted)
        if passage is not None:
            hits[version_id] = Hit(kind, label, passage)
    return hits


def _part(shown: Shown) -> list[ColumnElement[bool]]:
    if shown is Shown.WITHDRAWN:
        return [Evidence.withdrawn_at.is_not(None)]
    in_use = Evidence.withdrawn_at.is_(None)
    return [in_use, ~Evidence.links.any()] if shown is Shown.UNLINKED else [in_use]


def _counts(session: Session, conditions: list[ColumnElement[bool]]) -> dict[Shown, int]:
    counted = [func.count().filter(*_part(shown)) for shown in Shown]
    row = session.execute(select(*counted).select_from(Evidence).where(*conditions)).one()
    return dict(zip(Shown, row, strict=True))

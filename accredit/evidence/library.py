"""Finding evidence in the library of one's departments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.evidence.models import Evidence, EvidenceVersion
from accredit.evidence.search import words
from accredit.identity.domain import Access, Permission
from accredit.identity.service import within

PAGE_SIZE = 20


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
        selectinload(Evidence.versions).joinedload(EvidenceVersion.uploaded_by),
        selectinload(Evidence.links),
    )


def _conditions(access: Access, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [within(access.reach(Permission.VIEW_EVIDENCE), Evidence.department_id)]
    if wanted.department_id is not None:
        conditions.append(Evidence.department_id == wanted.department_id)
    if wanted.kind is not None:
        conditions.append(Evidence.kind == wanted.kind)
    conditions.extend(
        Evidence.search_text.contains(word, autoescape=True) for word in words(wanted.query)
    )
    return conditions


def _part(shown: Shown) -> list[ColumnElement[bool]]:
    if shown is Shown.WITHDRAWN:
        return [Evidence.withdrawn_at.is_not(None)]
    in_use = Evidence.withdrawn_at.is_(None)
    return [in_use, ~Evidence.links.any()] if shown is Shown.UNLINKED else [in_use]


def _counts(session: Session, conditions: list[ColumnElement[bool]]) -> dict[Shown, int]:
    counted = [func.count().filter(*_part(shown)) for shown in Shown]
    row = session.execute(select(*counted).select_from(Evidence).where(*conditions)).one()
    return dict(zip(Shown, row, strict=True))

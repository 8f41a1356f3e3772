"""Searching the evidence of the assessments a person judges in.

Who only judges has no library: what is open to them is what was linked to an element of an
assessment in which they have a duty, and of each piece the file that counts there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import String, and_, cast, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment, Assignment
from accredit.audit import Event
from accredit.evidence.library import found_by, hits_in_files
from accredit.evidence.models import Evidence, EvidenceLink, EvidencePart, EvidenceVersion
from accredit.evidence.search import Hit, fold, has_word, index_terms, words
from accredit.identity.domain import POOL_ROLES, Access
from accredit.identity.models import Department

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of evidence in an assessment, with the file that counts and where it is used."""

    assessment: Assessment
    evidence: Evidence
    version: EvidenceVersion
    links: tuple[EvidenceLink, ...]
    hit: Hit | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of what was found; `number` and `last` count from 1."""

    items: tuple[Found, ...]
    total: int
    number: int
    last: int


def judged_assessments(session: Session, access: Access) -> list[Assessment]:
    """The assessments in which the person has a duty, the newest first; one query.

    Assigned, and by a role the person still holds there: a pool alone opens nothing.
    """
    held = [
        and_(
            Assignment.role == grant.role.value,
            true()
            if grant.organisation_id is None
            else Department.organisation_id == grant.organisation_id,
        )
        for grant in access.grants
        if grant.role in POOL_ROLES
    ]
    query = (
        select(Assessment)
        .join(Assessment.department)
        .join(Assignment, Assignment.assessment_id == Assessment.id)
        .where(
            Assignment.person_id == access.person_id,
            Assignment.recused_at.is_(None),
            or_(false(), *held),
        )
        .options(
            joinedload(Assessment.department).joinedload(Department.organisation),
            joinedload(Assessment.standard_version),
        )
        .order_by(Assessment.opened_at.desc(), Assessment.id.desc())
    )
    return list(session.scalars(query))


def search_evidence(
    session: Session, assessments: Sequence[Assessment], query: str, *, page: int = 1
) -> FoundPage:
    """What of the evidence in these assessments has all words of the query; nothing without one.

    The assessments are some of `judged_assessments`. A piece is searched by the file that
    counts in the assessment, so that nobody finds what was added after the submission.
    """
    wanted = words(query)
    by_id = {assessment.id: assessment for assessment in assessments}
    rows = _candidates(session, by_id, wanted) if wanted and by_id else []
    terms = _terms(session, {row.version_id for row in rows if row.number < row.newest})
    pieces: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        told = terms.get(row.version_id)
        if told is None or all(_stands(word, told) for word in wanted):
            pieces.setdefault((row.assessment_id, row.evidence_id), []).append(row.link_id)
    last = max(1, -(-len(pieces) // PAGE_SIZE))
    number = min(max(page, 1), last)
    chosen = list(pieces.values())[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    versions = {row.link_id: row.version_id for row in rows}
    shown = _read(session, chosen, versions)
    # What the scanner holds back is not read out either.
    open_ = [version.id for ((_link, _evidence, version), *_) in shown if not version.is_withheld]
    hits = hits_in_files(session, open_, query)
    found = tuple(
        Found(
            assessment=by_id[uses[0][0].assessment_id],
            evidence=uses[0][1],
            version=uses[0][2],
            links=tuple(link for link, _evidence, _version in uses),
            hit=hits.get(uses[0][2].id),
        )
        for uses in shown
    )
    return FoundPage(found, len(pieces), number, last)


_OTHER = aliased(EvidenceVersion)
_NEWEST = select(func.max(_OTHER.number)).where(_OTHER.evidence_id == Evidence.id).scalar_subquery()
_SUBMITTED_AT = (
    select(func.max(Event.at, type_=Event.at.type))
    .where(
        Event.subject_type == "assessment",
        Event.subject_id == cast(Assessment.id, String),
        Event.action == "assessment.self_assessment_submitted",
    )
    .correlate(Assessment)
    .scalar_subquery()
)
#: The same as `linking.COUNTED`, for the evidence of several assessments at once.
_COUNTED = (
    select(func.max(_OTHER.number))
    .where(
        _OTHER.evidence_id == Evidence.id,
        or_(
            _OTHER.number == 1,
            Assessment.stage.in_([Stage.SET_UP.value, Stage.SELF_ASSESSMENT.value]),
            _OTHER.uploaded_at <= _SUBMITTED_AT,
        ),
    )
    .correlate(Evidence, Assessment)
    .scalar_subquery()
)

Uses = list[tuple[EvidenceLink, Evidence, EvidenceVersion]]


class _Candidate(NamedTuple):
    """A link with the file that counts in its assessment, by their ids.

    `number` is that file's among those of the piece, `newest` the highest there is.
    """

    link_id: int
    assessment_id: int
    evidence_id: int
    version_id: int
    number: int
    newest: int


def _candidates(
    session: Session, assessments: Mapping[int, Assessment], wanted: Iterable[str]
) -> list[_Candidate]:
    """The links whose evidence has the words now, or whose file that counts is an older one.

    There are many, and few are shown: only those become objects.
    """
    query = (
        select(
            EvidenceLink.id,
            EvidenceLink.assessment_id,
            Evidence.id,
            EvidenceVersion.id,
            EvidenceVersion.number,
            _NEWEST,
        )
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .join(Assessment, Assessment.id == EvidenceLink.assessment_id)
        .join(EvidenceVersion, EvidenceVersion.evidence_id == Evidence.id)
        .where(
            Assessment.id.in_(assessments),
            EvidenceVersion.number == _COUNTED,
            or_(_COUNTED < _NEWEST, and_(*(found_by(word) for word in wanted))),
        )
        .order_by(
            Assessment.opened_at.desc(),
            Assessment.id.desc(),
            EvidenceLink.element_code,
            EvidenceLink.id,
        )
    )
    return [_Candidate(*row) for row in session.execute(query)]


def _read(
    session: Session, chosen: Sequence[Sequence[int]], versions: Mapping[int, int]
) -> list[Uses]:
    """The pieces with these links, each with the file that counts; one query."""
    ids = {link_id for links in chosen for link_id in links}
    if not ids:
        return []
    query = (
        select(EvidenceLink, Evidence, EvidenceVersion)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .join(EvidenceVersion, EvidenceVersion.evidence_id == Evidence.id)
        .where(
            EvidenceLink.id.in_(ids),
            EvidenceVersion.id.in_({versions[link_id] for link_id in ids}),
        )
        .options(joinedload(EvidenceVersion.scan))
    )
    # Assessments may count different files of one piece.
    read = {
        link.id: (link, evidence, version)
        for link, evidence, version in session.execute(query)
        if version.id == versions[link.id]
    }
    return [[read[link_id] for link_id in links] for links in chosen]


def _terms(session: Session, version_ids: Collection[int]) -> dict[int, tuple[str, frozenset[str]]]:
    """What is said of and in each of these files: folded text, and the terms of its words."""
    if not version_ids:
        return {}
    asked = (
        select(EvidenceVersion, Evidence)
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .where(EvidenceVersion.id.in_(version_ids))
    )
    by_id = {version.id: (version, evidence) for version, evidence in session.execute(asked)}
    texts: dict[int, list[str]] = {id_: [] for id_ in by_id}
    parts = select(EvidencePart.version_id, EvidencePart.text).where(
        EvidencePart.version_id.in_(by_id)
    )
    for version_id, text in session.execute(parts):
        texts[version_id].append(text)
    names: dict[int, list[tuple[int, str]]] = {}
    of = select(EvidenceVersion.evidence_id, EvidenceVersion.number, EvidenceVersion.file_name)
    evidence_ids = {evidence.id for _version, evidence in by_id.values()}
    for evidence_id, number, name in session.execute(
        of.where(EvidenceVersion.evidence_id.in_(evidence_ids))
    ):
        names.setdefault(evidence_id, []).append((number, name))
    found = {}
    for id_, (version, evidence) in by_id.items():
        files = [name for number, name in names[evidence.id] if number <= version.number]
        described = " ".join([evidence.title, evidence.note, *files])
        terms = index_terms(described).union(*map(index_terms, texts[id_]))
        found[id_] = (fold(described), frozenset(terms))
    return found


def _stands(word: str, told: tuple[str, frozenset[str]]) -> bool:
    described, terms = told
    return word in described or has_word(terms, word)

"""Loading what an assessment is evaluated with besides its scores: choices and evidence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from accredit.assessment.domain import Stage
from accredit.assessment.evaluating import Facts, Piece
from accredit.assessment.models import Assessment
from accredit.assessment.settled import find_settled, keep_settled
from accredit.audit import Event
from accredit.database import plain_rows
from accredit.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from accredit.evidence.sufficiency import age_in_months
from accredit.standard.rules import EvidenceCondition
from accredit.standard.service import read_standard


def facts_of(session: Session, assessment: Assessment, on: date) -> Facts:
    """The facts of one assessment; two queries where its standard has rules about evidence."""
    return facts_in(session, [assessment], on)[assessment.id]


def facts_in(session: Session, assessments: Collection[Assessment], on: date) -> dict[int, Facts]:
    """The facts of each assessment, as of the day `on`; two queries for all, or none."""
    asking = [one for one in assessments if _asks_for_evidence(one)]
    pieces = _pieces(session, asking, on) if asking else {}
    return {
        one.id: Facts(one.weights, one.not_applicable, tuple(pieces.get(one.id, ())))
        for one in assessments
    }


def _asks_for_evidence(assessment: Assessment) -> bool:
    rules = read_standard(assessment.standard_version).rules
    return any(isinstance(rule, EvidenceCondition) for rule in rules)


# The files of what is linked, oldest first: the last that counts is the one that is dated.
_FILES = (
    select(
        EvidenceLink.assessment_id,
        EvidenceLink.element_code,
        EvidenceLink.id,
        Evidence.kind,
        Evidence.period_to_on,
        Evidence.withdrawn_at,
        EvidenceVersion.uploaded_at,
    )
    .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
    .join(EvidenceVersion, EvidenceVersion.evidence_id == Evidence.id)
    .where(EvidenceLink.assessment_id.in_(bindparam("ids", expanding=True)))
    .order_by(EvidenceLink.id, EvidenceVersion.number)
)
_SUBMITTED = (
    select(Event.subject_id, func.max(Event.at, type_=Event.at.type))
    .where(
        Event.subject_type == "assessment",
        Event.subject_id.in_(bindparam("subjects", expanding=True)),
        Event.action == literal_column("'assessment.self_assessment_submitted'"),
    )
    .group_by(Event.subject_id)
)


def _pieces(
    session: Session, assessments: Collection[Assessment], on: date
) -> dict[int, list[Piece]]:
    """Evidence with its age when the self-assessment was submitted, or until then on the day."""
    pieces = {one.id: find_settled(session, "evidence", one) for one in assessments}
    asked = [one for one in assessments if pieces[one.id] is None]
    if asked:
        pieces |= _read_pieces(session, asked, on)
    return pieces


def _read_pieces(
    session: Session, assessments: Collection[Assessment], on: date
) -> dict[int, list[Piece]]:
    subjects = {"subjects": [str(one.id) for one in assessments]}
    # Over the session, which knows of events it has still to write.
    submitted = {int(key): at for key, at in session.execute(_SUBMITTED, subjects)}
    ends = {one.id: (_counted_at(one, submitted.get(one.id)), one.closed_at) for one in assessments}
    kept: dict[int, tuple[int, Piece]] = {}
    for id_, code, link_id, kind, period_to, withdrawn_at, uploaded_at in plain_rows(
        session, _FILES, {"ids": list(ends)}
    ):
        counted_at, closed_at = ends[id_]
        if withdrawn_at is not None and _is_gone(withdrawn_at, closed_at):
            continue
        if link_id in kept and counted_at is not None and uploaded_at > counted_at:
            continue
        day = on if counted_at is None else counted_at.date()
        age = age_in_months(period_to, uploaded_at.date(), on=day)
        kept[link_id] = (id_, (code, kind or "", age))
    found: dict[int, list[Piece]] = {one.id: [] for one in assessments}
    for id_, piece in kept.values():
        found[id_].append(piece)
    for one in assessments:
        # Where no submission is on record, the evidence grows older from day to day.
        if ends[one.id][0] is not None:
            keep_settled(session, "evidence", one, found[one.id])
    return found


def _counted_at(assessment: Assessment, submitted_at: datetime | None) -> datetime | None:
    """When the evidence was submitted; None while the department may still add to it."""
    is_open = Stage(assessment.stage).position <= Stage.SELF_ASSESSMENT.position
    return None if is_open else submitted_at


def _is_gone(withdrawn_at: datetime, closed_at: datetime | None) -> bool:
    """What was withdrawn counts no more, except in what was decided before."""
    return closed_at is None or withdrawn_at <= closed_at

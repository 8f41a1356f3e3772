"""All evidence of an assessment: what is expected, what is there, and a pack of it to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accredit.assessment.domain import Stage
from accredit.assessment.linking import COUNTED, submitted_at
from accredit.assessment.models import Assessment
from accredit.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from accredit.evidence.pack import Packed, Use, write_pack
from accredit.evidence.store import FileStore
from accredit.evidence.sufficiency import Answered, Shown, Standing, answered
from accredit.standard.domain import Element
from accredit.standard.service import read_standard


@dataclass(frozen=True, slots=True)
class Linked:
    """A piece of evidence used for an element, with the file that counts."""

    link: EvidenceLink
    evidence: Evidence
    version: EvidenceVersion

    @property
    def shown(self) -> Shown:
        """The piece as an expectation sees it."""
        return Shown(
            self.evidence.kind,
            self.evidence.period_to_on,
            self.version.uploaded_at.date(),
            self.evidence.is_withdrawn,
        )


@dataclass(frozen=True, slots=True)
class ElementEvidence:
    """An element, what its standard expects, and what the department shows."""

    element: Element
    answers: tuple[Answered, ...]
    pieces: tuple[Linked, ...]

    @property
    def standing(self) -> Standing | None:
        """The worst of its expectations; None where nothing is expected."""
        found = {answer.standing for answer in self.answers}
        order = (Standing.MISSING, Standing.STALE, Standing.MET)
        return next((standing for standing in order if standing in found), None)


def all_linked(session: Session, assessment: Assessment) -> dict[str, list[Linked]]:
    """All links of an assessment by element, oldest first, each with the file that counts."""
    query = (
        select(EvidenceLink, Evidence, EvidenceVersion)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .join(EvidenceVersion, EvidenceVersion.evidence_id == Evidence.id)
        .where(EvidenceLink.assessment_id == assessment.id, EvidenceVersion.number == COUNTED)
        .options(joinedload(EvidenceVersion.scan))
        .order_by(EvidenceLink.linked_at, EvidenceLink.id)
    )
    asked = {
        "subject_id": str(assessment.id),
        "open": Stage(assessment.stage).position <= Stage.SELF_ASSESSMENT.position,
    }
    found: dict[str, list[Linked]] = {}
    for link, evidence, version in session.execute(query, asked):
        found.setdefault(link.element_code, []).append(Linked(link, evidence, version))
    return found


def evidence_by_element(
    session: Session, assessment: Assessment, *, today: date
) -> list[ElementEvidence]:
    """Every element that is scored by people, as of its submission or until then of `today`."""
    standard = read_standard(assessment.standard_version)
    linked = all_linked(session, assessment)
    submitted = submitted_at(session, assessment)
    day = today if submitted is None else submitted.date()
    return [
        ElementEvidence(
            element,
            answered(
                element.evidence,
                [piece.shown for piece in linked.get(element.code, ())],
                on=day,
            ),
            tuple(linked.get(element.code, ())),
        )
        for element in standard.elements
        if element.measured is None
    ]


def pack_evidence(
    session: Session,
    assessment: Assessment,
    store: FileStore,
    target: BinaryIO,
    *,
    about: Mapping[str, Any],
) -> None:
    """Write the pack of an assessment: every file that counts once, with all that it supports.

    A file that is held back for the virus scanner is listed, and its content left out. Raises
    `LostFilesError` where the store has lost one: no pack leaves a file out in silence.
    """
    linked = all_linked(session, assessment)
    pieces: dict[int, list[Linked]] = {}
    for code in sorted(linked):
        for piece in linked[code]:
            pieces.setdefault(piece.evidence.id, []).append(piece)
    files = [_packed(pieces[evidence_id]) for evidence_id in sorted(pieces)]
    write_pack(target, store, files, dict(about))


def _packed(uses: Sequence[Linked]) -> Packed:
    evidence, version = uses[0].evidence, uses[0].version
    return Packed(
        evidence=evidence.id,
        version=version.number,
        title=evidence.title,
        kind=evidence.kind or "",
        file_name=version.file_name,
        sha256=version.sha256,
        size=version.size,
        uploaded_at=version.uploaded_at,
        covers_from=_day(evidence.period_from_on),
        covers_to=_day(evidence.period_to_on),
        withdrawn_reason=evidence.withdrawn_reason or "",
        uses=tuple(Use(use.link.element_code, use.link.place) for use in uses),
        why_missing="held back by the virus scanner" if version.is_withheld else "",
    )


def _day(day: date | datetime | None) -> str:
    return "" if day is None else day.isoformat()

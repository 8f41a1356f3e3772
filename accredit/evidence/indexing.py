"""Keeping the words of evidence, so that it is found by what is in it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from accredit.evidence.models import Evidence, EvidencePart, EvidenceVersion, EvidenceWord
from accredit.evidence.search import MOST_INDEXED, index_terms
from accredit.evidence.texts import Part


def keep_parts(session: Session, version: EvidenceVersion, parts: Sequence[Part]) -> None:
    """Keep the words of a file, part by part. The version has its id already."""
    if parts:
        session.execute(
            insert(EvidencePart),
            [
                {
                    "version_id": version.id,
                    "number": number,
                    "kind": part.kind,
                    "label": part.label,
                    "text": part.text,
                }
                for number, part in enumerate(parts, 1)
            ],
        )


def index(session: Session, evidence: Evidence) -> None:
    """Index what is said of the evidence, and what its newest file says, anew."""
    texts = session.scalars(
        select(EvidencePart.text)
        .where(EvidencePart.version_id == evidence.current.id)
        .order_by(EvidencePart.number)
    )
    terms = index_terms(evidence.described)
    for text in texts:
        terms |= index_terms(text)
        if len(terms) > 2 * MOST_INDEXED:
            break
    session.execute(delete(EvidenceWord).where(EvidenceWord.evidence_id == evidence.id))
    if terms:
        session.execute(
            insert(EvidenceWord),
            [{"word": term, "evidence_id": evidence.id} for term in sorted(terms)],
        )

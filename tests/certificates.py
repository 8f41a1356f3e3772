"""Certificates granted by the people and rules of the product itself.

with arrange() as session:
    number = grant(session, cast, store(world.settings)).number
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.certificate import service
from accredit.certificate.domain import DecisionKind
from accredit.certificate.models import Certificate, Decision
from accredit.config import Settings
from accredit.evidence.store import FileStore
from tests.assessments import OPENED, walk_to
from tests.people import Actor, Cast

BASE_URL = "https://accredit.example.org"
DECIDED = datetime(2026, 3, 15, 9, 0, tzinfo=UTC)
ISSUED = date(2026, 3, 15)
REASON = "The agreed levels rest on evidence that was seen on site."
DISTINCTION = {"1.1": "exceptional", "2.1": "exceptional"}
REFUSED = {"1.1": "absent"}


def store(settings: Settings) -> FileStore:
    """The files of the application under test."""
    return FileStore(settings.evidence_dir)


def decide(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    files: FileStore,
    *,
    award: str | None = "accredited",
    reason: str = REASON,
    by: Actor | None = None,
    at: datetime = DECIDED,
    today: date = ISSUED,
) -> Decision:
    """Grant `award`, or refuse where it is None."""
    return service.decide(
        session,
        assessment,
        kind=DecisionKind.REFUSE if award is None else DecisionKind.GRANT,
        award=award,
        reason=reason,
        version=assessment.version,
        by=(by or cast.decision_maker).id,
        at=at,
        today=today,
        base_url=BASE_URL,
        store=files,
    )


def grant(
    session: Session,
    cast: Cast,
    files: FileStore,
    *,
    award: str = "accredited",
    levels: Mapping[str, str] | None = None,
    cycle: str = "2026",
    opened: datetime = OPENED,
    at: datetime = DECIDED,
    today: date = ISSUED,
) -> Certificate:
    """A certificate of the licensing department, from the set-up of its assessment on."""
    assessment = walk_to(session, cast, Stage.DECISION, levels=levels, cycle=cycle, at=opened)
    decision = decide(session, cast, assessment, files, award=award, at=at, today=today)
    assert decision.certificate is not None
    return decision.certificate


def change(
    session: Session,
    cast: Cast,
    certificate: Certificate,
    kind: DecisionKind,
    *,
    reason: str = "Complaints showed that the promises are no longer kept.",
    by: Actor | None = None,
    at: datetime = DECIDED + timedelta(days=100),
    today: date = ISSUED + timedelta(days=100),
) -> Decision:
    """Suspend, restore or withdraw."""
    return service.change_state(
        session,
        certificate,
        kind=kind,
        reason=reason,
        version=certificate.version,
        by=(by or cast.decision_maker).id,
        at=at,
        today=today,
    )

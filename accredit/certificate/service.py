"""Taking decisions: over an assessment, and later over the certificate it earned."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.models import Assessment
from accredit.assessment.recusing import is_tied
from accredit.assessment.service import close_assessment, ensure_may_decide
from accredit.assessment.stages import written_by
from accredit.certificate.domain import (
    DecisionKind,
    SelfCheckError,
    StaleDecisionError,
    ensure_grantable,
    ensure_independent,
    get_reason,
    next_state,
)
from accredit.certificate.finding import (
    PublicCertificate,
    decisions_of,
    find_document,
    find_public,
    get_certificate,
    list_certificates,
    roles_for,
    verify_file,
)
from accredit.certificate.issuing import issue, print_documents, subject_of
from accredit.certificate.judging import Judgement, find_decision, judge, write_readings
from accredit.certificate.models import Certificate, Decision
from accredit.evidence.store import FileStore
from accredit.identity.domain import Access, ForbiddenError, Permission, Role, allows
from accredit.identity.service import load_access

__all__ = [
    "Judgement",
    "PublicCertificate",
    "change_state",
    "decide",
    "decisions_of",
    "ensure_may_change",
    "find_decision",
    "find_document",
    "find_public",
    "get_certificate",
    "judge",
    "list_certificates",
    "roles_for",
    "verify_file",
]

_EVENTS = {
    DecisionKind.GRANT: "decision.granted",
    DecisionKind.REFUSE: "decision.refused",
    DecisionKind.SUSPEND: "certificate.suspended",
    DecisionKind.RESTORE: "certificate.restored",
    DecisionKind.WITHDRAW: "certificate.withdrawn",
}


def decide(
    session: Session,
    assessment: Assessment,
    *,
    kind: DecisionKind,
    award: str | None,
    reason: str,
    version: int,
    by: int,
    at: datetime,
    today: date,
    base_url: str,
    store: FileStore,
) -> Decision:
    """Grant an award or refuse, and close the assessment; a grant issues the certificate.

    `version` is the assessment's as the person saw it. Raises what `ensure_may_decide`
    raises, `StaleDecisionError`, `ReasonMissingError`, `AwardMissingError`, and
    `AwardNotReachedError` for an award above the one the agreed levels reach now, and
    `SelfCheckError` for any award by a standard that takes the department's word.
    """
    ensure_may_decide(session, assessment, load_access(session, by))
    if version != assessment.version:
        raise StaleDecisionError
    judgement = judge(session, assessment, today=today)
    granted = None
    if kind is DecisionKind.GRANT:
        if judgement.standard.is_self_check:
            raise SelfCheckError
        ladder = [rung.award for rung in judgement.result.rungs]
        granted = ensure_grantable(award, ladder, judgement.result.award)
    elif kind is not DecisionKind.REFUSE:
        raise ForbiddenError
    decision = Decision(
        assessment_id=assessment.id,
        kind=kind.value,
        award=granted,
        reached=judgement.result.award,
        readings=write_readings(judgement.readings),
        reason=get_reason(reason),
        decided_by_id=by,
        decided_at=at,
    )
    session.add(decision)
    session.flush()
    department = assessment.department
    audit.record(
        session,
        _EVENTS[kind],
        audit.Subject("assessment", str(assessment.id), department.organisation_id, department.id),
        by=by,
        at=at,
        details={
            "decision": decision.id,
            "award": granted,
            "reached": decision.reached,
            "reason": decision.reason,
        },
    )
    close_assessment(session, assessment, by=by, at=at)
    if granted is not None:
        certificate = issue(session, assessment, judgement, granted, by=by, at=at, today=today)
        decision.certificate = certificate
        session.flush()
        print_documents(session, certificate, by=by, base_url=base_url, store=store)
    return decision


def change_state(
    session: Session,
    certificate: Certificate,
    *,
    kind: DecisionKind,
    reason: str,
    version: int,
    by: int,
    at: datetime,
    today: date,
) -> Decision:
    """Suspend, restore or withdraw a certificate, with the reason.

    Raises what `ensure_may_change` raises, `StaleDecisionError`, `ChangeNotAllowedError` and
    `ReasonMissingError`.
    """
    ensure_may_change(session, certificate, load_access(session, by), at.date())
    if version != certificate.version:
        raise StaleDecisionError
    before = certificate.state_on(today)
    after = next_state(before, kind)
    decision = Decision(
        assessment_id=certificate.assessment_id,
        certificate_id=certificate.id,
        kind=kind.value,
        readings="{}",
        reason=get_reason(reason),
        decided_by_id=by,
        decided_at=at,
    )
    session.add(decision)
    certificate.state = after.value
    certificate.state_since_at = at
    session.flush()
    audit.record(
        session,
        _EVENTS[kind],
        subject_of(certificate),
        by=by,
        at=at,
        details={
            "number": certificate.number,
            "from": before.value,
            "to": after.value,
            "reason": decision.reason,
        },
    )
    return decision


def ensure_may_change(
    session: Session, certificate: Certificate, access: Access, day: date
) -> None:
    """Raise unless the person decides for the organisation and had no part in the assessment.

    `ForbiddenError` without the role; `NotIndependentError` for whoever scored, moderated
    or opened the assessment, works in the department or declared a tie that counts on the day.
    """
    if not allows(roles_for(certificate, access), Permission.CHANGE_CERTIFICATE):
        raise ForbiddenError
    assessment = certificate.assessment
    took_part = (
        assessment.opened_by_id == access.person_id
        or any(
            item.person_id == access.person_id and item.role != Role.DECISION_MAKER
            for item in assessment.assignments
        )
        or bool(written_by(session, assessment, access.person_id))
    )
    place = access.roles_at(certificate.organisation_id, certificate.department_id)
    ensure_independent(
        place, took_part, tied=is_tied(session, access.person_id, certificate.department, day)
    )

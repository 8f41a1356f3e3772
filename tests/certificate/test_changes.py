"""Suspending, restoring and withdrawing a certificate."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.certificate import service
from accredit.certificate.domain import (
    CertificateState,
    ChangeNotAllowedError,
    DecisionKind,
    NotIndependentError,
    ReasonMissingError,
    StaleDecisionError,
)
from accredit.identity.domain import ForbiddenError, Role
from accredit.identity.models import Person
from accredit.identity.service import grant_role
from tests.certificates import DECIDED, ISSUED, change, grant, store
from tests.people import START

SUSPEND, RESTORE, WITHDRAW = DecisionKind.SUSPEND, DecisionKind.RESTORE, DecisionKind.WITHDRAW
LATER = ISSUED + timedelta(days=100)


@pytest.fixture
def files(world):
    return store(world.settings)


def join_pool(session, cast, who):
    grant_role(
        session,
        session.get(Person, getattr(cast, who).id),
        Role.DECISION_MAKER,
        organisation_id=cast.organisation,
        by=None,
        at=START,
    )


def test_a_suspended_certificate_can_be_restored_and_then_withdrawn(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        for kind, state in (
            (SUSPEND, "suspended"),
            (RESTORE, "valid"),
            (SUSPEND, "suspended"),
            (WITHDRAW, "withdrawn"),
        ):
            change(session, cast, certificate, kind)
            assert certificate.state_on(LATER) == state


def test_a_change_is_kept_with_reason_person_and_moment(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        at = DECIDED + timedelta(days=7)
        change(session, cast, certificate, SUSPEND, at=at)
        *_, last = service.decisions_of(session, certificate)
        assert (last.kind, last.decided_by_id, last.decided_at) == (
            "suspend",
            cast.decision_maker.id,
            at,
        )
        assert certificate.state_since_at == at
        event = session.scalars(select(audit.Event).order_by(audit.Event.id.desc())).first()
        assert (event.action, event.subject_type, event.subject_id) == (
            "certificate.suspended",
            "certificate",
            str(certificate.id),
        )
        details = json.loads(event.details)
        assert (details["from"], details["to"], details["reason"]) == (
            "valid",
            "suspended",
            last.reason,
        )


@pytest.mark.parametrize("kind", [SUSPEND, RESTORE, WITHDRAW])
def test_a_withdrawn_certificate_stays_withdrawn(arrange, cast, files, kind):
    with arrange() as session:
        certificate = grant(session, cast, files)
        change(session, cast, certificate, WITHDRAW)
        with pytest.raises(ChangeNotAllowedError):
            change(session, cast, certificate, kind)


@pytest.mark.parametrize("kind", [SUSPEND, RESTORE, WITHDRAW])
def test_an_expired_certificate_is_not_brought_back(arrange, cast, files, kind):
    with arrange() as session:
        certificate = grant(session, cast, files)
        if kind is RESTORE:
            change(session, cast, certificate, SUSPEND)
        after = certificate.expires_on + timedelta(days=1)
        assert certificate.state_on(after) is CertificateState.EXPIRED
        with pytest.raises(ChangeNotAllowedError):
            change(session, cast, certificate, kind, today=after)


def test_a_change_needs_a_reason(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        with pytest.raises(ReasonMissingError):
            change(session, cast, certificate, SUSPEND, reason="complaints")
        assert certificate.state == "valid"


def test_a_change_to_what_somebody_else_changed_meanwhile_is_refused(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        seen = certificate.version
        change(session, cast, certificate, SUSPEND)
        with pytest.raises(StaleDecisionError):
            service.change_state(
                session,
                certificate,
                kind=WITHDRAW,
                reason="Complaints showed that promises are broken.",
                version=seen,
                by=cast.decision_maker.id,
                at=DECIDED,
                today=LATER,
            )


@pytest.mark.parametrize(
    "who",
    [
        "administrator",
        "programme_manager",
        "leader",
        "contributor",
        "assessor",
        "moderator",
        "observer",
        "stranger_manager",
        "nobody",
    ],
)
def test_only_decision_makers_change_a_certificate(arrange, cast, files, who):
    with arrange() as session:
        certificate = grant(session, cast, files)
        with pytest.raises(ForbiddenError):
            change(session, cast, certificate, SUSPEND, by=getattr(cast, who))


@pytest.mark.parametrize(
    "who",
    ["assessor", "second_assessor", "moderator", "contributor", "leader", "programme_manager"],
)
def test_nobody_who_took_part_changes_the_certificate_they_led_to(arrange, cast, files, who):
    with arrange() as session:
        certificate = grant(session, cast, files)
        join_pool(session, cast, who)
        with pytest.raises(NotIndependentError):
            change(session, cast, certificate, SUSPEND, by=getattr(cast, who))


def test_another_decision_maker_of_the_organisation_may_change_it(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        join_pool(session, cast, "nobody")
        change(session, cast, certificate, SUSPEND, by=cast.nobody)
        assert certificate.state == "suspended"

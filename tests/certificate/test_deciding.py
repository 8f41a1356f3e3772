"""Who may decide what, and what a decision leaves behind."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment.domain import SeparationError, Stage, WrongStageError
from accredit.assessment.models import Assessment, Assignment
from accredit.certificate import judging, service
from accredit.certificate.domain import (
    AwardMissingError,
    AwardNotReachedError,
    DecisionKind,
    ReasonMissingError,
    StaleDecisionError,
)
from accredit.certificate.models import Certificate, CertificateDocument, Decision
from accredit.certificate.number import parse_number
from accredit.identity.domain import ForbiddenError, Role
from accredit.identity.models import Person, RoleAssignment
from accredit.identity.service import grant_role
from accredit.standard.scoring.engine import KpiReading
from tests.assessments import OPENED, staff, walk_to
from tests.certificates import (
    BASE_URL,
    DECIDED,
    DISTINCTION,
    ISSUED,
    REASON,
    REFUSED,
    decide,
    grant,
    store,
)
from tests.damage import unguarded
from tests.people import START


@pytest.fixture
def files(world):
    return store(world.settings)


def test_a_grant_issues_a_certificate_with_the_names_of_that_day(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files, levels=DISTINCTION, award="distinction")
        assert parse_number(certificate.number) == certificate.number
        assert certificate.number.startswith("SE-2026-")
        assert (certificate.organisation_en, certificate.organisation_ar) == (
            "Northern Services Authority",
            "هيئة خدمات الشمال",
        )
        assert (certificate.department_en, certificate.scope_en) == (
            "Licensing",
            "Issue and renewal of licences",
        )
        assert (certificate.award, certificate.award_en) == (
            "distinction",
            "Accredited with distinction",
        )
        assert (certificate.issued_on, certificate.expires_on) == (ISSUED, date(2029, 3, 14))
        assert certificate.state == "valid"


def test_a_later_change_of_a_name_does_not_change_the_certificate(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        certificate.department.name_en = "Permits"
        session.flush()
        assert certificate.department_name.en == "Licensing"


def test_a_grant_stores_three_pdfs_under_their_hashes(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        assert sorted(item.language for item in certificate.documents) == ["ar", "both", "en"]
        for item in certificate.documents:
            content = files.path(item.sha256).read_bytes()
            assert content.startswith(b"%PDF-")
            assert sha256(content).hexdigest() == item.sha256
            assert len(content) == item.size


def test_a_decision_closes_the_assessment_and_is_written_into_the_trail(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        assert certificate.assessment.stage == Stage.CLOSED
        events = list(session.scalars(select(audit.Event).order_by(audit.Event.id)))
        assert [event.action for event in events[-3:]] == [
            "decision.granted",
            "assessment.closed",
            "certificate.issued",
        ]
        granted, _, issued = events[-3:]
        assert granted.person_id == cast.decision_maker.id
        assert json.loads(granted.details)["reason"] == REASON
        assert json.loads(issued.details)["number"] == certificate.number
        assert {event.organisation_id for event in events[-3:]} == {cast.organisation}
        assert audit.verify(events) == []


def test_a_refusal_leaves_a_reason_and_no_certificate(arrange, cast, files):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION, levels=REFUSED)
        decision = decide(session, cast, assessment, files, award=None)
        assert (decision.kind, decision.award, decision.reached) == ("refuse", None, None)
        assert assessment.stage == Stage.CLOSED
        assert session.scalars(select(Certificate)).all() == []
        assert session.scalars(select(CertificateDocument)).all() == []


def test_what_reached_an_award_may_still_be_refused(arrange, cast, files):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        assert decide(session, cast, assessment, files, award=None).reached == "accredited"
        assert session.scalars(select(Certificate)).all() == []


def test_a_lower_award_than_the_one_reached_may_be_granted(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files, levels=DISTINCTION, award="accredited")
        decision = service.find_decision(session, certificate.assessment)
        assert (decision.award, decision.reached) == ("accredited", "distinction")


@pytest.mark.parametrize(
    ("levels", "award"),
    [({}, "distinction"), (REFUSED, "accredited"), (REFUSED, "distinction"), ({}, "gold")],
)
def test_an_award_above_the_one_reached_is_never_granted(arrange, cast, files, levels, award):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION, levels=levels)
        with pytest.raises(AwardNotReachedError):
            decide(session, cast, assessment, files, award=award)
        assert session.scalars(select(Decision)).all() == []


def test_a_grant_without_an_award_is_none(arrange, cast, files):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        with pytest.raises(AwardMissingError):
            decide(session, cast, assessment, files, award="")


def test_a_decision_needs_a_reason(arrange, cast, files):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        with pytest.raises(ReasonMissingError):
            decide(session, cast, assessment, files, reason="Looks good.")


@pytest.mark.parametrize(
    "kind", [DecisionKind.SUSPEND, DecisionKind.RESTORE, DecisionKind.WITHDRAW]
)
def test_an_assessment_is_granted_or_refused_and_nothing_else(arrange, cast, files, kind):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        with pytest.raises(ForbiddenError):
            service.decide(
                session,
                assessment,
                kind=kind,
                award=None,
                reason=REASON,
                version=assessment.version,
                by=cast.decision_maker.id,
                at=DECIDED,
                today=ISSUED,
                base_url=BASE_URL,
                store=files,
            )


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.DECISION])
def test_a_decision_belongs_to_its_stage(arrange, cast, files, stage):
    with arrange() as session:
        assessment = walk_to(session, cast, stage)
        if stage is Stage.SET_UP:
            staff(session, cast, assessment)
        with pytest.raises(WrongStageError):
            decide(session, cast, assessment, files)


def test_a_decision_on_something_that_changed_meanwhile_is_refused(arrange, cast, files):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        with pytest.raises(StaleDecisionError):
            service.decide(
                session,
                assessment,
                kind=DecisionKind.GRANT,
                award="accredited",
                reason=REASON,
                version=assessment.version - 1,
                by=cast.decision_maker.id,
                at=DECIDED,
                today=ISSUED,
                base_url=BASE_URL,
                store=files,
            )


@pytest.mark.parametrize(
    "who",
    [
        "administrator",
        "programme_manager",
        "contributor",
        "leader",
        "assessor",
        "second_assessor",
        "moderator",
        "observer",
        "contact_leader",
        "stranger_leader",
        "stranger_manager",
        "nobody",
    ],
)
def test_only_the_assigned_decision_maker_decides(arrange, cast, files, who):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        with pytest.raises((ForbiddenError, SeparationError)):
            decide(session, cast, assessment, files, by=getattr(cast, who))
        assert assessment.stage == Stage.DECISION


@pytest.mark.parametrize("who", ["assessor", "second_assessor", "moderator"])
def test_a_judge_who_joined_the_pool_of_decision_makers_still_cannot_decide(
    arrange, cast, files, who
):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        person = session.get(Person, getattr(cast, who).id)
        grant_role(
            session,
            person,
            Role.DECISION_MAKER,
            organisation_id=cast.organisation,
            by=None,
            at=START,
        )
        with pytest.raises((ForbiddenError, SeparationError)):
            decide(session, cast, assessment, files, by=getattr(cast, who))


@pytest.mark.parametrize("part", ["scored", "moderated", "self_scored"])
def test_nobody_decides_who_wrote_a_score_even_if_the_duty_was_given_behind_the_back(
    arrange, cast, files, part
):
    """The last line of defence: the assignment is forged, and the trail still tells."""
    who = {"scored": "assessor", "moderated": "moderator", "self_scored": "contributor"}[part]
    actor = getattr(cast, who)
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        person = session.get(Person, actor.id)
        for row in session.scalars(
            select(RoleAssignment).where(RoleAssignment.person_id == actor.id)
        ):
            row.ended_at = START
        grant_role(
            session,
            person,
            Role.DECISION_MAKER,
            organisation_id=cast.organisation,
            by=None,
            at=START,
        )
        for item in list(assessment.assignments):
            if item.person_id == actor.id or item.role == Role.DECISION_MAKER:
                session.delete(item)
                assessment.assignments.remove(item)
        session.flush()
        assessment.assignments.append(
            Assignment(
                person=person,
                role=Role.DECISION_MAKER.value,
                assigned_by_id=cast.programme_manager.id,
                assigned_at=OPENED,
            )
        )
        with unguarded(session):
            session.flush()
        with pytest.raises(SeparationError):
            decide(session, cast, assessment, files, by=actor)


def test_a_second_decision_over_the_same_assessment_is_refused(arrange, cast, files):
    with arrange() as session:
        certificate = grant(session, cast, files)
        with pytest.raises(WrongStageError):
            decide(session, cast, certificate.assessment, files, award=None)


def test_the_figures_a_decision_rested_on_are_kept_exactly():
    readings = {
        "csat": KpiReading(Decimal("81.60"), Decimal("78.9"), Decimal("84.0"), 812),
        "nps": KpiReading(None, None, None, 3),
    }
    text = judging.write_readings(readings)
    assert judging.read_readings(text) == readings
    assert str(judging.read_readings(text)["csat"].value) == "81.60"


def test_everything_of_a_failed_decision_is_undone(arrange, cast, files, monkeypatch):
    """The disk is full after the second PDF: no decision, no certificate, stage unchanged."""
    with arrange() as session:
        number = walk_to(session, cast, Stage.DECISION).id

    class FullDisk(type(files)):
        calls = 0

        def put(self, stream, *, limit):
            FullDisk.calls += 1
            if FullDisk.calls > 2:
                raise OSError(28, "No space left on device")
            return super().put(stream, limit=limit)

    with pytest.raises(OSError, match="No space left"), arrange() as session:
        decide(session, cast, session.get(Assessment, number), FullDisk(files.root))
    with arrange() as session:
        assert session.get(Assessment, number).stage == Stage.DECISION
        assert session.scalars(select(Decision)).all() == []
        assert session.scalars(select(Certificate)).all() == []
        events = list(session.scalars(select(audit.Event).order_by(audit.Event.id)))
        assert "decision.granted" not in {event.action for event in events}
        assert audit.verify(events) == []

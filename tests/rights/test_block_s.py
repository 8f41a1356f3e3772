"""Block S: who may judge what, in which order, and whether the papers say what was decided.

Most of its cases are tried where their rules stand (`tests/programme.txt`); here are those that
look at everything that happened in both organisations at once.
"""

from __future__ import annotations

import io
from collections import defaultdict

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.audit import Event
from accredit.certificate.domain import DecisionKind
from accredit.certificate.models import Certificate, Decision
from accredit.database import db
from tests.assessments import small_standard
from tests.rights.kinds import Kind


@pytest.mark.block("S", "register equals the grants one to one")
def test_every_certificate_has_its_grant_and_every_grant_its_certificate(rights):
    with rights.world.app.app_context():
        grants = db.session.scalars(
            select(Decision.certificate_id).where(Decision.kind == DecisionKind.GRANT)
        ).all()
        certificates = db.session.scalars(select(Certificate)).all()
        assert len(certificates) == 2
        assert sorted(grants) == sorted(one.id for one in certificates)
        for one in certificates:
            decision = db.session.scalars(
                select(Decision).where(
                    Decision.certificate_id == one.id, Decision.kind == DecisionKind.GRANT
                )
            ).one()
            assert (one.assessment_id, one.award) == (decision.assessment_id, decision.award)
            assert one.issued_on >= decision.decided_at.date()


@pytest.mark.block("S", "no step before the one it follows")
def test_the_steps_of_every_assessment_are_told_in_their_order(rights):
    order = ["assessment.opened", "assessment.started", "assessment.self_assessment_submitted",
             "assessment.scoring_ended", "assessment.moderation_submitted", "decision.granted",
             "assessment.closed"]  # fmt: skip
    with rights.world.app.app_context():
        events = db.session.scalars(
            select(Event).where(Event.action.in_(order)).order_by(Event.id)
        ).all()
    steps = defaultdict(list)
    for event in events:
        steps[event.subject_id].append((order.index(event.action), event.at))
    assert len(steps) == 2 * len(Stage)
    for told in steps.values():
        assert [place for place, _at in told] == sorted({place for place, _at in told})
        assert [at for _place, at in told] == sorted(at for _place, at in told)


def pages_of_results(rights) -> list[str]:
    closed, number = rights.own.assessments[Stage.CLOSED], rights.own.ids["number"]
    return [
        f"/assessments/{closed}", f"/assessments/{closed}/result",
        f"/assessments/{closed}/decision",
        f"/gap-reports/{closed}", f"/certificates/{number}", f"/certificates/{number}/history",
    ]  # fmt: skip


@pytest.mark.block("S", "every page of a result says the version of its standard")
def test_a_result_says_by_which_version_of_which_standard(rights):
    standard = small_standard()
    silent = []
    for path in pages_of_results(rights):
        answer = rights.client(Kind.MANAGER).get(path)
        body = answer.get_data(as_text=True)
        assert answer.status_code == 200, path
        if standard.title.en not in body or standard.version not in body:
            silent.append(path)
    assert silent == []


@pytest.mark.block("S", "paper equals decision")
def test_the_paper_says_what_was_decided(rights):
    """Number, names, scope, award, edition and both days, as the register has them."""
    with rights.world.app.app_context():
        one = db.session.scalars(
            select(Certificate).where(Certificate.number == rights.own.ids["number"])
        ).one()
        said = [one.number, one.organisation_en, one.department_en, one.scope_en, one.award_en,
                one.standard_edition,
                str(one.issued_on.year), str(one.expires_on.year)]  # fmt: skip
    answer = rights.client(Kind.MANAGER).get(f"/certificates/{said[0]}/documents/en.pdf")
    paper = PdfReader(io.BytesIO(answer.get_data()))
    answer.close()
    text = " ".join("".join(page.extract_text() for page in paper.pages).split())
    for words in said:
        assert words in text, words
    assert said[0] in str(paper.metadata)

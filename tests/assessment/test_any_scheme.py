"""From opening to result by standards of very different kinds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accredit.assessment import scoring
from accredit.assessment.choices import Choices
from accredit.assessment.choosing import set_choices
from accredit.assessment.domain import Stage
from accredit.assessment.reading import progress_in
from accredit.certificate.judging import judge
from accredit.gap.service import load_report
from accredit.identity.service import load_access
from accredit.kpi.models import Measurement
from accredit.standard.scoring.results import Verdict
from tests.assessment.schemes import BLENDED, NAMED, POINTS, open_scheme, walk_scheme
from tests.assessments import OPENED, SELF_REASON, add_evidence
from tests.gap.making import measure

TODAY = date(2026, 6, 10)


def of(sound, in_use, overall):
    return {"sound": sound, "in_use": in_use, "overall": overall}


def test_points_with_attributes_chosen_weights_and_a_cap(arrange, cast, browse):
    scores = {"1.1": of("50", "90", "80"), "1.2": of("40", "20", "30"),
              "2.1": {"trend": "70", "scope": "55"}}  # fmt: skip
    with arrange() as session:
        assessment = open_scheme(session, cast, POINTS)
        choices = Choices({"1.1": Decimal(80), "1.2": Decimal(20)})
        manager = cast.programme_manager.id
        set_choices(session, assessment, choices, version=assessment.version, by=manager, at=OPENED)
        walk_scheme(session, cast, assessment, Stage.DECISION, scores)
        judgement = judge(session, assessment, today=TODAY)
        totals = {one.code: one.points for one in judgement.result.nodes()}
        # 1.1 is cut to how sound it is: (80 × 50 + 20 × 30) ÷ 100 = 46; 2.1: (70 + 55) ÷ 2 = 62.5.
        assert (totals["1"], totals["2"], totals["total"]) == (
            46,
            Decimal("62.5"),
            Decimal("108.5"),
        )
        assert judgement.result.award == "entry"
        report = load_report(session, assessment, load_access(session, cast.moderator.id), TODAY)
        # 1.1 stands at the required 50% after the cut; 1.2 is 20 points short on 20 of 200.
        assert [row.code for row in report.rows] == ["1.2"]
        assert report.rows[0].weight == 20
        number = assessment.id
    for address in (f"/gap-reports/{number}", f"/assessments/{number}/decision"):
        page = browse(cast.decision_maker).get(address)
        assert page.status == 200
        assert "108.5" in page.text
    gaps = browse(cast.decision_maker).get(f"/gap-reports/{number}").text
    assert "One rule of “High” is not met: “A total of at least 120 points”." in gaps
    for form in ("pdf", "xlsx"):
        assert browse(cast.decision_maker).get(f"/gap-reports/{number}/report.{form}").status == 200
    refused = browse(cast.decision_maker).post(
        f"/assessments/{number}/decision",
        {"award": "high", "reason": "Evidence was seen on site.", "sure": "y", "version": "1"},
    )
    assert refused.status == 422


def test_named_levels_in_nested_groups_with_a_rule_about_what_applies_and_about_evidence(
    arrange, cast, browse
):
    with arrange() as session:
        assessment = open_scheme(session, cast, NAMED)
        walk_scheme(session, cast, assessment, Stage.SELF_ASSESSMENT, {})
        access = load_access(session, cast.contributor.id)
        assert progress_in(session, [assessment])[assessment.id].total == 3
        for code, level in {"1.1.1": "none", "1.2.1": "plus"}.items():
            scoring.score_self(
                session, assessment, code, level=level, reason=SELF_REASON, version=None,
                access=access, at=OPENED,
            )  # fmt: skip
        # Without groups the needs do not apply: two of two are scored, and evidence is missing.
        found = progress_in(session, [assessment])[assessment.id]
        assert (found.done, found.total) == (2, 2)
        missing = scoring.missing_for_submission(session, assessment)
        assert (missing.unscored, missing.without_evidence) == ((), ("1.2.1",))
        number = assessment.id
    page = browse(cast.contributor).get(f"/assessments/{number}")
    headings = page.tree.xpath("//tr[@class='group']//th")
    assert [" ".join(one.text_content().split()) for one in headings] == [
        "1 Customers", "1.1 Knowing them", "1.2 Hearing them",
    ]  # fmt: skip
    assert "Does not apply" in page.text
    page = browse(cast.contributor).get(f"/assessments/{number}/elements/1.1.1")
    for words in ("Raises a finding", "Must be justified", "Needs an example for others"):
        assert words in page.text
    assert "1.1 Knowing them" in page.text


@pytest.mark.parametrize(("months", "verdict"), [(3, Verdict.PASS), (14, Verdict.FAIL)])
def test_evidence_has_the_age_it_had_when_it_was_submitted(arrange, cast, months, verdict):
    with arrange() as session:
        assessment = open_scheme(session, cast, NAMED)
        scores = dict.fromkeys(("1.1.1", "1.1.2", "1.2.1"), "met")
        walk_scheme(session, cast, assessment, Stage.DECISION, scores)
        for link in scoring_links(session, assessment):
            link.evidence.period_to_on = OPENED.date() - timedelta(days=31 * months)
        session.flush()
        # Years later it is judged as it was.
        result = judge(session, assessment, today=date(2029, 1, 1)).result
        rule = result.find_rule("fresh")
        assert rule is not None
        assert rule.verdict is verdict
        assert result.award == ("compliant" if verdict is Verdict.PASS else None)


def test_a_period_that_ends_after_the_upload_makes_no_rule_see_fresher_evidence(arrange, cast):
    """The rules of a standard and the page of the evidence count age in one way."""
    with arrange() as session:
        assessment = open_scheme(session, cast, NAMED)
        scores = dict.fromkeys(("1.1.1", "1.1.2", "1.2.1"), "met")
        walk_scheme(session, cast, assessment, Stage.DECISION, scores)
        old = add_evidence(session, cast, at=OPENED - timedelta(days=31 * 14))
        old.period_to_on = OPENED.date() + timedelta(days=365)
        for link in scoring_links(session, assessment):
            if link.element_code == "1.2.1":
                link.evidence_id = old.id
        session.flush()
        result = judge(session, assessment, today=date(2029, 1, 1)).result
        assert result.find_rule("fresh").verdict is Verdict.FAIL


def scoring_links(session, assessment):
    from sqlalchemy import select

    from accredit.evidence.models import EvidenceLink

    return session.scalars(
        select(EvidenceLink).where(EvidenceLink.assessment_id == assessment.id)
    ).all()


def test_scores_blended_with_what_customers_say_as_long_as_it_is_fresh(arrange, cast, browse):
    with arrange() as session:
        measure(session, cast, "csat", 70, 100, month=2)
        measure(session, cast, "csat", 80, 100, month=3)
        assessment = open_scheme(session, cast, BLENDED)
        walk_scheme(session, cast, assessment, Stage.DECISION, {"1.1": "high"})
        fresh = judge(session, assessment, today=date(2026, 9, 30)).result
        # Scores: (100 + 60) ÷ 2 = 80; customers 80; half of each.
        assert fresh.total.percent == 80
        assert fresh.by_code["1.2"].percent == 60
        assert fresh.find_rule("rising").verdict is Verdict.PASS
        assert fresh.award == "star"
        old = judge(session, assessment, today=date(2026, 11, 1)).result
        assert old.total.percent is None
        assert old.award is None
        row = session.get(Measurement, 1)
        row.value = 95.0
        session.flush()
        falling = judge(session, assessment, today=date(2026, 9, 30)).result
        assert falling.find_rule("rising").verdict is Verdict.FAIL
        number = assessment.id
    page = browse(cast.leader).get(f"/assessments/{number}/elements/1.2")
    assert "Nobody scores it." in page.text
    assert not page.has_field("level")
    for address in (f"/gap-reports/{number}", "/gap-reports/", f"/assessments/{number}"):
        assert browse(cast.observer).get(address).status == 200

"""An award that needs a measured figure: what counts is what is measured when it is decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accredit.assessment.domain import Stage
from accredit.certificate.domain import AwardNotReachedError
from accredit.certificate.service import find_decision, judge
from accredit.kpi.models import KpiImport, Measurement
from accredit.standard.file.loader import load
from accredit.standard.scoring.engine import KpiReading
from tests import assessments
from tests.assessments import SMALL, walk_to
from tests.certificates import ISSUED, decide, store

RULE = (
    "  - {id: csat_70, kind: kpi_condition, kpi: csat, field: value, min: 70, min_n: 30,"
    ' text: {en: "At least 70% are satisfied.", ar: "70% راضون على الأقل."}}\n'
)


@pytest.fixture(autouse=True)
def _standard_with_a_figure(monkeypatch):
    text = SMALL.read_text(encoding="utf-8")
    text = text.replace("\nawards:\n", f"\n{RULE}awards:\n").replace(
        "[nothing_absent, few_below, total_60]", "[nothing_absent, few_below, total_60, csat_70]"
    )
    text = text.replace('version: "1.0"', 'version: "1.1"')
    standard = load(text.encode(), file="measured")
    assert "csat_70" in {rule.id for rule in standard.rules}
    monkeypatch.setattr(assessments, "small_standard", lambda: standard)


def measure(session, department_id, value, n=812, *, kpi="csat", year=2025):
    imported = KpiImport(
        department_id=department_id,
        kpi=kpi,
        file_name="answers.csv",
        sha256="0" * 64,
        mapping="{}",
        accepted=n,
        blank=0,
        left_out=0,
        rejected=0,
        imported_by_id=None,
        imported_at=datetime(year + 1, 1, 2, tzinfo=UTC),
    )
    session.add(imported)
    session.flush()
    session.add(
        Measurement(
            department_id=department_id,
            kpi=kpi,
            import_id=imported.id,
            start_on=date(year, 1, 1),
            end_on=date(year, 12, 31),
            value=value,
            n=n,
            low=value - 3,
            high=value + 3,
            status="ok",
            measured_at=datetime(year + 1, 1, 2, tzinfo=UTC),
        )
    )
    session.flush()


def test_a_figure_that_reaches_the_rule_lets_the_award_be_granted(arrange, cast, world):
    with arrange() as session:
        measure(session, cast.licensing, 81.6)
        measure(session, cast.licensing, 40.0, kpi="nps")
        assessment = walk_to(session, cast, Stage.DECISION)
        decision = decide(session, cast, assessment, store(world.settings))
        assert decision.certificate is not None
        reading = judge(session, assessment, decision, today=ISSUED).readings
        assert reading == {
            "csat": KpiReading(
                Decimal("81.6"), Decimal("78.6"), Decimal("84.6"), 812, age_months=Decimal(2)
            )
        }


@pytest.mark.parametrize("measured", [None, (69.9, 812), (99.0, 29)])
def test_a_missing_low_or_thin_figure_keeps_the_award_out_of_reach(arrange, cast, world, measured):
    with arrange() as session:
        if measured:
            measure(session, cast.licensing, *measured)
        assessment = walk_to(session, cast, Stage.DECISION)
        with pytest.raises(AwardNotReachedError):
            decide(session, cast, assessment, store(world.settings))


def test_the_figures_of_another_department_do_not_count(arrange, cast, world):
    with arrange() as session:
        measure(session, cast.contact_centre, 99.0)
        assessment = walk_to(session, cast, Stage.DECISION)
        with pytest.raises(AwardNotReachedError):
            decide(session, cast, assessment, store(world.settings))


def test_a_figure_measured_after_the_decision_does_not_change_it(arrange, cast, world):
    with arrange() as session:
        measure(session, cast.licensing, 81.6)
        assessment = walk_to(session, cast, Stage.DECISION)
        decide(session, cast, assessment, store(world.settings))
        measure(session, cast.licensing, 12.0, year=2026)
        taken = find_decision(session, assessment)
        assert judge(session, assessment, taken, today=ISSUED).result.award == "accredited"
        assert judge(session, assessment, today=ISSUED).result.award is None


def test_the_page_calls_the_kpi_by_its_name_in_both_languages(browse, arrange, cast):
    with arrange() as session:
        measure(session, cast.licensing, 81.6)
        url = f"/assessments/{walk_to(session, cast, Stage.DECISION).id}/decision"
    for language, name in (("en", "Customer satisfaction (CSAT)"), ("ar", "رضا المتعاملين (CSAT)")):
        text = browse(cast.decision_maker, language).get(url).text
        assert name in text
        assert "csat" not in text

"""KPI figures as a report reads them: the same as the KPI feature says, in fewer queries."""

from __future__ import annotations

import random
from datetime import date

from accredit.gap.figures import figures_of, load_rows, readings_of
from accredit.kpi import service as kpis
from accredit.kpi.comparison import Standing
from accredit.kpi.domain import Status
from accredit.kpi.loader import service_kpis
from tests.gap.making import measure

KPIS = ("csat", "first_contact_resolution", "churn")


def test_latest_figures_and_readings_are_those_of_the_kpi_feature(arrange, cast):
    chance = random.Random(4)
    with arrange() as session:
        for _ in range(60):
            row = measure(
                session,
                cast,
                chance.choice(KPIS),
                chance.randint(0, 50),
                50,
                month=chance.randint(1, 12),
                year=chance.choice((2024, 2025)),
                status=chance.choice((Status.OK, Status.INSUFFICIENT)),
            )
            if chance.random() < 0.4:
                row.replaced_at = row.measured_at
        measure(session, cast, "csat", 1, 50, department_id=cast.contact_centre, year=2030)
        session.flush()
        rows = load_rows(session, cast.licensing)
        targets = kpis.targets(session, cast.licensing)
        found = figures_of(KPIS, rows, targets)
        expected = kpis.latest(session, cast.licensing)
        day = date(2026, 2, 14)
        assert readings_of(rows, day) == kpis.readings_for(session, cast.licensing, day)
        assert set(expected) == set(KPIS)
        for kpi, measurement in expected.items():
            last = found[kpi].latest
            assert last is not None
            assert (last.end_on, last.value, last.n, last.status) == (
                measurement.end_on,
                measurement.value,
                measurement.n,
                measurement.status,
            )
            definition = service_kpis().get(kpi)
            assert found[kpi].standing is kpis.standing_of(definition, measurement, targets[kpi])


def test_a_kpi_without_measurements_is_not_known():
    found = figures_of(("nps",), (), {"nps": 30.0})["nps"]
    assert (found.standing, found.latest, found.series) == (Standing.UNKNOWN, None, ())


def test_a_kpi_that_exists_no_more_is_left_out():
    assert figures_of(("forgotten",), (), {}) == {}


def test_months_and_years_are_never_joined_in_one_series(arrange, cast):
    with arrange() as session:
        year = measure(session, cast, "csat", 30, 50, month=1, year=2024)
        year.end_on = year.end_on.replace(month=12, day=31)
        for month in (1, 2, 3):
            measure(session, cast, "csat", 30, 50, month=month, year=2025)
        session.flush()
        rows = load_rows(session, cast.licensing)
    assert len(figures_of(("csat",), rows, {"csat": 80.0})["csat"].series) == 3

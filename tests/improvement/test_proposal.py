"""Proposing actions for gaps: which KPI, which target, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.gap.domain import Basis
from accredit.gap.report import build_report
from accredit.improvement.promise import Reading
from accredit.improvement.proposal import Proposal, choose_kpi, days_for, propose
from accredit.kpi.loader import service_kpis
from tests.assessments import small_standard
from tests.improvement.making import TODAY, month, share

LEVELS = {"1.1": "partial", "1.2": "started", "2.1": "good", "2.2": "started"}
TARGETS = {"csat": 80.0, "nps": 30.0, "response_time": 60.0, "retention": 85.0}


def proposals(
    readings: Mapping[str, Reading], planned: Mapping[str, int] | None = None
) -> dict[str, Proposal]:
    report = build_report(small_standard(), levels=LEVELS, basis=Basis.AGREED)
    found = propose(
        report,
        readings=readings,
        targets=TARGETS,
        planned=planned or {},
        catalogue=service_kpis(),
        today=TODAY,
    )
    return {item.code: item for item in found}


def test_every_gap_gets_one_action_in_the_order_of_the_report() -> None:
    # Weight × steps: 1.2 is 2 × 2 = 4, 1.1 is 3 × 1 = 3, 2.2 is 2 × 1 = 2; 2.1 is no gap.
    found = proposals({})
    assert list(found) == ["1.2", "1.1", "2.2"]


def test_due_dates_follow_the_share_of_the_highest_priority() -> None:
    # Highest 4: from 8/3 on 90 days, from 4/3 on 180.
    found = proposals({})
    assert found["1.2"].due_on == TODAY + timedelta(days=90)
    assert found["1.1"].due_on == TODAY + timedelta(days=90)
    assert found["2.2"].due_on == date(2026, 8, 29)  # 180 days after 2 March 2026


@pytest.mark.parametrize(
    ("priority", "days"),
    [("9", 90), ("6", 90), ("599/100", 180), ("3", 180), ("299/100", 270), ("1/100", 270)],
)
def test_deadlines_change_exactly_at_a_third_and_two_thirds(priority: str, days: int) -> None:
    assert days_for(Fraction(priority), Fraction(9)) == days


@given(st.lists(st.fractions(min_value=0, max_value=50), min_size=1))
def test_a_more_urgent_gap_never_gets_more_time(priorities: list[Fraction]) -> None:
    highest = max(priorities)
    times = [days_for(priority, highest) for priority in sorted(priorities, reverse=True)]
    assert times == sorted(times)
    assert times[0] == 90


def test_the_title_says_from_which_level_to_which() -> None:
    title = proposals({})["1.1"].title
    assert str(title) == "Raise “Published promise” from “Partial” to “Good”"


def test_the_baseline_and_the_target_are_those_of_the_kpi() -> None:
    reading = month(1, share("csat", 48, 80))
    item = proposals({"csat": reading})["1.1"]
    assert (item.kpi, item.baseline, item.target) == ("csat", reading, 80.0)


def test_a_kpi_never_measured_is_promised_without_a_baseline() -> None:
    item = proposals({})["1.1"]
    assert (item.kpi, item.baseline, item.target) == ("csat", None, 80.0)


def test_a_kpi_at_its_target_leaves_the_new_target_to_the_leader() -> None:
    item = proposals({"csat": month(1, share("csat", 90, 100))})["1.1"]
    assert (item.kpi, item.target) == ("csat", None)


def test_an_element_without_kpis_promises_none() -> None:
    item = proposals({})["2.2"]
    assert (item.kpi, item.baseline, item.target) == (None, None, None)


def test_a_gap_already_planned_points_at_its_action() -> None:
    found = proposals({}, planned={"1.1": 7})
    assert found["1.1"].planned_id == 7
    assert found["1.2"].planned_id is None


def test_a_measured_kpi_that_falls_short_goes_before_others() -> None:
    short, met = month(1, share("csat", 48, 80)), month(1, share("retention", 99, 100))
    few = month(1, share("nps", 5, 10))
    catalogue = service_kpis()
    kpis = ("response_time", "retention", "csat")
    assert choose_kpi(kpis, {"retention": met, "csat": short}, TARGETS, catalogue) == "csat"
    assert choose_kpi(kpis, {"retention": met}, TARGETS, catalogue) == "retention"
    assert choose_kpi(("csat", "nps"), {"nps": few}, TARGETS, catalogue) == "csat"
    assert choose_kpi((), {}, TARGETS, catalogue) is None
    assert choose_kpi(("no_such_kpi",), {}, TARGETS, catalogue) is None

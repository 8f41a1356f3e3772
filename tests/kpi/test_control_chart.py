"""The XmR chart against the handbook's published case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.kpi.control_chart import xmr_chart

NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_the_handbooks_case_has_its_limits() -> None:
    chart = xmr_chart(NIST)
    assert chart is not None
    assert chart.centre == pytest.approx(50.81)
    assert chart.mean_range == pytest.approx(1.8778, abs=5e-5)
    assert (chart.lower, chart.upper) == pytest.approx((45.8151, 55.8049), abs=5e-5)
    assert chart.range_limit == pytest.approx(3.267 * 1.87778, abs=1e-4)
    assert (chart.outside, chart.runs) == ((), ())


def test_four_values_have_no_limits_and_five_have() -> None:
    assert xmr_chart(NIST[:4]) is None
    assert xmr_chart(NIST[:5]) is not None


def test_a_value_far_out_is_news() -> None:
    chart = xmr_chart([*NIST, *NIST, 70.0])
    assert chart is not None
    assert chart.outside == (20,)
    assert 20 in chart.jumps


def test_eight_on_one_side_are_a_run_and_the_length_is_a_setting() -> None:
    values = [1.0, 0.9, 1.1, 1.0, 0.9, 1.1, 1.0, 0.9, 2.0, 2.1, 2.0, 1.9, 2.1, 2.0, 1.9, 2.0]
    chart = xmr_chart(values)
    assert chart is not None
    assert chart.runs == tuple(range(16))
    longer = xmr_chart(values, run=9)
    assert longer is not None
    assert longer.runs == ()


def test_a_value_on_the_centre_ends_a_run() -> None:
    chart = xmr_chart([1, 1, 1, 1, 0, 1, 1, 1, 1, -8])
    assert chart is not None
    assert chart.centre == 0.0
    assert chart.runs == ()


@given(st.floats(-1e6, 1e6), st.integers(5, 40))
def test_equal_values_are_never_news(value: float, count: int) -> None:
    chart = xmr_chart([value] * count)
    assert chart is not None
    assert (chart.outside, chart.jumps, chart.runs) == ((), (), ())


@given(st.lists(st.integers(-1000, 1000), min_size=5, max_size=40), st.integers(-500, 500))
def test_moving_all_values_moves_the_limits_and_nothing_else(values: list[int], by: int) -> None:
    here, there = xmr_chart(values), xmr_chart([value + by for value in values])
    assert here is not None
    assert there is not None
    assert there.upper - there.lower == pytest.approx(here.upper - here.lower)
    assert there.centre == pytest.approx(here.centre + by)

"""The priority of a gap: weight × levels missing × KPI factor, by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.gap.priority import factor_of, priority_of, worst
from accredit.kpi.comparison import Standing

STANDINGS = [*Standing, None]


@pytest.mark.parametrize(
    ("weight", "steps", "standing", "priority"),
    [
        (5, 2, Standing.MISSED, Fraction(15)),
        (5, 2, Standing.UNCLEAR, Fraction(10)),
        (5, 2, Standing.UNKNOWN, Fraction(10)),
        (5, 2, None, Fraction(10)),
        (5, 2, Standing.MET, Fraction(15, 2)),
        (3, 1, Standing.MISSED, Fraction(9, 2)),
        (3, 1, Standing.MET, Fraction(9, 4)),
        (1, 4, Standing.MET, Fraction(3)),
    ],
)
def test_it_is_weight_times_levels_missing_times_the_kpi_factor(weight, steps, standing, priority):
    assert priority_of(weight, steps, standing) == priority


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        ([], None),
        ([Standing.MET], Standing.MET),
        ([Standing.MET, Standing.MET], Standing.MET),
        ([Standing.MET, Standing.UNKNOWN], Standing.UNKNOWN),
        ([Standing.UNKNOWN, Standing.UNCLEAR], Standing.UNCLEAR),
        ([Standing.MET, Standing.MISSED, Standing.UNCLEAR], Standing.MISSED),
    ],
)
def test_the_worst_kpi_of_an_element_counts(standings, expected):
    assert worst(standings) is expected
    assert worst(reversed(standings)) is expected


def test_measuring_less_never_lowers_a_priority():
    for other in (Standing.MISSED, Standing.UNCLEAR, Standing.MET):
        assert factor_of(worst([Standing.MET, Standing.UNKNOWN])) >= factor_of(Standing.MET)
        assert factor_of(worst([other, Standing.UNKNOWN])) >= factor_of(
            worst([other, Standing.MET])
        )


@given(
    weight=st.integers(1, 9),
    steps=st.integers(1, 9),
    standing=st.sampled_from(STANDINGS),
)
def test_more_weight_and_more_missing_levels_always_mean_more_priority(weight, steps, standing):
    here = priority_of(weight, steps, standing)
    assert here > 0
    assert priority_of(weight + 1, steps, standing) > here
    assert priority_of(weight, steps + 1, standing) > here
    assert priority_of(weight, steps, Standing.MET) <= here
    assert here <= priority_of(weight, steps, Standing.MISSED)

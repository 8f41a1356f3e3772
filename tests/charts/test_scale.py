from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.charts.scale import nice_ticks

FIGURES = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)


def test_ticks_are_round_numbers_around_the_values() -> None:
    assert nice_ticks([81, 83.5, 79, 88]) == [78, 80, 82, 84, 86, 88]
    assert nice_ticks([-12, 41]) == [-20, 0, 20, 40, 60]
    assert nice_ticks([0.1, 0.3]) == pytest.approx([0.1, 0.15, 0.2, 0.25, 0.3])


def test_a_share_of_the_whole_never_shows_more_than_all() -> None:
    assert nice_ticks([93, 99.5], bounds=(0, 100))[-1] == 100
    assert nice_ticks([100, 100], bounds=(0, 100))[-1] == 100
    assert nice_ticks([0], bounds=(0, 100))[0] == 0


def test_a_value_outside_the_bounds_is_still_shown() -> None:
    assert nice_ticks([50, 120], bounds=(0, 100))[-1] >= 120


def test_no_values_make_an_axis_from_nought_to_one() -> None:
    assert nice_ticks([])[0] == 0
    assert nice_ticks([])[-1] == 1


@pytest.mark.parametrize("dust", [5e-324, 2.2e-309, 1e-30])
def test_a_figure_next_to_nothing_counts_as_nought(dust: float) -> None:
    assert nice_ticks([dust]) == nice_ticks([0])
    assert nice_ticks([0, dust]) == nice_ticks([0])


def test_what_is_no_number_is_left_out() -> None:
    assert nice_ticks([math.nan, math.inf, 1, 2]) == nice_ticks([1, 2])


@given(st.lists(FIGURES, min_size=1, max_size=20))
def test_ticks_enclose_all_values_in_equal_steps(values: list[float]) -> None:
    ticks = nice_ticks(values)
    size = max(abs(ticks[0]), abs(ticks[-1]))
    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= min(values) + 1e-8 * size
    assert ticks[-1] >= max(values) - 1e-8 * size
    steps = [after - before for before, after in pairwise(ticks)]
    assert all(step > 0 for step in steps)
    assert max(steps) - min(steps) <= 1e-6 * size

"""How far assessors agree: published worked examples, and what is not defined."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.assessment.agreement import (
    agreement,
    interval_alpha,
    nominal_alpha,
    ordinal_alpha,
    share_alike,
    weighted_kappa,
)

# Krippendorff 2011, data C: four observers, twelve units; . is missing.
DATA_C = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]
SECOND = "3 6 4 6 2 4 2 4 3 3 2 3 3 3 2 2 1 3 3 4"
THIRD = "2 1 4 4 3 2 1 6 1 1 1 2 3 3 1 1 3 3 2 2"


def by_element(observers):
    columns = [[None if one == "." else int(one) for one in row.split()] for row in observers]
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize(
    ("figure", "expected"),
    [(nominal_alpha, 0.743421), (ordinal_alpha, 0.815388), (interval_alpha, 0.849107)],
)
def test_alpha_of_the_published_data_with_missing_scores(figure, expected):
    assert round(float(figure(by_element(DATA_C))), 6) == expected


def test_alpha_of_two_observers_and_two_values():
    observers = ["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"]
    assert round(float(nominal_alpha(by_element(observers))), 6) == 0.095238


def test_alpha_of_two_observers_and_names():
    letters = {letter: number for number, letter in enumerate("abcde")}
    first = [letters[one] for one in "aabbdcccedda"]
    second = [letters[one] for one in "babbbccceddd"]
    figure = nominal_alpha(list(zip(first, second, strict=True)))
    assert round(float(figure), 6) == 0.691964


@pytest.mark.parametrize(("power", "expected"), [(0, -0.006289308), (1, 0.1262136), (2, 0.2297980)])
def test_kappa_uses_the_whole_declared_scale(power, expected):
    """Without the level nobody used the figures would be 0.1459 and 0.2520."""
    first = [int(one) - 1 for one in SECOND.split()]
    second = [int(one) - 1 for one in THIRD.split()]
    assert float(weighted_kappa(first, second, 6, power)) == pytest.approx(expected, abs=5e-8)


@pytest.mark.parametrize(
    ("table", "expected"),
    [((20, 5, 10, 15), 0.4), ((45, 15, 25, 15), 0.130435), ((25, 35, 5, 35), 0.259259)],
)
def test_simple_kappa_of_two_by_two_tables(table, expected):
    pairs = [pair for pair, count in zip([(0, 0), (0, 1), (1, 0), (1, 1)], table, strict=True)
             for _ in range(count)]  # fmt: skip
    first, second = zip(*pairs, strict=True)
    assert round(float(weighted_kappa(first, second, 2, 0)), 6) == expected


def test_kappa_of_a_three_by_three_table():
    table = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
    pairs = [(r, c) for r, row in enumerate(table) for c, n in enumerate(row) for _ in range(n)]
    first, second = zip(*pairs, strict=True)
    found = [round(float(weighted_kappa(first, second, 3, power)), 4) for power in (0, 1, 2)]
    assert found == [0.4842, 0.4701, 0.4502]


@pytest.mark.parametrize("ratings", [[], [(1, None)], [(2, 2), (2, 2)], [(None, None)]])
def test_where_nothing_can_be_compared_alpha_is_not_defined(ratings):
    assert ordinal_alpha(ratings) is None


def test_kappa_without_scores_or_without_spread_is_not_defined():
    assert weighted_kappa([], [], 5) is None
    assert weighted_kappa([1, 1], [1, 1], 5) is None


def test_what_an_assessment_shows():
    shown = agreement([(3, 3), (2, 3), (1, None)])
    assert (shown.elements, shown.alike) == (2, Fraction(1, 2))
    assert shown.alpha == ordinal_alpha([(3, 3), (2, 3)])
    assert share_alike([(1, None)]) is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_full_agreement_is_one_and_the_order_of_assessors_does_not_matter(ratings):
    turned = [(other, one) for one, other in ratings]
    assert ordinal_alpha(ratings) == ordinal_alpha(turned)
    same = [(one, one) for one, _ in ratings]
    assert ordinal_alpha(same) in (None, 1)

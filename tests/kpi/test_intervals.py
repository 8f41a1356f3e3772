"""Intervals against published tables, and against a second way of computing them."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.kpi import intervals
from accredit.kpi.intervals import Z

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe 1998, recomputed to more digits; the third is the vector statsmodels tests with.
        (81, 263, 0.2553, 0.3662),
        (9, 10, 0.5958, 0.9821),
        (960, 1200, 0.7764, 0.8217),
        (280, 400, 0.6534, 0.7428),
    ],
)
def test_wilsons_interval_has_the_published_ends(
    hits: int, n: int, low: float, high: float
) -> None:
    assert intervals.wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_wilsons_interval_agrees_to_twelve_digits() -> None:
    expected = (0.348499283643951, 0.651500716356049)
    assert intervals.wilson(19, 38) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("hits", "n"), [(38, 38), (0, 77)])
def test_wilsons_interval_stays_inside_where_all_or_none_answer_alike(hits: int, n: int) -> None:
    low, high = intervals.wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert low < high


@given(counts)
def test_wilsons_ends_solve_the_equation_they_come_from(count: tuple[int, int]) -> None:
    hits, n = count
    p = hits / n
    for end in intervals.wilson(hits, n):
        # Second computation: the score test at the end is exactly at its critical value.
        assert n * (p - end) ** 2 == pytest.approx(Z * Z * end * (1 - end), abs=1e-9)


def test_wilsons_middle_is_the_adjusted_wald_centre_of_nine_in_ten() -> None:
    low, high = intervals.wilson(9, 10)
    assert (low + high) / 2 == pytest.approx((9 + 1.92) / (10 + 3.84), abs=1e-4)


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "low", "high"),
    [
        (50, 20, 100, 14.051, 44.201),
        (10, 0, 10, 47.504, 100.0),
        (70, 10, 100, 45.270, 71.235),
    ],
)
def test_the_adjusted_interval_of_an_nps_has_the_reference_ends(
    promoters: int, detractors: int, n: int, low: float, high: float
) -> None:
    found = intervals.net_promoter(promoters, detractors, n)
    assert [100 * end for end in found] == pytest.approx([low, high], abs=5e-4)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_adjusted_interval_is_a_wald_interval_with_three_more_answers(
    promoters: int, passives: int, detractors: int
) -> None:
    n = promoters + passives + detractors
    if n == 0:
        return
    low, high = intervals.net_promoter(promoters, detractors, n)
    # Second computation: the variance of answers worth +1, 0 and -1, one by one.
    weights = [promoters + 0.75, passives + 1.5, detractors + 0.75]
    centre = (weights[0] - weights[2]) / (n + 3)
    variance = sum(
        weight * (worth - centre) ** 2 for weight, worth in zip(weights, (1, 0, -1), strict=True)
    ) / (n + 3)
    half = Z * math.sqrt(variance / (n + 3))
    observed = (promoters - detractors) / n
    assert low == pytest.approx(min(max(-1, centre - half), observed))
    assert high == pytest.approx(max(min(1, centre + half), observed))
    assert -1 <= low <= observed <= high <= 1


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [
        (1, 12.7062),
        (2, 4.30265),
        (3, 3.18245),
        (4, 2.77645),
        (9, 2.26216),
        (30, 2.04227),
        (100, 1.98397),
        (1000, 1.96234),
    ],
)
def test_the_t_quantile_is_that_of_the_printed_tables(freedom: int, quantile: float) -> None:
    assert intervals.t_quantile(0.975, freedom) == pytest.approx(quantile, rel=3e-6)


def test_the_t_quantile_becomes_the_normal_one() -> None:
    assert intervals.t_quantile(0.975, 200_000) == pytest.approx(Z, abs=2e-5)


@settings(deadline=None, max_examples=30)
@given(st.floats(1, 500))
def test_the_area_under_the_t_density_up_to_the_quantile_is_the_probability(
    freedom: float,
) -> None:
    end = intervals.t_quantile(0.975, freedom)
    # Second computation: Simpson's rule over the density.
    log_top = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    scale = math.exp(log_top) / math.sqrt(freedom * math.pi)
    steps = 2000

    def density(t: float) -> float:
        return scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2)

    inner = sum((4 if i % 2 else 2) * density(end * i / steps) for i in range(1, steps))
    area = (density(0) + inner + density(end)) * end / steps / 3
    assert area == pytest.approx(0.475, abs=1e-7)


@pytest.mark.parametrize(
    ("n", "ranks"),
    [(6, (1, 6)), (10, (2, 9)), (17, (5, 13)), (25, (8, 18)), (50, (18, 33)), (100, (40, 61))],
)
def test_the_ranks_around_a_median_are_those_of_the_printed_tables(
    n: int, ranks: tuple[int, int]
) -> None:
    assert intervals.order_statistic_ranks(n, Fraction(1, 2)) == ranks


@pytest.mark.parametrize(("n", "share"), [(5, Fraction(1, 2)), (28, Fraction(9, 10))])
def test_too_few_answers_enclose_no_percentile(n: int, share: Fraction) -> None:
    assert intervals.order_statistic_ranks(n, share) is None


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 150), st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1, 4)]))
def test_ranks_leave_at_most_a_fortieth_in_each_tail_and_no_rank_too_much(
    n: int, share: Fraction
) -> None:
    # Second computation: exact binomial probabilities as fractions.
    chances = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    up_to = list(accumulate(chances))
    tail = Fraction(1, 40)
    low = max((r for r in range(1, n + 1) if up_to[r - 1] <= tail), default=None)
    high = min((r for r in range(1, n + 1) if 1 - up_to[r - 1] <= tail), default=None)
    expected = None if low is None or high is None else (low, high)
    assert intervals.order_statistic_ranks(n, share) == expected


def test_a_mean_of_equal_answers_or_of_one_has_no_interval() -> None:
    assert intervals.mean(5.0, 0.0, 5) is None
    assert intervals.mean(5.0, 0.0, 1) is None


def test_a_difference_of_shares_has_newcombes_published_interval() -> None:
    # Newcombe 1998, 56/70 against 48/80: difference 0.2, method 10 gives 0.0524 to 0.3339.
    low, high = intervals.newcombe(
        (48 / 80, *intervals.wilson(48, 80)), (56 / 70, *intervals.wilson(56, 70))
    )
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_it_needs_683_answers_for_three_points_at_eighty_percent() -> None:
    assert intervals.sample_size(0.8, 0.03) == 683

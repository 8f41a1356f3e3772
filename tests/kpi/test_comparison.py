"""Judging a value against a target and against an earlier value."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.kpi.comparison import Change, Comparison, Standing, compare, standing
from accredit.kpi.domain import Direction, KpiValue, Status
from accredit.kpi.formulas import Part, compute
from accredit.kpi.intervals import Z
from tests.kpi.files import kpi

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER


def value(middle: float, low: float | None, high: float | None, n: int = 100) -> KpiValue:
    return KpiValue("any", middle, n, low, high, Status.OK)


def judged(name: str, before: KpiValue, after: KpiValue) -> Comparison:
    definition = kpi(name)
    return compare(before, after, definition.direction, definition.interval)


def shares(hits: int, n: int, name: str = "fcr") -> KpiValue:
    return compute(kpi(name), [Part(hits, n)])


@pytest.mark.parametrize(
    ("target", "direction", "expected"),
    [
        (70, HIGHER, Standing.MET),
        (75, HIGHER, Standing.MET),
        (78, HIGHER, Standing.UNCLEAR),
        (82, HIGHER, Standing.UNCLEAR),
        (85, HIGHER, Standing.UNCLEAR),
        (86, HIGHER, Standing.MISSED),
        (70, LOWER, Standing.MISSED),
        (78, LOWER, Standing.UNCLEAR),
        (85, LOWER, Standing.MET),
    ],
)
def test_a_target_is_met_only_by_the_whole_interval(
    target: float, direction: Direction, expected: Standing
) -> None:
    assert standing(value(80, 75, 85), target, direction) is expected


def test_too_few_answers_are_neither_met_nor_missed() -> None:
    few = KpiValue("any", 100.0, 3, 90.0, 100.0, Status.INSUFFICIENT)
    none = KpiValue("any", None, 0, None, None, Status.NO_VALUE)
    assert standing(few, 10, HIGHER) is Standing.UNKNOWN
    assert standing(none, 10, HIGHER) is Standing.UNKNOWN


def test_a_value_without_an_interval_is_unclear() -> None:
    assert standing(value(80, None, None), 10, HIGHER) is Standing.UNCLEAR


def test_a_share_improves_when_newcombes_interval_leaves_zero() -> None:
    # Newcombe 1998, case a: 56 of 70 against 48 of 80.
    found = judged("fcr", shares(48, 80), shares(56, 70))
    assert found.change is Change.IMPROVED
    assert found.difference == pytest.approx(20.0)
    assert (found.low, found.high) == pytest.approx((5.24, 33.39), abs=5e-3)


def test_the_same_rise_is_worse_where_lower_is_better() -> None:
    before, after = shares(48, 80, "churn"), shares(56, 70, "churn")
    assert judged("churn", before, after).change is Change.WORSE
    assert judged("churn", after, before).change is Change.IMPROVED


def test_a_small_rise_from_few_answers_is_not_shown() -> None:
    assert judged("fcr", shares(48, 80), shares(50, 80)).change is Change.NOT_SHOWN


def test_two_nps_differ_by_the_root_of_their_summed_squared_errors() -> None:
    before = compute(kpi("nps"), [10] * 50 + [8] * 30 + [0] * 20)
    after = compute(kpi("nps"), [10] * 70 + [8] * 20 + [0] * 10)
    # Second computation: adjusted standard errors from the counts themselves.
    errors = []
    for p, d in ((50.75 / 103, 20.75 / 103), (70.75 / 103, 10.75 / 103)):
        errors.append(100 * math.sqrt((p + d - (p - d) ** 2) / 103))
    half = Z * math.hypot(*errors)
    found = judged("nps", before, after)
    assert (found.low, found.high) == pytest.approx((30 - half, 30 + half))
    assert found.change is Change.IMPROVED


def test_a_clipped_nps_interval_still_gives_its_standard_error() -> None:
    ten = compute(kpi("nps"), [10] * 40)
    assert ten.high == 100.0
    found = judged("nps", ten, ten)
    p, d = 40.75 / 43, 0.75 / 43
    half = Z * math.sqrt(2) * 100 * math.sqrt((p + d - (p - d) ** 2) / 43)
    assert (found.low, found.high) == pytest.approx((-half, half))


def test_two_means_are_compared_by_welch() -> None:
    first, second = [1, 2, 3, 4, 5] * 8, [4, 5] * 20
    found = judged("csat_mean", *(compute(kpi("csat_mean"), item) for item in (first, second)))
    v1, v2 = statistics.variance(first) / 40, statistics.variance(second) / 40
    # 49.4 degrees of freedom by Satterthwaite; the printed t for 49 is 2.0096, for 50 2.0086.
    assert (v1 + v2) ** 2 / (v1**2 / 39 + v2**2 / 39) == pytest.approx(48.5, abs=1.5)
    half = 2.009 * math.sqrt(v1 + v2)
    assert (found.low, found.high) == pytest.approx((1.5 - half, 1.5 + half), abs=2e-3)
    assert found.change is Change.IMPROVED


def test_medians_change_only_where_the_intervals_do_not_overlap() -> None:
    slow, fast = (compute(kpi("response_time"), range(i, i + 100)) for i in (100, 40))
    nearly = compute(kpi("response_time"), range(80, 180))
    assert judged("response_time", slow, fast) == Comparison(Change.IMPROVED, -60.0, None, None)
    assert judged("response_time", fast, slow).change is Change.WORSE
    assert judged("response_time", slow, nearly).change is Change.NOT_SHOWN


def test_too_few_answers_on_either_side_show_nothing() -> None:
    few, many = shares(0, 5), shares(900, 1000)
    assert judged("fcr", few, many).change is Change.NOT_SHOWN
    assert judged("fcr", shares(0, 0), many) == Comparison(Change.NOT_SHOWN, None, None, None)


def test_means_without_an_interval_show_nothing() -> None:
    same = compute(kpi("csat_mean"), [5] * 40)
    other = compute(kpi("csat_mean"), [1, 2] * 20)
    assert judged("csat_mean", other, same).change is Change.NOT_SHOWN


def test_values_of_two_scales_are_never_compared() -> None:
    with pytest.raises(ValueError, match="nps_1_10"):
        judged("nps", compute(kpi("nps"), [9] * 40), compute(kpi("nps_1_10"), [9] * 40))


counts = st.integers(30, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_turning_a_comparison_round_turns_its_answer(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    there = judged("fcr", shares(*first), shares(*second))
    back = judged("fcr", shares(*second), shares(*first))
    turned = {Change.IMPROVED: Change.WORSE, Change.WORSE: Change.IMPROVED}
    assert back.change is turned.get(there.change, Change.NOT_SHOWN)
    assert there.low is not None
    assert there.high is not None
    assert there.difference is not None
    assert there.low <= there.difference <= there.high


@given(counts)
def test_no_value_is_better_than_itself(count: tuple[int, int]) -> None:
    assert judged("fcr", shares(*count), shares(*count)).change is Change.NOT_SHOWN

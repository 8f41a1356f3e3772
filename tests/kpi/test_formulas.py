"""Every formula against published examples, and properties that hold for any answers."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.kpi.domain import KpiValue, PercentileMethod, Status
from accredit.kpi.formulas import (
    ImpossibleCountsError,
    Part,
    compute,
    kept_customers,
    lost_customers,
    percentile,
)
from tests.kpi.files import kpi

SCORED = ["nps", "nps_1_10", "csat", "csat_mean", "ces", "ces_agree", "employee_happiness"]
TIMED = ["response_time", "response_time_mean", "response_time_p90"]
YES_OR_NO = ["retention", "churn", "fcr", "visitor_intent", "mystery_shopping"]


def answers(**counts: int) -> list[int]:
    """`_9=3` is three answers of nine."""
    return [int(score[1:]) for score, count in counts.items() for _ in range(count)]


def summary(value: KpiValue) -> tuple[float | None, int, Status]:
    return value.value, value.n, value.status


def test_half_promoters_and_a_sixth_detractors_are_33_points() -> None:
    value = compute(kpi("nps"), answers(_10=3, _7=2, _0=1) * 10)
    assert value.value == pytest.approx(100 / 3, abs=1e-12)


def test_thirty_percent_promoters_and_twenty_percent_detractors_are_plus_ten() -> None:
    value = compute(kpi("nps"), answers(_9=20, _10=10, _8=50, _6=20))
    assert summary(value) == (10.0, 100, Status.OK)


def test_passives_are_seven_and_eight_only() -> None:
    for score in range(11):
        value = compute(kpi("nps"), [score])
        assert value.value == (100 if score >= 9 else -100 if score <= 6 else 0)


def test_the_two_nps_scales_are_two_kpis() -> None:
    assert kpi("nps") is not kpi("nps_1_10")
    assert kpi("nps").scale != kpi("nps_1_10").scale


def test_960_of_1200_satisfied_are_80_percent() -> None:
    value = compute(kpi("csat"), answers(_5=500, _4=460, _3=100, _2=100, _1=40))
    assert summary(value) == (80.0, 1200, Status.OK)
    assert (value.low, value.high) == pytest.approx((77.6427, 82.1659), abs=5e-5)


def test_a_thousand_effort_answers_have_the_published_mean() -> None:
    scores = answers(_1=80, _2=210, _3=140, _4=110, _5=160, _6=180, _7=120)
    value = compute(kpi("ces"), scores)
    assert summary(value) == (4.08, 1000, Status.OK)
    # Second computation, with the normal quantile, which is nearly t's for n = 1000.
    half = 1.9623 * statistics.stdev(scores) / 1000**0.5
    assert (value.low, value.high) == pytest.approx((4.08 - half, 4.08 + half), abs=1e-4)
    assert compute(kpi("ces_agree"), scores).value == 46.0


@pytest.mark.parametrize(("end", "new", "rate"), [(220, 40, 90.0), (220, 50, 85.0)])
def test_retention_leaves_new_customers_out(end: int, new: int, rate: float) -> None:
    value = compute(kpi("retention"), [kept_customers(200, end, new)])
    assert summary(value) == (rate, 200, Status.OK)


def test_500_lost_of_10000_are_five_percent_churn() -> None:
    value = compute(kpi("churn"), [lost_customers(10_000, 500)])
    assert summary(value) == (5.0, 10_000, Status.OK)


def test_churn_divides_by_customers_at_the_start_and_not_by_start_plus_new() -> None:
    # A publisher prints 41.5 % for 27,890 of 67,266, having added new customers below.
    assert kpi("churn").formula.denominator == "customers_at_start"  # type: ignore[union-attr]  # a churn formula
    assert compute(kpi("churn"), [lost_customers(67_266, 27_890)]).value == pytest.approx(
        41.46, abs=5e-3
    )


def test_cohorts_are_pooled_by_their_size() -> None:
    value = compute(kpi("retention"), [Part(180, 200), Part(0, 50), Part(0, 0)])
    assert summary(value) == (72.0, 250, Status.OK)


@pytest.mark.parametrize(
    "counts", [(200, 30, 40), (200, 260, 40), (-1, 0, 0), (200, -5, 0), (200, 5, -1)]
)
def test_counts_that_cannot_be_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ImpossibleCountsError):
        kept_customers(*counts)


def test_more_customers_lost_than_there_were_are_refused() -> None:
    with pytest.raises(ImpossibleCountsError):
        lost_customers(10, 11)


def test_no_customers_at_the_start_give_no_value() -> None:
    value = compute(kpi("retention"), [kept_customers(0, 5, 5)])
    assert summary(value) == (None, 0, Status.NO_VALUE)


def test_280_of_400_contacts_are_70_percent() -> None:
    value = compute(kpi("fcr"), [Part(int(i < 280), 1) for i in range(400)])
    assert summary(value) == (70.0, 400, Status.OK)
    assert (value.low, value.high) == pytest.approx((65.34, 74.28), abs=5e-3)


@pytest.mark.parametrize(
    ("method", "percent", "value"),
    [
        (PercentileMethod.LINEAR, 40, 29),
        (PercentileMethod.WEIBULL, 40, 26),
        (PercentileMethod.INVERTED_CDF, 5, 15),
        (PercentileMethod.INVERTED_CDF, 30, 20),
        (PercentileMethod.INVERTED_CDF, 40, 20),
        (PercentileMethod.INVERTED_CDF, 50, 35),
        (PercentileMethod.INVERTED_CDF, 100, 50),
    ],
)
def test_each_percentile_method_has_its_known_value(
    method: PercentileMethod, percent: int, value: int
) -> None:
    assert percentile([15, 20, 35, 40, 50], Fraction(percent, 100), method) == value


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_the_median_is_the_one_everybody_knows(seconds: list[int]) -> None:
    assert compute(kpi("response_time"), seconds).value == statistics.median(seconds)


@given(st.lists(st.integers(0, 10_000), min_size=2), st.integers(1, 99))
def test_the_linear_percentile_is_the_standard_librarys_inclusive_one(
    seconds: list[int], percent: int
) -> None:
    found = percentile(sorted(seconds), Fraction(percent, 100), PercentileMethod.LINEAR)
    expected = statistics.quantiles(map(Fraction, seconds), n=100, method="inclusive")
    assert found == expected[percent - 1]


def test_the_percentile_interval_lies_between_two_ordered_answers() -> None:
    value = compute(kpi("response_time"), list(range(1, 101)))
    assert (value.value, value.low, value.high) == (50.5, 40.0, 61.0)


@pytest.mark.parametrize("name", [*SCORED, *TIMED, *YES_OR_NO])
def test_no_answers_are_no_value_and_never_zero(name: str) -> None:
    assert compute(kpi(name), []) == KpiValue(kpi(name).id, None, 0, None, None, Status.NO_VALUE)


def test_mystery_shopping_is_the_share_of_checks_met_and_ninety_nine_checks_are_too_few() -> None:
    met = [Part(1, 1)] * 86 + [Part(0, 1)] * 14
    assert summary(compute(kpi("mystery_shopping"), met)) == (86.0, 100, Status.OK)
    assert compute(kpi("mystery_shopping"), met[1:]).status is Status.INSUFFICIENT


def test_employee_happiness_is_the_share_of_fours_and_fives_and_nine_answers_are_too_few() -> None:
    happy = answers(_5=3, _4=5, _3=1, _1=1)
    assert summary(compute(kpi("employee_happiness"), happy)) == (80.0, 10, Status.OK)
    assert compute(kpi("employee_happiness"), happy[1:]).status is Status.INSUFFICIENT


def test_fewer_answers_than_the_minimum_are_insufficient_but_shown() -> None:
    minimum = kpi("csat").minimum_n
    assert compute(kpi("csat"), [5] * (minimum - 1)).status is Status.INSUFFICIENT
    assert compute(kpi("csat"), [5] * (minimum - 1)).value == 100.0
    assert compute(kpi("csat"), [5] * minimum).status is Status.OK


@pytest.mark.parametrize("name", SCORED)
@given(data=st.data())
def test_a_score_and_its_interval_stay_inside_the_scale(name: str, data: st.DataObject) -> None:
    definition = kpi(name)
    low, high = definition.bounds
    assert definition.scale is not None
    assert definition.scale.max is not None
    assert low is not None
    assert high is not None
    score = st.integers(int(definition.scale.min), int(definition.scale.max))
    scores = data.draw(st.lists(score, min_size=1, max_size=60))
    value = compute(definition, scores)
    assert value.value is not None
    assert low <= value.value <= high
    if value.low is not None and value.high is not None:
        assert low <= value.low <= value.value <= value.high <= high
    else:
        assert len(set(scores)) == 1, "only equal answers have no interval"


@pytest.mark.parametrize("name", TIMED)
@given(seconds=st.lists(st.integers(0, 100_000), min_size=1, max_size=80))
def test_a_time_lies_in_its_interval_and_is_never_negative(name: str, seconds: list[int]) -> None:
    value = compute(kpi(name), seconds)
    assert value.value is not None
    assert min(seconds) <= value.value <= max(seconds)
    if value.low is not None and value.high is not None:
        assert 0 <= value.low <= value.value <= value.high


@pytest.mark.parametrize("name", ["nps", "csat", "csat_mean", "ces_agree"])
@given(scores=st.lists(st.integers(1, 5), min_size=1), random=st.randoms())
def test_the_order_of_answers_does_not_matter(name: str, scores: list[int], random) -> None:  # type: ignore[no-untyped-def]  # hypothesis' random
    shuffled = scores.copy()
    random.shuffle(shuffled)
    assert compute(kpi(name), shuffled) == compute(kpi(name), scores)


@given(st.integers(1, 400), st.integers(2, 30))
def test_more_answers_alike_narrow_the_interval(n: int, times: int) -> None:
    few = compute(kpi("fcr"), [Part(n // 3, n)])
    many = compute(kpi("fcr"), [Part(n // 3, n)] * times)
    assert few.value == many.value
    assert few.low is not None
    assert few.high is not None
    assert many.low is not None
    assert many.high is not None
    assert many.high - many.low < few.high - few.low

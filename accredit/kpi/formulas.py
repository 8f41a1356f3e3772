"""The formulas: from answers to a value with its interval.

Counts and sums are exact (whole numbers and fractions); a value becomes a float only
at the end, and is never rounded here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from accredit.kpi import intervals
from accredit.kpi.domain import (
    KpiDefinition,
    KpiValue,
    Mean,
    NetPromoter,
    Percentile,
    PercentileMethod,
    Status,
    TopBox,
)
from accredit.text import N_, RuleError

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """`hits` of a group of `size`: one customer kept is 1 of 1, a month's cohort 180 of 200."""

    hits: int
    size: int


Observation = Number | Part


class ImpossibleCountsError(RuleError):
    """The customer counts contradict each other, so that no rate follows from them."""


@dataclass(frozen=True, slots=True)
class _Estimate:
    value: Number
    n: int
    interval: intervals.Interval | None


def compute(definition: KpiDefinition, observations: Sequence[Observation]) -> KpiValue:
    """The KPI's value from its valid answers, in any order.

    Scores and seconds are numbers, yes/no answers and cohorts are `Part`s. `n` counts
    answers, or customers at the start for a rate. Without answers there is no value; with
    fewer than the definition's minimum it is marked insufficient and still shown.
    """
    found = _estimate(definition, observations) if observations else None
    if found is None:
        return KpiValue(definition.id, None, 0, None, None, Status.NO_VALUE)
    low, high = found.interval or (None, None)
    status = Status.OK if found.n >= definition.minimum_n else Status.INSUFFICIENT
    return KpiValue(definition.id, float(found.value), found.n, low, high, status)


def _estimate(definition: KpiDefinition, observations: Sequence[Observation]) -> _Estimate | None:
    numbers = [item for item in observations if not isinstance(item, Part)]
    match definition.formula:
        case NetPromoter() as formula:
            return net_promoter_score(numbers, formula.promoters, formula.detractors)
        case TopBox() as formula:
            return proportion(sum(score in formula.counted for score in numbers), len(numbers))
        case Mean():
            return mean(numbers, *definition.bounds)
        case Percentile() as formula:
            share = Fraction(formula.percent, 100)
            return percentile_with_interval(numbers, share, formula.method)
    parts = [item for item in observations if isinstance(item, Part)]
    return proportion(sum(part.hits for part in parts), sum(part.size for part in parts))


def net_promoter_score(
    scores: Sequence[Number], promoters: Sequence[int], detractors: Sequence[int]
) -> _Estimate:
    """100 × (promoters − detractors) / n in points, with the adjusted Wald interval."""
    n = len(scores)
    p = sum(score in promoters for score in scores)
    d = sum(score in detractors for score in scores)
    low, high = intervals.net_promoter(p, d, n)
    return _Estimate(Fraction(100 * (p - d), n), n, (100 * low, 100 * high))


def proportion(hits: int, n: int) -> _Estimate | None:
    """`hits` of `n` in percent with Wilson's interval; None where there is nobody to count."""
    if n == 0:
        return None
    low, high = intervals.wilson(hits, n)
    return _Estimate(Fraction(100 * hits, n), n, (100 * low, 100 * high))


def mean(numbers: Sequence[Number], lowest: float | None, highest: float | None) -> _Estimate:
    """The mean with Student's t interval, clipped to the values the scale allows."""
    n = len(numbers)
    average = Fraction(sum(numbers), n)
    squares = sum(number * number for number in numbers) - n * average * average
    interval = intervals.mean(float(average), float(squares / (n - 1)), n) if n > 1 else None
    if interval is not None:
        low = interval[0] if lowest is None else max(interval[0], lowest)
        high = interval[1] if highest is None else min(interval[1], highest)
        interval = low, high
    return _Estimate(average, n, interval)


def percentile_with_interval(
    numbers: Sequence[Number], share: Fraction, method: PercentileMethod
) -> _Estimate:
    """A percentile with the distribution-free interval between two of the ordered answers."""
    ordered = sorted(numbers)
    ranks = intervals.order_statistic_ranks(len(ordered), share)
    interval = (float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1])) if ranks else None
    return _Estimate(percentile(ordered, share, method), len(ordered), interval)


def percentile(ordered: Sequence[Number], share: Fraction, method: PercentileMethod) -> Number:
    """The `share` (0 to 1) percentile of at least one number in ascending order.

    Hyndman and Fan 1996: `linear` is their type 7 (position 1 + (n − 1)p, the usual
    median and most spreadsheets' percentile), `weibull` type 6 (position (n + 1)p) and
    `inverted_cdf` type 1 (the first answer that at least this share does not exceed).
    """
    n = len(ordered)
    if method is PercentileMethod.INVERTED_CDF:
        return ordered[max(1, math.ceil(n * share)) - 1]
    position = 1 + (n - 1) * share if method is PercentileMethod.LINEAR else (n + 1) * share
    position = min(max(position, Fraction(1)), Fraction(n))
    rank = math.floor(position)
    below, above = ordered[rank - 1], ordered[min(rank, n - 1)]
    return below + (position - rank) * (above - below)


def kept_customers(start: int, end: int, new: int) -> Part:
    """Customers kept out of those at the start: end − new, of start.

    Raises `ImpossibleCountsError` where that is negative or more than there were: then
    the counts are wrong, or customers who returned were counted as kept.
    """
    _refuse_negative(start=start, end=end, new=new)
    if end < new:
        raise ImpossibleCountsError(
            N_("%(new)s new customers are more than the %(end)s at the end."),
            new=new,
            end=end,
        )
    if end - new > start:
        raise ImpossibleCountsError(
            N_(
                "%(kept)s customers kept (at the end, less new ones) are more than the "
                "%(start)s at the start; count returning customers as new."
            ),
            kept=end - new,
            start=start,
        )
    return Part(end - new, start)


def lost_customers(start: int, lost: int) -> Part:
    """Customers lost out of those at the start; raises `ImpossibleCountsError` if more."""
    _refuse_negative(start=start, lost=lost)
    if lost > start:
        raise ImpossibleCountsError(
            N_("%(lost)s customers lost are more than the %(start)s at the start."),
            lost=lost,
            start=start,
        )
    return Part(lost, start)


def _refuse_negative(**counts: int) -> None:
    for name, count in counts.items():
        if count < 0:
            raise ImpossibleCountsError(
                N_("The count “%(name)s” is below zero: %(count)s."),
                name=name,
                count=count,
            )

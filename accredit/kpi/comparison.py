"""Judging a value against its target, and two values against each other.

Both judge with the interval, so that chance is not celebrated and not blamed. They need
only what is stored with a measurement: value, n, low and high.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accredit.kpi import intervals
from accredit.kpi.domain import Direction, IntervalMethod, KpiValue, Status


class Standing(StrEnum):
    """Where a value stands to its target."""

    MET = "met"
    UNCLEAR = "unclear"
    MISSED = "missed"
    UNKNOWN = "unknown"


class Change(StrEnum):
    """What two measurements together show."""

    IMPROVED = "improved"
    NOT_SHOWN = "not_shown"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The change from one value to another: after − before, with its 95 % interval.

    For percentiles there is no interval of the difference; the change is shown only where
    the two intervals do not overlap, which is the stricter test.
    """

    change: Change
    difference: float | None
    low: float | None
    high: float | None


def standing(value: KpiValue, target: float, direction: Direction) -> Standing:
    """Whether the target is met, missed, or unclear because the interval lies on both sides.

    Met means the whole interval is at the target or on its good side, missed that the
    whole interval is on its bad side. A value with too few answers says nothing (unknown);
    one without an interval is unclear.
    """
    if value.status is not Status.OK:
        return Standing.UNKNOWN
    if value.low is None or value.high is None:
        return Standing.UNCLEAR
    higher = direction is Direction.HIGHER
    if (value.low >= target) if higher else (value.high <= target):
        return Standing.MET
    if (value.high < target) if higher else (value.low > target):
        return Standing.MISSED
    return Standing.UNCLEAR


def compare(
    before: KpiValue, after: KpiValue, direction: Direction, interval: IntervalMethod
) -> Comparison:
    """Whether `after` is better than `before` by more than chance explains.

    `interval` is the definition's method. Shares use Newcombe's hybrid score interval of
    the difference, means Welch's, NPS the root of the summed squared standard errors,
    percentiles non-overlapping intervals. Values of different KPIs raise `ValueError`:
    scales that differ are never mixed. Too few answers on either side show nothing.
    """
    if before.kpi != after.kpi:
        raise ValueError(f"{before.kpi} and {after.kpi} are different KPIs")
    if before.value is None or after.value is None:
        return Comparison(Change.NOT_SHOWN, None, None, None)
    difference = after.value - before.value
    if Status.INSUFFICIENT in (before.status, after.status):
        return Comparison(Change.NOT_SHOWN, difference, None, None)
    if interval is IntervalMethod.ORDER_STATISTIC:
        return Comparison(_apart(before, after, direction), difference, None, None)
    found = _interval_of_difference(before, after, difference, interval)
    if found is None:
        return Comparison(Change.NOT_SHOWN, difference, None, None)
    low, high = found
    return Comparison(_read(low > 0, high < 0, direction), difference, low, high)


def _read(rose: bool, fell: bool, direction: Direction) -> Change:
    if not rose and not fell:
        return Change.NOT_SHOWN
    return Change.IMPROVED if rose == (direction is Direction.HIGHER) else Change.WORSE


def _apart(before: KpiValue, after: KpiValue, direction: Direction) -> Change:
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return Change.NOT_SHOWN
    return _read(after.low > before.high, after.high < before.low, direction)


def _interval_of_difference(
    before: KpiValue, after: KpiValue, difference: float, method: IntervalMethod
) -> intervals.Interval | None:
    if method is IntervalMethod.WILSON:
        first, second = _share(before), _share(after)
        if first is None or second is None:
            return None
        low, high = intervals.newcombe(first, second)
        return 100 * low, 100 * high
    if method is IntervalMethod.ADJUSTED_WALD:
        halves = [_half_width(item, _adjusted_centre(item)) for item in (before, after)]
        if halves[0] is None or halves[1] is None:
            return None
        half = (halves[0] ** 2 + halves[1] ** 2) ** 0.5
        return difference - half, difference + half
    first_half, second_half = (
        _half_width(before, before.value),
        _half_width(after, after.value),
    )
    if not first_half or not second_half:
        return None
    half = intervals.welch(
        first_half / intervals.t_quantile(1 - (1 - intervals.CONFIDENCE) / 2, before.n - 1),
        before.n,
        second_half / intervals.t_quantile(1 - (1 - intervals.CONFIDENCE) / 2, after.n - 1),
        after.n,
    )
    return difference - half, difference + half


def _share(item: KpiValue) -> tuple[float, float, float] | None:
    if item.value is None or item.low is None or item.high is None:
        return None
    return item.value / 100, item.low / 100, item.high / 100


def _adjusted_centre(item: KpiValue) -> float | None:
    """The middle of the adjusted Wald interval before clipping: 3 neutral answers added."""
    return None if item.value is None else item.value * item.n / (item.n + 3)


def _half_width(item: KpiValue, centre: float | None) -> float | None:
    """Half the symmetric interval; clipping to the scale shortens one side, so the longer."""
    if centre is None or item.low is None or item.high is None:
        return None
    return max(centre - item.low, item.high - centre)

"""The XmR control chart: which months of a KPI are news, and which are ordinary variation.

Shewhart's chart of individual values with moving ranges, with Wheeler's constants.
Limits are never recomputed through a known change: the caller passes the values of one
period that is meant to be alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MINIMUM_VALUES = 5
RUN = 8
# 3 / d2 and D4 for ranges of two, as rounded by Wheeler (exact: 2.65868 and 3.26653).
LIMIT_FACTOR = 2.66
RANGE_FACTOR = 3.267


@dataclass(frozen=True, slots=True)
class XmrChart:
    """Centre and limits in the KPI's unit, and the positions (from 0) that stand out.

    `outside` lies beyond a limit, `jumps` moved more than the range limit since the value
    before, `runs` belong to eight or more successive values on one side of the centre.
    """

    centre: float
    mean_range: float
    lower: float
    upper: float
    range_limit: float
    outside: tuple[int, ...]
    jumps: tuple[int, ...]
    runs: tuple[int, ...]


def xmr_chart(values: Sequence[float], run: int = RUN) -> XmrChart | None:
    """The chart of successive values in time order; None for fewer than five.

    `run` is the length of a run that signals: 8 by the Western Electric rules, 9 by Nelson's.
    """
    if len(values) < MINIMUM_VALUES:
        return None
    centre = math.fsum(values) / len(values)
    ranges = [abs(after - before) for before, after in pairwise(values)]
    mean_range = math.fsum(ranges) / len(ranges)
    lower, upper = (
        centre - LIMIT_FACTOR * mean_range,
        centre + LIMIT_FACTOR * mean_range,
    )
    range_limit = RANGE_FACTOR * mean_range
    # Equal values can differ from their own mean in the last binary place; that is no signal.
    slack = 1e-9 * max(1.0, abs(centre))
    return XmrChart(
        centre=centre,
        mean_range=mean_range,
        lower=lower,
        upper=upper,
        range_limit=range_limit,
        outside=tuple(i for i, v in enumerate(values) if v < lower - slack or v > upper + slack),
        jumps=tuple(i + 1 for i, moved in enumerate(ranges) if moved > range_limit + slack),
        runs=_runs([_side(v - centre, slack) for v in values], run),
    )


def _side(difference: float, slack: float) -> int:
    return 0 if abs(difference) <= slack else int(math.copysign(1, difference))


def _runs(sides: Sequence[int], length: int) -> tuple[int, ...]:
    found: list[int] = []
    start = 0
    for end in range(1, len(sides) + 1):
        if end == len(sides) or sides[end] != sides[start]:
            if sides[start] != 0 and end - start >= length:
                found.extend(range(start, end))
            start = end
    return tuple(found)

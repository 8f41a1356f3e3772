"""An axis with round numbers on it."""

from __future__ import annotations

import math
from collections.abc import Iterable

_DUST = 1e-12
"""No measure of a service is as small as this; smaller figures count as nought."""


def nice_ticks(
    values: Iterable[float],
    *,
    bounds: tuple[float, float] | None = None,
    most: int = 6,
) -> list[float]:
    """Equally spaced round numbers that enclose all finite `values`, at least two of them.

    Steps are 1, 2, 2.5 or 5 times a power of ten. `bounds` are the lowest and highest
    values the measure can have (0 and 100 for a share); ticks do not leave them unless a
    value does.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if high - low <= 1e-9 * max(abs(high), abs(low), _DUST):
        room = abs(high) * 0.1 if abs(high) > _DUST else 1.0
        low, high = low - room, high + room
        if bounds and bounds[0] < bounds[1]:
            low = max(low, min(bounds[0], finite[0] if finite else bounds[0]))
            high = min(high, max(bounds[1], finite[0] if finite else bounds[1]))
    step = _nice_step((high - low) / (most - 1))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [_rounded(index * step, step) for index in range(first, last + 1)]
    if bounds:
        inside = [tick for tick in ticks if bounds[0] <= tick <= bounds[1]]
        if len(inside) >= 2 and inside[0] <= low and inside[-1] >= high:
            ticks = inside
    return ticks


def decimals_of(number: float) -> int:
    """How many decimals a round number of an axis, or a target, needs."""
    return next((places for places in range(6) if round(number, places) == number), 6)


def _nice_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next((n * power for n in (1, 2, 2.5, 5) if n * power >= rough * (1 - 1e-9)), 10 * power)


def _rounded(value: float, step: float) -> float:
    """`value` without the dust of binary fractions."""
    digits = max(0, 2 - math.floor(math.log10(step)))
    return round(value, min(digits, 300)) + 0.0

"""How far assessors agree who scored the same elements independently of each other.

Figures are None where they are not defined: with fewer than two scores to compare, or when
everybody used one and the same value throughout, nothing can be said about agreement beyond chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from accredit.text import N_

Ratings = Sequence[Sequence[int | None]]
"""One row an element, one column an assessor: the place of the level on its scale, or None."""

DEPENDABLE = Fraction(8, 10)
TENTATIVE = Fraction(667, 1000)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Elements compared, the share of pairs alike, and alpha for ordered levels."""

    elements: int
    alike: Fraction | None
    alpha: Fraction | None

    @property
    def reading(self) -> str:
        """What the alpha allows to say (after Krippendorff), as a marked word; "" without one."""
        if self.alpha is None:
            return ""
        if self.alpha >= DEPENDABLE:
            return N_("dependable")
        return N_("tentative") if self.alpha >= TENTATIVE else N_("not dependable")


def agreement(ratings: Ratings) -> Agreement:
    """The figures shown of the independent scores of an assessment."""
    compared = [row for row in ratings if sum(value is not None for value in row) > 1]
    return Agreement(len(compared), share_alike(ratings), ordinal_alpha(ratings))


def share_alike(ratings: Ratings) -> Fraction | None:
    """The share of pairs of scores of one element that are the same, 0 to 1."""
    pairs = [
        one == other
        for row in ratings
        for one, other in combinations([value for value in row if value is not None], 2)
    ]
    return Fraction(sum(pairs), len(pairs)) if pairs else None


def nominal_alpha(ratings: Ratings) -> Fraction | None:
    """Krippendorff's alpha for levels without order (Krippendorff 2011, section C)."""
    return _alpha(ratings, lambda one, other, _counts: Fraction(one != other))


def ordinal_alpha(ratings: Ratings) -> Fraction | None:
    """Krippendorff's alpha for ordered levels: the distance counts the scores in between."""

    def distance(one: int, other: int, counts: Counter[int]) -> Fraction:
        low, high = min(one, other), max(one, other)
        between = sum(count for value, count in counts.items() if low <= value <= high)
        ends = Fraction(counts[low] + counts[high], 2)
        return (between - ends) ** 2 if one != other else Fraction(0)

    return _alpha(ratings, distance)


def interval_alpha(ratings: Ratings) -> Fraction | None:
    """Krippendorff's alpha for numbers: the distance is the square of the difference."""
    return _alpha(ratings, lambda one, other, _counts: Fraction((one - other) ** 2))


def _alpha(
    ratings: Ratings, distance: Callable[[int, int, Counter[int]], Fraction]
) -> Fraction | None:
    """1 − observed ÷ expected disagreement, over all pairs of scores within and across elements."""
    rows = [[value for value in row if value is not None] for row in ratings]
    rows = [row for row in rows if len(row) > 1]
    counts = Counter(value for row in rows for value in row)
    total = sum(counts.values())
    expected = sum(
        (
            counts[one] * counts[other] * distance(one, other, counts)
            for one in counts
            for other in counts
        ),
        Fraction(0),
    )
    if total < 2 or not expected:
        return None
    observed = sum(
        (
            2 * distance(one, other, counts) / (len(row) - 1)
            for row in rows
            for one, other in combinations(row, 2)
        ),
        Fraction(0),
    )
    return 1 - (total - 1) * observed / expected


def weighted_kappa(
    first: Sequence[int], second: Sequence[int], levels: int, power: int = 1
) -> Fraction | None:
    """Cohen's kappa of two assessors over the whole scale of `levels` places.

    `power` 0 is the simple one, 1 linear and 2 quadratic weights. The scale is the declared
    one: leaving out levels that nobody used would change the weights.
    """
    count = len(first)
    if not count:
        return None

    def weight(one: int, other: int) -> Fraction:
        if power == 0:
            return Fraction(one != other)
        return Fraction(abs(one - other), levels - 1) ** power

    rows, columns = Counter(first), Counter(second)
    observed = sum(
        (weight(one, other) for one, other in zip(first, second, strict=True)), Fraction(0)
    )
    expected = sum(
        (
            rows[one] * columns[other] * weight(one, other)
            for one in range(levels)
            for other in range(levels)
        ),
        Fraction(0),
    )
    return 1 - count * observed / expected if expected else None

"""A lower bound on the least cost: every need gets a price, and each group chooses by itself.

Whatever the prices are, the bound holds (Lagrange); they only make it tighter. Costs are whole
numbers, so that rounding errors of the prices, far below `MARGIN`, never matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accredit.standard.path_problem import Option, Problem

MARGIN = 1e-5
"""How far a bound must lie above a whole number to be taken for more than it."""

_ROUNDS = 160
_PATIENCE = 8


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound, and the price of one unit of each need that gives it."""

    value: float
    prices: Mapping[int, float]

    def reduced(self, option: Option) -> float:
        """The cost of an option less what its gains are worth."""
        return option.cost - sum(self.prices[need] * gain for need, gain in option.gains.items())


def find_bound(problem: Problem) -> Bound:
    """The best bound a fixed number of steps uphill leads to."""
    needs = list(problem.needs)
    if not needs:
        return Bound(0.0, {})
    groups = [
        [
            (
                float(option.cost),
                [
                    (place, gain / problem.needs[need])
                    for place, need in enumerate(needs)
                    if (gain := option.gain(need))
                ],
            )
            for option in group
        ]
        for group in problem.groups
        if len(group) > 1
    ]
    best, prices = _climb(groups, len(needs))
    return Bound(
        best, {need: price / problem.needs[need] for need, price in zip(needs, prices, strict=True)}
    )


_Groups = Sequence[Sequence[tuple[float, Sequence[tuple[int, float]]]]]


def _climb(groups: _Groups, count: int) -> tuple[float, list[float]]:
    """Steps along the shortfall, shorter whenever they stop helping; then one price at a time."""
    prices = [0.0] * count
    best, best_prices = 0.0, prices
    # The cost of giving everything its best is more than the least cost, so more than any bound.
    goal = sum(max(cost for cost, _ in group) for group in groups) or 1.0
    pace, stalled = 1.0, 0
    direction = [0.0] * count
    for _ in range(_ROUNDS):
        value, short = _at(groups, prices)
        if value > best + 1e-9:
            best, best_prices, stalled = value, prices, 0
        else:
            stalled += 1
            if stalled >= _PATIENCE:
                pace, stalled, prices = pace / 2, 0, best_prices
                goal = best + (goal - best) * 0.6
        direction = [0.7 * old + new for old, new in zip(direction, short, strict=True)]
        length = sum(one * one for one in direction)
        if length < 1e-12:
            break
        step = pace * max(goal - value, 1e-3) / length
        prices = [
            max(0.0, price + step * one) for price, one in zip(prices, direction, strict=True)
        ]
    for _ in range(2):
        best, best_prices = _one_by_one(groups, best, best_prices)
    return best, best_prices


def _at(groups: _Groups, prices: Sequence[float]) -> tuple[float, list[float]]:
    """The bound at these prices, and what is short of each need there."""
    value, short = sum(prices), [1.0] * len(prices)
    for group in groups:
        least, chosen = float("inf"), group[0][1]
        for cost, gains in group:
            for place, gain in gains:
                cost -= prices[place] * gain
            if cost < least:
                least, chosen = cost, gains
        value += least
        for place, gain in chosen:
            short[place] -= gain
    return value, short


def _one_by_one(groups: _Groups, best: float, prices: Sequence[float]) -> tuple[float, list[float]]:
    """The best price of each need while the others stay: where its supply meets it."""
    found = list(prices)
    for place in range(len(found)):
        lines = [
            [
                (
                    cost - sum(found[at] * gain for at, gain in gains if at != place),
                    next((gain for at, gain in gains if at == place), 0.0),
                )
                for cost, gains in group
            ]
            for group in groups
            if any(at == place for _, gains in group for at, _ in gains)
        ]
        found[place] = _best_price(lines)
    value, _ = _at(groups, found)
    return (value, found) if value > best else (best, list(prices))


def _best_price(lines: Sequence[Sequence[tuple[float, float]]]) -> float:
    """Where the sum of the lowest lines, plus the price itself, is highest."""
    slope = 1.0
    turns: list[tuple[float, float]] = []
    for group in lines:
        level, gain = min(group)
        slope -= gain
        at = 0.0
        while True:
            later = [
                ((other - level) / (more - gain), -more, other)
                for other, more in group
                if more > gain
            ]
            if not later:
                break
            at, fewer, level = min(later)
            turns.append((max(at, 0.0), -fewer - gain))
            gain = -fewer
    price = 0.0
    for at, more in sorted(turns):
        if slope <= 0:
            break
        price = at
        slope -= more
    return price

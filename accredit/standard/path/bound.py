"""A lower bound on the least cost: every need gets a price, and each group chooses by itself.

Whatever the prices are, the bound holds (Lagrange); the best ones are those of the relaxed
problem, in which a group may take parts of several options. It is solved by the simplex method
for groups (Dantzig and Van Slyke, 1967): of each group one option is the key and only the
others in use stand in the basis, which so is no larger than the number of needs. Costs are
whole numbers, so that rounding errors of the prices, far below `MARGIN`, never matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accredit.standard.path.problem import Option, Problem

MARGIN = 1e-5
"""How far a bound must lie above a whole number to be taken for more than it."""

_PIVOTS = 1000
_TINY = 1e-9
_WORTH = 1e-7
"""How far below nothing a reduced cost must lie to be followed."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound, and the price of one unit of each need that gives it."""

    value: float
    prices: Mapping[int, float]

    def reduced(self, option: Option) -> float:
        """The cost of an option less what its gains are worth."""
        return option.cost - sum(self.prices[need] * gain for need, gain in option.gains.items())


def find_bound(problem: Problem, may_go_on: Callable[[int], bool] = lambda _work: True) -> Bound:
    """The best bound; above everything the options can cost where the needs cannot be met.

    `may_go_on` is told of the multiplications of each step and may end it: what is found by then
    is a bound as well.
    """
    needs = list(problem.needs)
    groups = [
        [
            (
                float(option.cost),
                [
                    (row, gain / problem.needs[need])
                    for row, need in enumerate(needs)
                    if (gain := option.gain(need))
                ],
            )
            for option in group
        ]
        for group in problem.groups
    ]
    found = [max(0.0, price) for price in _Simplex(groups, len(needs)).prices(may_go_on)]
    prices = {need: price / problem.needs[need] for need, price in zip(needs, found, strict=True)}
    bound = Bound(0.0, prices)
    value = sum(found) + sum(min(map(bound.reduced, group)) for group in problem.groups)
    return Bound(value, prices)


_Groups = Sequence[Sequence[tuple[float, Sequence[tuple[int, float]]]]]
"""For each option its cost and, by row, what part of a need it gives."""

_SURPLUS, _MISSING = -1, -2
"""In place of a group: more than is needed of a row, or what is still missing of it."""

_Column = tuple[int, int]
"""A group and its option, or one of the above and a row."""


class _Simplex:
    """The basis of the relaxed problem: columns, their inverse, and how much of each is taken."""

    def __init__(self, groups: _Groups, rows: int) -> None:
        self._groups = groups
        self._rows = range(rows)
        self._keys = [
            min(range(len(options)), key=lambda one: options[one][0]) for options in groups
        ]
        # Dearer than anything the options can cost, so that nothing is missing if it need not be.
        self._dear = 10.0 * (1.0 + sum(max(cost for cost, _ in options) for options in groups))
        rest = [1.0] * rows
        for options, key in zip(groups, self._keys, strict=True):
            for row, gain in options[key][1]:
                rest[row] -= gain
        self._basis = [(_MISSING if rest[row] >= 0 else _SURPLUS, row) for row in self._rows]
        self._taken = [abs(one) for one in rest]
        self._inverse = [[0.0] * rows for _ in self._rows]
        for row in self._rows:
            self._inverse[row][row] = 1.0 if rest[row] >= 0 else -1.0

    def prices(self, may_go_on: Callable[[int], bool]) -> list[float]:
        """The price of a whole need of each row, when no column is worth entering any more."""
        work = 2 * len(self._rows) ** 2
        work += sum(len(gains) for options in self._groups for _, gains in options)
        for _ in range(_PIVOTS):
            prices = self._prices()
            entering = self._entering(prices)
            if entering is None or not may_go_on(work):
                return prices
            self._enter(entering)
        return self._prices()

    def _prices(self) -> list[float]:
        prices = [0.0] * len(self._rows)
        for column, inverse in zip(self._basis, self._inverse, strict=True):
            if cost := self._cost(column):
                prices = [price + cost * one for price, one in zip(prices, inverse, strict=True)]
        return prices

    def _cost(self, column: _Column) -> float:
        group, option = column
        if group < 0:
            return self._dear if group == _MISSING else 0.0
        options = self._groups[group]
        return options[option][0] - options[self._keys[group]][0]

    def _entering(self, prices: Sequence[float]) -> _Column | None:
        """The column whose cost lies furthest below what its gains are worth."""
        found, lowest = None, -_WORTH
        for group, options in enumerate(self._groups):
            reduced = []
            for cost, gains in options:
                for row, gain in gains:
                    cost -= prices[row] * gain
                reduced.append(cost)
            least = min(reduced)
            if least - reduced[self._keys[group]] < lowest:
                lowest = least - reduced[self._keys[group]]
                found = group, reduced.index(least)
        for row, price in enumerate(prices):
            if price < lowest:
                lowest, found = price, (_SURPLUS, row)
        return found

    def _enter(self, column: _Column) -> None:
        """Take as much of a column as can be; what then is used up leaves."""
        rates = self._rates(column)
        most, leaving, group = float("inf"), -1, -1
        for place, rate in enumerate(rates):
            if rate > _TINY and self._taken[place] / rate < most:
                most, leaving = self._taken[place] / rate, place
        for owner, (left, rate) in self._key_rates(column, rates).items():
            if rate > _TINY and left / rate < most:
                most, group = max(left, 0.0) / rate, owner
        if group >= 0:
            leaving = next((at for at, one in enumerate(self._basis) if one[0] == group), -1)
            if leaving < 0:  # the entering option itself becomes the key of its group
                self._take(rates, most)
                self._keys[group] = column[1]
                return
            self._make_key(leaving)
            rates = self._rates(column)
            if abs(rates[leaving]) < _TINY:
                return
            most = max(self._taken[leaving], 0.0) / rates[leaving]
        self._take(rates, most)
        self._taken[leaving] = most
        self._pivot(leaving, rates)
        self._basis[leaving] = column

    def _rates(self, column: _Column) -> list[float]:
        """How fast each column of the basis goes down while this one is taken."""
        change = [0.0] * len(self._rows)
        group, option = column
        if group < 0:
            change[option] = -1.0
        else:
            for row, gain in self._groups[group][option][1]:
                change[row] += gain
            for row, gain in self._groups[group][self._keys[group]][1]:
                change[row] -= gain
        at = [(row, one) for row, one in enumerate(change) if one]
        return [sum(inverse[row] * one for row, one in at) for inverse in self._inverse]

    def _key_rates(self, column: _Column, rates: Sequence[float]) -> dict[int, tuple[float, float]]:
        """How much is taken of each key whose group is in the basis too, and how fast it goes."""
        found = {column[0]: (1.0, 1.0)} if column[0] >= 0 else {}
        for (group, _), taken, rate in zip(self._basis, self._taken, rates, strict=True):
            if group >= 0:
                left, down = found.get(group, (1.0, 0.0))
                found[group] = left - taken, down - rate
        return found

    def _make_key(self, place: int) -> None:
        """Let a column of the basis and the key of its group change their roles."""
        group, option = self._basis[place]
        members = [at for at, one in enumerate(self._basis) if one[0] == group]
        self._taken[place] = 1.0 - sum(self._taken[at] for at in members)
        self._inverse[place] = [
            -sum(self._inverse[at][row] for at in members) for row in self._rows
        ]
        self._basis[place] = group, self._keys[group]
        self._keys[group] = option

    def _take(self, rates: Sequence[float], amount: float) -> None:
        self._taken = [
            taken - amount * rate for taken, rate in zip(self._taken, rates, strict=True)
        ]

    def _pivot(self, place: int, rates: Sequence[float]) -> None:
        pivot = [one / rates[place] for one in self._inverse[place]]
        for at, rate in enumerate(rates):
            if at != place and rate:
                self._inverse[at] = [
                    old - rate * new for old, new in zip(self._inverse[at], pivot, strict=True)
                ]
        self._inverse[place] = pivot

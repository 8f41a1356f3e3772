"""The least cost of meeting every need: partial choices, block by block, bounded and merged.

Partial choices that cost the same and give the same are one, the better of two is kept, and
none is followed whose bound lies above the cost that is tried. The cost tried begins at the
lower bound and rises until a choice is found, which is then proven to be the least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, gcd
from operator import add, ge
from typing import TypeVar

from accredit.standard.path.bound import MARGIN, Bound, find_bound
from accredit.standard.path.problem import Infeasible, Option, Problem, reduce

_T = TypeVar("_T")

_BEAM = 120
"""How many partial choices are kept while only some good choice is looked for."""

_JOINING = 3
"""How many partial choices the joining of two counts for; it is that much more work."""

_COMPARING = 3
"""How many comparisons of two count for one."""

_PRICING = 40
"""How many multiplications of the lower bound count for one partial choice."""

_QUICK = 40_000
"""How many partial choices may be made before some good choice is looked for."""

_COMPARED = 400
"""With how many others a partial choice is compared."""

_BLOCK = 12
"""How many groups are put together before their partial choices are compared."""

_UNLIMITED = 10**12


@dataclass(slots=True)
class Budget:
    """How many partial choices may still be made; `stop` may end the search earlier."""

    left: int
    stop: Callable[[], bool] = field(default=lambda: False)

    @property
    def is_open(self) -> bool:
        """Whether the search may still go on."""
        return self.left > 0 and not self.stop()

    def part(self, count: int) -> Budget:
        """A budget of its own for a beginning, taken from this one."""
        count = max(0, min(count, self.left))
        self.left -= count
        return Budget(count, self.stop)

    def spend(self, count: int) -> None:
        """Count work that is done in any case."""
        self.left -= count

    def take(self, count: int) -> None:
        """Raises OutOfBudget when there is nothing left."""
        self.left -= count
        if self.left < 0 or self.stop():
            raise OutOfBudget


class OutOfBudget(Exception):  # noqa: N818 - an end, not an error
    """The search may not go on."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of each group by its `place`, what they cost, and what is proven.

    No choice costs less than `bound`; it is the least when `cost` is no more.
    """

    places: tuple[int, ...]
    cost: int
    bound: int


def least(problem: Problem, budget: Budget) -> Choice | Infeasible | None:
    """The least choice, or the best found when the budget ends; None when none was found then."""
    reduced = reduce(problem)
    if isinstance(reduced, Infeasible):
        return reduced
    search = _Search(reduced.problem, budget)
    found = search.run(budget)
    if isinstance(found, Infeasible) or found is None:
        return found
    places = tuple(
        found.places.get(number, group[0].place)
        for number, group in enumerate(reduced.problem.groups)
    )
    return Choice(places, found.cost + reduced.base, found.bound + reduced.base)


@dataclass(frozen=True, slots=True)
class _Found:
    places: Mapping[int, int]
    cost: int
    bound: int


_Chain = tuple["_Chain | None", int, int]
"""A partial choice: the one before it, the group, and the place of the option taken."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A choice for one or more blocks: what it costs and gives to the wide needs.

    `excess` is how far the bound lies above the bound of everything when this is chosen.
    """

    excess: float
    cost: int
    gains: tuple[int, ...]
    chains: tuple[_Chain | None, ...]


class _Search:
    """The search in one reduced problem. A need is wide when several blocks give to it."""

    def __init__(self, problem: Problem, budget: Budget) -> None:
        self._groups = problem.groups
        self._needs = problem.needs
        blocks = [
            [number for number in block if len(problem.groups[number]) > 1]
            for block in problem.blocks
        ]
        self._blocks = [piece for block in blocks for piece in _pieces(block)]

        def may_go_on(work: int) -> bool:
            budget.spend(work // _PRICING)
            return budget.is_open

        self._bound: Bound = find_bound(problem, may_go_on)
        touched = [
            {need for number in block for one in self._groups[number] for need in one.gains}
            for block in self._blocks
        ]
        self._wide = [need for need in self._needs if sum(need in one for one in touched) > 1]
        # The need with the most different gains comes first: of two partial choices that are
        # otherwise alike the one that gives it more is kept.
        self._wide.sort(
            key=lambda need: -len({one.gain(need) for group in self._groups for one in group})
        )
        self._highest = sum(max(one.cost for one in group) for group in self._groups)

    def run(self, budget: Budget) -> _Found | Infeasible | None:
        """Try one cost after another, in longer and longer strides, up to a choice known.

        Some good choice is looked for only when the first costs could not be settled quickly.
        """
        proven = max(0, ceil(self._bound.value - MARGIN))
        if proven > self._highest:
            return Infeasible(tuple(self._needs))
        known: tuple[dict[int, int], int] | None = None
        most, tried, stride = self._highest, proven, 1
        allowance = budget.part(_QUICK)
        while proven <= most:
            try:
                found = self._within(tried, allowance, None)
            except OutOfBudget:
                if allowance is budget or not budget.is_open:
                    break
                allowance = budget
                known = self._some(tried, budget)
                if known is not None:
                    most = known[1] - 1
                    tried = min(tried, most)
                continue
            if found is not None:
                return _Found(*found, found[1])
            proven = tried + 1
            tried, stride = min(tried + stride, most), stride * 2
        else:
            return Infeasible(tuple(self._needs)) if known is None else _Found(*known, known[1])
        known = known or self._some(self._highest, budget)
        return None if known is None else _Found(*known, min(proven, known[1]))

    def _some(self, cost: int, budget: Budget) -> tuple[dict[int, int], int] | None:
        """A good choice without proof: of this cost if such a one is met, otherwise any.

        It counts, and is looked for even beyond the budget where nothing at all is known.
        """
        rough = self._repaired()
        for most in (cost, self._highest if rough is None else rough[1] - 1):
            if rough is not None and not budget.is_open:
                return rough
            counted = Budget(_UNLIMITED) if rough is None else Budget(_UNLIMITED, budget.stop)
            try:
                found = self._within(most, counted, _BEAM)
            except OutOfBudget:
                return rough
            finally:
                budget.spend(_UNLIMITED - counted.left)
            if found is not None:
                return found
        return rough

    def _within(
        self, cost: int, budget: Budget, width: int | None
    ) -> tuple[dict[int, int], int] | None:
        """The least choice that costs no more; with a width only the most promising are kept."""
        room = cost - self._bound.value + MARGIN
        if room < 0:
            return None
        fronts = []
        for block in self._blocks:
            front = self._front(block, room, budget, width)
            if not front:
                return None
            fronts.append(front)
        return self._joined(fronts, room, budget, width)

    def _front(
        self, block: Sequence[int], room: float, budget: Budget, width: int | None
    ) -> list[_Part]:
        """What one block can do within this room, the most promising first."""
        choices = [self._ranked(number, room) for number in block]
        sides = _sides_of([option for options in choices for _, option in options], self._wide)
        sizes = [1 + sum(max(one.cost for _, one in options) for options in choices)]
        sizes += [
            1
            + sum(
                max(one.gain(side.need) // side.unit for _, one in options) for options in choices
            )
            for side in sides[1:]
        ]
        labels: dict[int, tuple[int, float, _Chain | None]] = {0: (0, 0.0, None)}
        for number, options in zip(block, choices, strict=True):
            moves = [
                (
                    _packed(
                        [one.cost, *(one.gain(side.need) // side.unit for side in sides[1:])], sizes
                    ),
                    one.gain(sides[0].need) // sides[0].unit if sides else 0,
                    excess,
                    one.place,
                )
                for excess, one in options
            ]
            labels, made = _extended(labels, number, moves, room)
            budget.take(made)
            labels = dict(_spread(sorted(labels.items(), key=lambda one: one[1][1]), width))
        return self._settled(labels, sides, sizes, room, budget)

    def _ranked(self, number: int, room: float) -> list[tuple[float, Option]]:
        """The options of a group that fit, with what each costs above the best one's bound."""
        options = [(self._bound.reduced(one), one) for one in self._groups[number]]
        lowest = min(value for value, _ in options)
        fitting = [(value - lowest, one) for value, one in options if value - lowest <= room]
        return sorted(fitting, key=lambda item: (item[0], item[1].place))

    def _settled(
        self,
        labels: Mapping[int, tuple[int, float, _Chain | None]],
        sides: Sequence[_Side],
        sizes: Sequence[int],
        room: float,
        budget: Budget,
    ) -> list[_Part]:
        """The choices that meet what only this block can meet; each better than those before."""
        own = [
            (need, unit, place)
            for place, side in enumerate(sides)
            for need, unit in side.members
            if need not in self._wide
        ]
        wide = {
            need: (unit, place)
            for place, side in enumerate(sides)
            for need, unit in side.members
            if need in self._wide
        }
        spread = [wide.get(need, (0, 0)) for need in self._wide]
        best: dict[tuple[int, tuple[int, ...]], _Part] = {}
        for key, (main, excess, chain) in labels.items():
            cost, *others = _unpacked(key, sizes)
            given = (main, *others)
            for need, unit, place in own:
                over = given[place] * unit - self._needs[need]
                if over < 0:
                    break
                excess += over * self._bound.prices[need]
            else:
                if excess <= room:
                    gains = tuple(unit * given[place] if unit else 0 for unit, place in spread)
                    _keep(best, _Part(excess, cost, gains, (chain,)))
        return _undominated(best.values(), budget)

    def _joined(
        self, fronts: Sequence[Sequence[_Part]], room: float, budget: Budget, width: int | None
    ) -> tuple[dict[int, int], int] | None:
        """The fronts of all blocks put together, and the least of what meets every need."""
        wanted = [self._needs[need] for need in self._wide]
        prices = [self._bound.prices[need] for need in self._wide]
        ahead = [[0] * len(wanted)]
        for front in reversed(fronts):
            highest = [max(part.gains[at] for part in front) for at in range(len(wanted))]
            ahead.append([old + new for old, new in zip(ahead[-1], highest, strict=True)])
        ahead.reverse()
        parts: Sequence[_Part] = [_Part(0.0, 0, (0,) * len(wanted), ())]
        for number, front in enumerate(fronts, start=1):
            best: dict[tuple[int, tuple[int, ...]], _Part] = {}
            floor = [need - most for need, most in zip(wanted, ahead[number], strict=True)]
            for part in parts:
                tried = 0
                for other in front:
                    excess = part.excess + other.excess
                    if excess > room:
                        break
                    tried += 1
                    gains = list(map(add, part.gains, other.gains))
                    for at, gain in enumerate(gains):
                        if gain > wanted[at]:
                            excess += (gain - wanted[at]) * prices[at]
                            gains[at] = wanted[at]
                        elif gain < floor[at]:
                            break
                    else:
                        if excess <= room:
                            chains = part.chains + other.chains
                            cost = part.cost + other.cost
                            _keep(best, _Part(excess, cost, tuple(gains), chains))
                budget.take(_JOINING * tried)
            parts = _spread(_undominated(best.values(), budget), width)
        least = min(parts, key=lambda part: part.cost, default=None)
        return None if least is None else (_places(least.chains), least.cost)

    def _repaired(self) -> tuple[dict[int, int], int] | None:
        """The choice the bound makes, raised where most is gained for what it costs, then lowered.

        None when that does not lead to a choice that meets every need.
        """
        chosen = [min(group, key=self._bound.reduced) for group in self._groups]
        short = {
            need: amount - sum(one.gain(need) for one in chosen)
            for need, amount in self._needs.items()
        }
        while any(rest > 0 for rest in short.values()):
            best: tuple[float, int, Option] | None = None
            for number, group in enumerate(self._groups):
                for option in group:
                    won = self._won(short, chosen[number], option)
                    rate = won / max(option.cost - chosen[number].cost, 0.1)
                    if won > 1e-9 and (best is None or rate > best[0]):
                        best = rate, number, option
            if best is None:
                return None
            _exchange(chosen, short, best[1], best[2])
        for number in sorted(range(len(chosen)), key=lambda one: -chosen[one].cost):
            for option in self._groups[number]:
                if option.cost < chosen[number].cost and all(
                    chosen[number].gain(need) - option.gain(need) <= -rest
                    for need, rest in short.items()
                ):
                    _exchange(chosen, short, number, option)
                    break
        return (
            {number: option.place for number, option in enumerate(chosen)},
            sum(option.cost for option in chosen),
        )

    def _won(self, short: Mapping[int, int], old: Option, new: Option) -> float:
        """How much less is short, as parts of the needs, with one option instead of another."""
        won = 0.0
        for need in {*old.gains, *new.gains}:
            rest = short[need]
            after = rest + old.gain(need) - new.gain(need)
            won += (max(rest, 0) - max(after, 0)) / self._needs[need]
        return won


def _exchange(chosen: list[Option], short: dict[int, int], number: int, option: Option) -> None:
    for need in short:
        short[need] += chosen[number].gain(need) - option.gain(need)
    chosen[number] = option


def _pieces(block: Sequence[int]) -> list[Sequence[int]]:
    """A block in pieces of similar size, none of them large."""
    count = -(-len(block) // _BLOCK)
    cuts = [len(block) * at // count for at in range(count + 1)] if count else []
    return [block[start:end] for start, end in pairwise(cuts)]


@dataclass(frozen=True, slots=True)
class _Side:
    """Needs that the options of a block give to in the same proportion.

    Counted in `unit`s of `need`; one of those is `members[...]` of each.
    """

    need: int
    unit: int
    members: tuple[tuple[int, int], ...]


def _sides_of(options: Sequence[Option], wide: Sequence[int]) -> list[_Side]:
    """The directions in which these options give, the one to be kept highest first."""
    members: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for need in sorted({need for one in options for need in one.gains}):
        column = [one.gain(need) for one in options]
        unit = gcd(*column)
        members.setdefault(tuple(gain // unit for gain in column), []).append((need, unit))
    sides = [
        (column, _Side(found[0][0], found[0][1], tuple(found))) for column, found in members.items()
    ]

    def rank(item: tuple[tuple[int, ...], _Side]) -> tuple[int, int]:
        column, side = item
        wides = [wide.index(need) for need, _ in side.members if need in wide]
        return min(wides, default=len(wide)), -len(set(column))

    return [side for _, side in sorted(sides, key=rank)]


def _packed(digits: Sequence[int], sizes: Sequence[int]) -> int:
    """Several small numbers as one, so that adding adds each."""
    packed = 0
    for digit, size in zip(reversed(digits), reversed(sizes), strict=True):
        packed = packed * size + digit
    return packed


def _unpacked(packed: int, sizes: Sequence[int]) -> list[int]:
    digits = []
    for size in sizes:
        packed, digit = divmod(packed, size)
        digits.append(digit)
    return digits


def _extended(
    labels: Mapping[int, tuple[int, float, _Chain | None]],
    group: int,
    moves: Sequence[tuple[int, int, float, int]],
    room: float,
) -> tuple[dict[int, tuple[int, float, _Chain | None]], int]:
    """Every label with every option of the next group; of two alike the one that gives more.

    Also how many there were before.
    """
    found: dict[int, tuple[int, float, _Chain | None]] = {}
    made = 0
    for key, (main, excess, chain) in labels.items():
        for more, gain, extra, place in moves:
            total = excess + extra
            if total > room:
                break
            made += 1
            there = found.get(key + more)
            if there is None or there[0] < main + gain:
                found[key + more] = (main + gain, total, (chain, group, place))
    return found, made


def _keep(best: dict[tuple[int, tuple[int, ...]], _Part], part: _Part) -> None:
    """Of two parts that differ in the first gain only, keep the one that gives more."""
    key = (part.cost, part.gains[1:])
    there = best.get(key)
    if there is None or there.gains[:1] < part.gains[:1]:
        best[key] = part


def _spread(ranked: Sequence[_T], width: int | None) -> Sequence[_T]:
    """The first ones of a ranking and some of the others: many are alike, and only some fit."""
    if width is None or len(ranked) <= width:
        return ranked
    half = width // 2
    return [*ranked[:half], *ranked[half :: -(-(len(ranked) - half) // half)]]


def _undominated(parts: Iterable[_Part], budget: Budget) -> list[_Part]:
    """Without those that cost no less than another and give no more; promising first.

    What beats another has no larger excess, so that looking at those before is enough. Where
    few are beaten, few are looked at.
    """
    kept: list[_Part] = []
    shown: list[tuple[int, ...]] = []
    beaten = compared = 0
    for part in sorted(parts, key=lambda one: (one.excess, one.cost)):
        worth = (-part.cost, *part.gains)
        compared += len(shown)
        if any(all(map(ge, other, worth)) for other in shown):
            beaten += 1
            continue
        kept.append(part)
        if len(shown) < _COMPARED and len(shown) <= 20 + 2 * beaten:
            shown.append(worth)
    budget.take(compared // _COMPARING)
    return kept


def _places(chains: Iterable[_Chain | None]) -> dict[int, int]:
    """The option taken in each group."""
    found = {}
    for chain in chains:
        while chain is not None:
            chain, group, place = chain
            found[group] = place
    return found

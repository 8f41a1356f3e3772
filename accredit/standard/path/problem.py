"""A choice among options at the least cost, as whole numbers, and what can be settled at once.

Each group takes one of its options. An option costs something and gives something towards some
of the needs; every need must be met. Nothing here knows of standards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """What one choice costs and what it gives to the needs, by their place; never negative."""

    place: int
    cost: int
    gains: Mapping[int, int]

    def gain(self, need: int) -> int:
        """What it gives towards one need."""
        return self.gains.get(need, 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """The options of each group, what is needed, and in which block each group stands.

    A block is a part of the tree: needs inside one block are settled there.
    """

    groups: tuple[tuple[Option, ...], ...]
    needs: Mapping[int, int]
    blocks: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Infeasible:
    """The needs that cannot be met, whatever is chosen."""

    needs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """What is left to decide, and the cost every choice has in common."""

    problem: Problem
    base: int


def reduce(problem: Problem) -> Reduced | Infeasible:
    """Take away what is certain: options too weak for a need, options that another one beats.

    Every least choice of the problem costs as much as one of what is left plus `base`.
    """
    groups, needs, base = list(problem.groups), dict(problem.needs), 0
    while True:
        before = sum(map(len, groups)), len(needs)
        groups, needs = _level(groups, needs)
        least = [min(option.cost for option in group) for group in groups]
        base += sum(least)
        groups = [
            tuple(Option(one.place, one.cost - cost, one.gains) for one in group)
            for group, cost in zip(groups, least, strict=True)
        ]
        missed = _too_much(groups, needs)
        if missed:
            return Infeasible(missed)
        groups = [_useful(group) for group in _strong_enough(groups, needs)]
        if not all(groups):
            return Infeasible(tuple(needs))
        needs = _without_implied(groups, needs)
        if before == (sum(map(len, groups)), len(needs)):
            return Reduced(Problem(tuple(groups), needs, problem.blocks), base)


def _level(
    groups: Sequence[tuple[Option, ...]], needs: Mapping[int, int]
) -> tuple[list[tuple[Option, ...]], dict[int, int]]:
    """Count what every option of a group gives as given, and nothing beyond what is needed."""
    left = dict(needs)
    shared: list[dict[int, int]] = []
    for group in groups:
        common = {
            need: least
            for need in group[0].gains
            if need in left and (least := min(option.gain(need) for option in group))
        }
        for need, least in common.items():
            left[need] -= least
        shared.append(common)
    left = {need: amount for need, amount in left.items() if amount > 0}
    levelled = [
        tuple(
            Option(
                option.place,
                option.cost,
                {
                    need: min(rest, left[need])
                    for need, gain in option.gains.items()
                    if need in left and (rest := gain - common.get(need, 0)) > 0
                },
            )
            for option in group
        )
        for group, common in zip(groups, shared, strict=True)
    ]
    return levelled, left


def most(groups: Iterable[Sequence[Option]], needs: Iterable[int]) -> dict[int, int]:
    """The most all groups together can give to each need."""
    found = dict.fromkeys(needs, 0)
    for group in groups:
        for need, gain in best_of(group).items():
            found[need] += gain
    return found


def best_of(group: Sequence[Option]) -> dict[int, int]:
    """The most one group can give to each need it has a part in."""
    best: dict[int, int] = {}
    for option in group:
        for need, gain in option.gains.items():
            if gain > best.get(need, 0):
                best[need] = gain
    return best


def _too_much(groups: Sequence[tuple[Option, ...]], needs: Mapping[int, int]) -> tuple[int, ...]:
    reachable = most(groups, needs)
    return tuple(need for need, amount in needs.items() if reachable[need] < amount)


def _strong_enough(
    groups: Sequence[tuple[Option, ...]], needs: Mapping[int, int]
) -> list[tuple[Option, ...]]:
    """Leave out options after which even the best of all others would not meet a need."""
    reachable = most(groups, needs)
    slack = {need: reachable[need] - amount for need, amount in needs.items()}
    kept = []
    for group in groups:
        best = best_of(group)
        kept.append(
            tuple(
                option
                for option in group
                if all(gain - option.gain(need) <= slack[need] for need, gain in best.items())
            )
        )
    return kept


def _useful(group: tuple[Option, ...]) -> tuple[Option, ...]:
    """Leave out options that another gives as much as, for no more."""
    kept: list[Option] = []
    for option in sorted(group, key=lambda one: (one.cost, one.place)):
        if not any(
            all(other.gain(need) >= gain for need, gain in option.gains.items()) for other in kept
        ):
            kept.append(option)
    return tuple(kept)


def _without_implied(
    groups: Sequence[tuple[Option, ...]], needs: Mapping[int, int]
) -> dict[int, int]:
    """Leave out needs that are met whenever another one is."""
    columns: dict[int, list[tuple[int, int, int]]] = {need: [] for need in needs}
    for place, group in enumerate(groups):
        for number, option in enumerate(group):
            for need, gain in option.gains.items():
                columns[need].append((place, number, gain))
    kept = dict(needs)
    for need in needs:
        cells = {(place, number): gain for place, number, gain in columns[need]}
        for other in kept:
            if other == need or len(columns[other]) > len(cells):
                continue
            # Every gain is at least as large a part of this need as of the other one.
            if all(
                cells.get((place, number), 0) * kept[other] >= gain * kept[need]
                for place, number, gain in columns[other]
            ):
                del kept[need]
                break
    return kept

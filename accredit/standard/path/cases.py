"""Solving a model: needs are added where a solution falls short, caps are decided one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from accredit.standard.path.model import Capping, Count, Model, Picked, Row
from accredit.standard.path.problem import Infeasible
from accredit.standard.path.search import Budget, least

_CUTS = 60
"""How often the sums of a solution may turn out to be less where it stands."""

_LATE = 6
"""How many of these there may be when the budget has ended."""


@dataclass(frozen=True, slots=True)
class Solved:
    """The raises picked, or None; no choice costs less than `bound`.

    `blocking` are the rules that cannot be met together when there is none at all; `rules` those
    that would be missed, for each element, if it were not raised.
    """

    picked: Picked | None
    cost: int
    bound: int
    blocking: tuple[str, ...] = ()

    @property
    def is_infeasible(self) -> bool:
        """Whether no choice at all meets the needs."""
        return self.picked is None and bool(self.blocking)


def solve(model: Model, budget: Budget) -> Solved:
    """The least choice of raises for a model, or the best one found within the budget."""
    if model.impossible:
        return Solved(None, 0, 0, tuple(dict.fromkeys(model.impossible)))
    kept = _never_laid_on(model)
    undecided = tuple(one for one in model.cappings if one not in kept)
    return _solve(model, kept, (), undecided, budget)


def _never_laid_on(model: Model) -> tuple[Capping, ...]:
    """The caps under which the needs are not met even with everything raised to the top.

    Where one node may not stand above another, a cap can help, and all are left open.
    """
    if model.orders:
        return ()
    highest = {code: len(found) - 1 for code, found in model.raises.items()}
    return tuple(one for one in model.cappings if not _is_enough(model, (one,), highest))


def _solve(
    model: Model,
    kept: tuple[Capping, ...],
    in_force: tuple[Capping, ...],
    undecided: tuple[Capping, ...],
    budget: Budget,
) -> Solved:
    """The least choice in which the `kept` rules hold and the caps `in_force` are laid on."""
    if model.orders and undecided:
        # Where one node may not stand above another a cap can also help: nothing is left open.
        return _either(model, kept, in_force, undecided, undecided[0], budget, 0)
    counts = [*model.counts, *(one for capping in kept for one in capping.counts)]
    found = _with_cuts(model, counts, in_force, budget)
    if found.picked is None:
        return found
    picked = found.picked
    broken = [
        one for one in undecided if not all(model.holds(count, picked) for count in one.counts)
    ]
    if not broken or _is_enough(model, (*in_force, *broken), picked):
        return found
    return _either(model, kept, in_force, undecided, broken[0], budget, found.bound)


def _either(
    model: Model,
    kept: tuple[Capping, ...],
    in_force: tuple[Capping, ...],
    undecided: tuple[Capping, ...],
    first: Capping,
    budget: Budget,
    bound: int,
) -> Solved:
    """The better of two ways: the rule of a cap holds, or the cap is laid on.

    Neither costs less than `bound`. Without a budget only the way is taken in which every rule
    holds, and then nothing more is proven.
    """
    if not budget.is_open:
        kept_all = _solve(model, (*kept, *undecided), in_force, (), budget)
        return Solved(kept_all.picked, kept_all.cost, bound)
    rest = tuple(one for one in undecided if one is not first)
    ways = [
        _solve(model, (*kept, first), in_force, rest, budget),
        _solve(model, kept, (*in_force, first), rest, budget),
    ]
    solved = [one for one in ways if one.picked is not None]
    open_ways = [one.bound for one in ways if not one.is_infeasible]
    if not solved:
        blocking = tuple(dict.fromkeys(name for one in ways for name in one.blocking))
        lowest = max(bound, min(open_ways, default=0))
        return Solved(None, 0, lowest, () if open_ways else blocking)
    best = min(solved, key=lambda one: one.cost)
    return Solved(best.picked, best.cost, max(bound, min(open_ways)))


def _with_cuts(
    model: Model, counts: Sequence[Count], in_force: Sequence[Capping], budget: Budget
) -> Solved:
    """Solve with the sums that are the least where everything is highest; add what is missed."""
    tree = model.tree(in_force)
    highest = model.point({code: len(found) - 1 for code, found in model.raises.items()})
    rows = model.rows(tree, highest)
    bound, late = 0, _LATE
    for _ in range(_CUTS):
        late -= not budget.is_open
        if late < 0:
            break
        answer = least(model.problem(rows, counts), budget)
        if answer is None:
            return Solved(None, 0, bound)
        if isinstance(answer, Infeasible):
            return Solved(None, 0, 0, _rules(answer, rows, counts))
        picked = dict(zip(model.raises, answer.places, strict=True))
        bound = max(bound, answer.bound)
        point = model.point(picked)
        missed = [row for row in model.rows(tree, point) if not _is_met(row, point)]
        if not missed:
            return Solved(picked, answer.cost, bound)
        rows += missed
    return Solved(None, 0, bound)


def _is_met(row: Row, point: Mapping[str, Fraction]) -> bool:
    reached = row.sum.at(point)
    return reached > row.least if row.is_open else reached >= row.least


def _is_enough(model: Model, in_force: Sequence[Capping], picked: Picked) -> bool:
    """Whether the needs are met even with these caps laid on."""
    point = model.point(picked)
    return all(_is_met(row, point) for row in model.rows(model.tree(in_force), point))


def _rules(answer: Infeasible, rows: Sequence[Row], counts: Sequence[Count]) -> tuple[str, ...]:
    """The rules behind the needs that cannot be met."""
    names = [*(row.rule for row in rows), *(count.rule for count in counts)]
    return tuple(dict.fromkeys(names[need] for need in answer.needs)) or tuple(dict.fromkeys(names))


def reasons(
    model: Model, picked: Picked, in_force: Sequence[Capping] = ()
) -> dict[str, tuple[str, ...]]:
    """For each raised element the rules that would be missed if it stayed where it is."""
    tree, found = model.tree(in_force), {}
    for code, number in picked.items():
        if not number:
            continue
        without = {**picked, code: 0}
        point = model.point(without)
        missed = [row.rule for row in model.rows(tree, point) if not _is_met(row, point)]
        missed += [count.rule for count in model.counts if not model.holds(count, without)]
        found[code] = tuple(dict.fromkeys(missed))
    return found

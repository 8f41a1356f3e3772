"""The path to an award: the element improvements of the least total effort that reach it.

An unscored element stands at its lowest level, a level can only rise, and figures measured by
KPIs stay as they are. What no score can change is never improved: the path then says which of
these rules it assumes to hold. A path is only given when the engine confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heappop, heappush
from math import prod

from accredit.standard.domain import Element, Standard
from accredit.standard.path.cases import Solved, reasons, solve
from accredit.standard.path.model import Model, steps_to
from accredit.standard.path.search import Budget
from accredit.standard.rules import (
    Applicability,
    Award,
    BandTable,
    Blend,
    Cap,
    EffectKind,
    EvidenceCondition,
    KpiCondition,
    Ladder,
    Step,
    WeightBounds,
)
from accredit.standard.scoring.applicability import World, worlds
from accredit.standard.scoring.counting import may_match
from accredit.standard.scoring.engine import evaluate_inputs
from accredit.standard.scoring.inputs import Inputs, ensure_possible
from accredit.standard.scoring.raising import filled, place_now, raised
from accredit.standard.scoring.results import Result, Verdict
from accredit.standard.scoring.standing import standings
from accredit.text import N_, RuleError

NODES = 500_000
"""How many partial choices a search makes unless told otherwise; less than a second's work."""

SECONDS = 0.7
"""After so much of a processor a search is to be stopped, however slow the machine is."""

_MODELLING = 4_000
"""For how many partial choices it counts to make one model of a standard."""

_LEAST_SHARE = 40_000
"""How many partial choices a way is given at least while there are any."""


class ImpossibleEffortError(RuleError):
    """An effort was given that cannot be: of an unknown element, or not from 1 to 100."""


class PathStatus(StrEnum):
    """What came of the search. OPEN: the budget ended before there was any path."""

    REACHED = "reached"
    FOUND = "found"
    UNREACHABLE = "unreachable"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Move:
    """One element raised: levels, steps between them, effort, and the rules that need it."""

    code: str
    from_level: str
    to_level: str
    steps: int
    effort: int
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Path:
    """The moves to an award and what they come to.

    No path takes less effort than `bound`. `assumed` are rules that no score can change and
    that must come to hold besides, `blocking` those that make the award unreachable by scores.
    `unmeasured` are KPIs not known well enough that stand at the least they can be worth.
    `before` and `after` are evaluations, both with unscored elements at their lowest level;
    `after` takes the `assumed` rules as they are.
    """

    award: Award
    status: PathStatus
    moves: tuple[Move, ...]
    effort: int
    bound: int
    assumed: tuple[str, ...]
    blocking: tuple[str, ...]
    unscored: tuple[str, ...]
    unmeasured: tuple[str, ...]
    before: Result
    after: Result

    @property
    def gap(self) -> int:
        """How much less effort a better path might still take; 0 when there is none."""
        return self.effort - self.bound

    @property
    def is_least(self) -> bool:
        """Whether it is proven that no path takes less effort."""
        return self.status in (PathStatus.FOUND, PathStatus.REACHED) and not self.gap


def next_award(standard: Standard, inputs: Inputs) -> Award | None:
    """The award above the one that is reached now; None when the highest one is."""
    reached = evaluate_inputs(standard, filled(standard, inputs)).award
    order = [award.id for award in standard.awards]
    at = 0 if reached is None else order.index(reached) + 1
    return standard.awards[at] if at < len(order) else None


def find_path(
    standard: Standard,
    inputs: Inputs,
    award: str,
    *,
    efforts: Mapping[str, int] | None = None,
    nodes: int = NODES,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """The path from these inputs to an award, or to a higher one where that takes less effort.

    `efforts` are those of one level step by element code, in place of the standard's. The
    search makes at most about `nodes` partial choices, and none after `stop` says so; its
    answer then states the gap. Raises UnknownAwardError, ImpossibleEffortError, or what
    `evaluate` raises for inputs that cannot be.
    """
    wanted = standard.award(award)
    ensure_possible(standard, inputs)
    steps = _efforts(standard, efforts or {})
    start = filled(standard, inputs)
    before = evaluate_inputs(standard, start)
    unscored = tuple(
        one.code
        for one in standard.judged_elements
        if one.code not in inputs.scores and one.code not in before.not_applicable
    )
    unmeasured = tuple(name for name in before.total.missing if name in standard.kpis)
    blank = Path(wanted, PathStatus.REACHED, (), 0, 0, (), (), unscored, unmeasured, before, before)
    if _reaches(standard, before, award):
        return blank
    budget = Budget(nodes, stop)
    found = _best(standard, start, award, steps, budget, blank)
    if found.status is PathStatus.UNREACHABLE:
        lifted = _without(standard, _capping_from_outside(standard))
        if lifted is not standard:
            again = _best(lifted, start, award, steps, budget, blank)
            if again.status is not PathStatus.UNREACHABLE:
                found = _with_their_rules(standard, again)
    return found


def _with_their_rules(standard: Standard, path: Path) -> Path:
    """A path that was found without rules that cap: these are assumed to hold."""
    after = evaluate_inputs(standard, path.after.inputs)
    capping = [
        name
        for name in _capping_from_outside(standard)
        if (rule := after.find_rule(name)) and rule.verdict is not Verdict.PASS
    ]
    assumed = tuple(dict.fromkeys((*path.assumed, *capping)))
    return replace(path, after=after, assumed=assumed)


def _best(
    standard: Standard,
    start: Inputs,
    award: str,
    efforts: Mapping[str, int],
    budget: Budget,
    blank: Path,
) -> Path:
    """The best of all ways the rungs and what applies can be, those that cost least to enter first.

    None costs less than entering it does, which ends the search where a path is known; beyond the
    budget it is the bound of all those that were not looked at.
    """
    found: Path | None = None
    bounds: list[int] = []
    blocking: dict[str, None] = {}
    goals = steps_to(standard, award)
    count, ways = _worlds(standard, start, efforts)
    left = count * len(goals)
    for entry, world, permitted in ways:
        if found is not None and found.effort <= entry:
            break
        if bounds and not budget.is_open:
            bounds.append(entry)
            break
        for steps in goals:
            share = budget.part(max(budget.left // left, _LEAST_SHARE))
            share.spend(_MODELLING)
            model = Model(standard, start, world, steps, efforts, permitted)
            solved = solve(model, share)
            budget.left += share.left
            left -= 1
            if solved.is_infeasible:
                blocking.update(dict.fromkeys(solved.blocking))
                continue
            bounds.append(max(solved.bound, entry))
            path = _path(model, start, steps, solved, blank)
            if path is not None and (found is None or _order(path) < _order(found)):
                found = path
    if found is not None:
        return replace(found, bound=min(*bounds, found.effort))
    status = PathStatus.OPEN if bounds else PathStatus.UNREACHABLE
    blocking.pop("", None)
    return replace(blank, status=status, blocking=tuple(blocking), bound=min(bounds, default=0))


def _order(path: Path) -> tuple[int, int]:
    return path.effort, len(path.assumed)


def _path(
    model: Model, start: Inputs, steps: Sequence[Step], solved: Solved, blank: Path
) -> Path | None:
    """The path of a solution, if the engine confirms it."""
    if solved.picked is None:
        return None
    standard, scores, moves = model.standard, dict(start.scores), []
    why = reasons(model, solved.picked)
    for code, number in solved.picked.items():
        one = model.raises[code][number]
        if one.steps:
            element = standard.element(code)
            score = start.scores[code]
            scores[code] = raised(standard, element, score, one.place)
            ids = standard.scale_of(element).level_ids
            moves.append(
                Move(
                    code,
                    ids[place_now(standard, element, score)],
                    ids[one.place],
                    one.steps,
                    one.cost,
                    why.get(code, ()),
                )
            )
    after = evaluate_inputs(standard, replace(start, scores=scores))
    rung = next(rung for rung in after.rungs if rung.award == steps[-1].award)
    in_the_way = (*rung.failed, *rung.unknown)
    if not all(_is_outside(standard, name, after) for name in in_the_way):
        return None
    if not in_the_way and rung.verdict is not Verdict.PASS:
        return None
    return replace(
        blank,
        status=PathStatus.FOUND,
        moves=tuple(moves),
        effort=solved.cost,
        bound=solved.bound,
        assumed=in_the_way,
        after=after,
    )


def _is_outside(standard: Standard, name: str, after: Result) -> bool:
    """Whether no score can change this verdict: it hangs on figures, evidence, weights, marks."""
    rule = standard.rule(name)
    if isinstance(rule, KpiCondition | EvidenceCondition | WeightBounds | Applicability | Blend):
        return True
    # These ask for more than a total that is high enough even at the least of all figures.
    judged = after.find_rule(name)
    is_open = judged is not None and judged.verdict is Verdict.UNKNOWN
    return isinstance(rule, BandTable | Cap) and is_open and after.is_complete


def _capping_from_outside(standard: Standard) -> tuple[str, ...]:
    return tuple(
        rule.id
        for rule in standard.rules
        if rule.effect.kind is EffectKind.CAP_TO
        and isinstance(rule, KpiCondition | EvidenceCondition)
    )


def _without(standard: Standard, names: Sequence[str]) -> Standard:
    """The standard with these rules gone."""
    if not names:
        return standard

    def left(rules: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in rules if name not in names)

    rules = [
        replace(rule, steps=tuple(replace(step, rules=left(step.rules)) for step in rule.steps))
        if isinstance(rule, Ladder)
        else rule
        for rule in standard.rules
        if rule.id not in names
    ]
    awards = tuple(replace(award, rules=left(award.rules)) for award in standard.awards)
    return replace(standard, rules=tuple(rules), awards=awards)


_Ways = Iterator[tuple[int, World, dict[str, frozenset[int]]]]


def _worlds(standard: Standard, start: Inputs, efforts: Mapping[str, int]) -> tuple[int, _Ways]:
    """What may apply after some raises: how many ways there are, and each, the cheapest first.

    A way is told by the effort of entering it, what then applies, and the places that lead there.
    Only the elements that a rule of applicability looks at matter; the places of each are
    tried one by one, and those that lead to the same world are taken together.
    """
    looked_at = [
        element
        for code in dict.fromkeys(
            rule.node for rule in standard.rules if isinstance(rule, Applicability)
        )
        if (element := standard.find_element(code)) and element.measured is None
    ]
    groups = [_alike(standard, start, element) for element in looked_at]

    def entering(element: Element, places: frozenset[int]) -> int:
        now = place_now(standard, element, start.scores[element.code])
        return (min(places) - now) * efforts[element.code]

    costs = [
        [entering(element, places) for places in group]
        for element, group in zip(looked_at, groups, strict=True)
    ]

    def ways() -> _Ways:
        for cost, numbers in _cheapest_first(costs):
            permitted = {
                element.code: group[number]
                for element, group, number in zip(looked_at, groups, numbers, strict=True)
            }
            scores = {
                element.code: raised(
                    standard, element, start.scores[element.code], min(permitted[element.code])
                )
                for element in looked_at
            }
            inputs = replace(start, scores={**start.scores, **scores})
            for world in worlds(standard, inputs):
                yield cost, world, permitted

    return prod(map(len, groups)), ways()


def _cheapest_first(costs: Sequence[Sequence[int]]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every choice of one of each list, by its sum; only as many are made as are asked for."""
    orders = [sorted(range(len(one)), key=one.__getitem__) for one in costs]
    waiting = [(sum(map(min, costs)), (0,) * len(costs), 0)]
    while waiting:
        cost, ranks, first = heappop(waiting)
        yield cost, tuple(order[rank] for order, rank in zip(orders, ranks, strict=True))
        # Each choice follows from one other only: that in which its last change is not made.
        for at in range(first, len(costs)):
            if ranks[at] + 1 < len(costs[at]):
                old, new = orders[at][ranks[at]], orders[at][ranks[at] + 1]
                more = cost + costs[at][new] - costs[at][old]
                heappush(waiting, (more, (*ranks[:at], ranks[at] + 1, *ranks[at + 1 :]), at))


def _alike(standard: Standard, start: Inputs, element: Element) -> list[frozenset[int]]:
    """The places an element may be raised to, together where every rule sees them alike."""
    wheres = [
        rule.where
        for rule in standard.rules
        if isinstance(rule, Applicability) and rule.node == element.code
    ]
    score = start.scores[element.code]
    seen: dict[tuple[bool | None, ...], set[int]] = {}
    top = len(standard.scale_of(element).levels)
    for place in range(place_now(standard, element, score), top):
        inputs = replace(start, scores={element.code: raised(standard, element, score, place)})
        standing = standings(standard, inputs, frozenset(), (element,))[element.code]
        answers = tuple(may_match(where, element, standing, standard) for where in wheres)
        seen.setdefault(answers, set()).add(place)
    return [frozenset(places) for places in seen.values()]


def _efforts(standard: Standard, chosen: Mapping[str, int]) -> dict[str, int]:
    efforts = {element.code: element.effort for element in standard.elements}
    for code, effort in chosen.items():
        if code not in efforts:
            raise ImpossibleEffortError(
                N_("There is no element “%(code)s” in this standard."), code=code
            )
        if not 1 <= effort <= 100:
            raise ImpossibleEffortError(
                N_("The effort of %(code)s is a whole number from 1 to 100."), code=code
            )
        efforts[code] = effort
    return efforts


def _reaches(standard: Standard, result: Result, award: str) -> bool:
    """Whether this award or a higher one is reached."""
    order = [one.id for one in standard.awards]
    return result.award is not None and order.index(result.award) >= order.index(award)

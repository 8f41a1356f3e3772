"""The path to an award: the element improvements of the least total effort that reach it.

An unscored element stands at its lowest level, a level can only rise, and figures measured by
KPIs stay as they are. What no score can change is never improved: the path then says which of
these rules it assumes to hold. A path is only given when the engine confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

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

NODES = 200_000
"""How many partial choices a search makes unless told otherwise; less than a second's work."""


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
    """The best of all ways the rungs and what applies can be."""
    found: list[Path] = []
    bounds: list[int] = []
    blocking: dict[str, None] = {}
    for steps in steps_to(standard, award):
        for world, permitted in _worlds(standard, start):
            model = Model(standard, start, world, steps, efforts, permitted)
            solved = solve(model, budget)
            if solved.is_infeasible:
                blocking.update(dict.fromkeys(solved.blocking))
                continue
            bounds.append(solved.bound)
            path = _path(model, start, steps, solved, blank)
            if path is not None:
                found.append(path)
    if found:
        best = min(found, key=lambda path: (path.effort, len(path.assumed)))
        return replace(best, bound=min(min(bounds), best.effort))
    status = PathStatus.OPEN if bounds else PathStatus.UNREACHABLE
    blocking.pop("", None)
    return replace(blank, status=status, blocking=tuple(blocking), bound=min(bounds, default=0))


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


def _worlds(standard: Standard, start: Inputs) -> Iterator[tuple[World, dict[str, frozenset[int]]]]:
    """What may apply after some raises, each with the places that lead there.

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
    for combination in product(*groups):
        scores = {
            element.code: raised(standard, element, start.scores[element.code], min(same))
            for element, same in zip(looked_at, combination, strict=True)
        }
        inputs = replace(start, scores={**start.scores, **scores})
        permitted = {
            element.code: same for element, same in zip(looked_at, combination, strict=True)
        }
        for world in worlds(standard, inputs):
            yield world, permitted


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

"""Which single score, moved by one level, would change the award.

The engine answers, nothing is estimated. Where raising a score can do no harm, scores are first
moved together: what many together do not change, none of them changes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from accredit.standard.domain import OVERALL, Combine, Element, Standard
from accredit.standard.examples import Score
from accredit.standard.rules import Applicability, Counting, KpiCondition, WeightBounds
from accredit.standard.scales import Scale
from accredit.standard.scoring.engine import evaluate_inputs
from accredit.standard.scoring.inputs import permitted_interval
from accredit.standard.scoring.monotone import lowering_rules
from accredit.standard.scoring.raising import raised
from accredit.standard.scoring.results import Result, Verdict


@dataclass(frozen=True, slots=True)
class Shift:
    """One element moved from a level to the one beside it, and the award that follows."""

    code: str
    level: str
    moved_to: str
    award: str | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The shifts that would raise the award, and those that would lose it, in order."""

    raising: tuple[Shift, ...]
    losing: tuple[Shift, ...]


def sensitivity(standard: Standard, result: Result) -> Sensitivity:
    """What one score more or less would do to the award of this result.

    On a scale of numbers with ranges the level beside is the nearest value of the next range.
    Elements without a score, measured ones and those that do not apply are left alone.
    """
    trial = _Trial(standard, result)
    return Sensitivity(trial.find(+1), trial.find(-1))


class _Trial:
    """Tries shifts of one result; `height` orders its awards, 0 is none."""

    def __init__(self, standard: Standard, result: Result) -> None:
        self._standard = standard
        self._result = result
        order = [None, *(rung.award for rung in result.rungs)]
        self._height = {award: place for place, award in enumerate(order)}
        self._is_monotone = not lowering_rules(standard)

    def find(self, direction: int) -> tuple[Shift, ...]:
        """The single shifts up (+1) or down (-1) that change the award that way."""
        moves = [
            (element, level, place)
            for element in self._standard.judged_elements
            if (level := self._result.by_code[element.code].level) is not None
            and self._result.by_code[element.code].is_applicable
            and (place := beside(self._standard.scale_of(element), level, direction)) is not None
        ]
        if direction > 0:
            able = able_to_raise(self._standard, self._result)
            moves = [move for move in moves if move[0].code in able]
        found: dict[str, str | None] = {}
        self._search(moves, direction, found)
        return tuple(
            Shift(
                element.code,
                level,
                self._standard.scale_of(element).level_ids[place],
                found[element.code],
            )
            for element, level, place in moves
            if element.code in found
        )

    def _search(
        self,
        moves: Sequence[tuple[Element, str, int]],
        direction: int,
        found: dict[str, str | None],
    ) -> None:
        if not moves:
            return
        if len(moves) > 1 and not self._is_monotone:
            for move in moves:
                self._search([move], direction, found)
            return
        award = self._award_after(moves, direction)
        before, after = self._height[self._result.award], self._height[award]
        if (after - before) * direction <= 0:
            return
        if len(moves) == 1:
            found[moves[0][0].code] = award
            return
        half = len(moves) // 2
        self._search(moves[:half], direction, found)
        self._search(moves[half:], direction, found)

    def _award_after(self, moves: Sequence[tuple[Element, str, int]], direction: int) -> str | None:
        inputs = self._result.inputs
        move: Callable[[Standard, Element, Score, int], Score] = (
            raised if direction > 0 else lowered
        )
        scores = dict(inputs.scores)
        for element, _, place in moves:
            scores[element.code] = move(self._standard, element, scores[element.code], place)
        return evaluate_inputs(self._standard, replace(inputs, scores=scores)).award


def able_to_raise(standard: Standard, result: Result) -> frozenset[str]:
    """The elements of which one alone might raise the award, as far as verdicts tell.

    No score mends a figure or chosen weights; a broken limit on a number of elements is mended
    only by one of those it names, and not at all where it is broken in two places.
    """
    everything = frozenset(element.code for element in standard.elements)
    height = [rung.award for rung in result.rungs]
    above = height.index(result.award) + 1 if result.award is not None else 0
    able: frozenset[str] = frozenset()
    for rung in result.rungs[above:]:
        found = everything
        for name in (*rung.failed, *rung.unknown):
            rule = standard.rule(name)
            if isinstance(rule, KpiCondition | WeightBounds):
                found = frozenset()
            elif isinstance(rule, Counting) and name in rung.failed:
                answer = result.find_rule(name)
                for part in answer.parts if answer else ():
                    if part.verdict is Verdict.FAIL:
                        found &= frozenset(part.codes)
        able |= found
    deciding = {rule.node for rule in standard.rules if isinstance(rule, Applicability)}
    return able | (deciding & everything)


def beside(scale: Scale, level: str, direction: int) -> int | None:
    """The place of the level above (+1) or below (-1), or None at the end of the scale.

    With ranges it is the nearest value that lies in another one.
    """
    place, here = scale.position(level), scale.range_of(level)
    others = range(place + direction, len(scale.levels) if direction > 0 else -1, direction)
    return next(
        (
            other
            for other in others
            if here is None or scale.range_of(scale.level_ids[other]) != here
        ),
        None,
    )


def lowered(standard: Standard, element: Element, score: Score, place: int) -> Score:
    """The score with the element at this place at most; attributes are lowered together.

    What stands lower stays; an overall value is moved down to where it fits the attributes.
    """
    scale, attributes = standard.scale_of(element), standard.attributes_of(element)
    level = scale.level_ids[place]
    if isinstance(score, str) or attributes is None:
        return level
    found = {name: min(value, level, key=scale.position) for name, value in score.items()}
    if attributes.combine is Combine.HOLISTIC and OVERALL in found:
        _, high = permitted_interval(scale, attributes, found)
        fitting = [one.id for one in scale.levels if Fraction(one.value) <= high]
        found[OVERALL] = min(found[OVERALL], fitting[-1], key=scale.position)
    return found

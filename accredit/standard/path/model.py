"""What an award asks of the scores, as needs of whole numbers that a search can meet.

One `Model` is one world: it is settled there what applies, and which places of its scale an
element may be raised to. What caps a total is added while searching, where it turns out to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, lcm

from accredit.standard.domain import Element, Standard
from accredit.standard.path.problem import Option, Problem
from accredit.standard.path.tree import ShareTree, Sum, reaching
from accredit.standard.rules import (
    BandTable,
    Cap,
    CountLimit,
    EffectKind,
    EvidenceCondition,
    KpiCondition,
    Minimum,
    PredicateKind,
    Rule,
    ShareLimit,
    Step,
    Unit,
    Veto,
)
from accredit.standard.scoring.applicability import World
from accredit.standard.scoring.counting import bounds_of, may_match
from accredit.standard.scoring.engine import nodes_at
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.ladder import conditions_of, steps_of
from accredit.standard.scoring.raising import place_now, raised
from accredit.standard.scoring.results import TOTAL, Verdict
from accredit.standard.scoring.scopes import Place, elements_at, elements_in, places
from accredit.standard.scoring.standing import Standing, exceeds, standings
from accredit.standard.scoring.totals import Tree, weigh
from accredit.standard.scoring.verdicts import is_shown, judge_early

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Raise:
    """An element at a place of its scale: the score, what it costs, and how it then stands."""

    place: int
    steps: int
    cost: int
    inputs: Inputs
    standing: Standing | None

    @property
    def share(self) -> Fraction:
        """The least it is worth; what does not apply counts in full."""
        return Fraction(1) if self.standing is None else self.standing.shares[0]


@dataclass(frozen=True, slots=True)
class Count:
    """So many elements at least must answer yes; `answers` by element and number of raise."""

    rule: str
    least: int
    answers: Mapping[str, Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Nodes together must reach a share, or lie above it; `factor` is 0 where nothing applies."""

    rule: str
    nodes: tuple[str, ...]
    share: Fraction
    is_open: bool


@dataclass(frozen=True, slots=True)
class NotAbove:
    """One node must not stand above another by itself."""

    rule: str
    code: str
    other: str


@dataclass(frozen=True, slots=True)
class Capping:
    """In one part of a rule: unless these counts hold, these nodes reach no more than a share."""

    counts: tuple[Count, ...]
    nodes: tuple[str, ...]
    share: Fraction


@dataclass(frozen=True, slots=True)
class Row:
    """A need as a sum over the elements' shares: the rule, the sum, and what it must reach."""

    rule: str
    sum: Sum
    least: Fraction
    is_open: bool


Picked = Mapping[str, int]
"""The number of the raise chosen for each element."""


class Model:
    """The needs of one rung and of the lower ones it includes, in one world."""

    def __init__(
        self,
        standard: Standard,
        inputs: Inputs,
        world: World,
        steps: Sequence[Step],
        efforts: Mapping[str, int],
        permitted: Mapping[str, frozenset[int]],
    ) -> None:
        self.standard = standard
        self._inputs = inputs
        self._left_out = world.left_out
        self.raises = self._raises(efforts, permitted)
        self._now = {code: found[0].standing for code, found in self.raises.items()}
        weights = weigh(standard, inputs, world.left_out)
        # Of the engine's tree only what does not hang on scores is asked: what applies, weights.
        self._tree = Tree(standard, inputs, self._now, weights, {})
        self.counts: list[Count] = []
        self.thresholds: list[Threshold] = []
        self.orders: list[NotAbove] = []
        self.cappings: list[Capping] = []
        self._fixed: dict[str, list[Fraction]] = {}
        self.impossible: list[str] = []
        self._ladder = "" if standard.ladder is None else standard.ladder.id
        names = dict.fromkeys(name for step in steps for name in conditions_of(standard, step))
        self._read_conditions([standard.rule(name) for name in names])
        self._read_ladder(steps)
        for rule in standard.rules:
            if rule.effect.kind is EffectKind.CAP_TO:
                self._read_capping(rule)
        if not self._tree.applies(TOTAL):
            self.impossible.append("")

    # the elements

    def _raises(
        self, efforts: Mapping[str, int], permitted: Mapping[str, frozenset[int]]
    ) -> dict[str, list[Raise]]:
        found = {}
        for element in self.standard.elements:
            code = element.code
            if element.measured is not None or code in self._left_out:
                found[code] = [self._raise(element, self._inputs, 0, 0, 0)]
                continue
            score = self._inputs.scores[code]
            now, top = (
                place_now(self.standard, element, score),
                len(self.standard.scale_of(element).levels),
            )
            options = []
            for place in range(now, top):
                if place in permitted.get(code, frozenset({place})):
                    higher = raised(self.standard, element, score, place) if place > now else score
                    inputs = replace(self._inputs, scores={code: higher})
                    steps = place - now
                    options.append(
                        self._raise(element, inputs, place, steps, steps * efforts[code])
                    )
            found[code] = options
        return found

    def _raise(self, element: Element, inputs: Inputs, place: int, steps: int, cost: int) -> Raise:
        standing = standings(self.standard, inputs, self._left_out, (element,))[element.code]
        return Raise(place, steps, cost, inputs, standing)

    # the rules

    def _read_conditions(self, rules: Sequence[Rule]) -> None:
        for rule in rules:
            if isinstance(rule, Veto | CountLimit | ShareLimit):
                for place in places(self.standard, rule.scope):
                    self.counts += self._counts(rule, place)
            elif isinstance(rule, Minimum):
                for place in places(self.standard, rule.scope):
                    self._add_threshold(rule.id, place, rule.value, rule.unit)
            elif isinstance(rule, BandTable):
                place = places(self.standard, rule.scope)[0]
                start = next((b.start for b in rule.bands if b.id == rule.at_least), Decimal(0))
                self._add_threshold(rule.id, place, start, rule.unit, rule)
            elif isinstance(rule, Cap):
                self._read_cap(rule)

    def _counts(self, rule: Veto | CountLimit | ShareLimit, place: Place) -> list[Count]:
        asks_for_marks = rule.where.kind is PredicateKind.NOT_APPLICABLE
        elements = [
            element
            for element in elements_at(self.standard, place)
            if asks_for_marks or element.code not in self._left_out
        ]
        fewest, most = bounds_of(rule, len(elements))
        answers = {
            element.code: [
                may_match(rule.where, element, one.standing, self.standard)
                for one in self.raises[element.code]
            ]
            for element in elements
        }
        found = []
        if fewest is not None:
            certain = {code: [one is True for one in told] for code, told in answers.items()}
            found.append(Count(rule.id, ceil(fewest), certain))
        if most is not None:
            others = {code: [one is False for one in told] for code, told in answers.items()}
            found.append(Count(rule.id, len(elements) - floor(most), others))
        return found

    def _read_cap(self, rule: Cap) -> None:
        """A cap that an award names: nothing may stand above what caps it."""
        if rule.node:
            if self._tree.applies(rule.node):
                self.orders += [
                    NotAbove(rule.id, code, rule.node)
                    for place in places(self.standard, rule.scope)
                    for code in place.nodes or (TOTAL,)
                    if self._tree.applies(code)
                ]
            return
        for element in elements_in(self.standard, rule.scope):
            attributes = self.standard.attributes_of(element)
            if (
                attributes
                and rule.attribute in attributes.ids
                and element.code not in self._left_out
            ):
                fits = [
                    exceeds(self.standard, rule, element, one.inputs) is False
                    for one in self.raises[element.code]
                ]
                self.counts.append(Count(rule.id, 1, {element.code: fits}))

    def _add_threshold(
        self, rule: str, place: Place, value: Decimal, unit: Unit, bands: BandTable | None = None
    ) -> None:
        nodes = place.nodes or (TOTAL,)
        if not any(self._tree.applies(code) for code in nodes):
            if bands is not None or place.code == TOTAL or rule == self._ladder:
                self.impossible.append(rule)
            return
        factor = Fraction(100)
        if unit is Unit.POINTS:
            factor = sum((self._tree.most_points[code] for code in nodes), _ZERO)
        rounding = (bands.rounding if bands else None) or self.standard.rounding
        figure, is_open = reaching(rounding, value)
        if not factor:
            if figure > 0 or (is_open and figure == 0):
                self.impossible.append(rule)
            return
        self.thresholds.append(Threshold(rule, place.nodes, figure / factor, is_open))

    def _read_ladder(self, steps: Sequence[Step]) -> None:
        ladder = self.standard.ladder
        if ladder is None:
            return
        place = places(self.standard, ladder.scope)[0]
        for step in steps:
            if step.start is not None:
                self._add_threshold(ladder.id, place, step.start, ladder.unit)

    def _read_capping(self, rule: Rule) -> None:
        share = Fraction(rule.effect.percent or 0) / 100
        if isinstance(rule, Veto | CountLimit | ShareLimit):
            for place in places(self.standard, rule.scope):
                nodes = nodes_at(self.standard, rule, place.code)
                self.cappings.append(Capping(tuple(self._counts(rule, place)), nodes, share))
        elif isinstance(rule, EvidenceCondition):
            for place in places(self.standard, rule.scope):
                nodes = nodes_at(self.standard, rule, place.code)
                self.cappings.append(Capping((self._shown(rule, place),), nodes, share))
        elif isinstance(rule, KpiCondition):
            judged = judge_early(rule, self.standard, self._inputs, self._now)
            if judged is not None and judged.verdict is not Verdict.PASS:
                for code in nodes_at(self.standard, rule, TOTAL):
                    self._fixed.setdefault(code, []).append(share)

    def _shown(self, rule: EvidenceCondition, place: Place) -> Count:
        """No raise may ask for evidence that is not there."""
        elements = elements_at(self.standard, place)
        answers = {
            element.code: [
                may_match(rule.where, element, one.standing, self.standard) is False
                or is_shown(rule, element, self._inputs)
                for one in self.raises[element.code]
            ]
            for element in elements
        }
        return Count(rule.id, len(answers), answers)

    # the needs

    def tree(self, in_force: Sequence[Capping]) -> ShareTree:
        """The shares of the nodes while these caps are in force."""
        caps = {code: list(shares) for code, shares in self._fixed.items()}
        for one in in_force:
            for code in one.nodes:
                caps.setdefault(code, []).append(one.share)
        return ShareTree(self.standard, self._inputs, self._tree, caps)

    def point(self, picked: Picked) -> dict[str, Fraction]:
        """The share of each element after these raises."""
        return {code: found[picked[code]].share for code, found in self.raises.items()}

    def rows(self, tree: ShareTree, point: Mapping[str, Fraction]) -> list[Row]:
        """The needs of shares as the sums that are the least at this point."""
        rows = [
            Row(one.rule, tree.together(one.nodes, point), one.share, one.is_open)
            for one in self.thresholds
        ]
        for order in self.orders:
            own, other = tree.uncapped(order.code, point), tree.share(order.other, point)
            parts = dict(other.parts)
            for code, part in own.parts.items():
                parts[code] = parts.get(code, _ZERO) - part
            rows.append(Row(order.rule, Sum(_ZERO, parts), own.constant - other.constant, False))
        return rows

    def holds(self, count: Count, picked: Picked) -> bool:
        """Whether so many elements answer yes after these raises."""
        return sum(told[picked[code]] for code, told in count.answers.items()) >= count.least

    def problem(self, rows: Sequence[Row], counts: Sequence[Count]) -> Problem:
        """The problem with these needs, numbered rows first."""
        gains: dict[str, list[dict[int, int]]] = {
            code: [{} for _ in found] for code, found in self.raises.items()
        }
        needs: dict[int, int] = {}
        for need, row in enumerate(rows):
            needs[need] = self._add_row(need, row, gains)
        for need, count in enumerate(counts, start=len(rows)):
            needs[need] = count.least
            for code, told in count.answers.items():
                for number, answer in enumerate(told):
                    if answer:
                        gains[code][number][need] = 1
        groups = tuple(
            tuple(Option(number, one.cost, gains[code][number]) for number, one in enumerate(found))
            for code, found in self.raises.items()
        )
        numbers = {code: number for number, code in enumerate(self.raises)}
        blocks = tuple(
            tuple(numbers[element.code] for element in criterion.elements)
            for criterion in self.standard.criteria
        )
        return Problem(groups, needs, blocks)

    def _add_row(self, need: int, row: Row, gains: Mapping[str, list[dict[int, int]]]) -> int:
        """Give each raise what it brings to a row in whole numbers; what they must come to."""
        worth = {
            code: [part * one.share for one in self.raises[code]]
            for code, part in row.sum.parts.items()
        }
        wanted = row.least - row.sum.constant
        for shares in worth.values():
            lowest = min(shares)
            wanted -= lowest
            shares[:] = [share - lowest for share in shares]
        unit = lcm(*(share.denominator for shares in worth.values() for share in shares))
        for code, shares in worth.items():
            for number, share in enumerate(shares):
                if share:
                    gains[code][number][need] = int(share * unit)
        return floor(wanted * unit) + 1 if row.is_open else ceil(wanted * unit)


def steps_to(standard: Standard, award: str) -> list[list[Step]]:
    """The rungs that must hold for an award, in each way to reach it or a higher one."""
    steps = list(steps_of(standard))
    at = next(place for place, step in enumerate(steps) if step.award == award)
    if standard.ladder is not None and not standard.ladder.is_cumulative:
        return [[step] for step in steps[at:]]
    return [steps[: at + 1]]

"""The share of a node as a sum over its elements, where it is cut as it is at one point.

A share that is capped is the least of several such sums. Whoever needs it to reach something
asks for the least one where it falls short, and asks again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from accredit.standard.domain import Element, Standard
from accredit.standard.rules import Blend, Cap
from accredit.standard.scales import Rounding, RoundingMode
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.results import TOTAL
from accredit.standard.scoring.scopes import places
from accredit.standard.scoring.totals import Tree

Point = Mapping[str, Fraction]
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Sum:
    """A constant and so much of the share of each element."""

    constant: Fraction
    parts: Mapping[str, Fraction]

    def at(self, point: Point) -> Fraction:
        """What it comes to when the elements have these shares."""
        return sum((part * point[code] for code, part in self.parts.items()), self.constant)


class ShareTree:
    """The shares of all nodes as sums, in one world and with these caps in force (by code)."""

    def __init__(
        self,
        standard: Standard,
        inputs: Inputs,
        tree: Tree,
        caps: Mapping[str, Sequence[Fraction]],
    ) -> None:
        self._standard = standard
        self._inputs = inputs
        self._tree = tree
        self._caps = caps
        self._known: dict[tuple[str, ...], Sum] = {}
        self._by_node: dict[str, list[Cap]] = {}
        self._blends: dict[str, Blend] = {}
        for rule in standard.rules:
            if isinstance(rule, Cap) and rule.node and not rule.is_soft:
                for place in places(standard, rule.scope):
                    for code in place.nodes or (TOTAL,):
                        self._by_node.setdefault(code, []).append(rule)
            elif isinstance(rule, Blend):
                self._blends[rule.scope.code or TOTAL] = rule

    def together(self, codes: Sequence[str], point: Point) -> Sum:
        """The sum that is the share of these nodes together at a point; of all without any."""
        if self._caps or self._by_node:
            return self._together(codes, point)
        # Where nothing caps anything the sum is the same at every point.
        key = tuple(codes)
        if key not in self._known:
            self._known[key] = self._together(codes, point)
        return self._known[key]

    def _together(self, codes: Sequence[str], point: Point) -> Sum:
        if len(codes) < 2:
            return self.share(codes[0] if codes else TOTAL, point)
        return self._mean({code: self._tree.most[code] for code in codes}, point)

    def share(self, code: str, point: Point) -> Sum:
        """The sum that is the share of a node at a point."""
        own = self.uncapped(code, point)
        if self._standard.find_element(code) or not self._tree.applies(code):
            return own  # what caps an element caps its level already
        others = [Sum(cap, {}) for cap in self._caps.get(code, ())]
        others += [
            self.share(rule.node, point)
            for rule in self._by_node.get(code, ())
            if self._tree.applies(rule.node)
        ]
        return min([own, *others], key=lambda one: one.at(point)) if others else own

    def uncapped(self, code: str, point: Point) -> Sum:
        """The sum that is the share of a node before anything caps the node itself."""
        if not self._tree.applies(code):
            return Sum(_ONE, {})
        node = self._standard.nodes.get(code)
        if isinstance(node, Element):
            return Sum(_ZERO, {code: _ONE})
        children = self._standard.criteria if node is None else node.children
        weights = self._tree.weights
        scores = self._mean({child.code: weights[child.code].counted for child in children}, point)
        return self._blended(self._blends[code], scores) if code in self._blends else scores

    def _mean(self, weights: Mapping[str, Fraction], point: Point) -> Sum:
        whole = sum(weights.values(), _ZERO)
        if not whole:
            return Sum(_ONE, {})
        return _mixed(
            [(one / whole, self.share(code, point)) for code, one in weights.items() if one]
        )

    def _blended(self, rule: Blend, scores: Sum) -> Sum:
        parts = []
        for part in rule.parts:
            worth = scores
            if part.measured is not None:
                figure = part.measured.figure.of(self._inputs.kpis.get(part.measured.figure.kpi))
                known = part.measured.worth
                worth = Sum(known.bounds[0] if figure is None else known.share(figure), {})
            parts.append((Fraction(part.share) / 100, worth))
        return _mixed(parts)


def _mixed(parts: Sequence[tuple[Fraction, Sum]]) -> Sum:
    constant, found = _ZERO, dict[str, Fraction]()
    for share, one in parts:
        constant += share * one.constant
        for code, part in one.parts.items():
            found[code] = found.get(code, _ZERO) + share * part
    return Sum(constant, found)


def reaching(rounding: Rounding, value: Decimal) -> tuple[Fraction, bool]:
    """From where on a figure is rounded to `value` or more; True when it must lie above that."""
    unit = Fraction(1, 10**rounding.places)
    target = -(-Fraction(value) // unit)
    if rounding.mode is RoundingMode.DOWN:
        return target * unit, False
    is_open = rounding.mode is RoundingMode.HALF_EVEN and target % 2 == 1
    return (target - Fraction(1, 2)) * unit, is_open

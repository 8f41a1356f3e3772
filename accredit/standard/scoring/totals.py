"""The totals of a standard's tree: weights as they apply here, shares, caps, blends, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from accredit.standard.domain import Criterion, Element, Node, NotApplicablePolicy, Standard
from accredit.standard.rules import Blend, Cap
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.results import TOTAL, Blended, Limited, Method, NodeTotal, Term
from accredit.standard.scoring.scopes import places
from accredit.standard.scoring.standing import Standing

Shares = tuple[Fraction, Fraction]
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weight of a node here: in the mean of its parent, handed on upwards, and undiminished."""

    counted: Fraction
    kept: Fraction
    nominal: Fraction


@dataclass(frozen=True, slots=True)
class _Group:
    """A group's share and how it came about, before points are given out."""

    terms: tuple[Term, ...]
    own: Shares
    blend: tuple[Blended, ...]
    limits: tuple[Limited, ...]
    shares: Shares


def weigh(standard: Standard, inputs: Inputs, left_out: frozenset[str]) -> dict[str, Weighed]:
    """The weights of every node and of TOTAL, with chosen weights and what is not applicable."""
    found: dict[str, Weighed] = {}

    def visit(node: Node, policy: NotApplicablePolicy, *, parent: str) -> Weighed:
        # A group that is left out is left out as it says itself, whatever stands below it.
        policy = policy if parent in left_out else node.na_policy or policy
        if isinstance(node, Element):
            nominal = _chosen(node, inputs) or Fraction(node.weight)
            weighed = _of_leaf(nominal, policy if node.code in left_out else None)
        else:
            weighed = _of_group(
                _chosen(node, inputs) or _own_weight(node),
                [visit(child, policy, parent=node.code) for child in node.children],
            )
        found[node.code] = weighed
        return weighed

    top = [visit(criterion, standard.na_policy, parent=TOTAL) for criterion in standard.criteria]
    found[TOTAL] = _of_group(None, top)
    return found


def _chosen(node: Node, inputs: Inputs) -> Fraction | None:
    if node.code in inputs.weights:
        return Fraction(inputs.weights[node.code])
    return None if node.points is None else Fraction(node.points)


def _own_weight(node: Criterion) -> Fraction | None:
    return None if node.own_weight is None else Fraction(node.own_weight)


def _of_leaf(nominal: Fraction, left_out_by: NotApplicablePolicy | None) -> Weighed:
    if left_out_by in (None, NotApplicablePolicy.FULL):
        return Weighed(nominal, nominal, nominal)
    kept = nominal if left_out_by is NotApplicablePolicy.REDISTRIBUTE else _ZERO
    return Weighed(_ZERO, kept, nominal)


def _of_group(own: Fraction | None, children: Sequence[Weighed]) -> Weighed:
    """A declared weight shrinks with what its children dropped; others are just added up."""
    kept = summed([child.kept for child in children])
    nominal = summed([child.nominal for child in children])
    if own is not None:
        kept, nominal = own * kept / nominal, own
    counted = kept if any(child.counted for child in children) else _ZERO
    return Weighed(counted, kept, nominal)


@dataclass(frozen=True, slots=True)
class _Way:
    """How the shares of a node came about."""

    method: Method
    terms: tuple[Term, ...]
    own: Shares
    blend: tuple[Blended, ...]
    limits: tuple[Limited, ...]
    shares: Shares


_LEFT_OUT = _Way(Method.NOT_APPLICABLE, (), (_ZERO, _ZERO), (), (), (_ZERO, _ZERO))


class Tree:
    """The shares of one evaluation; each group is computed once, when first asked for."""

    def __init__(
        self,
        standard: Standard,
        inputs: Inputs,
        standings: Mapping[str, Standing | None],
        weights: Mapping[str, Weighed],
        caps_to: Mapping[str, Sequence[Limited]],
    ) -> None:
        self._standard = standard
        self._inputs = inputs
        self._standings = standings
        self.weights = weights
        self._caps_to = caps_to
        self._groups: dict[str, _Group] = {}
        self._missing: dict[str, tuple[str, ...]] = {}
        self._applies: dict[str, bool] = {}
        self._node_caps: dict[str, list[Cap]] = {}
        self._blends: dict[str, Blend] = {}
        for rule in standard.rules:
            if isinstance(rule, Cap) and rule.node and not rule.is_soft:
                for place in places(standard, rule.scope):
                    for code in place.nodes or (TOTAL,):
                        self._node_caps.setdefault(code, []).append(rule)
            elif isinstance(rule, Blend):
                self._blends[rule.scope.code or TOTAL] = rule

    def shares(self, code: str) -> Shares:
        """The share of a node, at least and at most; what is not applicable counts in full."""
        if not self.applies(code):
            return _ONE, _ONE
        standing = self._standings.get(code)
        return self._group(code).shares if standing is None else standing.shares

    def applies(self, code: str) -> bool:
        """Whether any element of a node is applicable; where none is, it has no total."""
        if code in self._standings:
            return self._standings[code] is not None
        known = self._applies.get(code)
        if known is None:
            known = any(self.applies(child) for child in self._children(code))
            self._applies[code] = known
        return known

    def together(self, codes: Sequence[str]) -> Shares:
        """The share of several nodes, each weighed by what it can bring to the overall total."""
        if len(codes) < 2:
            return self.shares(codes[0] if codes else TOTAL)
        most = self.most
        return _mean([Term(code, most[code], *self.shares(code)) for code in codes if most[code]])

    def missing(self, code: str) -> tuple[str, ...]:
        """What is still to be scored or measured for a node: element codes and KPI ids."""
        if code in self._standings:
            standing = self._standings[code]
            return (standing.missing,) if standing is not None and standing.missing else ()
        known = self._missing.get(code)
        if known is None:
            found = [one for child in self._children(code) for one in self.missing(child)]
            known = tuple(dict.fromkeys((*found, *self.unmeasured(code))))
            self._missing[code] = known
        return known

    def uncapped(self, code: str) -> Shares:
        """The share of a group before anything capped it."""
        group = self._group(code)
        return _mix(group.blend) if group.blend else group.own

    def unmeasured(self, code: str) -> list[str]:
        """The KPIs a node is blended from that are not known well enough."""
        blend = self._blends.get(code)
        if blend is None:
            return []
        figures = [part.measured.figure for part in blend.parts if part.measured]
        return [one.kpi for one in figures if one.of(self._inputs.kpis.get(one.kpi)) is None]

    def _children(self, code: str) -> list[str]:
        if code == TOTAL:
            return [criterion.code for criterion in self._standard.criteria]
        return [child.code for child in self._standard.criterion(code).children]

    def _terms(self, codes: Sequence[str]) -> tuple[Term, ...]:
        return tuple(
            Term(code, weight, *self.shares(code))
            for code in codes
            if (weight := self.weights[code].counted)
        )

    def _group(self, code: str) -> _Group:
        known = self._groups.get(code)
        if known is None:
            known = self._groups[code] = self._make_group(code)
        return known

    def _make_group(self, code: str) -> _Group:
        terms = self._terms(self._children(code))
        own = shares = _mean(terms)
        blend: tuple[Blended, ...] = ()
        if code in self._blends:
            blend, shares = self._blended(self._blends[code], own)
        limits = list(self._caps_to.get(code, ()))
        limits += [
            Limited(rule.id, *self.shares(rule.node))
            for rule in self._node_caps.get(code, ())
            if self.applies(rule.node)
        ]
        for limit in limits:
            shares = (min(shares[0], limit.low), min(shares[1], limit.high))
        return _Group(terms, own, blend, tuple(limits), shares)

    def _blended(self, rule: Blend, scores: Shares) -> tuple[tuple[Blended, ...], Shares]:
        parts = []
        for part in rule.parts:
            low, high = scores
            if part.measured is not None:
                figure = part.measured.figure.of(self._inputs.kpis.get(part.measured.figure.kpi))
                worth = part.measured.worth
                low, high = worth.bounds if figure is None else (worth.share(figure),) * 2
            parts.append(Blended(part.id, Fraction(part.share) / 100, low, high))
        return tuple(parts), _mix(parts)

    def node_totals(self) -> dict[str, NodeTotal]:
        """The total of every node in the order of the file, TOTAL last."""
        most = self.most_points
        totals = {code: self._node_total(code, most.get(code)) for code in self._standard.nodes}
        totals[TOTAL] = self._node_total(TOTAL, most.get(TOTAL))
        return totals

    @property
    def most_points(self) -> dict[str, Fraction]:
        """The points each node can bring here; none in a standard without points."""
        return {} if self._standard.points is None else self.most

    @cached_property
    def most(self) -> dict[str, Fraction]:
        """What each node can bring to the overall total: what its parent can, shared by weight."""
        found = {TOTAL: self.weights[TOTAL].counted}
        for parent in (TOTAL, *(group.code for group in self._standard.groups)):
            children = self._children(parent)
            weight = summed([self.weights[child].counted for child in children])
            for child in children:
                counted = self.weights[child].counted
                found[child] = found[parent] * counted / weight if counted else _ZERO
        return found

    def _node_total(self, code: str, most: Fraction | None) -> NodeTotal:
        weight = self.weights[code].counted
        if code in self._standings:
            standing = self._standings[code]
            if standing is None:
                return self._figured(code, weight, most, _LEFT_OUT)
            level = None
            if not standing.missing:
                scale = self._standard.scale_of(self._standard.element(code))
                level = scale.levels[standing.places[0]].id
            way = _Way(standing.method, (), standing.own, (), standing.limits, standing.shares)
            return self._figured(code, weight, most, way, level)
        if not self.applies(code):
            return self._figured(code, weight, most, _LEFT_OUT)
        group = self._group(code)
        way = _Way(Method.WEIGHTED, group.terms, group.own, group.blend, group.limits, group.shares)
        return self._figured(code, weight, most, way)

    def _figured(
        self,
        code: str,
        weight: Fraction,
        most: Fraction | None,
        way: _Way,
        level: str | None = None,
    ) -> NodeTotal:
        """The figures of a node, rounded; none where it does not apply."""
        is_applicable = way.method is not Method.NOT_APPLICABLE
        missing = self.missing(code) if is_applicable else ()
        low, high = way.shares
        is_settled = low is high or low == high
        is_known = is_applicable and not missing and is_settled
        apply = self._standard.rounding.apply
        exact = 100 * low
        lowest = apply(exact)
        return NodeTotal(
            code=code,
            method=way.method,
            terms=way.terms,
            own=way.own,
            blend=way.blend,
            limits=way.limits,
            bounds=way.shares,
            weight=weight,
            exact=exact if is_known else None,
            percent=lowest if is_known else None,
            low=lowest,
            high=lowest if is_settled else apply(100 * high),
            points=apply(most * low) if is_known and most is not None else None,
            max_points=most,
            level=level,
            is_applicable=is_applicable,
            unscored=tuple(one for one in missing if self._standard.find_element(one)),
            missing=missing,
        )


def _mix(parts: Sequence[Blended]) -> Shares:
    return (
        products_summed([(part.share, part.low) for part in parts]),
        products_summed([(part.share, part.high) for part in parts]),
    )


def _mean(terms: Sequence[Term]) -> Shares:
    weight = summed([term.weight for term in terms])
    if not weight:
        return _ONE, _ONE
    low = products_summed([(term.weight, term.low) for term in terms]) / weight
    if all(term.low is term.high for term in terms):
        return low, low
    return low, products_summed([(term.weight, term.high) for term in terms]) / weight


def summed(values: Sequence[Fraction]) -> Fraction:
    """The sum of fractions, over one denominator: adding them one by one reduces each time."""
    below = lcm(*(value.denominator for value in values))
    return Fraction(sum(value.numerator * (below // value.denominator) for value in values), below)


def products_summed(pairs: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """The sum of products of two fractions each, over one denominator."""
    below = lcm(*(one.denominator * other.denominator for one, other in pairs))
    above = sum(
        one.numerator * other.numerator * (below // (one.denominator * other.denominator))
        for one, other in pairs
    )
    return Fraction(above, below)

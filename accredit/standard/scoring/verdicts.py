"""The verdict of one rule: pass, fail, or unknown while something that matters is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from accredit.standard.domain import Element, Standard
from accredit.standard.examples import EvidenceItem
from accredit.standard.rules import (
    Applicability,
    BandTable,
    Blend,
    Cap,
    CountLimit,
    EvidenceCondition,
    KpiCondition,
    Minimum,
    Rule,
    ShareLimit,
    Unit,
    Veto,
    WeightBounds,
)
from accredit.standard.scales import Rounding
from accredit.standard.scoring import wording
from accredit.standard.scoring.counting import Standings, judge_count, may_match
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.results import TOTAL, RulePart, RuleResult, Verdict
from accredit.standard.scoring.scopes import Place, elements_at, elements_in, places
from accredit.standard.scoring.standing import exceeds
from accredit.standard.scoring.totals import Tree


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at.

    `left_out` are the elements and groups that do not apply, `broken` the applicability rules
    that the marks of the assessment go against.
    """

    standard: Standard
    inputs: Inputs
    standings: Standings
    tree: Tree
    left_out: frozenset[str]
    broken: frozenset[str]


def judge_early(
    rule: Rule, standard: Standard, inputs: Inputs, standings: Standings
) -> RuleResult | None:
    """The verdict of a rule that needs no total, or None: these may themselves cap a total."""
    if isinstance(rule, Veto | CountLimit | ShareLimit):
        return _result(
            rule,
            [judge_count(rule, one, standings, standard) for one in places(standard, rule.scope)],
        )
    if isinstance(rule, KpiCondition):
        return _result(rule, [_judge_kpi(rule, inputs)])
    if isinstance(rule, EvidenceCondition):
        parts = [
            _judge_evidence(rule, place, standard, inputs, standings)
            for place in places(standard, rule.scope)
        ]
        found = _result(rule, parts)
        return replace(found, detail=wording.evidenced(rule, found.codes, found.verdict))
    return None


def judge_late(rule: Rule, situation: Situation) -> RuleResult:
    """The verdict of a rule that needs the totals; the ladder's is given when it is climbed."""
    standard = situation.standard
    if isinstance(rule, Minimum):
        parts = [_judge_minimum(rule, one, situation) for one in places(standard, rule.scope)]
        return _result(rule, parts)
    if isinstance(rule, BandTable):
        return _judge_bands(rule, situation)
    if isinstance(rule, Cap):
        return _result(rule, [_judge_cap(rule, situation)])
    if isinstance(rule, WeightBounds):
        return _result(rule, [_judge_weights(rule, situation)])
    if isinstance(rule, Applicability):
        return _result(rule, [_judge_marks(rule, situation)])
    if isinstance(rule, Blend):
        return _result(rule, [_judge_blend(rule, situation)])
    raise TypeError(rule)


def _result(rule: Rule, parts: Sequence[RulePart], band: str | None = None) -> RuleResult:
    verdict = all_of([part.verdict for part in parts])
    deciding = [part for part in parts if part.verdict is verdict]
    return RuleResult(
        id=rule.id,
        kind=rule.kind,
        verdict=verdict,
        detail=wording.joined(parts, verdict),
        codes=tuple(code for part in deciding for code in part.codes),
        parts=tuple(parts),
        band=band,
    )


def all_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Fail beats unknown, unknown beats pass; nothing to judge passes."""
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.PASS


def _judge_kpi(rule: KpiCondition, inputs: Inputs) -> RulePart:
    reading = inputs.kpis.get(rule.kpi)
    figure = rule.figure.of(reading)
    if figure is None:
        verdict = Verdict.UNKNOWN
    elif (rule.min is None or figure >= rule.min) and (rule.max is None or figure <= rule.max):
        verdict = Verdict.PASS
    else:
        verdict = Verdict.FAIL
    return RulePart(TOTAL, verdict, wording.measured(rule, reading, figure), ())


def _judge_evidence(
    rule: EvidenceCondition,
    place: Place,
    standard: Standard,
    inputs: Inputs,
    standings: Standings,
) -> RulePart:
    lacking: list[str] = []
    undecided: list[str] = []
    for element in elements_at(standard, place):
        asked = may_match(rule.where, element, standings[element.code], standard)
        if asked is False or is_shown(rule, element, inputs):
            continue
        (lacking if asked and inputs.evidence is not None else undecided).append(element.code)
    verdict = Verdict.FAIL if lacking else Verdict.UNKNOWN if undecided else Verdict.PASS
    codes = tuple(lacking or undecided)
    return RulePart(place.code, verdict, wording.evidenced(rule, codes, verdict), codes)


def is_shown(rule: EvidenceCondition, element: Element, inputs: Inputs) -> bool:
    """Whether the evidence known of an element is what the rule wants."""
    items: tuple[EvidenceItem, ...] = (inputs.evidence or {}).get(element.code, ())
    ages = [
        item.age_months
        for item in items
        if (not rule.kinds or item.kind in rule.kinds)
        and (rule.max_age_months is None or item.age_months <= rule.max_age_months)
    ]
    if len(ages) < rule.minimum:
        return False
    return rule.span_months is None or max(ages) - min(ages) >= rule.span_months


@dataclass(frozen=True, slots=True)
class Reach:
    """A figure of a place in percent or points, rounded: at least and at most."""

    low: Decimal
    high: Decimal
    is_applicable: bool


def reach(
    situation: Situation, place: Place, unit: Unit, rounding: Rounding | None = None
) -> Reach:
    """What a place reaches, rounded as the rule or else the standard says."""
    standard = situation.standard
    shares = situation.tree.together(place.nodes)
    factor = Fraction(100)
    if unit is Unit.POINTS:
        most = situation.tree.most_points
        factor = sum((most[code] for code in place.nodes or (TOTAL,)), Fraction(0))
    apply = (rounding or standard.rounding).apply
    is_applicable = any(situation.tree.applies(code) for code in place.nodes or (TOTAL,))
    return Reach(apply(factor * shares[0]), apply(factor * shares[1]), is_applicable)


def missing_at(situation: Situation, place: Place) -> tuple[str, ...]:
    """What is still to be scored or measured at a place."""
    found: dict[str, None] = {}
    for code in place.nodes or (TOTAL,):
        found.update(dict.fromkeys(situation.tree.missing(code)))
    return tuple(found)


def _judge_minimum(rule: Minimum, place: Place, situation: Situation) -> RulePart:
    reached = reach(situation, place, rule.unit)
    codes: tuple[str, ...] = ()
    if not reached.is_applicable:
        verdict = Verdict.UNKNOWN if place.code == TOTAL else Verdict.PASS
        return RulePart(place.code, verdict, wording.left_out(place, situation.standard), ())
    if reached.low >= rule.value:
        verdict = Verdict.PASS
    elif reached.high < rule.value:
        verdict, codes = Verdict.FAIL, place.nodes
    else:
        verdict, codes = Verdict.UNKNOWN, missing_at(situation, place)
    missing = missing_at(situation, place) if reached.low != reached.high else ()
    detail = wording.reached(
        rule.value, rule.unit, place, (reached.low, reached.high), missing, situation.standard
    )
    return RulePart(place.code, verdict, detail, codes)


def _judge_bands(rule: BandTable, situation: Situation) -> RuleResult:
    place = places(situation.standard, rule.scope)[0]
    reached = reach(situation, place, rule.unit, rule.rounding)
    low, high = rule.band_at(reached.low), rule.band_at(reached.high)
    order = [band.id for band in rule.bands]
    wanted = order.index(rule.at_least) if rule.at_least else 0
    if not reached.is_applicable:
        return _result(rule, [RulePart(
            place.code, Verdict.UNKNOWN, wording.left_out(place, situation.standard), ()
        )])  # fmt: skip
    if order.index(high.id) < wanted:
        verdict = Verdict.FAIL
    elif order.index(low.id) < wanted:
        verdict = Verdict.UNKNOWN
    else:
        verdict = Verdict.PASS
    missing = missing_at(situation, place) if verdict is Verdict.UNKNOWN else ()
    detail = wording.banded(rule, place, (reached.low, reached.high), situation.standard)
    part = RulePart(place.code, verdict, detail, missing)
    return _result(rule, [part], low.id if low == high else None)


def _judge_cap(rule: Cap, situation: Situation) -> RulePart:
    standard = situation.standard
    over: list[str] = []
    undecided: list[str] = []
    for code in _capped_codes(rule, standard):
        answer = _exceeds(rule, code, situation)
        if answer is None:
            undecided.append(code)
        elif answer:
            over.append(code)
    verdict = Verdict.FAIL if over else Verdict.UNKNOWN if undecided else Verdict.PASS
    codes = tuple(over or undecided)
    return RulePart(
        rule.scope.code or TOTAL, verdict, wording.capped(rule, codes, verdict, standard), codes
    )


def _capped_codes(rule: Cap, standard: Standard) -> list[str]:
    if rule.attribute:
        return [
            element.code
            for element in elements_in(standard, rule.scope)
            if (known := standard.attributes_of(element)) and rule.attribute in known.ids
        ]
    return [code for place in places(standard, rule.scope) for code in place.nodes or (TOTAL,)]


def _exceeds(rule: Cap, code: str, situation: Situation) -> bool | None:
    """Whether a node would stand above its cap; None while it may."""
    tree = situation.tree
    if rule.attribute:
        if situation.standings[code] is None:
            return False
        element = situation.standard.element(code)
        return exceeds(situation.standard, rule, element, situation.inputs)
    if not (tree.applies(rule.node) and tree.applies(code)):
        return False
    own, limit = tree.uncapped(code), tree.shares(rule.node)
    if own[0] > limit[1]:
        return True
    return False if own[1] <= limit[0] else None


def _judge_weights(rule: WeightBounds, situation: Situation) -> RulePart:
    standard, weights = situation.standard, situation.tree.weights
    node = standard.find_criterion(rule.scope.code)
    children = standard.criteria if node is None else node.children
    exact = sum((weights[child.code].nominal for child in children), Fraction(0))
    total = Decimal(exact.numerator) / exact.denominator
    verdict = Verdict.PASS if exact == Fraction(rule.sum_to) else Verdict.FAIL
    codes = () if verdict is Verdict.PASS else tuple(child.code for child in children)
    code = rule.scope.code or TOTAL
    return RulePart(code, verdict, wording.weighed(rule, code, total, standard), codes)


def _judge_marks(rule: Applicability, situation: Situation) -> RulePart:
    verdict = Verdict.FAIL if rule.id in situation.broken else Verdict.PASS
    out = [code for code in rule.nodes if code in situation.left_out]
    codes = rule.nodes if verdict is Verdict.FAIL else ()
    return RulePart(TOTAL, verdict, wording.marked(rule, tuple(out), verdict), codes)


def _judge_blend(rule: Blend, situation: Situation) -> RulePart:
    code = rule.scope.code or TOTAL
    unknown = situation.tree.unmeasured(code)
    verdict = Verdict.UNKNOWN if unknown else Verdict.PASS
    return RulePart(code, verdict, wording.blended(rule, unknown), ())

"""The verdict of one rule: pass, fail, or unknown while something that matters is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from accredit.standard import wording
from accredit.standard.domain import Element, Standard
from accredit.standard.results import TOTAL, KpiReading, NodeTotal, RulePart, RuleResult, Verdict
from accredit.standard.rules import (
    REQUIRED,
    CountLimit,
    KpiCondition,
    KpiField,
    Minimum,
    Predicate,
    PredicateKind,
    Rule,
    Scope,
    ScopeKind,
    ShareLimit,
    Veto,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at: the standard, the scores, the totals by code, the KPIs by id."""

    standard: Standard
    scores: Mapping[str, str]
    totals: Mapping[str, NodeTotal]
    kpis: Mapping[str, KpiReading]


def judge(rule: Rule, situation: Situation) -> RuleResult:
    """The verdict of `rule`, with its reason and the codes that caused it."""
    if isinstance(rule, KpiCondition):
        parts: tuple[RulePart, ...] = (_judge_kpi(rule, situation.kpis.get(rule.kpi)),)
    elif isinstance(rule, Minimum):
        parts = tuple(
            _judge_minimum(rule, situation.totals[code], situation.standard)
            for code in _places(rule.scope, situation.standard)
        )
    else:
        parts = tuple(
            _judge_count(rule, code, situation) for code in _places(rule.scope, situation.standard)
        )
    verdict = _all_of([part.verdict for part in parts])
    deciding = [part for part in parts if part.verdict is verdict]
    return RuleResult(
        id=rule.id,
        kind=rule.kind,
        verdict=verdict,
        detail=wording.joined(parts, verdict),
        codes=tuple(code for part in deciding for code in part.codes),
        parts=parts,
    )


def matches(predicate: Predicate, element: Element, level_id: str, standard: Standard) -> bool:
    """Whether an element scored at this level is one of those the predicate speaks of."""
    wanted = element.required if predicate.level == REQUIRED else predicate.level
    value, limit = standard.level(level_id).value, standard.level(wanted).value
    if predicate.kind is PredicateKind.LEVEL:
        return value == limit
    if predicate.kind is PredicateKind.BELOW:
        return value < limit
    return value >= limit


def _all_of(verdicts: Sequence[Verdict]) -> Verdict:
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.PASS


def _places(scope: Scope, standard: Standard) -> tuple[str, ...]:
    if scope.kind is ScopeKind.EACH_CRITERION:
        return tuple(criterion.code for criterion in standard.criteria)
    return (scope.code,) if scope.kind is ScopeKind.NODE else (TOTAL,)


def _judge_count(
    rule: Veto | CountLimit | ShareLimit, place: str, situation: Situation
) -> RulePart:
    """Count the elements that match; an unscored one may still go either way if it can."""
    standard = situation.standard
    elements = standard.elements if place == TOTAL else standard.criterion(place).elements
    matching: list[str] = []
    others: list[str] = []
    open_codes: list[str] = []
    for element in elements:
        level = situation.scores.get(element.code)
        levels = standard.scale.level_ids if level is None else (level,)
        answers = {matches(rule.where, element, candidate, standard) for candidate in levels}
        if len(answers) == 2:
            open_codes.append(element.code)
        elif True in answers:
            matching.append(element.code)
        else:
            others.append(element.code)
    fewest, most = _bounds(rule, len(elements))
    low, high = len(matching), len(matching) + len(open_codes)
    codes: Sequence[str] = ()
    if most is not None and low > most:
        verdict, codes = Verdict.FAIL, matching
    elif fewest is not None and high < fewest:
        verdict, codes = Verdict.FAIL, others
    elif (most is None or high <= most) and (fewest is None or low >= fewest):
        verdict = Verdict.PASS
    else:
        verdict, codes = Verdict.UNKNOWN, open_codes
    detail = wording.counted(rule, place, matching, len(elements), open_codes, standard)
    return RulePart(place, verdict, detail, tuple(codes))


def _bounds(
    rule: Veto | CountLimit | ShareLimit, total: int
) -> tuple[int | Fraction | None, int | Fraction | None]:
    """The fewest and the most matching elements among `total`; a share is taken exactly."""
    if isinstance(rule, Veto):
        return None, 0
    if isinstance(rule, CountLimit):
        return rule.min, rule.max
    return (
        None if rule.min is None else Fraction(rule.min) * total,
        None if rule.max is None else Fraction(rule.max) * total,
    )


def _judge_minimum(rule: Minimum, node: NodeTotal, standard: Standard) -> RulePart:
    if node.low >= rule.value:
        verdict = Verdict.PASS
    elif node.high < rule.value:
        verdict = Verdict.FAIL
    else:
        verdict = Verdict.UNKNOWN
    codes: tuple[str, ...] = ()
    if verdict is Verdict.UNKNOWN:
        codes = node.unscored
    elif verdict is Verdict.FAIL and node.code != TOTAL:
        codes = (node.code,)
    return RulePart(node.code, verdict, wording.reached(rule, node, standard), codes)


def _judge_kpi(rule: KpiCondition, reading: KpiReading | None) -> RulePart:
    figure = None if reading is None else _figure(rule, reading)
    if figure is None:
        verdict = Verdict.UNKNOWN
    elif (rule.min is None or figure >= rule.min) and (rule.max is None or figure <= rule.max):
        verdict = Verdict.PASS
    else:
        verdict = Verdict.FAIL
    return RulePart(TOTAL, verdict, wording.measured(rule, reading, figure), ())


def _figure(rule: KpiCondition, reading: KpiReading) -> Decimal | None:
    """The figure the rule compares, or None when there is none to rely on."""
    if rule.figure is KpiField.N:
        return Decimal(reading.n)
    if reading.n < rule.min_n:
        return None
    figure = {
        KpiField.VALUE: reading.value,
        KpiField.LOW: reading.low,
        KpiField.HIGH: reading.high,
    }[rule.figure]
    return figure if figure is not None and figure.is_finite() else None

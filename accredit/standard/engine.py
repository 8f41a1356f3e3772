"""The scoring engine: totals, rules and the award, exactly and without opinions.

Sums are whole numbers and fractions; a percentage is rounded once, as the standard says,
before it is compared with a threshold. Counts, shares and KPI figures are never rounded.
A missing score or figure makes a verdict unknown only where it could change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from accredit.standard.domain import Element, Rounding, Scale, Standard
from accredit.standard.results import (
    TOTAL,
    KpiReading,
    NodeTotal,
    Result,
    RuleResult,
    Rung,
    Term,
    Verdict,
)
from accredit.standard.verdicts import Situation, judge

__all__ = ["TOTAL", "KpiReading", "NodeTotal", "Result", "RuleResult", "Verdict", "evaluate"]


def evaluate(
    standard: Standard,
    scores: Mapping[str, str],
    kpis: Mapping[str, KpiReading] | None = None,
) -> Result:
    """Totals, verdicts and award for these scores (element code to level id).

    Elements may be missing: the result is then incomplete. KPIs the rules do not ask for are
    ignored. Raises UnknownElementError or UnknownLevelError for a score that cannot be.
    """
    for code, level in scores.items():
        standard.element(code)
        standard.level(level)
    terms = {element.code: _term(element, standard.scale, scores) for element in standard.elements}
    elements = tuple(_total(code, (term,), standard.rounding) for code, term in terms.items())
    criteria = tuple(
        _total(
            criterion.code,
            (terms[element.code] for element in criterion.elements),
            standard.rounding,
        )
        for criterion in standard.criteria
    )
    total = _total(TOTAL, terms.values(), standard.rounding)
    totals = {node.code: node for node in (*criteria, *elements, total)}
    situation = Situation(standard, scores, totals, kpis or {})
    rules = tuple(judge(rule, situation) for rule in standard.rules)
    rungs = _climb(standard, rules)
    reached = [rung.award for rung in rungs if rung.verdict is Verdict.PASS]
    return Result(
        standard=standard.id,
        version=standard.version,
        sha256=standard.sha256,
        total=total,
        criteria=criteria,
        elements=elements,
        rules=rules,
        rungs=rungs,
        award=reached[-1] if reached else None,
    )


def _term(element: Element, scale: Scale, scores: Mapping[str, str]) -> Term:
    level = scores.get(element.code)
    return Term(
        code=element.code,
        weight=element.weight,
        level=level,
        value=None if level is None else scale.level(level).value,
        min_value=scale.min_value,
        max_value=scale.max_value,
    )


def _total(code: str, terms: Iterable[Term], rounding: Rounding) -> NodeTotal:
    """The weighted percentage of the terms, and its bounds while some are unscored."""
    terms = tuple(terms)
    scored = sum(term.weight * term.value for term in terms if term.value is not None)
    unscored = [term for term in terms if term.value is None]
    most = sum(term.weight * term.max_value for term in terms)
    low = scored + sum(term.weight * term.min_value for term in unscored)
    high = scored + sum(term.weight * term.max_value for term in unscored)
    exact = None if unscored else Fraction(100 * scored, most)
    return NodeTotal(
        code=code,
        terms=terms,
        weighted_sum=scored,
        weighted_max=most,
        exact=exact,
        percent=None if exact is None else rounding.apply(exact),
        low=rounding.apply(Fraction(100 * low, most)),
        high=rounding.apply(Fraction(100 * high, most)),
    )


def _climb(standard: Standard, rules: Iterable[RuleResult]) -> tuple[Rung, ...]:
    """The ladder from below: a rung holds when its own and all lower rungs' rules pass."""
    verdicts = {rule.id: rule.verdict for rule in rules}
    failed: dict[str, None] = {}
    unknown: dict[str, None] = {}
    rungs = []
    for award in standard.awards:
        for rule_id in award.rules:
            if verdicts[rule_id] is Verdict.FAIL:
                failed[rule_id] = None
            elif verdicts[rule_id] is Verdict.UNKNOWN:
                unknown[rule_id] = None
        verdict = Verdict.FAIL if failed else Verdict.UNKNOWN if unknown else Verdict.PASS
        rungs.append(Rung(award.id, verdict, tuple(failed), tuple(unknown)))
    return tuple(rungs)

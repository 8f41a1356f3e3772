"""From scores and measured figures to the report: pure, exact, and in a total order.

Nothing here is rounded except what the standard itself rounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from accredit.assessment.evaluating import NO_FACTS, Facts, evaluate_with
from accredit.gap.domain import (
    Basis,
    CriterionRow,
    GapReport,
    GapRow,
    Headline,
    KpiFigure,
    Readiness,
    difference,
)
from accredit.gap.priority import factor_of, priority_of, steps_between, weights_in, worst
from accredit.kpi.comparison import Standing
from accredit.standard.domain import Criterion, Element, Level, Scale, Standard
from accredit.standard.examples import Score
from accredit.standard.needs import in_the_way
from accredit.standard.rules import Award
from accredit.standard.scoring.results import KpiReading, Result, RuleResult, Verdict


def build_report(
    standard: Standard,
    *,
    levels: Mapping[str, Score],
    basis: Basis,
    self_levels: Mapping[str, Score] | None = None,
    previous_levels: Mapping[str, Score] | None = None,
    kpi_figures: Mapping[str, KpiFigure] | None = None,
    readings: Mapping[str, KpiReading] | None = None,
    facts: Facts = NO_FACTS,
    previous_facts: Facts = NO_FACTS,
) -> GapReport:
    """The report on `levels` (element code to level id or values of attributes) of the `basis`.

    `self_levels` and `previous_levels` are only compared with; the latter must belong to
    this standard (see `accredit.gap.versions`). `kpi_figures` weigh the gaps, `readings` are
    what rules and measured elements look at, `facts` what was chosen for this assessment and
    its evidence. Raises UnknownElementError or UnknownLevelError for scores that cannot be.
    """
    figures = kpi_figures or {}
    result = evaluate_with(standard, levels, facts, readings)
    own = evaluate_with(standard, self_levels, facts, readings) if self_levels else None
    previous = evaluate_with(standard, previous_levels, previous_facts) if previous_levels else None
    weights = weights_in(result)
    reached, own_reached, before = (_levels(standard, one) for one in (result, own, previous))
    rows = tuple(
        sorted(
            (
                _row(standard, element, weights, (reached, own_reached, before), figures)
                for element in _below(standard, result)
            ),
            # Sorting is stable: equals stay in the order of the standard (1.9 before 1.10).
            key=lambda row: (-row.priority, -row.weight),
        )
    )
    readiness, award, next_award = _readiness(standard, result)
    blocking = _blocking(standard, result, next_award)
    groups = tuple(
        _criterion_row(group, result, weights, own, previous, rows) for group in standard.groups
    )
    top = {criterion.code for criterion in standard.criteria}
    open_codes = set(result.unscored)
    return GapReport(
        standard=standard,
        basis=basis,
        levels={code: level.id for code, level in reached.items()},
        self_levels={code: level.id for code, level in own_reached.items()},
        previous_levels={code: level.id for code, level in before.items()},
        result=result,
        self_percent=own.total.percent if own else None,
        previous_percent=previous.total.percent if previous else None,
        rows=rows,
        unscored=tuple(element for element in standard.elements if element.code in open_codes),
        criteria=tuple(row for row in groups if row.criterion.code in top),
        groups=groups,
        kpis=tuple(figures[kpi] for kpi in standard.kpis if kpi in figures),
        readiness=readiness,
        award=award,
        next_award=next_award,
        failed=tuple(rule for rule in blocking if rule.verdict is Verdict.FAIL),
        unknown=tuple(rule for rule in blocking if rule.verdict is Verdict.UNKNOWN),
    )


def build_headline(
    standard: Standard,
    levels: Mapping[str, Score],
    basis: Basis,
    readings: Mapping[str, KpiReading] | None = None,
    facts: Facts = NO_FACTS,
) -> Headline:
    """The headline figures of the report on `levels`; see `build_report`."""
    result = evaluate_with(standard, levels, facts, readings)
    weights = weights_in(result)
    below = _below(standard, result)
    return Headline(
        basis=basis,
        total=result.total,
        gaps=len(below),
        gap_weight=sum((weights[element.code] for element in below), Fraction(0)),
        unscored=len(result.unscored),
        scored=bool(levels),
    )


def _levels(standard: Standard, result: Result | None) -> dict[str, Level]:
    """The levels that elements stand at, by code; without those that are open or left out."""
    if result is None:
        return {}
    return {
        element.code: standard.scale_of(element).level(total.level)
        for element, total in zip(standard.elements, result.elements, strict=True)
        if total.is_applicable and total.level is not None
    }


def _below(standard: Standard, result: Result) -> list[Element]:
    """Every element that stands below its required level, in the order of the standard."""
    return [
        element
        for element, total in zip(standard.elements, result.elements, strict=True)
        if total.is_applicable
        and total.level is not None
        and standard.scale_of(element).is_below(total.level, element.required)
    ]


def _row(
    standard: Standard,
    element: Element,
    weights: Mapping[str, Fraction],
    reached: tuple[Mapping[str, Level], Mapping[str, Level], Mapping[str, Level]],
    figures: Mapping[str, KpiFigure],
) -> GapRow:
    scale = standard.scale_of(element)
    standing = worst(
        figures[kpi].standing if kpi in figures else Standing.UNKNOWN for kpi in element.kpis
    )
    levels, own, previous = reached
    level, previous_level = levels[element.code], previous.get(element.code)
    steps = steps_between(scale, level.id, element.required)
    weight = weights[element.code]
    return GapRow(
        element=element,
        criterion=standard.criterion_of(element.code),
        scale=scale,
        required=scale.level(element.required),
        level=level,
        weight=weight,
        steps=steps,
        self_level=own.get(element.code),
        previous_level=previous_level,
        change=None if previous_level is None else _change(scale, previous_level, level),
        kpis=element.kpis,
        standing=standing,
        factor=factor_of(standing),
        priority=priority_of(weight, steps, standing),
    )


def _change(scale: Scale, before: Level, after: Level) -> Decimal | int:
    if scale.steps is not None:
        return after.value - before.value
    return scale.position(after.id) - scale.position(before.id)


def _criterion_row(
    group: Criterion,
    result: Result,
    weights: Mapping[str, Fraction],
    own: Result | None,
    previous: Result | None,
    rows: Sequence[GapRow],
) -> CriterionRow:
    node = result.by_code[group.code]
    codes = {element.code for element in group.elements}
    gaps = [row for row in rows if row.code in codes]
    before = _percent(previous, group.code)
    return CriterionRow(
        criterion=group,
        total=node,
        self_percent=_percent(own, group.code),
        previous_percent=before,
        change=difference(node.percent, before),
        weight=weights.get(group.code, Fraction(0)),
        gaps=len(gaps),
        gap_weight=sum((row.weight for row in gaps), Fraction(0)),
        unscored=len(node.unscored),
    )


def _percent(result: Result | None, code: str) -> Decimal | None:
    node = result.find_total(code) if result else None
    return node.percent if node else None


def _readiness(standard: Standard, result: Result) -> tuple[Readiness, Award | None, Award | None]:
    """What is reached, and the first award of the ladder that is not (None: all are)."""
    reached = standard.award(result.award) if result.award else None
    for rung in result.rungs:
        if rung.verdict is Verdict.PASS:
            continue
        following = standard.award(rung.award)
        if reached:
            return Readiness.REACHED, reached, following
        failed = rung.verdict is Verdict.FAIL
        return Readiness.NOT_YET if failed else Readiness.UNKNOWN, None, following
    return Readiness.TOP, reached, None


def _blocking(standard: Standard, result: Result, award: Award | None) -> tuple[RuleResult, ...]:
    """The rules, of this award and the lower ones, that do not pass, in their order."""
    for rung in result.rungs:
        if award is not None and rung.award == award.id:
            found = {rule.id: rule for rule in in_the_way(standard, result, rung)}
            return tuple(found[rule.id] for rule in result.rules if rule.id in found)
    return ()

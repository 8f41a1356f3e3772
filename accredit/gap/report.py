"""From scores and measured figures to the report: pure, exact, and in a total order.

Nothing here is rounded except what the standard itself rounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

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
from accredit.gap.priority import factor_of, priority_of, worst
from accredit.kpi.comparison import Standing
from accredit.standard.domain import Criterion, Element, Standard
from accredit.standard.engine import evaluate
from accredit.standard.results import KpiReading, NodeTotal, Result, RuleResult, Verdict
from accredit.standard.rules import Award


def build_report(
    standard: Standard,
    *,
    levels: Mapping[str, str],
    basis: Basis,
    self_levels: Mapping[str, str] | None = None,
    previous_levels: Mapping[str, str] | None = None,
    kpi_figures: Mapping[str, KpiFigure] | None = None,
    readings: Mapping[str, KpiReading] | None = None,
) -> GapReport:
    """The report on `levels` (element code to level id), which are those of the `basis`.

    `self_levels` and `previous_levels` are only compared with; the latter must belong to
    this standard (see `accredit.gap.versions`). `kpi_figures` weigh the gaps, `readings` are
    what the award's rules look at. Raises UnknownElementError or UnknownLevelError for
    scores that cannot be.
    """
    own, previous, figures = self_levels or {}, previous_levels or {}, kpi_figures or {}
    result = evaluate(standard, levels, readings)
    rows = tuple(
        sorted(
            (
                _row(standard, element, levels[element.code], own, previous, figures)
                for element in _below(standard, levels)
            ),
            # Sorting is stable: equals stay in the order of the standard (1.9 before 1.10).
            key=lambda row: (-row.priority, -row.weight),
        )
    )
    own_totals, previous_totals = (_totals(standard, one) for one in (own, previous))
    readiness, award, next_award = _readiness(standard, result)
    blocking = _blocking(result, next_award)
    return GapReport(
        standard=standard,
        basis=basis,
        levels=levels,
        self_levels=own,
        previous_levels=previous,
        result=result,
        self_percent=own_totals.total.percent if own_totals else None,
        previous_percent=previous_totals.total.percent if previous_totals else None,
        rows=rows,
        unscored=tuple(element for element in standard.elements if element.code not in levels),
        criteria=tuple(
            _criterion_row(criterion, node, own_totals, previous_totals, rows)
            for criterion, node in zip(standard.criteria, result.criteria, strict=True)
        ),
        kpis=tuple(figures[kpi] for kpi in standard.kpis if kpi in figures),
        readiness=readiness,
        award=award,
        next_award=next_award,
        failed=tuple(rule for rule in blocking if rule.verdict is Verdict.FAIL),
        unknown=tuple(rule for rule in blocking if rule.verdict is Verdict.UNKNOWN),
    )


def build_headline(standard: Standard, levels: Mapping[str, str], basis: Basis) -> Headline:
    """The headline figures of the report on `levels`."""
    below = _below(standard, levels)
    return Headline(
        basis=basis,
        total=evaluate(standard, levels).total,
        gaps=len(below),
        gap_weight=sum(element.weight for element in below),
        unscored=len(standard.elements) - len(levels),
        scored=bool(levels),
    )


def _below(standard: Standard, levels: Mapping[str, str]) -> list[Element]:
    """Every scored element below its required level, in the order of the standard."""
    return [
        element
        for element in standard.elements
        if element.code in levels
        and standard.scale.is_below(levels[element.code], element.required)
    ]


def _row(
    standard: Standard,
    element: Element,
    level_id: str,
    own: Mapping[str, str],
    previous: Mapping[str, str],
    figures: Mapping[str, KpiFigure],
) -> GapRow:
    scale = standard.scale
    standing = worst(
        figures[kpi].standing if kpi in figures else Standing.UNKNOWN for kpi in element.kpis
    )
    position = scale.position(level_id)
    steps = scale.position(element.required) - position
    self_level, previous_level = own.get(element.code), previous.get(element.code)
    return GapRow(
        element=element,
        criterion=standard.criterion_of(element.code),
        required=scale.level(element.required),
        level=scale.level(level_id),
        steps=steps,
        self_level=None if self_level is None else scale.level(self_level),
        previous_level=None if previous_level is None else scale.level(previous_level),
        change=None if previous_level is None else position - scale.position(previous_level),
        kpis=element.kpis,
        standing=standing,
        factor=factor_of(standing),
        priority=priority_of(element.weight, steps, standing),
    )


def _totals(standard: Standard, levels: Mapping[str, str]) -> Result | None:
    return evaluate(standard, levels) if levels else None


def _criterion_row(
    criterion: Criterion,
    node: NodeTotal,
    own: Result | None,
    previous: Result | None,
    rows: Sequence[GapRow],
) -> CriterionRow:
    gaps = [row for row in rows if row.criterion is criterion]
    before = _percent(previous, criterion.code)
    return CriterionRow(
        criterion=criterion,
        total=node,
        self_percent=_percent(own, criterion.code),
        previous_percent=before,
        change=difference(node.percent, before),
        gaps=len(gaps),
        gap_weight=sum(row.weight for row in gaps),
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


def _blocking(result: Result, award: Award | None) -> tuple[RuleResult, ...]:
    """The rules, of this award and the lower ones, that do not pass."""
    for rung in result.rungs:
        if award is not None and rung.award == award.id:
            names = {*rung.failed, *rung.unknown}
            return tuple(rule for rule in result.rules if rule.id in names)
    return ()

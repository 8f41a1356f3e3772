"""The parts of a gap report around its gaps: criteria, KPIs, awards, how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from accredit.gap import cells, charts, wording
from accredit.gap.comparing import Moment
from accredit.gap.document import Cell, Column, Section, Table
from accredit.gap.domain import CriterionRow, GapReport, KpiFigure
from accredit.gap.priority import weights_in
from accredit.i18n import gettext, say, translate
from accredit.kpi.display import (
    STANDING_WORDS,
    interval_text,
    window_text,
)
from accredit.standard.needs import Need, asked_by, needs_of, reach_of
from accredit.standard.rules import KpiCondition, Ladder, Rule, Unit
from accredit.standard.scoring.results import TOTAL, NodeTotal, RuleResult, Verdict
from accredit.text import Bilingual


def criteria(report: GapReport) -> Section | None:
    """Every criterion's result beside the self-score and the last assessment."""
    if not report.levels:
        return None
    with_self = report.self_percent is not None or bool(report.self_levels)
    with_previous = bool(report.previous_levels)
    columns = [
        Column(gettext("Criterion"), 26),
        Column(gettext("Result"), 13, "number"),
        *([Column(gettext("Points"), 13, "number")] if report.standard.points else []),
        *([Column(gettext("Self-score"), 11, "number")] if with_self else []),
        *(
            [
                Column(gettext("Last assessment"), 13, "number"),
                Column(gettext("Difference"), 14, "number"),
            ]
            if with_previous
            else []
        ),
        Column(gettext("Weight"), 9, "number"),
        Column(gettext("Gaps"), 10, "number"),
        Column(gettext("Weight of gaps"), 10, "number"),
    ]
    rows = [_criterion_cells(report, row, with_self, with_previous) for row in report.groups]
    rows.append(_total_cells(report, with_self, with_previous))
    drawing = charts.criteria_radar(report)
    return Section(
        "criteria",
        gettext("Results by criterion"),
        gettext("Criteria"),
        charts=(drawing,) if drawing else (),
        tables=(Table("criteria", gettext("Results in figures"), tuple(columns), tuple(rows)),),
        told=True,
    )


def _criterion_cells(
    report: GapReport, row: CriterionRow, with_self: bool, with_previous: bool
) -> tuple[Cell, ...]:
    is_group = "." in row.criterion.code
    return (
        # Criteria stand out where groups inside them are listed too.
        cells.text(
            wording.named(row.criterion.code, row.criterion.title),
            bold=not is_group and len(report.groups) > len(report.criteria),
        ),
        _result(row.total),
        *((cells.text(wording.points_text(row.total)),) if report.standard.points else ()),
        *((cells.percent(row.self_percent),) if with_self else ()),
        *((cells.percent(row.previous_percent), cells.change(row.change)) if with_previous else ()),
        cells.exact(row.weight),
        cells.whole(row.gaps),
        cells.exact(row.gap_weight),
    )


def _total_cells(report: GapReport, with_self: bool, with_previous: bool) -> tuple[Cell, ...]:
    return (
        cells.text(gettext("Total"), bold=True),
        _result(report.result.total, bold=True),
        *(
            (cells.text(wording.points_text(report.result.total), bold=True),)
            if report.standard.points
            else ()
        ),
        *((cells.percent(report.self_percent, bold=True),) if with_self else ()),
        *(
            (
                cells.percent(report.previous_percent, bold=True),
                cells.change(report.change, bold=True),
            )
            if with_previous
            else ()
        ),
        cells.exact(report.weight, bold=True),
        cells.whole(len(report.rows), bold=True),
        cells.exact(report.gap_weight, bold=True),
    )


def _result(node: NodeTotal, *, bold: bool = False) -> Cell:
    """A total, or what it may become while an element has no score."""
    if not node.is_applicable:
        return cells.text(gettext("Does not apply"), "muted")
    if node.percent is not None:
        return cells.percent(node.percent, bold=bold)
    low, high = cells.percent_text(node.low), cells.percent_text(node.high)
    return cells.text(gettext("%(low)s to %(high)s", low=low, high=high), "muted", bold=bold)


def kpis(report: GapReport, moments: Sequence[Moment] = ()) -> Section | None:
    """Every KPI of the standard against its target; charts of those that matter here."""
    if not report.kpis:
        return None
    columns = (
        Column(gettext("KPI"), 20),
        Column(gettext("Value"), 12, "number"),
        Column(gettext("95% interval"), 18, "number"),
        Column(gettext("Answers (n)"), 10, "number"),
        Column(gettext("Period"), 15),
        Column(gettext("Target"), 12, "number"),
        Column(gettext("Standing"), 14),
        Column(gettext("Gaps it touches"), 12),
    )
    return Section(
        "kpis",
        gettext("What customers experience: the KPIs"),
        gettext("KPIs"),
        charts=tuple(charts.kpi_run(figure, moments) for figure in _charted(report)),
        tables=(
            Table(
                "kpis",
                gettext("KPIs against their targets"),
                columns,
                tuple(_kpi_cells(report, figure) for figure in report.kpis),
            ),
        ),
    )


def _charted(report: GapReport) -> list[KpiFigure]:
    """The measured KPIs that an element with a gap or a rule of an award looks at."""
    wanted = {kpi for row in report.rows for kpi in row.kpis}
    wanted |= {rule.kpi for rule in report.standard.rules if isinstance(rule, KpiCondition)}
    return [figure for figure in report.kpis if figure.id in wanted and figure.series]


def _kpi_cells(report: GapReport, figure: KpiFigure) -> tuple[Cell, ...]:
    definition, latest = figure.definition, figure.latest
    touched = [row.code for row in report.rows if figure.id in row.kpis]
    nothing = cells.text(cells.NOTHING, "muted")
    return (
        cells.text(say(definition.name)),
        cells.measured(definition, latest.value if latest else None),
        cells.text(interval_text(definition, latest.low, latest.high)) if latest else nothing,
        cells.whole(latest.n) if latest else nothing,
        cells.text(window_text(latest.start_on, latest.end_on)) if latest else nothing,
        cells.measured(definition, figure.target),
        cells.text(
            translate(STANDING_WORDS[figure.standing]) if latest else gettext("Not measured yet"),
            wording.STANDING_TONES[figure.standing],
        ),
        cells.text(wording.joined(touched)) if touched else nothing,
    )


def awards(report: GapReport) -> Section | None:
    """Each award of the ladder with its rules: met or not, and what was found."""
    if not report.levels:
        return None
    columns = (
        Column(gettext("Rule"), 32),
        Column(gettext("Award level"), 18),
        Column(gettext("Verdict"), 12),
        Column(gettext("What was found"), 38),
    )
    rows = []
    needs = needs_of(report.standard)
    for need in needs:
        if need.start is not None and report.standard.ladder is not None:
            rows.append(_threshold_cells(report, need, need.start, report.standard.ladder))
        for rule in need.rules:
            result = report.result.find_rule(rule.id)
            if result is not None:
                rows.append(_rule_cells(report, need, rule, result))
    if needs[0].is_cumulative:
        said = gettext("An award level needs its own rules and those of the levels below.")
    else:
        said = gettext("Each award level needs its own rules alone.")
    return Section(
        "awards",
        gettext("What each award level needs"),
        gettext("Award levels"),
        paragraphs=(said,),
        tables=(Table("awards", gettext("Rules and their verdicts"), columns, tuple(rows)),),
    )


def _rule_cells(report: GapReport, need: Need, rule: Rule, result: RuleResult) -> tuple[Cell, ...]:
    return (
        cells.text(say(rule.text)),
        cells.text(say(need.award.name)),
        cells.text(
            translate(wording.RULE_WORDS[result.verdict]), wording.RULE_TONES[result.verdict]
        ),
        cells.text(wording.rule_detail(report, rule, result)),
    )


def _threshold_cells(
    report: GapReport, need: Need, start: Decimal, ladder: Ladder
) -> tuple[Cell, ...]:
    """The total from which a rung starts, and where the total is."""
    low, high = reach_of(report.standard, report.result, ladder)
    verdict = Verdict.PASS if low >= start else Verdict.FAIL if high < start else Verdict.UNKNOWN
    asked = asked_by(report.standard, need.award.id, ladder)
    total = report.result.find_total(ladder.scope.code or TOTAL)
    found = cells.NOTHING
    if total is not None:
        found = wording.points_text(total) if need.unit is Unit.POINTS else _result(total).text
    return (
        cells.text(say(asked) if isinstance(asked, Bilingual) else translate(asked)),
        cells.text(say(need.award.name)),
        cells.text(translate(wording.RULE_WORDS[verdict]), wording.RULE_TONES[verdict]),
        cells.text(found),
    )


def unscored(report: GapReport) -> Section | None:
    """The elements nobody has scored: neither gaps nor strengths."""
    if not report.unscored or not report.levels:
        return None
    columns = (
        Column(gettext("Code"), 12, "code"),
        Column(gettext("Element"), 50),
        Column(gettext("Weight"), 14, "number"),
        Column(gettext("Required level"), 24),
    )
    weights = weights_in(report.result)
    rows = tuple(
        (
            cells.text(element.code),
            cells.text(say(element.title)),
            cells.exact(weights[element.code]),
            cells.text(say(report.standard.required_level(element.code).name)),
        )
        for element in report.unscored
    )
    return Section(
        "unscored",
        gettext("Not scored yet"),
        gettext("Not scored yet"),
        tables=(Table("unscored", gettext("Elements without a score"), columns, rows),),
    )


def how(report: GapReport) -> Section:
    """How the figures come about."""
    title = gettext("How to read this report")
    return Section("how", title, gettext("How to read"), wording.how_to_read(report))

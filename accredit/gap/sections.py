"""The parts of a gap report: criteria, gaps, KPIs, what the awards need, how to read it."""

from __future__ import annotations

from flask_babel import ngettext

from accredit.gap import cells, charts, wording
from accredit.gap.document import Cell, Column, Section, Table
from accredit.gap.domain import CriterionRow, GapReport, GapRow, KpiFigure
from accredit.i18n import gettext, say, translate
from accredit.kpi.display import (
    STANDING_WORDS,
    interval_text,
    window_text,
)
from accredit.standard.domain import Level
from accredit.standard.results import NodeTotal
from accredit.standard.rules import KpiCondition

#: How many gaps are explained one by one.
TOP_GAPS = 6


def criteria(report: GapReport) -> Section | None:
    """Every criterion's result beside the self-score and the last assessment."""
    if not report.levels:
        return None
    with_self = report.self_percent is not None or bool(report.self_levels)
    with_previous = bool(report.previous_levels)
    columns = [
        Column(gettext("Criterion"), 26),
        Column(gettext("Weight"), 9, "number"),
        Column(gettext("Result"), 13, "number"),
        *([Column(gettext("Self-score"), 11, "number")] if with_self else []),
        *(
            [
                Column(gettext("Last assessment"), 13, "number"),
                Column(gettext("Difference"), 14, "number"),
            ]
            if with_previous
            else []
        ),
        Column(gettext("Gaps"), 10, "number"),
        Column(gettext("Weight of gaps"), 10, "number"),
    ]
    rows = [_criterion_cells(row, with_self, with_previous) for row in report.criteria]
    rows.append(_total_cells(report, with_self, with_previous))
    drawing = charts.criteria_radar(report)
    return Section(
        "criteria",
        gettext("Results by criterion"),
        gettext("Criteria"),
        charts=(drawing,) if drawing else (),
        tables=(Table("criteria", gettext("Results in figures"), tuple(columns), tuple(rows)),),
    )


def _criterion_cells(row: CriterionRow, with_self: bool, with_previous: bool) -> tuple[Cell, ...]:
    return (
        cells.text(wording.named(row.criterion.code, row.criterion.title)),
        cells.whole(row.criterion.weight),
        _result(row.total),
        *((cells.percent(row.self_percent),) if with_self else ()),
        *((cells.percent(row.previous_percent), cells.change(row.change)) if with_previous else ()),
        cells.whole(row.gaps),
        cells.whole(row.gap_weight),
    )


def _total_cells(report: GapReport, with_self: bool, with_previous: bool) -> tuple[Cell, ...]:
    return (
        cells.text(gettext("Total"), bold=True),
        cells.whole(report.standard.weight, bold=True),
        _result(report.result.total, bold=True),
        *((cells.percent(report.self_percent, bold=True),) if with_self else ()),
        *(
            (
                cells.percent(report.previous_percent, bold=True),
                cells.change(report.change, bold=True),
            )
            if with_previous
            else ()
        ),
        cells.whole(len(report.rows), bold=True),
        cells.whole(report.gap_weight, bold=True),
    )


def _result(node: NodeTotal, *, bold: bool = False) -> Cell:
    """A total, or what it may become while an element has no score."""
    if node.percent is not None:
        return cells.percent(node.percent, bold=bold)
    low, high = cells.percent_text(node.low), cells.percent_text(node.high)
    return cells.text(gettext("%(low)s to %(high)s", low=low, high=high), "muted", bold=bold)


def top_gaps(report: GapReport) -> Section | None:
    """The most urgent gaps: why they come first, and what comes next."""
    rows = report.rows[:TOP_GAPS]
    if not rows:
        return None
    columns = (
        Column(gettext("Code"), 6, "code"),
        Column(gettext("Element"), 16),
        Column(gettext("Why it comes first"), 26),
        Column(gettext("Where you are"), 26),
        Column(gettext("Next step"), 26),
    )
    return Section(
        "first",
        gettext("Where to begin"),
        gettext("Where to begin"),
        paragraphs=(
            ngettext(
                "The most urgent gap, with what it takes to reach the next level.",
                "The %(num)s most urgent gaps, with what it takes to reach the next level.",
                len(rows),
            ),
        ),
        tables=(
            Table(
                "first",
                gettext("The most urgent gaps"),
                columns,
                tuple(_top_cells(report, row) for row in rows),
                cards=True,
            ),
        ),
    )


def _top_cells(report: GapReport, row: GapRow) -> tuple[Cell, ...]:
    scale = report.standard.scale
    following = scale.levels[scale.position(row.level.id) + 1]
    return (
        cells.text(row.code),
        cells.text(say(row.title)),
        cells.text(_why(report, row)),
        cells.text(_described(row, row.level)),
        cells.text(_described(row, following)),
    )


def _why(report: GapReport, row: GapRow) -> str:
    """Its arithmetic, its KPIs and the rules it counts in."""
    figures = (report.find_kpi(kpi) for kpi in row.kpis)
    parts = [
        gettext("Priority %(arithmetic)s.", arithmetic=wording.arithmetic(row)),
        *(f"{wording.kpi_sentence(figure)}." for figure in figures if figure),
    ]
    rules = [
        say(report.standard.rule(rule.id).text) for rule in report.failed if row.code in rule.codes
    ]
    if rules:
        parts.append(gettext("It counts in a rule that is not met: %(rule)s", rule=" ".join(rules)))
    return " ".join(parts)


def _described(row: GapRow, level: Level) -> str:
    return str(
        gettext(
            "%(level)s: %(descriptor)s",
            level=say(level.name),
            descriptor=say(row.element.descriptor(level.id)),
        )
    )


def all_gaps(report: GapReport) -> Section | None:
    """Every gap in the order of priority, the first of them as bars."""
    if not report.levels:
        return None
    title, short = gettext("All gaps by priority"), gettext("Gaps")
    if not report.rows:
        said = gettext("Every scored element is at its required level or above.")
        return Section("gaps", title, short, paragraphs=(said,))
    columns = (
        Column(gettext("Code"), 7, "code"),
        Column(gettext("Element"), 30),
        Column(gettext("Weight"), 9, "number"),
        Column(gettext("Level"), 12),
        Column(gettext("Required level"), 12),
        Column(gettext("Levels missing"), 11, "number"),
        Column(gettext("KPIs"), 14),
        Column(gettext("Priority"), 10, "number"),
    )
    rows = tuple(_gap_cells(row) for row in report.rows)
    compared = _compared(report)
    return Section(
        "gaps",
        title,
        short,
        charts=(charts.gap_chart(report, report.rows[: charts.MOST_BARS]),),
        tables=(
            Table("gaps", gettext("Every gap, the most urgent first"), columns, rows),
            *((compared,) if compared else ()),
        ),
    )


def _gap_cells(row: GapRow) -> tuple[Cell, ...]:
    return (
        cells.text(row.code),
        cells.text(say(row.title)),
        cells.whole(row.weight),
        cells.text(say(row.level.name), "bad" if row.steps > 1 else "warn"),
        cells.text(say(row.required.name)),
        cells.whole(row.steps),
        cells.text(
            wording.standing_words(row),
            wording.STANDING_TONES[row.standing] if row.standing else "muted",
        ),
        cells.exact(row.priority),
    )


def _compared(report: GapReport) -> Table | None:
    """The same gaps beside the self-score and the last assessment, as far as there are any."""
    with_self, with_previous = bool(report.self_levels), bool(report.previous_levels)
    if not with_self and not with_previous:
        return None
    columns = [Column(gettext("Code"), 8, "code"), Column(gettext("Element"), 40)]
    columns.append(Column(gettext("Level"), 14))
    if with_self:
        columns.append(Column(gettext("Self-score"), 14))
    if with_previous:
        columns.append(Column(gettext("Last assessment"), 16))
        columns.append(Column(gettext("Change in levels"), 12, "number"))
    rows = [
        (
            cells.text(row.code),
            cells.text(say(row.title)),
            cells.text(say(row.level.name)),
            *((_level(row.self_level),) if with_self else ()),
            *((_level(row.previous_level), cells.change(row.change)) if with_previous else ()),
        )
        for row in report.rows
    ]
    return Table(
        "compared",
        gettext("The same gaps beside the other scores"),
        tuple(columns),
        tuple(rows),
    )


def _level(level: Level | None) -> Cell:
    return cells.text(cells.NOTHING, "muted") if level is None else cells.text(say(level.name))


def kpis(report: GapReport) -> Section | None:
    """Every KPI of the standard against its target; charts of those that matter here."""
    if not report.kpis:
        return None
    columns = (
        Column(gettext("KPI"), 20),
        Column(gettext("Value"), 12, "number"),
        Column(gettext("95% interval"), 16, "number"),
        Column(gettext("Answers (n)"), 12, "number"),
        Column(gettext("Period"), 14),
        Column(gettext("Target"), 12, "number"),
        Column(gettext("Standing"), 12),
        Column(gettext("Gaps it touches"), 14),
    )
    return Section(
        "kpis",
        gettext("What customers experience: the KPIs"),
        gettext("KPIs"),
        charts=tuple(charts.kpi_run(figure) for figure in _charted(report)),
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
            translate(STANDING_WORDS[figure.standing]), wording.STANDING_TONES[figure.standing]
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
    for award in report.standard.awards:
        for rule_id in award.rules:
            rule, result = report.standard.rule(rule_id), report.result.find_rule(rule_id)
            if result is None:
                continue
            rows.append(
                (
                    cells.text(say(rule.text)),
                    cells.text(say(award.name)),
                    cells.text(
                        translate(wording.RULE_WORDS[result.verdict]),
                        wording.RULE_TONES[result.verdict],
                    ),
                    cells.text(wording.rule_detail(report, rule, result)),
                )
            )
    return Section(
        "awards",
        gettext("What each award level needs"),
        gettext("Award levels"),
        paragraphs=(gettext("An award level needs its own rules and those of the levels below."),),
        tables=(Table("awards", gettext("Rules and their verdicts"), columns, tuple(rows)),),
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
    rows = tuple(
        (
            cells.text(element.code),
            cells.text(say(element.title)),
            cells.whole(element.weight),
            cells.text(say(report.standard.level(element.required).name)),
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

"""The parts of a gap report that set it beside others: departments, and its own cycles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from accredit.charts.bars import BarRow, BarWords, gap_bars
from accredit.charts.geometry import Drawing
from accredit.charts.heat_map import HeatColumn, heat_map
from accredit.charts.run_chart import Point, RunWords, run_chart
from accredit.gap import cells
from accredit.gap.comparing import Compared, Outcome, own_outcome
from accredit.gap.document import Column, Section, Table
from accredit.gap.domain import GapReport, difference
from accredit.gap.wording import named
from accredit.i18n import direction, format_number, format_percent, gettext, say
from accredit.kpi.charts import CHART_HEIGHT, CHART_WIDTH
from accredit.kpi.display import range_text
from accredit.text import Bilingual

#: So many columns of a heat map can be read on a telephone.
_MOST_COLUMNS = 6

#: A name, the outcome that goes by it, and whether it is the report's own.
_Result = tuple[str, Outcome, bool]


def departments(
    report: GapReport, others: Sequence[Compared], department: Bilingual, cycle: str
) -> Section | None:
    """The department among the others of its organisation; None where there are no others."""
    if not others or not report.levels:
        return None
    own = own_outcome(report)
    results: list[_Result] = [
        (say(department), own, True),
        *((say(one.department), one.outcome, False) for one in others),
    ]
    cycles = [cycle, *(one.cycle for one in others)]
    said = [
        gettext(
            "The others stand here with the result of their newest closed assessment, as far as "
            "you may read it, counted by this version of the standard."
        )
    ]
    if report.is_provisional:
        said.append(
            gettext("What this report says of its own department is provisional; theirs is agreed.")
        )
    columns = (
        Column(gettext("Department"), 40),
        Column(gettext("Cycle"), 14),
        Column(gettext("Total"), 14, "number"),
        Column(gettext("Difference from this department"), 18, "number"),
        Column(gettext("Gaps"), 14, "number"),
    )
    ranked = sorted(
        zip(results, cycles, strict=True), key=lambda pair: _order(pair[0][1]), reverse=True
    )
    rows = tuple(
        (
            cells.text(name, bold=is_own),
            cells.text(when),
            cells.percent(outcome.total, bold=is_own),
            cells.change(None if is_own else difference(outcome.total, own.total)),
            cells.whole(outcome.gaps, bold=is_own),
        )
        for (name, outcome, is_own), when in ranked
    )
    return Section(
        "departments",
        gettext("Departments compared"),
        gettext("Departments"),
        paragraphs=tuple(said),
        charts=(
            *_heat_maps(report, results, gettext("Criteria by department")),
            _bars(report, [result for result, _ in ranked]),
        ),
        tables=(Table("departments", gettext("Departments by their total"), columns, rows),),
    )


def cycles(report: GapReport, earlier: Sequence[Compared], cycle: str) -> Section | None:
    """Where the department comes from; None where nothing of an earlier cycle may be seen."""
    if not earlier or not report.levels:
        return None
    results: list[_Result] = [
        *((one.cycle, one.outcome, False) for one in earlier),
        (cycle, own_outcome(report), True),
    ]
    before = [None, *(outcome.total for _, outcome, _ in results[:-1])]
    columns = (
        Column(gettext("Cycle"), 34),
        Column(gettext("Total"), 22, "number"),
        Column(gettext("Difference from the cycle before"), 24, "number"),
        Column(gettext("Gaps"), 20, "number"),
    )
    rows = tuple(
        (
            cells.text(name, bold=is_own),
            cells.percent(outcome.total, bold=is_own),
            cells.change(difference(outcome.total, last)),
            cells.whole(outcome.gaps, bold=is_own),
        )
        for (name, outcome, is_own), last in zip(results, before, strict=True)
    )
    return Section(
        "cycles",
        gettext("From cycle to cycle"),
        gettext("Cycles"),
        paragraphs=(
            gettext(
                "Earlier cycles stand here with what was agreed in them, counted by this version "
                "of the standard and only where its wording is unchanged."
            ),
        ),
        charts=(_line(report, results), *_heat_maps(report, results, gettext("Criteria by cycle"))),
        tables=(Table("cycles", gettext("Results of the cycles"), columns, rows),),
    )


def _order(outcome: Outcome) -> float:
    """For sorting: what is not known comes last."""
    return -1.0 if outcome.total is None else float(outcome.total)


def _heat_maps(report: GapReport, results: Sequence[_Result], title: str) -> list[Drawing]:
    """The criteria of each result; many results in several drawings, each with the own one."""
    names = [named(row.criterion.code, row.criterion.title) for row in report.criteria]
    drawn = [
        HeatColumn(
            name, [None if one is None else float(one) for one in outcome.criteria], own=is_own
        )
        for name, outcome, is_own in results
    ]
    groups = _groups(drawn)
    titles = [title] if len(groups) == 1 else _numbered(title, len(groups))
    return [
        heat_map(
            names,
            columns,
            maximum=100,
            rtl=direction() == "rtl",
            title=one,
            description=gettext(
                "Each cell is a result in a criterion: the darker, the higher. %(own)s stands out "
                "in bold.",
                own=next(name for name, _, is_own in results if is_own),
            ),
            row_word=gettext("Criterion"),
            format_value=_percent(report),
            format_range=lambda low, high: range_text(
                format_number(low, 0), format_percent(high, 0)
            ),
        )
        for one, columns in zip(titles, groups, strict=True)
    ]


def _groups(columns: Sequence[HeatColumn]) -> list[list[HeatColumn]]:
    """As few drawings as hold all of them, evenly filled, the own column in each."""
    if len(columns) <= _MOST_COLUMNS:
        return [list(columns)]
    own = [one for one in columns if one.own]
    others = [one for one in columns if not one.own]
    count = -(-len(others) // (_MOST_COLUMNS - len(own)))
    size = -(-len(others) // count)
    parts = [others[start : start + size] for start in range(0, len(others), size)]
    # The own one keeps its place: before departments, after the cycles that led to it.
    first = columns[0].own
    return [[*own, *part] if first else [*part, *own] for part in parts]


def _numbered(title: str, count: int) -> list[str]:
    return [
        gettext("%(title)s (%(number)s of %(count)s)", title=title, number=number, count=count)
        for number in range(1, count + 1)
    ]


def _bars(report: GapReport, results: Sequence[_Result]) -> Drawing:
    return gap_bars(
        [
            BarRow(
                label=name,
                actual=None if outcome.total is None else float(outcome.total),
                required=None,
                maximum=100,
                tone="brand" if is_own else "muted",
            )
            for name, outcome, is_own in results
        ],
        rtl=direction() == "rtl",
        title=gettext("Totals by department"),
        description=gettext("A bar for each department, the highest total first."),
        words=BarWords(item=gettext("Department"), actual=gettext("Total")),
        scale_labels=("0%", "50%", "100%"),
        format_value=_percent(report),
    )


def _line(report: GapReport, results: Sequence[_Result]) -> Drawing:
    return run_chart(
        [
            Point(name, None if outcome.total is None else float(outcome.total))
            for name, outcome, _ in results
        ],
        bounds=(0, 100),
        format_value=_percent(report),
        words=RunWords(period=gettext("Cycle"), value=gettext("Total")),
        rtl=direction() == "rtl",
        title=gettext("Total over the cycles"),
        description=gettext("A point for each cycle, the newest last."),
        width=CHART_WIDTH,
        height=CHART_HEIGHT,
    )


def _percent(report: GapReport) -> Callable[[float], str]:
    places = report.standard.rounding.places
    return lambda value: format_percent(value, places)

"""The drawings of a gap report: criteria compared, the largest gaps, KPIs over time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from accredit.charts.bars import BarRow, BarWords, gap_bars
from accredit.charts.geometry import Drawing
from accredit.charts.radar import Series, radar
from accredit.gap.comparing import Happening, Moment
from accredit.gap.domain import Basis, GapReport, GapRow, KpiFigure
from accredit.gap.wording import named
from accredit.i18n import format_percent, gettext, language, say
from accredit.kpi.charts import Windowed, kpi_chart
from accredit.kpi.domain import KpiValue
from accredit.standard.domain import Level
from accredit.text import N_

#: More bars than this are a table again.
MOST_BARS = 12

#: More marks than these hide the curve they explain.
MOST_MOMENTS = 5

_HAPPENED = {
    Happening.ACTION_FINISHED: N_("Action finished: %(name)s"),
    Happening.ASSESSMENT_CLOSED: N_("Assessment %(name)s closed"),
}


def criteria_radar(report: GapReport) -> Drawing | None:
    """Every criterion's result beside the self-score and the last assessment; None for none."""
    results = [
        (_basis_name(report.basis), [row.total.percent for row in report.criteria], True),
        (gettext("Self-score"), [row.self_percent for row in report.criteria], False),
        (gettext("Last assessment"), [row.previous_percent for row in report.criteria], False),
    ]
    shown = [one for one in results if any(value is not None for value in one[1])]
    if not shown:
        return None
    places = report.standard.rounding.places
    return radar(
        [named(row.criterion.code, row.criterion.title) for row in report.criteria],
        [
            Series(name, [_number(value) for value in values], filled)
            for name, values, filled in shown
        ],
        maximum=100,
        level_labels=("0%", "25%", "50%", "75%", "100%"),
        rtl=_rtl(),
        title=gettext("Criteria compared"),
        description=gettext("Each axis is a criterion, from 0% in the middle to 100% outside."),
        axis_word=gettext("Criterion"),
        format_value=lambda value: format_percent(value, places),
    )


def gap_chart(rows: Sequence[GapRow]) -> Drawing:
    """The level reached beside the level required, one bar for each of `rows`."""
    scale = rows[0].scale
    is_one = scale.steps is None and all(row.scale is scale for row in rows)

    def place(row: GapRow, level: Level) -> float:
        position = row.scale.position(level.id)
        if is_one:
            return position
        if row.scale.is_numbered:
            return float(100 * row.scale.shares[position])
        return 100 * position / (len(row.scale.levels) - 1)

    def name(value: float) -> str:
        return say(scale.levels[round(value)].name) if is_one else format_percent(value, 0)

    return gap_bars(
        [
            BarRow(
                label=named(row.code, row.title),
                actual=place(row, row.level),
                required=place(row, row.required),
                maximum=len(scale.levels) - 1 if is_one else 100,
                tone="bad" if row.steps > 1 else "warn",
                value=say(row.level.name),
            )
            for row in rows
        ],
        rtl=_rtl(),
        title=gettext("Level reached and level required"),
        description=gettext("Bars show the level reached, marks the level required."),
        words=BarWords(
            item=gettext("Element"), actual=gettext("Level"), required=gettext("Required level")
        ),
        scale_labels=[say(level.name) for level in scale.levels]
        if is_one
        else ("0%", "50%", "100%"),
        format_value=name,
    )


def kpi_run(figure: KpiFigure, moments: Sequence[Moment] = ()) -> Drawing:
    """A KPI's periods with intervals, target, ordinary variation, and what may have moved it."""
    rows = [
        Windowed(
            period.start_on,
            period.end_on,
            KpiValue(figure.id, period.value, period.n, period.low, period.high, period.status),
        )
        for period in figure.series
    ]
    happened = [
        (moment.on, gettext(_HAPPENED[moment.what], name=moment.name))
        for moment in moments
        if moment.kpi in (None, figure.id)
    ]
    happened.sort()
    return kpi_chart(figure.definition, rows, figure.target, happened[-MOST_MOMENTS:]).drawing


def _basis_name(basis: Basis) -> str:
    is_own = basis in (Basis.SELF, Basis.SUBMITTED)
    return str(gettext("Self-score")) if is_own else gettext("Agreed score")


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _rtl() -> bool:
    return language() == "ar"

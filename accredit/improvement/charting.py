"""The run chart of a promise: the KPI over time, with its baseline and its target.

No limits of ordinary variation are drawn: an action is meant to change the process, and
limits computed through a known change say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from accredit.charts.geometry import Drawing
from accredit.charts.run_chart import Point, RunWords, run_chart
from accredit.i18n import direction, gettext, say
from accredit.improvement.promise import Promise, Reading
from accredit.kpi.charts import CHART_HEIGHT, CHART_WIDTH
from accredit.kpi.display import chart_scale, chart_text, short_window_text, value_text, window_text
from accredit.kpi.domain import KpiDefinition, Status
from accredit.kpi.importing import Window, window_of
from accredit.kpi.series import alike, kind_of

_MOST_WINDOWS = 120


def promise_chart(promise: Promise, readings: Sequence[Reading]) -> Drawing | None:
    """The windows as long as the baseline's (else as the latest's) in order; None without any."""
    baseline = promise.baseline
    kind = kind_of(baseline.start_on, baseline.end_on) if baseline else None
    rows = alike(readings, kind) or alike(readings)
    if not rows:
        return None
    definition = promise.definition
    low, high = definition.bounds
    mean = baseline.value.value if baseline else None
    scale = chart_scale(definition, [row.value.value for row in rows])
    return run_chart(
        _points(rows, scale),
        target=_in_scale(promise.target, scale),
        mean=_in_scale(mean, scale),
        bounds=(low, high) if low is not None and high is not None else None,
        format_value=_formatter(definition, _known(rows, promise, scale), scale),
        words=RunWords(
            period=gettext("Window"),
            value=say(definition.name),
            interval=gettext("95% interval"),
            target=gettext("Target"),
            mean=gettext("Baseline"),
            thin=gettext("Too few answers"),
        ),
        rtl=direction() == "rtl",
        title=gettext("%(kpi)s over time", kpi=say(definition.name)),
        description=_description(definition, rows),
        width=CHART_WIDTH,
        height=CHART_HEIGHT,
    )


def _points(rows: Sequence[Reading], scale: int) -> list[Point]:
    """The rows as points; a calendar window in which nothing was measured leaves a gap."""
    kind = kind_of(rows[0].start_on, rows[0].end_on)
    if kind is Window.WHOLE:
        return [_point(row, scale) for row in rows]
    measured = {row.start_on: row for row in rows}
    found: list[Point] = []
    day = rows[0].start_on
    while day <= rows[-1].start_on and len(found) <= _MOST_WINDOWS:
        start_on, end_on = window_of(day, kind) or (day, day)
        row = measured.get(day)
        empty = Point(short_window_text(start_on, end_on), None)
        found.append(_point(row, scale) if row else empty)
        day = end_on + timedelta(days=1)
    return found if day > rows[-1].start_on else [_point(row, scale) for row in rows]


def _point(row: Reading, scale: int) -> Point:
    label = short_window_text(row.start_on, row.end_on)
    value, low, high = (_in_scale(figure, scale) for figure in _figures([row]))
    return Point(label, value, low, high, thin=row.value.status is not Status.OK)


def _figures(rows: Sequence[Reading]) -> list[float | None]:
    return [end for row in rows for end in (row.value.value, row.value.low, row.value.high)]


def _known(rows: Sequence[Reading], promise: Promise, scale: int) -> list[float | None]:
    """The figures that are rounded as on the page.

    A target is a round number in its own unit, but seldom in hours or days.
    """
    baseline = promise.baseline.value.value if promise.baseline else None
    return [*_figures(rows), baseline, *([promise.target] if scale != 1 else [])]


def _in_scale(figure: float | None, scale: int) -> float | None:
    """A wait in the unit of the whole chart, so that its axis is round there."""
    return None if figure is None else figure / scale


def _formatter(
    definition: KpiDefinition, figures: Sequence[float | None], scale: int
) -> Callable[[float], str]:
    """Figures as they stand on the page; the round numbers of the axis stay as they are.

    A figure is found again rather than multiplied back, to be rounded as on the page.
    """
    known = {figure / scale: figure for figure in figures if figure is not None}

    def text(number: float) -> str:
        if number in known:
            return chart_text(definition, known[number], definition.decimals, scale)
        return chart_text(definition, number * scale, _places_of(number), scale)

    return text


def _places_of(number: float) -> int:
    """How many decimals a round number of an axis needs."""
    return next((places for places in range(6) if round(number, places) == number), 6)


def _description(definition: KpiDefinition, rows: Sequence[Reading]) -> str:
    def told(row: Reading) -> tuple[str, str]:
        return value_text(definition, row.value.value), window_text(row.start_on, row.end_on)

    (first, start), (last, end) = told(rows[0]), told(rows[-1])
    return str(
        gettext(
            "From %(first)s in %(start)s to %(last)s in %(end)s",
            first=first,
            start=start,
            last=last,
            end=end,
        )
    )

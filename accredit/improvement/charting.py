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
from accredit.kpi.display import chart_text, short_window_text, value_text, window_text
from accredit.kpi.domain import KpiDefinition
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
    return run_chart(
        _points(rows),
        target=promise.target,
        mean=mean,
        bounds=(low, high) if low is not None and high is not None else None,
        format_value=_formatter(definition, rows, (promise.target, mean)),
        words=RunWords(
            period=gettext("Window"),
            value=say(definition.name),
            interval=gettext("95% interval"),
            target=gettext("Target"),
            mean=gettext("Baseline"),
        ),
        rtl=direction() == "rtl",
        title=gettext("%(kpi)s over time", kpi=say(definition.name)),
        description=_description(definition, rows),
        width=680,
        height=300,
    )


def _points(rows: Sequence[Reading]) -> list[Point]:
    """The rows as points; a calendar window in which nothing was measured leaves a gap."""
    kind = kind_of(rows[0].start_on, rows[0].end_on)
    measured = {row.start_on: _point(row) for row in rows}
    if kind is Window.WHOLE:
        return [_point(row) for row in rows]
    found: list[Point] = []
    day = rows[0].start_on
    while day <= rows[-1].start_on and len(found) <= _MOST_WINDOWS:
        start_on, end_on = window_of(day, kind) or (day, day)
        found.append(measured.get(day) or Point(short_window_text(start_on, end_on), None))
        day = end_on + timedelta(days=1)
    return found if day > rows[-1].start_on else [_point(row) for row in rows]


def _point(row: Reading) -> Point:
    label = short_window_text(row.start_on, row.end_on)
    return Point(label, row.value.value, row.value.low, row.value.high)


def _formatter(
    definition: KpiDefinition, rows: Sequence[Reading], lines: Sequence[float | None]
) -> Callable[[float], str]:
    """Figures as they stand on the page; the round numbers of the axis stay as they are."""
    figures = {*lines} | {
        figure for row in rows for figure in (row.value.value, row.value.low, row.value.high)
    }
    largest = max((figure for figure in figures if figure is not None), default=0.0)

    def text(number: float) -> str:
        places = definition.decimals if number in figures else _places_of(number)
        return chart_text(definition, number, decimals=places, largest=largest)

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

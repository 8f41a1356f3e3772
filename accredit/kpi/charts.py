"""A KPI's measurements as a run chart, and as a small line of their trend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accredit.charts.geometry import Circle, DataTable, Drawing, Line, Polyline, Shape, finish
from accredit.charts.run_chart import Limits, Mark, Point, RunWords, run_chart
from accredit.charts.scale import decimals_of
from accredit.charts.styles import Role
from accredit.i18n import direction, gettext, say
from accredit.kpi.control_chart import XmrChart, xmr_chart
from accredit.kpi.display import (
    chart_scale,
    chart_text,
    listed,
    range_text,
    short_window_text,
    value_text,
    window_text,
)
from accredit.kpi.domain import KpiDefinition, KpiValue, Status
from accredit.kpi.importing import Window, window_of
from accredit.kpi.series import Measured, kind_of

#: Narrow enough that a phone shows all of it, and its letters at a size one can read; and so low
#: that six of them stand on one page of a report.
CHART_WIDTH, CHART_HEIGHT = 340.0, 162.0
_MOST_WINDOWS = 120
_TREND_WIDTH, _TREND_HEIGHT, _TREND_INSET = 160.0, 44.0, 6.0


@dataclass(frozen=True, slots=True)
class Windowed:
    """A stored value and the days it covers: `series.Measured`."""

    start_on: date
    end_on: date
    value: KpiValue


@dataclass(frozen=True, slots=True)
class RunChart:
    """A drawing with what the control chart says of its windows, in words."""

    drawing: Drawing
    signals: tuple[str, ...]
    has_limits: bool


def kpi_chart(
    definition: KpiDefinition,
    rows: Sequence[Measured],
    target: float | None = None,
    happened: Sequence[tuple[date, str]] = (),
) -> RunChart:
    """The run chart of `rows`: windows of one kind in their order, see `series.alike`.

    Limits of ordinary variation are drawn where five windows or more have enough answers;
    windows with too few are shown, but say nothing about the limits. What `happened` is marked
    on its day, where that lies within the windows.
    """
    sure = [row for row in rows if row.value.status is Status.OK and row.value.value is not None]
    control = xmr_chart([row.value.value for row in sure if row.value.value is not None])
    drawing = _draw(
        definition,
        rows,
        target=target,
        mean=control.centre if control else None,
        mean_word=gettext("Mean"),
        limits=_limits(definition, control),
        happened=happened,
    )
    return RunChart(drawing, _signals(sure, control), control is not None)


def baseline_chart(
    definition: KpiDefinition,
    rows: Sequence[Measured],
    *,
    target: float | None,
    baseline: float | None,
) -> Drawing:
    """The run chart of a KPI that people set out to move, with the value it began from.

    No limits of ordinary variation are drawn: an action is meant to change the process, and
    limits computed through a known change say nothing.
    """
    return _draw(
        definition, rows, target=target, mean=baseline, mean_word=gettext("Baseline"), limits=None
    )


def _draw(
    definition: KpiDefinition,
    rows: Sequence[Measured],
    *,
    target: float | None,
    mean: float | None,
    mean_word: str,
    limits: Limits | None,
    happened: Sequence[tuple[date, str]] = (),
) -> Drawing:
    windows = _with_gaps(rows)
    scale = chart_scale(definition, [row.value.value for row in rows])
    figures = [end for row in rows for end in (row.value.value, row.value.low, row.value.high)]
    figures += [mean, *((limits.low, limits.high) if limits else ())]
    if scale != 1:
        # A round number of seconds is seldom a round number of days.
        figures.append(target)
    low, high = definition.bounds
    return run_chart(
        [_point(row, scale) for row in windows],
        target=_in_scale(target, scale),
        mean=_in_scale(mean, scale),
        limits=Limits(limits.low / scale, limits.high / scale) if limits else None,
        marks=_marks(windows, happened),
        bounds=(low, high) if low is not None and high is not None else None,
        format_value=_formatter(definition, figures, scale),
        format_tick=lambda tick, places: chart_text(definition, tick * scale, places, scale),
        format_range=range_text,
        words=RunWords(
            period=gettext("Window"),
            value=say(definition.name),
            interval=gettext("95% interval"),
            target=gettext("Target"),
            mean=mean_word,
            limits=gettext("Ordinary variation"),
            thin=gettext("Too few answers"),
            marks=gettext("What happened"),
        ),
        rtl=direction() == "rtl",
        title=gettext("%(kpi)s over time", kpi=say(definition.name)),
        description=_description(definition, rows),
        width=CHART_WIDTH,
        height=CHART_HEIGHT,
    )


def trend(definition: KpiDefinition, rows: Sequence[Measured], target: float | None) -> Drawing:
    """A line of the values without axes, for beside a figure; the dashed line is the target."""
    known = [row.value.value for row in rows if row.value.value is not None]
    everything = [*known, *([] if target is None else [target])] or [0.0]
    low, span = min(everything), (max(everything) - min(everything)) or 1.0

    def y(value: float) -> float:
        return (
            _TREND_HEIGHT
            - _TREND_INSET
            - (_TREND_HEIGHT - 2 * _TREND_INSET) * ((value - low) / span)
        )

    step = (_TREND_WIDTH - 2 * _TREND_INSET) / max(len(known) - 1, 1)
    places = [(_TREND_INSET + step * index, y(value)) for index, value in enumerate(known)]
    shapes: list[Shape] = []
    if target is not None:
        shapes.append(Line(0, y(target), _TREND_WIDTH, y(target), Role.TARGET))
    if len(places) > 1:
        shapes.append(Polyline(tuple(places), Role.LINE_1))
    if places:
        shapes.append(Circle(*places[-1], 3.5, Role.MARK_1))
    return finish(
        width=_TREND_WIDTH,
        height=_TREND_HEIGHT,
        shapes=shapes,
        rtl=direction() == "rtl",
        title=gettext("Trend of %(kpi)s", kpi=say(definition.name)),
        description=_description(definition, rows),
        table=DataTable((), ()),
    )


def _limits(definition: KpiDefinition, control: XmrChart | None) -> Limits | None:
    """The limits as they can be drawn: no share lies below 0% and no wait is negative."""
    if control is None:
        return None
    low, high = definition.bounds
    return Limits(
        control.lower if low is None else max(low, control.lower),
        control.upper if high is None else min(high, control.upper),
    )


def _with_gaps(rows: Sequence[Measured]) -> list[Measured | tuple[date, date]]:
    """The rows with the calendar windows between them in which nothing was measured."""
    if not rows:
        return []
    kind = kind_of(rows[0].start_on, rows[0].end_on)
    if kind is Window.WHOLE:
        return list(rows)
    measured = {row.start_on: row for row in rows}
    found: list[Measured | tuple[date, date]] = []
    day = rows[0].start_on
    while day <= rows[-1].start_on and len(found) <= _MOST_WINDOWS:
        days = window_of(day, kind) or (day, day)
        found.append(measured.get(day) or days)
        day = days[1] + timedelta(days=1)
    return found if len(found) <= _MOST_WINDOWS else list(rows)


def _marks(
    windows: Sequence[Measured | tuple[date, date]], happened: Sequence[tuple[date, str]]
) -> list[Mark]:
    """Where what happened lies among the windows, the oldest first."""
    days = [row if isinstance(row, tuple) else (row.start_on, row.end_on) for row in windows]
    return [
        Mark(index - 0.5 + (day - start).days / ((end - start).days + 1), text)
        for day, text in sorted(happened)
        for index, (start, end) in enumerate(days)
        if start <= day <= end
    ]


def _point(row: Measured | tuple[date, date], scale: int) -> Point:
    if isinstance(row, tuple):
        return Point(short_window_text(*row), None)
    label = short_window_text(row.start_on, row.end_on)
    ends = (row.value.value, row.value.low, row.value.high)
    value, low, high = (_in_scale(number, scale) for number in ends)
    return Point(label, value, low, high, thin=row.value.status is not Status.OK)


def _in_scale(number: float | None, scale: int) -> float | None:
    return None if number is None else number / scale


def _formatter(
    definition: KpiDefinition, figures: Iterable[float | None], scale: int
) -> Callable[[float], str]:
    """Figures as they stand on the page; a target as it is.

    The drawing holds waits in the unit of `scale` seconds, so that its axis is round there;
    what was measured is found again rather than multiplied back, to be rounded alike.
    """
    measured = {number / scale: number for number in figures if number is not None}

    def text(number: float) -> str:
        if number in measured:
            return chart_text(definition, measured[number], definition.decimals, scale)
        return chart_text(definition, number * scale, decimals_of(number), scale)

    return text


def _description(definition: KpiDefinition, rows: Sequence[Measured]) -> str:
    if not rows:
        return ""
    first, last = rows[0], rows[-1]
    if first is last:
        return (
            f"{window_text(last.start_on, last.end_on)}: {value_text(definition, last.value.value)}"
        )
    return str(
        gettext(
            "From %(first)s in %(start)s to %(last)s in %(end)s",
            first=value_text(definition, first.value.value),
            start=window_text(first.start_on, first.end_on),
            last=value_text(definition, last.value.value),
            end=window_text(last.start_on, last.end_on),
        )
    )


def _signals(rows: Sequence[Measured], control: XmrChart | None) -> tuple[str, ...]:
    """The windows that are news, by the rule that says so."""
    if control is None:
        return ()

    sides = [(row.value.value or 0.0) > control.centre for row in rows]

    def named(places: Sequence[int]) -> str:
        spans = [(rows[first], rows[last]) for first, last in _stretches(places, sides)]
        return listed([_days_text(first, last) for first, last in spans])

    found = []
    if control.outside:
        windows = named(control.outside)
        found.append(gettext("Outside ordinary variation: %(windows)s.", windows=windows))
    jumps = [place for place in control.jumps if place not in control.outside]
    if jumps:
        found.append(
            gettext(
                "Moved more than usual against the window before: %(windows)s.",
                windows=named(jumps),
            )
        )
    for first, last in _stretches(control.runs, sides):
        windows = _days_text(rows[first], rows[last])
        if sides[first]:
            found.append(gettext("%(windows)s: all values lie above the mean.", windows=windows))
        else:
            found.append(gettext("%(windows)s: all values lie below the mean.", windows=windows))
    if control.runs:
        found.append(gettext("So many values on one side of the mean: the level has moved."))
    return tuple(map(str, found))


def _days_text(first: Measured, last: Measured) -> str:
    """The windows from `first` to `last`, or the only one."""
    words = [window_text(row.start_on, row.end_on) for row in (first, last)]
    return words[0] if first is last else range_text(*words)


def _stretches(places: Sequence[int], sides: Sequence[bool]) -> list[tuple[int, int]]:
    """Successive places on one side of the mean as pairs of the first and the last."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1 and sides[place - 1] == sides[place]:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found

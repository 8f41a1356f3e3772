"""The run chart: a measure over time, with its uncertainty, its target and its limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from accredit.charts.geometry import (
    Circle,
    DataTable,
    Drawing,
    Line,
    Polyline,
    Rect,
    Shape,
    estimated_width,
    finish,
    label,
    legend,
    wrapped,
)
from accredit.charts.scale import decimals_of, nice_ticks
from accredit.charts.styles import Role

_TOP, _TICK_SIZE, _CAP = 18.0, 10.5, 3.0
_MARK, _HOLE = 3.75, 2.25
_MARK_ROOM = 16.0
_MOST_VALUE_LABELS = 8
_MARK_LINES = 2


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its measured value and the ends of its 95 % interval, where known.

    A `thin` one rests on too few answers: it is drawn hollow, and no figure stands over it
    as long as there is another.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The natural limits of a process: between them, changes are everyday noise."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a place between the first period (0) and the last.

    Halves lie between two periods: 1.5 is the end of the second and the start of the third.
    """

    position: float
    text: str


@dataclass(frozen=True, slots=True)
class RunWords:
    """The words of a run chart in the reader's language, for legend and data table."""

    period: str = ""
    value: str = ""
    interval: str = ""
    target: str = ""
    mean: str = ""
    limits: str = ""
    thin: str = ""
    marks: str = ""


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where values and periods lie on the drawing."""

    left: float
    right: float
    top: float
    bottom: float
    lowest: float
    highest: float
    count: int

    def x(self, index: float) -> float:
        if self.count == 1:
            return (self.left + self.right) / 2
        inset = min(24.0, (self.right - self.left) / (2 * self.count))
        return self.left + inset + (self.right - self.left - 2 * inset) * index / (self.count - 1)

    def y(self, value: float) -> float:
        share = (value - self.lowest) / (self.highest - self.lowest)
        return self.bottom - (self.bottom - self.top) * share


def run_chart(
    points: Sequence[Point],
    *,
    target: float | None = None,
    mean: float | None = None,
    limits: Limits | None = None,
    marks: Sequence[Mark] = (),
    bounds: tuple[float, float] | None = None,
    format_value: Callable[[float], str] = "{:g}".format,
    format_tick: Callable[[float, int], str] | None = None,
    format_range: Callable[[str, str], str] = "{} – {}".format,
    words: RunWords = RunWords(),
    rtl: bool = False,
    title: str,
    description: str = "",
    width: float = 560,
    height: float = 240,
) -> Drawing:
    """The `points` in their order in time, from left to right, or right to left if `rtl`.

    A period without a value leaves a gap in the line. `bounds` are the lowest and highest
    values the measure can have, e.g. (0, 100) for a percentage or (-100, 100) for NPS.
    `words` that are empty leave their part out of the legend. Without any figure there is
    an empty frame, without numbers that nobody measured. `marks` are numbered in their order
    and named in the legend; those outside the periods are left out. `format_tick` writes a
    number of the axis with as many decimals as all of them need. `height` is without the
    legend, which grows with what it says.
    """
    marks = [mark for mark in marks if -0.5 <= mark.position <= len(points) - 0.5]
    points = [_finite(point) for point in points]
    values = _all_values(points, target, mean, limits)
    ticks = nice_ticks(values, bounds=bounds)
    places = max(map(decimals_of, ticks))
    tick_texts = [
        (format_tick(tick, places) if format_tick else format_value(tick)) if values else ""
        for tick in ticks
    ]
    entries = _legend_entries(points, target, mean, limits, words, format_value, format_range)
    margin = max(estimated_width(text, _TICK_SIZE) for text in tick_texts) + 12
    entries += _mark_entries(marks, width)
    legend_shapes, legend_height = legend(entries, x=0, y=height + 2, width=width)
    plot = _Plot(
        left=margin,
        right=width - 18,
        top=_TOP,
        bottom=height - 26,
        lowest=ticks[0],
        highest=ticks[-1],
        count=len(points),
    )
    shapes = [
        *_background(plot, limits),
        *_grid(plot, ticks, tick_texts),
        *_period_labels(plot, points),
        *_levels(plot, target, mean, limits),
        *_mark_lines(plot, marks),
        *_measurements(plot, points),
        *_value_labels(plot, points, format_value),
        *legend_shapes,
    ]
    return finish(
        width=width,
        height=height + legend_height + 4,
        shapes=shapes,
        rtl=rtl,
        title=title,
        description=description,
        table=_table(points, marks, words, format_value, format_range),
    )


def _finite(point: Point) -> Point:
    """The point without figures that are none (NaN, infinite)."""
    value, low, high = (
        figure if figure is not None and math.isfinite(figure) else None
        for figure in (point.value, point.low, point.high)
    )
    return replace(point, value=value, low=low, high=high)


def _all_values(
    points: Sequence[Point], target: float | None, mean: float | None, limits: Limits | None
) -> list[float]:
    figures = [figure for p in points for figure in (p.value, p.low, p.high)]
    figures += [target, mean]
    figures += [limits.low, limits.high] if limits else []
    return [figure for figure in figures if figure is not None]


def _background(plot: _Plot, limits: Limits | None) -> list[Shape]:
    if limits is None:
        return []
    top, bottom = plot.y(limits.high), plot.y(limits.low)
    return [Rect(plot.left, top, plot.right - plot.left, bottom - top, Role.BAND)]


def _grid(plot: _Plot, ticks: Sequence[float], texts: Sequence[str]) -> list[Shape]:
    shapes: list[Shape] = []
    for tick, text in zip(ticks, texts, strict=True):
        y = plot.y(tick)
        role = Role.AXIS if tick == ticks[0] else Role.GRID
        shapes.append(Line(plot.left, y, plot.right, y, role))
        shapes.append(label(plot.left - 7, y + 3.5, text, "end", Role.CAPTION, _TICK_SIZE))
    if ticks[0] < 0 < ticks[-1]:
        shapes.append(Line(plot.left, plot.y(0), plot.right, plot.y(0), Role.AXIS))
    return shapes


def _period_labels(plot: _Plot, points: Sequence[Point]) -> list[Shape]:
    """The periods under the axis; so many are left out that the others have room."""
    if not points:
        return []
    widest = max(estimated_width(point.label, _TICK_SIZE) for point in points) + 10
    room = (plot.right - plot.left) / len(points)
    every = max(1, math.ceil(widest / room))
    last = len(points) - 1
    shapes: list[Shape] = []
    for index, point in enumerate(points):
        x = plot.x(index)
        shapes.append(Line(x, plot.bottom, x, plot.bottom + 4, Role.AXIS))
        if (last - index) % every == 0:
            text = label(x, plot.bottom + 17, point.label, "middle", Role.CAPTION, _TICK_SIZE)
            shapes.append(text)
    return shapes


def _levels(
    plot: _Plot, target: float | None, mean: float | None, limits: Limits | None
) -> list[Shape]:
    lines = [(limits.low, Role.LIMIT), (limits.high, Role.LIMIT)] if limits else []
    lines += [(mean, Role.MEAN)] if mean is not None else []
    lines += [(target, Role.TARGET)] if target is not None else []
    return [Line(plot.left, plot.y(v), plot.right, plot.y(v), role) for v, role in lines]


def _mark_lines(plot: _Plot, marks: Sequence[Mark]) -> list[Shape]:
    """A line down from the number of each mark; numbers that would touch share one place."""
    shapes: list[Shape] = []
    taken: list[tuple[float, list[int]]] = []
    for number, mark in enumerate(marks, start=1):
        x = min(max(plot.x(mark.position), plot.left), plot.right)
        shapes.append(Line(x, plot.top - 4, x, plot.bottom, Role.AXIS))
        near = next((numbers for at, numbers in taken if abs(at - x) < _MARK_ROOM), None)
        if near is None:
            taken.append((x, [number]))
        else:
            near.append(number)
    shapes += [
        label(x, plot.top - 7, ",".join(map(str, numbers)), "middle", Role.VALUE, _TICK_SIZE)
        for x, numbers in taken
    ]
    return shapes


def _mark_entries(marks: Sequence[Mark], width: float) -> list[tuple[str, list[Shape]]]:
    entries: list[tuple[str, list[Shape]]] = []
    for number, mark in enumerate(marks, start=1):
        sign: list[Shape] = [
            Line(0, -7, 0, 6, Role.AXIS),
            label(-4, 3, str(number), "end", Role.VALUE, _TICK_SIZE),
        ]
        lines = wrapped(mark.text, width - 40, _TICK_SIZE, _MARK_LINES)
        entries.append(("\n".join(lines), sign))
    return entries


def _measurements(plot: _Plot, points: Sequence[Point]) -> list[Shape]:
    shapes: list[Shape] = []
    run: list[tuple[float, float]] = []
    for index, point in enumerate([*points, Point("", None)]):
        if point.value is not None:
            run.append((plot.x(index), plot.y(point.value)))
            continue
        if len(run) > 1:
            shapes.append(Polyline(tuple(run), Role.LINE_1))
        run = []
    for index, point in enumerate(points):
        if point.value is None:
            continue
        x = plot.x(index)
        if point.low is not None and point.high is not None:
            shapes += _whisker(x, plot.y(point.low), plot.y(point.high))
        shapes += _mark(x, plot.y(point.value), thin=point.thin)
    return shapes


def _mark(x: float, y: float, *, thin: bool = False) -> list[Shape]:
    mark = Circle(x, y, _MARK, Role.MARK_1)
    return [mark, Circle(x, y, _HOLE, Role.HALO)] if thin else [mark]


def _whisker(x: float, low: float, high: float) -> list[Shape]:
    return [
        Line(x, low, x, high, Role.WHISKER),
        Line(x - _CAP, low, x + _CAP, low, Role.WHISKER),
        Line(x - _CAP, high, x + _CAP, high, Role.WHISKER),
    ]


def _value_labels(
    plot: _Plot, points: Sequence[Point], format_value: Callable[[float], str]
) -> list[Shape]:
    """The figures over their points: all of a few, of many only the latest."""
    sure = any(p.value is not None and not p.thin for p in points)
    valued = [
        (n, p.value, p.high)
        for n, p in enumerate(points)
        if p.value is not None and not (sure and p.thin)
    ]
    if len(valued) > _MOST_VALUE_LABELS:
        valued = valued[-1:]
    shapes: list[Shape] = []
    for index, value, high in valued:
        text = format_value(value)
        x, y = plot.x(index), plot.y(value if high is None else max(high, value)) - 7
        wide = estimated_width(text, _TICK_SIZE) + 4
        shapes.append(Rect(x - wide / 2, y - 9, wide, 11, Role.HALO, 2))
        shapes.append(label(x, y, text, "middle", Role.VALUE, _TICK_SIZE))
    return shapes


def _legend_entries(
    points: Sequence[Point],
    target: float | None,
    mean: float | None,
    limits: Limits | None,
    words: RunWords,
    format_value: Callable[[float], str],
    format_range: Callable[[str, str], str],
) -> list[tuple[str, list[Shape]]]:
    entries: list[tuple[str, list[Shape]]] = []
    if words.value and any(p.value is not None for p in points):
        entries.append((words.value, [Line(-9, 0, 9, 0, Role.LINE_1), *_mark(0, 0)]))
    if words.thin and any(p.value is not None and p.thin for p in points):
        entries.append((words.thin, _mark(0, 0, thin=True)))
    if words.interval and any(p.low is not None and p.high is not None for p in points):
        entries.append((words.interval, _whisker(0, 6, -6)))
    if words.target and target is not None:
        text = f"{words.target} {format_value(target)}"
        entries.append((text, [Line(-9, 0, 9, 0, Role.TARGET)]))
    if words.mean and mean is not None:
        text = f"{words.mean} {format_value(mean)}"
        entries.append((text, [Line(-9, 0, 9, 0, Role.MEAN)]))
    if words.limits and limits is not None:
        band: list[Shape] = [
            Rect(-9, -5, 18, 10, Role.BAND),
            Line(-9, -5, 9, -5, Role.LIMIT),
            Line(-9, 5, 9, 5, Role.LIMIT),
        ]
        text = format_range(format_value(limits.low), format_value(limits.high))
        entries.append((f"{words.limits} {text}", band))
    return entries


def _table(
    points: Sequence[Point],
    marks: Sequence[Mark],
    words: RunWords,
    format_value: Callable[[float], str],
    format_range: Callable[[str, str], str],
) -> DataTable:
    with_interval = any(p.low is not None and p.high is not None for p in points)

    def row(index: int, point: Point) -> tuple[str, ...]:
        value = "—" if point.value is None else format_value(point.value)
        if words.thin and point.thin and point.value is not None:
            value = f"{value} ({words.thin})"
        cells = [point.label, value]
        if with_interval:
            cells.append(
                "—"
                if point.low is None or point.high is None
                else format_range(format_value(point.low), format_value(point.high))
            )
        if marks:
            here = [mark.text for mark in marks if _period_of(mark, len(points)) == index]
            cells.append("; ".join(here))
        return tuple(cells)

    header = [words.period, words.value]
    header += [words.interval] if with_interval else []
    header += [words.marks] if marks else []
    return DataTable(tuple(header), tuple(row(index, point) for index, point in enumerate(points)))


def _period_of(mark: Mark, count: int) -> int:
    return min(max(math.floor(mark.position + 0.5), 0), count - 1)

"""The radar: how several results compare over the same criteria."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accredit.charts.geometry import (
    XY,
    Anchor,
    Circle,
    DataTable,
    Drawing,
    Line,
    Polygon,
    Polyline,
    Rect,
    Shape,
    estimated_width,
    finish,
    label,
    legend,
    wrapped,
)
from accredit.charts.styles import Role

_LINES = (Role.LINE_1, Role.LINE_2, Role.LINE_3, Role.LINE_4)
_AREAS = (Role.AREA_1, Role.AREA_2, Role.AREA_3, Role.AREA_4)
_MARKS = (Role.MARK_1, Role.MARK_2, Role.MARK_3, Role.MARK_4)

_LABEL_WIDTH, _LABEL_SIZE, _LABEL_LEADING, _LABEL_LINES = 82.0, 11.5, 14.0, 4
_RING_SIZE = 9.5
_MARGIN = 68.0  # above and under the outer ring, for the labels there


@dataclass(frozen=True, slots=True)
class Series:
    """One result on every axis; None where there is no value yet.

    A series that is not `filled` is only a line: a required level, last year's result.
    """

    name: str
    values: Sequence[float | None]
    filled: bool = True


def radar(
    axes: Sequence[str],
    series: Sequence[Series],
    *,
    maximum: float,
    level_labels: Sequence[str] = (),
    rtl: bool = False,
    title: str,
    description: str = "",
    axis_word: str = "",
    format_value: Callable[[float], str] = "{:g}".format,
    width: float = 360,
    height: float = 325,
) -> Drawing:
    """A radar of `axes` with up to four `series`, each value from 0 to `maximum`.

    `level_labels` names the rings from the centre (0) outwards, so there is one ring for
    each after the first; without them there are four rings. The first axis points up, the
    others follow clockwise, or counter-clockwise if `rtl`. `axis_word` heads the first
    column of the data table. Raises ValueError for more than four series, for a series
    whose length is not that of `axes`, or for a `maximum` that is not positive.
    """
    if len(series) > len(_LINES) or maximum <= 0:
        raise ValueError("a radar shows at most four series and needs a positive maximum")
    if any(len(one.values) != len(axes) for one in series):
        raise ValueError("every series needs one value for each axis")
    signs = [(one.name, _sign(index)) for index, one in enumerate(series)]
    legend_shapes, legend_height = legend(signs, x=16, y=height - 22, width=width - 32)
    if legend_height > 18:
        legend_shapes, _ = legend(signs, x=16, y=height - 4 - legend_height, width=width - 32)
    centre = (width / 2, (height - legend_height - 8) / 2)
    radius = min(width / 2 - _LABEL_WIDTH - 14, centre[1] - _MARGIN)
    directions = [
        (math.sin(turn), -math.cos(turn))
        for turn in (2 * math.pi * index / max(len(axes), 1) for index in range(len(axes)))
    ]
    shapes = _web(centre, radius, directions, len(level_labels) - 1 if level_labels else 4)
    for index, one in enumerate(series):
        points = [
            None if value is None else _at(centre, radius * _share(value, maximum), direction)
            for value, direction in zip(one.values, directions, strict=True)
        ]
        shapes += _result(index, points, filled=one.filled)
    shapes += _ring_labels(centre, radius, level_labels)
    for text, direction in zip(axes, directions, strict=True):
        shapes += _axis_label(text, centre, radius, direction)
    table = DataTable(
        header=(axis_word, *(one.name for one in series)),
        rows=tuple(
            (axis, *("—" if (v := one.values[i]) is None else format_value(v) for one in series))
            for i, axis in enumerate(axes)
        ),
    )
    return finish(
        width=width,
        height=height,
        shapes=[*shapes, *legend_shapes],
        rtl=rtl,
        title=title,
        description=description,
        table=table,
    )


def _share(value: float, maximum: float) -> float:
    return min(max(value / maximum, 0), 1)


def _at(centre: XY, distance: float, direction: XY) -> XY:
    return centre[0] + distance * direction[0], centre[1] + distance * direction[1]


def _web(centre: XY, radius: float, directions: Sequence[XY], rings: int) -> list[Shape]:
    shapes: list[Shape] = []
    for ring in range(1, rings + 1):
        distance = radius * ring / rings
        role = Role.AXIS if ring == rings else Role.GRID
        if len(directions) >= 3:
            points = tuple(_at(centre, distance, direction) for direction in directions)
            shapes.append(Polygon(points, role))
        elif directions:
            shapes.append(Circle(*centre, distance, role))
    shapes += [Line(*centre, *_at(centre, radius, d), Role.GRID) for d in directions]
    return shapes


def _result(index: int, points: Sequence[XY | None], *, filled: bool) -> list[Shape]:
    shapes: list[Shape] = []
    present = [point for point in points if point is not None]
    if len(present) == len(points) and len(points) >= 3:
        if filled:
            shapes.append(Polygon(tuple(present), _AREAS[index]))
        shapes.append(Polygon(tuple(present), _LINES[index]))
    else:
        pairs = list(zip(points, [*points[1:], *points[:1]], strict=True))
        if len(points) == 2:
            pairs = pairs[:1]
        shapes += [Polyline((a, b), _LINES[index]) for a, b in pairs if a and b and a != b]
    return shapes + [_mark(index, x, y) for x, y in present]


def _mark(index: int, x: float, y: float) -> Shape:
    """A point of a series: its form tells the series as its colour does."""
    role, size = _MARKS[index], 4.0
    if index == 0:
        return Circle(x, y, size, role)
    if index == 1:
        return Rect(x - size + 0.5, y - size + 0.5, 2 * size - 1, 2 * size - 1, role)
    if index == 2:
        return Polygon(((x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)), role)
    return Polygon(((x, y - 5), (x + 5, y + 4), (x - 5, y + 4)), role)


def _sign(index: int) -> list[Shape]:
    return [Line(-9, 0, 9, 0, _LINES[index]), _mark(index, 0, 0)]


def _ring_labels(centre: XY, radius: float, texts: Sequence[str]) -> list[Shape]:
    shapes: list[Shape] = []
    for ring, text in enumerate(texts):
        if ring == 0 or not text:
            continue
        x, y = centre[0] + 5, centre[1] - radius * ring / (len(texts) - 1) + 11
        wide = estimated_width(text, _RING_SIZE)
        shapes.append(Rect(x - 2, y - 9, wide + 4, 12, Role.HALO, 2))
        shapes.append(label(x, y, text, "start", Role.CAPTION, _RING_SIZE))
    return shapes


def _axis_label(text: str, centre: XY, radius: float, direction: XY) -> list[Shape]:
    lines = wrapped(text, _LABEL_WIDTH, _LABEL_SIZE, _LABEL_LINES)
    x, y = _at(centre, radius + 10, direction)
    beside = abs(direction[0]) > 0.2
    anchor: Anchor = "middle" if not beside else "start" if direction[0] > 0 else "end"
    height = len(lines) * _LABEL_LEADING
    if beside:
        top = y - height / 2 + direction[1] * height / 4
    else:
        top = y - height if direction[1] < 0 else y
    return [
        label(x, top + 11 + index * _LABEL_LEADING, line, anchor, Role.LABEL, _LABEL_SIZE)
        for index, line in enumerate(lines)
    ]

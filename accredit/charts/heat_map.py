"""The heat map: how several results compare over the same criteria, one cell for each pair."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accredit.charts.geometry import (
    DataTable,
    Drawing,
    Rect,
    Shape,
    estimated_width,
    finish,
    label,
    legend,
    wrapped,
)
from accredit.charts.styles import Role

SHADES = (Role.HEAT_1, Role.HEAT_2, Role.HEAT_3, Role.HEAT_4, Role.HEAT_5)

_LABEL_SHARE, _LABEL_SIZE, _LABEL_LEADING = 0.33, 11.5, 13.5
_HEAD_SIZE, _HEAD_LEADING, _HEAD_LINES = 10.0, 12.0, 3
_ROW, _GAP, _WIDEST = 34.0, 2.0, 96.0
_VALUE_SIZE, _SMALLEST_VALUE = 11.5, 7.0


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """One result: a value for each row, None where there is none.

    The `own` one stands out from those it is compared with.
    """

    name: str
    values: Sequence[float | None]
    own: bool = False


def heat_map(
    rows: Sequence[str],
    columns: Sequence[HeatColumn],
    *,
    maximum: float,
    rtl: bool = False,
    title: str,
    description: str = "",
    row_word: str = "",
    format_value: Callable[[float], str] = "{:g}".format,
    format_range: Callable[[float, float], str] = "{:g} - {:g}".format,
    width: float = 440,
) -> Drawing:
    """A cell for each of `rows` in each of `columns`, the darker the nearer to `maximum`.

    A fifth of the way to the maximum has one shade, which the legend names; the figure stands
    in its cell, so that no shade has to be told apart. Columns follow one another from left to
    right, or right to left if `rtl`. `row_word` heads the first column of the data table.
    Raises ValueError for a column whose length is not that of `rows`, or for a `maximum` that
    is not positive.
    """
    if maximum <= 0:
        raise ValueError("a heat map needs a positive maximum")
    if any(len(column.values) != len(rows) for column in columns):
        raise ValueError("every column needs one value for each row")
    label_width = width * _LABEL_SHARE
    wide = min((width - label_width - 8) / max(len(columns), 1), _WIDEST)
    heads = [wrapped(column.name, wide - 4, _HEAD_SIZE, _HEAD_LINES) for column in columns]
    top = max(map(len, heads), default=0) * _HEAD_LEADING + 8
    left = label_width + 8
    shapes: list[Shape] = []
    for index, text in enumerate(rows):
        shapes += _row_label(text, top + _ROW * index + _ROW / 2, label_width)
    for index, (column, lines) in enumerate(zip(columns, heads, strict=True)):
        x = left + wide * index
        shapes += _head(lines, x + wide / 2, top, own=column.own)
        for place, value in enumerate(column.values):
            shapes += _cell(value, maximum, x, top + _ROW * place, wide, format_value)
    bottom = top + _ROW * len(rows)
    legend_shapes, legend_height = legend(
        _legend_entries(maximum, format_range), x=0, y=bottom + 4, width=width
    )
    table = DataTable(
        header=(row_word, *(column.name for column in columns)),
        rows=tuple(
            (text, *(_figure(column.values[index], format_value) for column in columns))
            for index, text in enumerate(rows)
        ),
    )
    return finish(
        width=width,
        height=bottom + 8 + legend_height,
        shapes=[*shapes, *legend_shapes],
        rtl=rtl,
        title=title,
        description=description,
        table=table,
    )


def shade_of(value: float, maximum: float) -> Role:
    """The shade of a value; what lies outside has that of the nearer end."""
    step = math.floor(len(SHADES) * value / maximum)
    return SHADES[min(max(step, 0), len(SHADES) - 1)]


def _row_label(text: str, middle: float, width: float) -> list[Shape]:
    lines = wrapped(text, width, _LABEL_SIZE, 2)
    first = middle + 4 - (len(lines) - 1) * _LABEL_LEADING / 2
    return [
        label(0, first + n * _LABEL_LEADING, line, "start", Role.LABEL, _LABEL_SIZE)
        for n, line in enumerate(lines)
    ]


def _head(lines: Sequence[str], middle: float, top: float, *, own: bool) -> list[Shape]:
    """A column's name, its last line just over the cells."""
    role = Role.VALUE if own else Role.CAPTION
    first = top - 6 - (len(lines) - 1) * _HEAD_LEADING
    return [
        label(middle, first + n * _HEAD_LEADING, line, "middle", role, _HEAD_SIZE)
        for n, line in enumerate(lines)
    ]


def _cell(
    value: float | None,
    maximum: float,
    x: float,
    y: float,
    wide: float,
    format_value: Callable[[float], str],
) -> list[Shape]:
    role = Role.TRACK if value is None else shade_of(value, maximum)
    text = _figure(value, format_value)
    room = wide - 2 * _GAP - 2
    size = min(_VALUE_SIZE, room / max(estimated_width(text, 1), 0.1))
    return [
        Rect(x + _GAP / 2, y + _GAP / 2, wide - _GAP, _ROW - _GAP, role, 3),
        label(
            x + wide / 2,
            y + _ROW / 2 + 4,
            text,
            "middle",
            Role.CAPTION if value is None else Role.VALUE,
            max(size, _SMALLEST_VALUE),
        ),
    ]


def _figure(value: float | None, format_value: Callable[[float], str]) -> str:
    return "—" if value is None else format_value(value)


def _legend_entries(
    maximum: float, format_range: Callable[[float, float], str]
) -> list[tuple[str, list[Shape]]]:
    step = maximum / len(SHADES)
    return [
        (format_range(step * index, step * (index + 1)), [Rect(-9, -6, 18, 12, shade, 2)])
        for index, shade in enumerate(SHADES)
    ]

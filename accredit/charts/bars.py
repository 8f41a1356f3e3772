"""Horizontal bars: what was reached beside what is required, and plain progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from accredit.charts.geometry import (
    DataTable,
    Drawing,
    Line,
    Polygon,
    Rect,
    Shape,
    finish,
    label,
    legend,
    wrapped,
)
from accredit.charts.styles import Role

Tone = Literal["good", "warn", "bad", "muted", "brand"]

_LABEL_SIZE, _LABEL_LEADING, _ROW, _BAR = 11.5, 13.5, 34.0, 13.0
_SCALE_SIZE = 10.0
_VALUE_WIDTH = 68.0


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: the value reached and the one required, both from 0 to `maximum`.

    None for `actual` means that there is no value yet, for `required` that none is asked.
    `value` is the text beside the bar; without it the two figures are written.
    """

    label: str
    actual: float | None
    required: float | None
    maximum: float
    tone: Tone = "brand"
    value: str = ""


@dataclass(frozen=True, slots=True)
class BarWords:
    """The words of a bar chart in the reader's language, for legend and data table."""

    item: str = ""
    actual: str = ""
    required: str = ""


def gap_bars(
    rows: Sequence[BarRow],
    *,
    rtl: bool = False,
    title: str,
    description: str = "",
    words: BarWords = BarWords(),
    scale_labels: Sequence[str] = (),
    format_value: Callable[[float], str] = "{:g}".format,
    width: float = 440,
) -> Drawing:
    """One bar for each row, with a mark where the required value lies.

    Bars grow from the start side: from the right if `rtl`. `scale_labels` names the ends of
    equal steps from 0 to the maximum (the levels) above the bars.
    """
    label_width = width * 0.36
    left, right = label_width + 12, width - _VALUE_WIDTH - 10
    top = 24.0 if scale_labels else 6.0
    bottom = top + _ROW * len(rows)
    shapes: list[Shape] = _scale(scale_labels, left, right, top, bottom)
    for index, row in enumerate(rows):
        shapes += _row(row, index, top, left, right, label_width, format_value)
    sign: list[Shape] = _required_mark(0, -8, 16)
    entries = [(words.required, sign)] if words.required and _any_required(rows) else []
    legend_shapes, legend_height = legend(entries, x=left - 10, y=bottom + 2, width=width - left)
    # Where nothing is required, the table has no column for it.
    columns = 3 if _any_required(rows) else 2
    table = DataTable(
        header=(words.item, words.actual, words.required)[:columns],
        rows=tuple(
            (row.label, _figure(row.actual, format_value), _figure(row.required, format_value))[
                :columns
            ]
            for row in rows
        ),
    )
    return finish(
        width=width,
        height=bottom + 6 + legend_height,
        shapes=[*shapes, *legend_shapes],
        rtl=rtl,
        title=title,
        description=description,
        table=table,
    )


def progress_bar(
    value: float,
    maximum: float,
    *,
    tone: Tone = "brand",
    rtl: bool = False,
    title: str,
    description: str = "",
    width: float = 240,
    height: float = 10,
) -> Drawing:
    """A single bar filled to `value` of `maximum`; empty if `maximum` is not positive."""
    filled = width * _share(value, maximum)
    shapes: list[Shape] = [Rect(0, 0, width, height, Role.TRACK, height / 2)]
    if filled:
        shapes.append(Rect(0, 0, max(filled, height), height, Role(tone), height / 2))
    return finish(
        width=width,
        height=height,
        shapes=shapes,
        rtl=rtl,
        title=title,
        description=description,
        table=DataTable((), ()),
    )


def _share(value: float, maximum: float) -> float:
    return min(max(value / maximum, 0), 1) if maximum > 0 else 0


def _figure(value: float | None, format_value: Callable[[float], str]) -> str:
    return "—" if value is None else format_value(value)


def _any_required(rows: Sequence[BarRow]) -> bool:
    return any(row.required is not None for row in rows)


def _scale(
    texts: Sequence[str], left: float, right: float, top: float, bottom: float
) -> list[Shape]:
    shapes: list[Shape] = []
    for step, text in enumerate(texts):
        x = left + (right - left) * step / max(len(texts) - 1, 1)
        shapes.append(Line(x, top - 4, x, bottom, Role.GRID))
        shapes.append(label(x, top - 9, text, "middle", Role.CAPTION, _SCALE_SIZE))
    return shapes


def _row(
    row: BarRow,
    index: int,
    top: float,
    left: float,
    right: float,
    label_width: float,
    format_value: Callable[[float], str],
) -> list[Shape]:
    middle = top + _ROW * index + _ROW / 2
    y, wide = middle - _BAR / 2, right - left
    lines = wrapped(row.label, label_width, _LABEL_SIZE, 2)
    first = middle + 4 - (len(lines) - 1) * _LABEL_LEADING / 2
    shapes: list[Shape] = [
        label(0, first + n * _LABEL_LEADING, line, "start", Role.LABEL, _LABEL_SIZE)
        for n, line in enumerate(lines)
    ]
    shapes.append(Rect(left, y, wide, _BAR, Role.TRACK, 2))
    if row.actual is not None and _share(row.actual, row.maximum):
        filled = wide * _share(row.actual, row.maximum)
        shapes.append(Rect(left, y, filled, _BAR, Role(row.tone), 2))
    if row.required is not None:
        x = left + wide * _share(row.required, row.maximum)
        shapes += _required_mark(x, y - 4, _BAR + 8)
    text = row.value or _both(row, format_value)
    shapes.append(label(right + 12, middle + 4, text, "start", Role.VALUE, _LABEL_SIZE))
    return shapes


def _both(row: BarRow, format_value: Callable[[float], str]) -> str:
    actual = _figure(row.actual, format_value)
    return actual if row.required is None else f"{actual} / {format_value(row.required)}"


def _required_mark(x: float, top: float, height: float) -> list[Shape]:
    """A line across the bar with a small flag on top, so that it shows on any colour."""
    return [
        Line(x, top, x, top + height, Role.REQUIRED),
        Polygon(((x - 4, top - 1), (x + 4, top - 1), (x, top + 5)), Role.LABEL),
    ]

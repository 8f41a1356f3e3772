"""Stretches of time on one scale, a bar for each row of a table, and the scale itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from accredit.charts.geometry import (
    DataTable,
    Drawing,
    Line,
    Polygon,
    Rect,
    Shape,
    estimated_width,
    finish,
    label,
)
from accredit.charts.styles import Role

Tone = Literal["good", "warn", "bad", "muted", "brand"]

WIDTH = 400.0
_BAR_HEIGHT, _BAR = 22.0, 10.0
_AXIS_HEIGHT, _SIZE = 18.0, 13.0
#: Lengths of a step in months, the finest that gives no more steps than fit.
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """The days from `first` to `last`, both shown; `today` is marked where it lies within."""

    first: date
    last: date
    today: date
    rtl: bool = False

    def x(self, day: date) -> float:
        """Where a day lies, from 0 to the width; what lies outside is put to the edge."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return WIDTH * min(max(share, 0.0), 1.0)

    @property
    def steps(self) -> tuple[date, ...]:
        """First days of months that divide the time, about six."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        length = next((step for step in _STEPS if months / step <= _MOST_STEPS), _STEPS[-1])
        begin = self.first.year * 12 + self.first.month - 1
        begin += -begin % length
        found = (
            date(month // 12, month % 12 + 1, 1)
            for month in range(begin, begin + months + 1, length)
        )
        return tuple(day for day in found if self.first <= day <= self.last)[: 2 * _MOST_STEPS]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one day to another, in one tone."""

    start_on: date
    end_on: date
    tone: Tone


def time_bar(
    stretches: Sequence[Stretch], scale: Scale, *, mark_on: date | None = None, title: str
) -> Drawing:
    """The stretches of one row, with a mark on a day that matters, and today as a line."""
    top = (_BAR_HEIGHT - _BAR) / 2
    shapes: list[Shape] = _grid(scale, _BAR_HEIGHT)
    if scale.first <= scale.today <= scale.last:
        x = scale.x(scale.today)
        shapes.append(Line(x, 0, x, _BAR_HEIGHT, Role.TARGET))
    for one in stretches:
        start, end = scale.x(one.start_on), scale.x(one.end_on)
        shapes.append(Rect(start, top, max(end - start, 3), _BAR, Role(one.tone), 2))
    if mark_on is not None:
        x = scale.x(mark_on)
        shapes.append(Line(x, top - 4, x, top + _BAR + 4, Role.REQUIRED))
        shapes.append(Polygon(((x - 4, top - 5), (x + 4, top - 5), (x, top + 1)), Role.LABEL))
    return _finish(shapes, scale, _BAR_HEIGHT, title)


def time_axis(scale: Scale, say: Callable[[date], str], *, title: str) -> Drawing:
    """The scale above the rows: the name of each step where it begins, as far as there is room."""
    shapes: list[Shape] = _grid(scale, _AXIS_HEIGHT)
    free = 0.0
    for day in scale.steps:
        x, text = scale.x(day) + 3, say(day)
        end = x + estimated_width(text, _SIZE)
        if x >= free and end <= WIDTH:
            shapes.append(label(x, 13, text, "start", Role.CAPTION, _SIZE))
            free = end + 8
    return _finish(shapes, scale, _AXIS_HEIGHT, title)


def _grid(scale: Scale, height: float) -> list[Shape]:
    return [Line(scale.x(day), 0, scale.x(day), height, Role.GRID) for day in scale.steps]


def _finish(shapes: Sequence[Shape], scale: Scale, height: float, title: str) -> Drawing:
    return finish(
        width=WIDTH,
        height=height,
        shapes=shapes,
        rtl=scale.rtl,
        title=title,
        description="",
        table=DataTable((), ()),
    )

"""A small curve without figures, to stand beside figures that are written out."""

from __future__ import annotations

from collections.abc import Sequence

from accredit.charts.geometry import Circle, DataTable, Drawing, Line, Polyline, Shape, finish
from accredit.charts.styles import Role

_MARGIN = 4.0


def spark(
    values: Sequence[float],
    *,
    baseline: float | None = None,
    target: float | None = None,
    rtl: bool = False,
    title: str,
    width: float = 132,
    height: float = 36,
) -> Drawing:
    """The values in the order of time at equal distances, with baseline and target as lines.

    Time runs from the start side: from the right if `rtl`. The last value has a mark.
    """
    told = [value for value in (*values, baseline, target) if value is not None]
    low, high = min(told, default=0.0), max(told, default=0.0)

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return height - _MARGIN - share * (height - 2 * _MARGIN)

    step = (width - 2 * _MARGIN) / max(len(values) - 1, 1)
    points = tuple((_MARGIN + index * step, y(value)) for index, value in enumerate(values))
    shapes: list[Shape] = [
        Line(0, y(level), width, y(level), role)
        for level, role in ((baseline, Role.MEAN), (target, Role.TARGET))
        if level is not None
    ]
    if len(points) > 1:
        shapes.append(Polyline(points, Role.LINE_1))
    if points:
        shapes.append(Circle(*points[-1], 3.5, Role.MARK_1))
    return finish(
        width=width,
        height=height,
        shapes=shapes,
        rtl=rtl,
        title=title,
        description="",
        table=DataTable((), ()),
    )

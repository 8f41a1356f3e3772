"""Questions to a drawing: which shapes of which role it has, and whether they lie inside."""

from __future__ import annotations

import math
from typing import TypeVar

from accredit.charts.geometry import (
    Circle,
    Drawing,
    Line,
    Polygon,
    Polyline,
    Rect,
    Shape,
    Text,
    estimated_width,
)
from accredit.charts.styles import Role

T = TypeVar("T", Line, Polyline, Polygon, Rect, Circle, Text)


def of(drawing: Drawing, kind: type[T], role: Role | None = None) -> list[T]:
    return [s for s in drawing.shapes if isinstance(s, kind) and role in (None, s.role)]


def words(drawing: Drawing) -> list[str]:
    """All texts of the drawing without their fences."""
    return [text.text.strip("\u2068\u2069") for text in of(drawing, Text)]


def extent(shape: Shape) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a shape; of a text about."""
    match shape:
        case Line():
            xs, ys = (shape.x1, shape.x2), (shape.y1, shape.y2)
        case Polyline() | Polygon():
            xs, ys = tuple(x for x, _ in shape.points), tuple(y for _, y in shape.points)
        case Rect():
            assert shape.width >= 0
            assert shape.height >= 0
            xs, ys = (shape.x, shape.x + shape.width), (shape.y, shape.y + shape.height)
        case Circle():
            xs = (shape.x - shape.radius, shape.x + shape.radius)
            ys = (shape.y - shape.radius, shape.y + shape.radius)
        case Text():
            wide = estimated_width(shape.text.strip("\u2068\u2069"), shape.size)
            before = {"start": 0.0, "middle": wide / 2, "end": wide}[shape.anchor]
            left = shape.x - (wide - before if shape.rtl else before)
            xs, ys = (left, left + wide), (shape.y - shape.size, shape.y)
    return min(xs), min(ys), max(xs), max(ys)


def assert_inside(drawing: Drawing, slack: float = 3) -> None:
    """No shape reaches over the edge, and no number is none."""
    for shape in drawing.shapes:
        left, top, right, bottom = extent(shape)
        assert all(map(math.isfinite, (left, top, right, bottom))), shape
        assert left >= -slack, shape
        assert top >= -slack, shape
        assert right <= drawing.width + slack, shape
        assert bottom <= drawing.height + slack, shape

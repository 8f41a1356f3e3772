"""A chart on paper: the shapes of a drawing, drawn with the palette's colours."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable

from accredit.charts.geometry import (
    XY,
    Circle,
    Drawing,
    Line,
    Polygon,
    Polyline,
    Rect,
    Text,
)
from accredit.charts.styles import STYLES, Style
from accredit.pdf.fonts import PLEX, PLEX_BOLD
from accredit.pdf.lines import Align
from accredit.pdf.onepage import draw_text
from accredit.pdf.tags import marked

_ALIGN: dict[str, Align] = {"start": "start", "middle": "center", "end": "end"}
_MOST_HEIGHT = 660.0  # points: what a page has room for, with a heading over it


class Chart(Flowable):
    """A drawing in the middle of its column, made smaller if column or page are."""

    def __init__(
        self, drawing: Drawing, *, space_before: float = 4, space_after: float = 10
    ) -> None:
        super().__init__()
        self.drawing = drawing
        self.spaceBefore, self.spaceAfter = space_before, space_after

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - ReportLab's
        """The column's width, and the height at which the drawing fits into it."""
        share = _MOST_HEIGHT / self.drawing.height
        self._scale = min(1.0, aW / self.drawing.width, share)
        self.width, self.height = aW, self.drawing.height * self._scale
        return self.width, self.height

    def draw(self) -> None:
        """Draw at the canvas's origin, the lower left corner of this flowable."""
        canvas: Any = self.canv
        canvas.saveState()
        canvas.translate((self.width - self.drawing.width * self._scale) / 2, 0)
        canvas.scale(self._scale, self._scale)
        words = f"{self.drawing.title}. {self.drawing.description}"
        size = (self.drawing.width, self.drawing.height)
        with marked(canvas, "Figure", alt=words, box=size):
            draw_shapes(canvas, self.drawing)
        canvas.restoreState()


def draw_shapes(canvas: Any, drawing: Drawing) -> None:
    """Draw `drawing` with its lower left corner at the canvas's origin."""
    for shape in drawing.shapes:
        if isinstance(shape, Text):
            _draw_text(canvas, shape, drawing.height)
            continue
        style = STYLES[shape.role]
        canvas.saveState()
        _set(canvas, style)
        _draw_outline(canvas, shape, drawing.height, style)
        canvas.restoreState()


def _set(canvas: Any, style: Style) -> None:
    if style.fill:
        canvas.setFillColor(style.fill.rgb)
    if style.stroke:
        canvas.setStrokeColor(style.stroke.rgb)
        canvas.setLineWidth(style.width)
        canvas.setLineJoin(1)
    if style.dash:
        canvas.setDash(list(style.dash))
    if style.opacity < 1:
        canvas.setFillAlpha(style.opacity)
        canvas.setStrokeAlpha(style.opacity)


def _draw_outline(
    canvas: Any,
    shape: Line | Polyline | Polygon | Rect | Circle,
    height: float,
    style: Style,
) -> None:
    paint = {"stroke": int(style.stroke is not None), "fill": int(style.fill is not None)}
    match shape:
        case Line():
            canvas.line(shape.x1, height - shape.y1, shape.x2, height - shape.y2)
        case Polyline():
            canvas.drawPath(_path(canvas, shape.points, height), stroke=1, fill=0)
        case Polygon():
            path = _path(canvas, shape.points, height)
            path.close()
            canvas.drawPath(path, **paint)
        case Rect(x=x, y=y, width=wide, height=high, radius=radius):
            if radius:
                canvas.roundRect(x, height - y - high, wide, high, min(radius, wide / 2), **paint)
            else:
                canvas.rect(x, height - y - high, wide, high, **paint)
        case Circle():
            canvas.circle(shape.x, height - shape.y, shape.radius, **paint)


def _path(canvas: Any, points: tuple[XY, ...], height: float) -> Any:
    path = canvas.beginPath()
    for index, (x, y) in enumerate(points):
        if index:
            path.lineTo(x, height - y)
        else:
            path.moveTo(x, height - y)
    return path


def _draw_text(canvas: Any, shape: Text, height: float) -> None:
    style = STYLES[shape.role]
    assert style.fill is not None, f"texts need a fill, {shape.role} has none"  # noqa: S101
    draw_text(
        canvas,
        shape.x,
        height - shape.y,
        shape.text,
        font=PLEX_BOLD if style.bold else PLEX,
        size=shape.size,
        align=_ALIGN[shape.anchor],
        rtl=shape.rtl,
        color=style.fill,
    )

"""A paragraph of one style, in either direction, that breaks across pages."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable

from accredit.charts.palette import Colour
from accredit.pdf.fonts import PLEX
from accredit.pdf.lines import (
    Align,
    Layout,
    Line,
    aligned_x,
    break_lines,
    draw_line,
    first_baseline,
    one_line,
)
from accredit.pdf.tags import Slot, marked

_LEADING = 1.6  # of the font size: Arabic letters reach further down than Latin ones
_FEWEST_LINES = 2  # on either side of a page break


class Paragraph(Flowable):
    """Text in one font and colour.

    `rtl` is the direction the text runs and, with it, where its start is; None takes both
    from its first strong letter. With a `bullet` (“•”, “1.”) the text is indented and the
    bullet stands before its first line. Sizes and spaces are points.
    """

    def __init__(
        self,
        text: str,
        *,
        font: str = PLEX,
        size: float = 10,
        leading: float | None = None,
        rtl: bool | None = None,
        align: Align = "start",
        color: Colour = Colour.INK,
        space_before: float = 0,
        space_after: float = 6,
        bullet: str = "",
    ) -> None:
        super().__init__()
        self.text, self.font, self.size = text, font, size
        self.leading = leading or size * _LEADING
        self.rtl, self.align, self.color = rtl, align, color
        self.spaceBefore, self.spaceAfter = space_before, space_after
        self.bullet = bullet
        self.indent = size * 1.5 if bullet else 0.0
        self._remaining: Layout | None = None
        #: What it is to a screen reader, and its node where it goes on after a page break.
        self.kind, self._slot = "P", Slot()

    def lines(self, width: float) -> tuple[Line, ...]:
        """The lines of this paragraph in a column `width` points wide."""
        return self._layout(width).lines

    def _layout(self, width: float) -> Layout:
        if self._remaining is not None:
            return self._remaining
        return break_lines(self.text, self.font, self.size, round(width - self.indent, 2), self.rtl)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - ReportLab's
        """The width and height this paragraph takes in a column `aW` points wide."""
        self.width = aW
        self.height = self.leading * len(self.lines(aW))
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803 - ReportLab's
        """This paragraph as two, the first no higher than `aH`; nothing if that is too low."""
        layout = self._layout(aW)
        count = len(layout.lines)
        room = int((aH + 0.01) // self.leading)
        if count - room < _FEWEST_LINES and count > room:
            room = count - _FEWEST_LINES
        if room < min(_FEWEST_LINES, count):
            return []
        if room >= count:
            return [self]
        return [self._part(layout, 0, room), self._part(layout, room, count)]

    def _part(self, layout: Layout, first: int, last: int) -> Paragraph:
        part = Paragraph(
            self.text,
            font=self.font,
            size=self.size,
            leading=self.leading,
            rtl=self.rtl,
            align=self.align,
            color=self.color,
            space_before=self.spaceBefore if first == 0 else 0,
            space_after=self.spaceAfter if last == len(layout.lines) else 0,
            bullet=self.bullet if first == 0 else "",
        )
        part.indent, part.kind, part._slot = self.indent, self.kind, self._slot
        part._remaining = Layout(layout.rtl, layout.lines[first:last])
        return part

    def draw(self) -> None:
        """Draw at the canvas's origin, the lower left corner of this paragraph."""
        with marked(self.canv, self.kind, slot=self._slot):
            self._draw(self.canv)

    def _draw(self, canvas: Any) -> None:
        layout = self._layout(self.width)
        canvas.setFillColor(self.color.rgb)
        y = self.height - first_baseline(self.size, self.leading)
        if self.bullet:
            sign = one_line(self.bullet, self.font, self.size, layout.rtl)
            x = aligned_x(0, self.width, sign.width, "start", layout.rtl)
            draw_line(canvas, x, y, sign, self.font, self.size)
        left = 0 if layout.rtl else self.indent
        for line in layout.lines:
            x = aligned_x(left, self.width - self.indent, line.width, self.align, layout.rtl)
            draw_line(canvas, x, y, line, self.font, self.size)
            y -= self.leading

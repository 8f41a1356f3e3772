"""What makes a report look designed: headings, notices, key figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from accredit.charts.palette import Colour
from accredit.pdf.bidi import clean, isolate
from accredit.pdf.contents import note_part
from accredit.pdf.fonts import PLEX, PLEX_BOLD
from accredit.pdf.onepage import draw_fitted
from accredit.pdf.paragraph import Paragraph
from accredit.pdf.tags import marked

Tone = Literal["good", "warn", "bad", "brand", "muted"]

_TONES: dict[Tone, tuple[Colour, Colour]] = {
    "good": (Colour.GOOD, Colour.GOOD_SOFT),
    "warn": (Colour.WARN, Colour.WARN_SOFT),
    "bad": (Colour.BAD, Colour.BAD_SOFT),
    "brand": (Colour.BRAND, Colour.BRAND_SOFT),
    "muted": (Colour.MUTED, Colour.WASH),
}
_HEADING_SIZES = {1: 16.0, 2: 12.5, 3: 10.5}


def heading(text: str, *, level: int = 1, rtl: bool, keep: float = 110) -> list[Flowable]:
    """A heading of `level` 1 to 3, also in the outline of the file.

    It begins a new page if less than `keep` points are left for it and what follows it.
    """
    return [CondPageBreak(keep), _Heading(text, level, rtl)]


class _Heading(Paragraph):
    def __init__(self, text: str, level: int, rtl: bool) -> None:
        size = _HEADING_SIZES[level]
        super().__init__(
            text,
            font=PLEX_BOLD,
            size=size,
            leading=size * 1.45,
            rtl=rtl,
            color=Colour.INK if level == 3 else Colour.BRAND,
            space_before=(16, 12, 8)[level - 1],
            space_after=(6, 4, 2)[level - 1],
        )
        self.level = level

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803 - ReportLab's
        """Headings are not broken, unless one is long enough to fill a page."""
        return super().split(aW, aH) if self.height > 300 else []

    def draw(self) -> None:
        if self.level == 1:
            note_part(self.canv, top=self.height)
        depth = add_bookmark(self.canv, self.text, level=self.level, top=self.height)
        # The title of the report is the one heading of the first level.
        self.kind = f"H{depth + 2}"
        super().draw()


class SideBySide(Flowable):
    """Columns of equal width, each of flowables under each other, read one after the other."""

    def __init__(
        self, columns: Sequence[Sequence[Flowable]], *, count: int, rtl: bool, gap: float = 16
    ) -> None:
        super().__init__()
        self._columns, self._count, self._rtl, self._gap = columns, count, rtl, gap
        self.spaceBefore, self.spaceAfter = 4.0, 8.0

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 - ReportLab's
        """The whole width and the height of the highest column."""
        self.width = aW
        self._wide = (aW - self._gap * (self._count - 1)) / self._count
        self.height = max(
            sum(part.wrap(self._wide, aH)[1] + part.getSpaceAfter() for part in column)
            for column in self._columns
        )
        return self.width, self.height

    def draw(self) -> None:
        """Draw at the canvas's origin, the first column where a line starts."""
        for number, column in enumerate(self._columns):
            x = number * (self._wide + self._gap)
            if self._rtl:
                x = self.width - self._wide - x
            y = self.height
            for part in column:
                y -= part.wrap(self._wide, self.height)[1]
                part.drawOn(self.canv, x, y)
                y -= part.getSpaceAfter()


def add_bookmark(canvas: Any, text: str, *, level: int, top: float) -> int:
    """An entry in the file's outline that leads to `top` points over the canvas's origin.

    A level that skips one is moved up: the outline of a PDF knows no holes. Returns how deep
    it then stands, from 0.
    """
    depth = min(level - 1, getattr(canvas, "accredit_outline_depth", -1) + 1)
    canvas.accredit_outline_depth = depth
    number = getattr(canvas, "accredit_outline_entries", 0) + 1
    canvas.accredit_outline_entries = number
    key = f"heading-{number}"
    _, y = canvas.absolutePosition(0, top)
    canvas.bookmarkPage(key, fit="XYZ", top=y + 12)
    canvas.addOutlineEntry(" ".join(clean(text).split()), key, level=depth, closed=False)
    return depth


class Notice(Flowable):
    """A box on a soft ground with a coloured bar on its start side: what one must not miss."""

    _pad, _bar = 10.0, 3.0

    def __init__(
        self, text: str, *, title: str = "", tone: Tone = "brand", rtl: bool, size: float = 9.5
    ) -> None:
        super().__init__()
        self.tone, self.rtl = tone, rtl
        ink, _ = _TONES[tone]
        self._parts: list[Flowable] = [Paragraph(text, size=size, rtl=rtl)]
        if title:
            self._parts.insert(0, Paragraph(title, font=PLEX_BOLD, size=size, rtl=rtl, color=ink))
        self.spaceBefore, self.spaceAfter = 4.0, 10.0

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 - ReportLab's
        """The column's width and the height of the box."""
        inner = aW - 2 * self._pad - self._bar
        self.width = aW
        self.height = sum(part.wrap(inner, aH)[1] for part in self._parts) + 2 * self._pad - 4
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803 - ReportLab's
        """Two boxes, the text broken between them; nothing if there is too little room."""
        *before, text = self._parts
        used = sum(part.wrap(aW, aH)[1] for part in before) + 2 * self._pad - 4
        halves = text.split(aW - 2 * self._pad - self._bar, aH - used)
        if len(halves) != 2:
            return []
        first, second = (Notice("", tone=self.tone, rtl=self.rtl) for _ in range(2))
        first._parts = [*before, halves[0]]
        second._parts = [halves[1]]
        return [first, second]

    def draw(self) -> None:
        """Draw at the canvas's origin, the lower left corner of the box."""
        canvas: Any = self.canv
        ink, ground = _TONES[self.tone]
        canvas.setFillColor(ground.rgb)
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        canvas.setFillColor(ink.rgb)
        canvas.rect(
            self.width - self._bar if self.rtl else 0, 0, self._bar, self.height, stroke=0, fill=1
        )
        left = self._pad if self.rtl else self._pad + self._bar
        y = self.height - self._pad + 2
        for part in self._parts:
            y -= part.height
            part.drawOn(canvas, left, y)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure to remember: the value as text, what it is, and a word of context."""

    value: str
    label: str
    note: str = ""
    tone: Tone = "brand"


class KeyFigures(Flowable):
    """A row of tiles with one key figure each; at most `per_row`, then further rows."""

    _gap, _height = 10.0, 68.0

    def __init__(self, figures: Sequence[KeyFigure], *, rtl: bool, per_row: int = 4) -> None:
        super().__init__()
        self.figures, self.rtl = tuple(figures), rtl
        self.per_row = max(1, min(per_row, len(self.figures)))
        self.spaceBefore, self.spaceAfter = 6.0, 12.0

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - ReportLab's
        """The column's width and the height of all rows of tiles."""
        rows = -(-len(self.figures) // self.per_row)
        self.width = aW
        self.height = max(rows * (self._height + self._gap) - self._gap, 0)
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803 - ReportLab's
        """The rows that fit, and the rest; nothing if there is no room for one row."""
        self.wrap(aW, aH)
        rows = int((aH + self._gap) // (self._height + self._gap))
        first, rest = self.figures[: rows * self.per_row], self.figures[rows * self.per_row :]
        if not first or not rest:
            return []
        return [KeyFigures(part, rtl=self.rtl, per_row=self.per_row) for part in (first, rest)]

    def draw(self) -> None:
        """Draw at the canvas's origin, the lower left corner of the last row."""
        wide = (self.width - self._gap * (self.per_row - 1)) / self.per_row
        for index, figure in enumerate(self.figures):
            row, column = divmod(index, self.per_row)
            start = column * (wide + self._gap)
            left = self.width - start - wide if self.rtl else start
            top = self.height - row * (self._height + self._gap)
            canvas: Any = self.canv
            canvas.setFillColor(_TONES[figure.tone][1].rgb)
            canvas.roundRect(left, top - self._height, wide, self._height, 5, stroke=0, fill=1)
            with marked(canvas, "P"):
                self._draw_words(figure, left, top - self._height, wide)

    def _draw_words(self, figure: KeyFigure, left: float, bottom: float, wide: float) -> None:
        canvas: Any = self.canv
        ink, _ = _TONES[figure.tone]
        x = left + wide - 10 if self.rtl else left + 10
        lines = (
            (figure.label, PLEX, 8.5, Colour.INK, 51.0),
            (figure.value, PLEX_BOLD, 19.0, ink, 27.0),
            (figure.note, PLEX, 8.0, Colour.MUTED, 10.0),
        )
        for text, font, size, color, up in lines:
            draw_fitted(
                canvas,
                x,
                bottom + up,
                isolate(text),
                wide - 20,
                font=font,
                size=size,
                smallest=5,
                align="start",
                rtl=self.rtl,
                color=color,
            )


def spacer(height: float) -> Flowable:
    """Empty room of `height` points."""
    return Spacer(1, height)

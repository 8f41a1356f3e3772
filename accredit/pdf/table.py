"""Tables whose cells wrap, in either direction, broken across pages between rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from reportlab.platypus import Flowable

from accredit.charts.palette import Colour
from accredit.pdf.bidi import isolate
from accredit.pdf.fonts import PLEX, PLEX_BOLD
from accredit.pdf.lines import Align, Line, aligned_x, break_lines, draw_line, first_baseline
from accredit.pdf.tags import Slot, grouped, marked

Tone = Literal["good", "warn", "bad", "muted", "brand"]

_TONES: dict[Tone, tuple[Colour, Colour | None]] = {
    "good": (Colour.GOOD, Colour.GOOD_SOFT),
    "warn": (Colour.WARN, Colour.WARN_SOFT),
    "bad": (Colour.BAD, Colour.BAD_SOFT),
    "brand": (Colour.BRAND, Colour.BRAND_SOFT),
    "muted": (Colour.MUTED, None),
}
_PAD_X, _PAD_Y, _TIGHT_PAD_Y = 6.0, 4.5, 1.2
_SPLIT_ROWS_OVER = 200.0  # points: lower rows move to the next page as a whole
_FEWEST_LINES = 3  # of a row that is broken, on either side of the page break


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the table's width, where its texts start."""

    title: str
    share: float
    align: Align = "start"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell that is more than plain: a tone colours it and its ground."""

    text: str
    tone: Tone | None = None
    bold: bool = False


class _Laid(NamedTuple):
    """A cell's lines in its column."""

    lines: tuple[Line, ...]
    font: str
    tone: Tone | None


_Row = tuple[_Laid, ...]


class Table(Flowable):
    """Rows of texts under repeated headings.

    Every text runs in its own direction; `rtl` puts the first column on the right and
    aligns to the right. `rule` draws a line under each row, `zebra` tints every second one; `tight`
    rows stand closer.
    Without any column title there is no heading row. Sizes are points.

    Raises ValueError if a row has not one cell for each column.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str | Cell]],
        *,
        rtl: bool,
        size: float = 9,
        tight: bool = False,
        zebra: bool = False,
        rule: bool = True,
        space_before: float = 4,
        space_after: float = 12,
    ) -> None:
        super().__init__()
        if any(len(row) != len(columns) for row in rows):
            raise ValueError("every row of a table needs one cell for each column")
        self.columns, self.rows, self.rtl, self.size = tuple(columns), tuple(rows), rtl, size
        self.tight, self.zebra, self.rule = tight, zebra, rule
        self.leading = size * 1.55
        self._pad_y = _TIGHT_PAD_Y if tight else _PAD_Y
        self.spaceBefore, self.spaceAfter = space_before, space_after
        self._first_row_number = 0
        self._body: list[_Row] | None = None
        self._slot = Slot()

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - ReportLab's
        """The column's width and the height of all rows under each other."""
        total = sum(column.share for column in self.columns)
        self._widths = [aW * column.share / total for column in self.columns]
        self._head = self._lay([Cell(column.title, bold=True) for column in self.columns])
        if self._body is None:
            self._body = [self._lay(row) for row in self.rows]
        self.width = aW
        self.height = self._head_height() + sum(map(self._height, self._body))
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803 - ReportLab's
        """This table as two, the first no higher than `aH`; nothing if no row has room."""
        self.wrap(aW, aH)
        body = self._body or []
        room, fits = aH - self._head_height(), 0
        while fits < len(body) and self._height(body[fits]) <= room + 0.01:
            room -= self._height(body[fits])
            fits += 1
        if fits == len(body):
            return [self]
        first, rest = body[:fits], body[fits:]
        if self._height(rest[0]) > _SPLIT_ROWS_OVER:
            lines = int((room - 2 * self._pad_y) // self.leading)
            if lines >= _FEWEST_LINES:
                upper, lower = _cut(rest[0], lines)
                first, rest = [*first, upper], [lower, *rest[1:]]
        if not first:
            return []
        return [self._part(first, 0), self._part(rest, fits)]

    def _part(self, body: list[_Row], first_row: int) -> Table:
        part = Table(
            self.columns,
            (),
            rtl=self.rtl,
            size=self.size,
            tight=self.tight,
            zebra=self.zebra,
            rule=self.rule,
            space_before=self.spaceBefore,
            space_after=self.spaceAfter,
        )
        part._body, part._slot = body, self._slot
        part._first_row_number = self._first_row_number + first_row
        return part

    def _lay(self, row: Sequence[str | Cell]) -> _Row:
        return tuple(
            self._lay_cell(cell if isinstance(cell, Cell) else Cell(cell), width)
            for cell, width in zip(row, self._widths, strict=True)
        )

    def _lay_cell(self, cell: Cell, width: float) -> _Laid:
        font = PLEX_BOLD if cell.bold else PLEX
        room = max(round(width - 2 * _PAD_X, 2), 1.0)
        # What has no letters, figures in a row among them, runs as the table does.
        text = isolate(cell.text) if any(map(str.isalpha, cell.text)) else cell.text
        layout = break_lines(text, font, self.size, room, self.rtl)
        return _Laid(layout.lines, font, cell.tone)

    def _height(self, row: _Row) -> float:
        return max((len(cell.lines) for cell in row), default=0) * self.leading + 2 * self._pad_y

    def _head_height(self) -> float:
        return self._height(self._head) if any(c.title for c in self.columns) else 0

    def draw(self) -> None:
        """Draw at the canvas's origin, the lower left corner of this table."""
        with grouped(self.canv, "Table", self._slot) as node:
            # Headings that are repeated after a page break are there for the eye alone.
            self._draw(self.canv, reads_head=node is not None and not node.kids)

    def _draw(self, canvas: Any, *, reads_head: bool) -> None:
        canvas.saveState()
        canvas.setLineWidth(0.6)
        top = self.height
        if self._head_height():
            canvas.setFillColor(Colour.BRAND_SOFT.rgb)
            canvas.rect(0, top - self._head_height(), self.width, self._head_height(), 0, 1)
            if reads_head:
                with grouped(canvas, "TR"):
                    self._draw_row(canvas, self._head, top, Colour.BRAND, "Column")
            else:
                self._draw_row(canvas, self._head, top, Colour.BRAND, "")
            top -= self._head_height()
        for number, row in enumerate(self._body or [], start=self._first_row_number):
            bottom = top - self._height(row)
            if self.zebra and number % 2:
                canvas.setFillColor(Colour.WASH.rgb)
                canvas.rect(0, bottom, self.width, top - bottom, stroke=0, fill=1)
            with grouped(canvas, "TR"):
                self._draw_row(canvas, row, top, Colour.INK, "Row")
            if self.rule:
                canvas.setStrokeColor(Colour.LINE.rgb)
                canvas.line(0, bottom, self.width, bottom)
            top = bottom
        canvas.restoreState()

    def _draw_row(self, canvas: Any, row: _Row, top: float, color: Colour, heads: str) -> None:
        """Draw the cells: `heads` is Column where each is a heading, Row where the first is one.

        With "" they are not read.
        """
        height = self._height(row)
        start = 0.0
        cells = zip(row, self.columns, self._widths, strict=True)
        for number, (cell, column, width) in enumerate(cells):
            left = self.width - start - width if self.rtl else start
            ink, ground = _TONES[cell.tone] if cell.tone else (color, None)
            if ground:
                canvas.setFillColor(ground.rgb)
                canvas.rect(left + 1, top - height + 1, width - 2, height - 2, stroke=0, fill=1)
            canvas.setFillColor(ink.rgb)
            scope = heads if heads == "Column" or number == 0 else ""
            with marked(canvas, "TH" if scope else "TD", scope=scope) if heads else nullcontext():
                self._draw_cell(canvas, cell, column, left, top, width)
            start += width

    def _draw_cell(
        self, canvas: Any, cell: _Laid, column: Column, left: float, top: float, width: float
    ) -> None:
        y = top - self._pad_y - first_baseline(self.size, self.leading)
        for line in cell.lines:
            x = aligned_x(left + _PAD_X, width - 2 * _PAD_X, line.width, column.align, self.rtl)
            draw_line(canvas, x, y, line, cell.font, self.size)
            y -= self.leading


def _cut(row: _Row, lines: int) -> tuple[_Row, _Row]:
    upper = tuple(cell._replace(lines=cell.lines[:lines]) for cell in row)
    lower = tuple(cell._replace(lines=cell.lines[lines:]) for cell in row)
    return upper, lower


def facts(pairs: Sequence[tuple[str, str | Cell]], *, rtl: bool, size: float = 9.5) -> Table:
    """Names and their values, two columns without headings."""
    return Table(
        [Column("", 0.3), Column("", 0.7)],
        [(Cell(name, tone="muted"), value) for name, value in pairs],
        rtl=rtl,
        size=size,
    )

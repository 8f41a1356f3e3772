"""The list of a report's parts with their pages, drawn when the last page is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import Flowable

from accredit.charts.palette import Colour
from accredit.pdf.bidi import isolate
from accredit.pdf.fonts import PLEX, PLEX_BOLD
from accredit.pdf.onepage import draw_fitted
from accredit.pdf.tags import Node, TaggedCanvas, grouped, marked, marked_more

_TITLE, _ROW, _SIZE, _NUMBER = 20.0, 16.5, 9.5, 30.0


class Contents(Flowable):
    """One line for each heading of level 1 of the report, in their order; each is a link."""

    def __init__(self, title: str, entries: Sequence[str], *, rtl: bool) -> None:
        super().__init__()
        self.title, self.entries, self.rtl = title, tuple(entries), rtl
        self._nodes: list[Node | None] = []
        self.spaceBefore, self.spaceAfter = 8.0, 6.0

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - ReportLab's
        """The column's width and the height of title and lines."""
        self.width, self.height = aW, _TITLE + _ROW * len(self.entries)
        return self.width, self.height

    def draw(self) -> None:
        """Draw all but the numbers at the canvas's origin, the lower left corner."""
        canvas: Any = self.canv
        start = self.width if self.rtl else 0.0
        with marked(canvas, "P"):
            draw_fitted(
                canvas,
                start,
                self.height - 11,
                isolate(self.title),
                self.width,
                font=PLEX_BOLD,
                size=10.5,
                align="start",
                rtl=self.rtl,
            )
        canvas.setStrokeColor(Colour.LINE.rgb)
        canvas.setLineWidth(0.5)
        with grouped(canvas, "TOC"):
            for index, entry in enumerate(self.entries):
                canvas.line(0, self._baseline(index) - 4.5, self.width, self._baseline(index) - 4.5)
                self._nodes.append(self._draw_entry(canvas, index, entry, start))
        x, y = canvas.absolutePosition(0 if self.rtl else self.width, 0)
        canvas.accredit_contents = (canvas.getPageNumber(), self, x, y)

    def _draw_entry(self, canvas: Any, index: int, entry: str, start: float) -> Node | None:
        """One line and its link; the node to which its number belongs, too."""
        y, place = self._baseline(index), part_key(index + 1)
        box = (0, y - 5, self.width, y + 11)
        with grouped(canvas, "TOCI"), grouped(canvas, "Reference"), marked(canvas, "Link") as node:
            draw_fitted(
                canvas,
                start,
                y,
                isolate(entry),
                self.width - _NUMBER,
                font=PLEX,
                size=_SIZE,
                align="start",
                rtl=self.rtl,
                color=Colour.BRAND,
            )
            if isinstance(canvas, TaggedCanvas) and node is not None:
                canvas.link(node, entry, place, box)
            else:
                canvas.linkRect(entry, place, box, relative=1, thickness=0)
        return node

    def draw_numbers(self, canvas: Any, x: float, bottom: float, pages: Sequence[int]) -> None:
        """Write the page of each part at the end of its line; `x` is where lines end."""
        for index, number in enumerate(pages[: len(self.entries)]):
            with marked_more(canvas, self._nodes[index]):
                draw_fitted(
                    canvas,
                    x,
                    bottom + self._baseline(index),
                    str(number),
                    _NUMBER,
                    size=_SIZE,
                    align="end",
                    rtl=self.rtl,
                    color=Colour.MUTED,
                )

    def _baseline(self, index: int) -> float:
        return self.height - _TITLE - _ROW * index - 12


def part_key(number: int) -> str:
    """The name of the place in the file where the part with this number (from 1) begins."""
    return f"part-{number}"


def note_part(canvas: Any, *, top: float) -> None:
    """A part of the report begins `top` points over the canvas's origin."""
    pages = getattr(canvas, "accredit_parts", [])
    canvas.accredit_parts = [*pages, canvas.getPageNumber()]
    _, y = canvas.absolutePosition(0, top)
    canvas.bookmarkPage(part_key(len(pages) + 1), fit="XYZ", top=y + 12)


def draw_contents(canvas: Any, page: int) -> None:
    """Complete the list on the page it stands on, now that every part's page is known."""
    found = getattr(canvas, "accredit_contents", None)
    if found and found[0] == page:
        _, contents, x, bottom = found
        contents.draw_numbers(canvas, x, bottom, getattr(canvas, "accredit_parts", []))

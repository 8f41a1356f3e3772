"""One-page documents: a canvas, and texts placed on it where the design wants them.

Coordinates are points from the lower left corner, as in PDF itself; `y` of a text is its
baseline.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, cast

import segno
from reportlab.lib.pagesizes import A4, landscape

from accredit.charts.palette import Colour
from accredit.pdf.fonts import PLEX, get_font
from accredit.pdf.lines import (
    Align,
    aligned_x,
    break_lines,
    draw_line,
    first_baseline,
    one_line,
    text_width,
)
from accredit.pdf.metadata import packet
from accredit.pdf.tags import TaggedCanvas, marked
from accredit.text import Language

LANDSCAPE_A4: tuple[float, float] = landscape(A4)


def build_page(
    draw: Callable[[Any], None],
    *,
    title: str,
    language: Language,
    author: str,
    page_size: tuple[float, float] = LANDSCAPE_A4,
) -> bytes:
    """A PDF of one page on which `draw` has drawn; the same drawing gives the same bytes."""
    get_font(PLEX)
    target = BytesIO()
    # The published types of the canvas say that the name of its first font is a number.
    canvas = cast("Any", TaggedCanvas)(
        target, pagesize=page_size, lang=language, initialFontName=PLEX, invariant=True
    )
    describe(canvas, title=title, author=author, language=language)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def describe(canvas: Any, *, title: str, author: str, language: Language) -> None:
    """Say what the file is: title, author, reading direction."""
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setCreator("accredit")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.setViewerPreference("Direction", "R2L" if language == "ar" else "L2R")
    canvas._doc.Catalog.Metadata = packet(title=title, author=author, language=language)


def draw_text(
    canvas: Any,
    x: float,
    y: float,
    text: str,
    *,
    font: str = PLEX,
    size: float = 11,
    align: Align = "start",
    rtl: bool = False,
    color: Colour = Colour.INK,
) -> float:
    """Draw one line of text at (`x`, `y`) and return its width.

    `align` says which part of the text lies at `x`: its start (in right-to-left text the
    right end), its centre or its end.
    """
    line = one_line(text, font, size, rtl)
    canvas.setFillColor(color.rgb)
    draw_line(canvas, aligned_x(x, 0, line.width, align, rtl), y, line, font, size)
    return line.width


def fitting_size(
    text: str, width: float, *, font: str = PLEX, size: float, smallest: float = 6, rtl: bool
) -> float:
    """The largest font size up to `size` at which `text` is no wider than `width`.

    Never under `smallest`, even if the text is then too wide: wrap such a text instead.
    """
    wide = text_width(text, font, size, rtl)
    if wide <= width:
        return size
    # Widths grow with the size, so one division finds it; whole tenths keep files alike.
    return max(smallest, int(size * width / wide * 10) / 10)


def draw_fitted(
    canvas: Any,
    x: float,
    y: float,
    text: str,
    width: float,
    *,
    font: str = PLEX,
    size: float,
    smallest: float = 6,
    align: Align = "center",
    rtl: bool = False,
    color: Colour = Colour.INK,
) -> float:
    """Draw one line at (`x`, `y`), shrunk until it fits into `width`; return the size used."""
    used = fitting_size(text, width, font=font, size=size, smallest=smallest, rtl=rtl)
    draw_text(canvas, x, y, text, font=font, size=used, align=align, rtl=rtl, color=color)
    return used


def draw_wrapped(
    canvas: Any,
    x: float,
    top: float,
    text: str,
    width: float,
    *,
    font: str = PLEX,
    size: float = 11,
    leading: float | None = None,
    align: Align = "center",
    rtl: bool = False,
    color: Colour = Colour.INK,
    height: float | None = None,
    smallest: float = 6,
) -> float:
    """Draw text in lines inside a box and return the height used.

    The box is `width` wide with its left edge at `x` and its upper edge at `top`. With a
    `height` the text shrinks in half points, at most to `smallest`, until it fits.
    """
    share = (leading or size * 1.6) / size
    layout = break_lines(text, font, size, width, rtl)
    while height is not None and len(layout.lines) * size * share > height and size > smallest:
        size = max(smallest, size - 0.5)
        layout = break_lines(text, font, size, width, rtl)
    canvas.setFillColor(color.rgb)
    y = top - first_baseline(size, size * share)
    for line in layout.lines:
        draw_line(canvas, aligned_x(x, width, line.width, align, layout.rtl), y, line, font, size)
        y -= size * share
    return len(layout.lines) * size * share


def draw_qr(
    canvas: Any, x: float, y: float, size: float, data: str, *, color: Colour = Colour.INK
) -> None:
    """Draw `data` as a QR code, `size` points wide with its quiet zone, lower left at (x, y).

    Error correction level M; the quiet zone of four modules (ISO/IEC 18004) is part of
    `size` and painted as paper, so that the code reads on any ground.
    """
    with marked(canvas, "Figure", alt=f"QR: {data}"):
        _draw_modules(canvas, x, y, size, data, color)


def _draw_modules(canvas: Any, x: float, y: float, size: float, data: str, color: Colour) -> None:
    matrix = segno.make(data, error="m", micro=False).matrix
    quiet = 4
    module = size / (len(matrix) + 2 * quiet)
    canvas.saveState()
    canvas.setFillColor(Colour.PAPER.rgb)
    canvas.rect(x, y, size, size, stroke=0, fill=1)
    canvas.setFillColor(color.rgb)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        bottom = y + size - (quiet + row + 1) * module
        for start, length in _dark_stretches(modules):
            path.rect(x + (quiet + start) * module, bottom, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _dark_stretches(modules: bytes | bytearray) -> list[tuple[int, int]]:
    """Start and length of each stretch of dark modules in one row."""
    stretches: list[tuple[int, int]] = []
    for index, dark in enumerate(modules):
        if not dark:
            continue
        if stretches and sum(stretches[-1]) == index:
            stretches[-1] = (stretches[-1][0], stretches[-1][1] + 1)
        else:
            stretches.append((index, 1))
    return stretches

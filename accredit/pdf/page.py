"""The frame of every report: A4 pages with a head, a foot and “page x of y”."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from accredit.charts.palette import Colour
from accredit.pdf.bidi import isolate
from accredit.pdf.contents import draw_contents
from accredit.pdf.fonts import PLEX, PLEX_BOLD, get_font
from accredit.pdf.onepage import describe, draw_fitted
from accredit.pdf.paragraph import Paragraph
from accredit.pdf.tags import TaggedCanvas, as_decoration
from accredit.text import Language

PageLabel = Callable[[int, int], str]

WIDTH, HEIGHT = A4
_SIDE, _TOP, _BOTTOM = 52.0, 64.0, 62.0
BODY_WIDTH = WIDTH - 2 * _SIDE
"""The width of a report's column in points: what full-width charts are drawn for."""
BODY_HEIGHT = HEIGHT - _TOP - _BOTTOM
"""The height of a report's column in points."""


def build_report(
    story: Sequence[Flowable],
    *,
    title: str,
    subtitle: str,
    language: Language,
    footer: str,
    author: str,
    page_label: PageLabel,
) -> bytes:
    """A report as PDF: the title on the first page, then the `story`.

    `page_label` gives the words for page x of y in the reader's language, for example
    `lambda page, pages: f"Page {page} of {pages}"`. The same input gives the same bytes.
    """
    rtl = language == "ar"
    # Among many windows and files, it is the subtitle that tells one report from another.
    named = f"{title} · {subtitle}" if subtitle else title
    for name in (PLEX, PLEX_BOLD):
        get_font(name)
    target = BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=A4,
        title=named,
        author=author,
        creator="accredit",
        lang=language,
        initialFontName=PLEX,
        invariant=True,
    )
    frame = Frame(_SIDE, _BOTTOM, BODY_WIDTH, BODY_HEIGHT, 0, 0, 0, 0, id="body")
    document.addPageTemplates([PageTemplate(id="page", frames=[frame])])
    furniture = partial(_draw_furniture, title=title, footer=footer, page_label=page_label, rtl=rtl)

    def canvas(*arguments: Any, **options: Any) -> TaggedCanvas:
        made = _ReportCanvas(*arguments, furniture=furniture, **options)
        describe(made, title=named, author=author, language=language)
        return made

    document.build([*_title(title, subtitle, rtl), *story], canvasmaker=canvas)
    return target.getvalue()


class _ReportCanvas(TaggedCanvas):
    """A canvas that draws head and foot of all pages at the end, when it knows how many."""

    def __init__(
        self, *arguments: Any, furniture: Callable[[Any, int, int], None], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._furniture = furniture

    def save(self) -> None:
        canvas: Any = self
        if canvas._code:
            self.showPage()
        pages = canvas._doc.Pages.pages
        for number, page in enumerate(pages, start=1):
            canvas._code, self.draws_again = [], number
            self._furniture(canvas, number, len(pages))
            draw_contents(canvas, number)
            page.stream += "\n".join(as_decoration(canvas._code)) + "\n"
        canvas._code = []
        if hasattr(canvas, "accredit_outline_entries"):
            canvas.showOutline()
        super().save()


def _draw_furniture(
    canvas: Any,
    page: int,
    pages: int,
    *,
    title: str,
    footer: str,
    page_label: PageLabel,
    rtl: bool,
) -> None:
    start, end = (WIDTH - _SIDE, _SIDE) if rtl else (_SIDE, WIDTH - _SIDE)
    small = partial(draw_fitted, canvas, size=8, rtl=rtl, color=Colour.MUTED)
    canvas.setLineWidth(0.6)
    canvas.setStrokeColor(Colour.LINE.rgb)
    canvas.line(_SIDE, _BOTTOM - 16, WIDTH - _SIDE, _BOTTOM - 16)
    small(end, _BOTTOM - 30, page_label(page, pages), 100, align="end")
    small(start, _BOTTOM - 30, isolate(footer), BODY_WIDTH - 110, align="start")
    if page == 1:
        canvas.setFillColor(Colour.BRAND.rgb)
        canvas.rect(0, HEIGHT - 10, WIDTH, 10, stroke=0, fill=1)
        return
    canvas.line(_SIDE, HEIGHT - _TOP + 18, WIDTH - _SIDE, HEIGHT - _TOP + 18)
    small(start, HEIGHT - _TOP + 26, isolate(title), BODY_WIDTH, align="start")


def _title(title: str, subtitle: str, rtl: bool) -> list[Flowable]:
    """Title and subtitle at the top of the first page."""
    heading = Paragraph(title, font=PLEX_BOLD, size=22, leading=32, rtl=rtl, color=Colour.BRAND)
    heading.kind = "H1"
    parts: list[Flowable] = [heading]
    if subtitle:
        parts.append(Paragraph(subtitle, size=11, rtl=rtl, color=Colour.MUTED, space_after=14))
    return parts

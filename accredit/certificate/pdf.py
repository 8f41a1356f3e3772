"""The certificate on paper: one landscape A4 page in English, in Arabic, or in both.

Texts stand in rows under each other; with two languages each row holds both, side by side,
in the same size and at the same height. A row whose text is long shrinks and breaks into
lines; if all rows together are still too high, all of them shrink, so that nothing is ever
cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from accredit.certificate import wording
from accredit.certificate.foot import (
    CODE_SIZE,
    draw_code,
    draw_decision,
    draw_facts,
    draw_verify,
)
from accredit.certificate.ornament import (
    HEIGHT,
    INSET,
    WIDTH,
    draw_border,
    draw_flourish,
    draw_mark,
    draw_watermark,
)
from accredit.certificate.wording import CertificateText
from accredit.charts.palette import Colour
from accredit.pdf.bidi import isolate
from accredit.pdf.fonts import AMIRI_BOLD, PLEX, PLEX_BOLD
from accredit.pdf.lines import (
    Layout,
    aligned_x,
    break_lines,
    draw_line,
    first_baseline,
)
from accredit.pdf.onepage import build_page
from accredit.pdf.tags import grouped, marked
from accredit.text import Bilingual, Language

DocumentLanguage = Literal["en", "ar", "both"]
DOCUMENT_LANGUAGES: tuple[DocumentLanguage, ...] = ("ar", "en", "both")

_MARGIN = INSET + 17.0
_FOOT = 156.0
_MARK = 46.0
_TOP = HEIGHT - INSET - _MARK - 14
_GUTTER = 34.0
_SMALLEST = 5.0
_ONE_LINE_SHARE = 0.72


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of text, once per language; `gap` is the space above it in points."""

    texts: tuple[str, ...]
    font: str
    size: float
    leading: float
    colour: Colour
    most_lines: int
    gap: float
    flourish: bool = False
    kind: str = "P"


@dataclass(frozen=True, slots=True)
class _FittedRow:
    row: _Row
    size: float
    layouts: tuple[Layout, ...]
    gap: float

    @property
    def line_height(self) -> float:
        return self.size * self.row.leading

    @property
    def height(self) -> float:
        return self.line_height * max(len(layout.lines) for layout in self.layouts)


def render_certificate(text: CertificateText, language: DocumentLanguage) -> bytes:
    """The certificate as PDF; the same text always gives the same bytes."""
    languages: tuple[Language, ...] = ("en", "ar") if language == "both" else (language,)
    draw = _draw_both if language == "both" else _draw_one
    names = " · ".join(isolate(text.organisation.in_language(code)) for code in languages)
    return build_page(
        partial(draw, text=text, languages=languages),
        title=f"{wording.TITLE.in_language(languages[-1])} {isolate(text.number)} · {names}",
        language=languages[-1],
        author="accredit",
    )


def _draw_one(canvas: Any, *, text: CertificateText, languages: Sequence[Language]) -> None:
    (language,) = languages
    rtl = language == "ar"
    _draw_ground(canvas)
    _draw_rows(canvas, text, languages, [_MARGIN], WIDTH - 2 * _MARGIN)
    # The foot reads in the page's direction: the code, the facts, who decided.
    column = (WIDTH - 2 * _MARGIN) / 3
    left, middle, right = _MARGIN, _MARGIN + column, _MARGIN + 2 * column
    code, decided = (right, left) if rtl else (left, right)
    qr_x = code + column - CODE_SIZE if rtl else code
    draw_code(canvas, qr_x, text)
    beside = code if rtl else code + CODE_SIZE + 8
    draw_verify(canvas, beside, text, language, column - CODE_SIZE - 8, "start")
    draw_facts(canvas, middle, column, text, language, "center")
    draw_decision(canvas, decided, column, text, language)


def _draw_both(canvas: Any, *, text: CertificateText, languages: Sequence[Language]) -> None:
    width = (WIDTH - 2 * _MARGIN - _GUTTER) / 2
    lefts = [_MARGIN, WIDTH - _MARGIN - width]
    _draw_ground(canvas)
    canvas.saveState()
    canvas.setStrokeColor(Colour.LINE.rgb)
    canvas.setLineWidth(0.6)
    canvas.line(WIDTH / 2, _FOOT + 6, WIDTH / 2, _TOP - 6)
    canvas.restoreState()
    _draw_rows(canvas, text, languages, lefts, width)
    draw_code(canvas, (WIDTH - CODE_SIZE) / 2, text)
    # The two halves mirror each other: facts outside, how to verify beside the code.
    half = (WIDTH - 2 * _MARGIN - CODE_SIZE) / 2
    facts, verify = half * 0.53, half * 0.47 - 16
    for language in languages:
        rtl = language == "ar"
        facts_x = WIDTH - _MARGIN - facts if rtl else _MARGIN
        verify_x = WIDTH - _MARGIN - half + 8 if rtl else _MARGIN + facts + 8
        draw_facts(canvas, facts_x, facts, text, language, "start", with_decision=True)
        draw_verify(canvas, verify_x, text, language, verify, "end")


def _draw_ground(canvas: Any) -> None:
    canvas.setFillColor(Colour.PAPER.rgb)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    draw_watermark(canvas, WIDTH / 2, (HEIGHT + _FOOT) / 2 - 24, 178)
    draw_border(canvas)
    draw_mark(canvas, WIDTH / 2, HEIGHT - INSET - _MARK / 2 - 6, _MARK)


def _rows(text: CertificateText, languages: Sequence[Language]) -> list[_Row]:
    def said(*parts: Bilingual) -> tuple[str, ...]:
        return tuple(" ".join(part.in_language(code) for part in parts) for code in languages)

    standard = tuple(
        f"{isolate(text.standard.in_language(code))}{'،' if code == 'ar' else ','} "
        f"{wording.EDITION.in_language(code)} {isolate(text.edition)}"
        for code in languages
    )
    scope = tuple(
        f"{wording.SCOPE.in_language(code)}: {isolate(text.scope.in_language(code))}"
        for code in languages
    )
    return [
        _Row(said(wording.PROGRAMME), PLEX, 10, 1.5, Colour.MUTED, 1, 0),
        _Row(said(wording.TITLE), AMIRI_BOLD, 34, 1.3, Colour.BRAND, 1, 0, kind="H1"),
        _Row(said(wording.AWARDED_TO), PLEX, 11, 1.5, Colour.MUTED, 1, 20, flourish=True),
        _Row(said(text.organisation), AMIRI_BOLD, 29, 1.35, Colour.INK, 3, 2),
        _Row(said(text.department), PLEX_BOLD, 15, 1.5, Colour.INK, 3, 0),
        _Row(said(wording.FOR_MEETING), PLEX, 11, 1.5, Colour.MUTED, 1, 8),
        _Row(standard, PLEX_BOLD, 13, 1.5, Colour.INK, 3, 0),
        _Row(said(text.award), AMIRI_BOLD, 25, 1.4, Colour.ACCENT, 2, 8),
        _Row(scope, PLEX, 10, 1.5, Colour.MUTED, 3, 4),
    ]


def _draw_rows(
    canvas: Any,
    text: CertificateText,
    languages: Sequence[Language],
    lefts: Sequence[float],
    width: float,
) -> None:
    rtl = [language == "ar" for language in languages]
    room = _TOP - _FOOT
    fitted = _fit(_rows(text, languages), rtl, width, room)
    top = _TOP - (room - sum(row.gap + row.height for row in fitted)) / 2
    # One language after the other, as they are read.
    for index, (left, language) in enumerate(zip(lefts, languages, strict=True)):
        with grouped(canvas, "Sect"):
            _draw_column(canvas, fitted, index, left, width, top, language)


def _draw_column(
    canvas: Any,
    rows: Sequence[_FittedRow],
    index: int,
    left: float,
    width: float,
    top: float,
    language: Language,
) -> None:
    """The rows in one language, under each other from `top`."""
    for row in rows:
        if row.row.flourish:
            draw_flourish(canvas, left + width / 2, top - row.gap * 0.42, min(width, 230))
        top -= row.gap
        with marked(canvas, row.row.kind, language=language):
            _draw_layout(canvas, left, width, top, row, row.layouts[index])
        top -= row.height


def _fit(
    rows: Sequence[_Row], rtl: Sequence[bool], width: float, height: float
) -> list[_FittedRow]:
    """The rows at the largest common scale at which they fit into `height`, with air between."""
    scale = 1.0
    while True:
        fitted = [_fit_row(row, rtl, width, scale) for row in rows]
        spare = height - sum(row.gap + row.height for row in fitted)
        if spare >= 0 or scale <= 0.3:
            break
        scale -= 0.04
    air = min(7.0, max(0.0, spare) / len(rows))
    return [_FittedRow(row.row, row.size, row.layouts, row.gap + air) for row in fitted]


def _fit_row(row: _Row, rtl: Sequence[bool], width: float, scale: float) -> _FittedRow:
    full = round(row.size * scale * 2) / 2
    sizes = [full - step / 2 for step in range(int((full - _SMALLEST) * 2) + 1)]
    # A name a little too long is better a little smaller than broken into two lines.
    for fewest, smallest in ((1, full * _ONE_LINE_SHARE), (row.most_lines, _SMALLEST)):
        for size in sizes:
            if size < smallest:
                break
            layouts = _lay_out(row, rtl, width, size)
            if max(len(layout.lines) for layout in layouts) <= fewest:
                return _FittedRow(row, size, layouts, row.gap * scale)
    return _FittedRow(row, _SMALLEST, _lay_out(row, rtl, width, _SMALLEST), row.gap * scale)


def _lay_out(row: _Row, rtl: Sequence[bool], width: float, size: float) -> tuple[Layout, ...]:
    return tuple(
        break_lines(text, row.font, size, round(width, 2), right)
        for text, right in zip(row.texts, rtl, strict=True)
    )


def _draw_layout(
    canvas: Any, left: float, width: float, top: float, row: _FittedRow, layout: Layout
) -> None:
    """The lines of one language, centred in its column and in the height of its row."""
    canvas.setFillColor(row.row.colour.rgb)
    top -= (row.height - row.line_height * len(layout.lines)) / 2
    y = top - first_baseline(row.size, row.line_height)
    for line in layout.lines:
        x = aligned_x(left, width, line.width, "center", layout.rtl)
        draw_line(canvas, x, y, line, row.row.font, row.size)
        y -= row.line_height

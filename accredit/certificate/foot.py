"""The foot of a certificate: code, number, dates, who decided, and how to verify."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.dates import format_date

from accredit.certificate import wording
from accredit.certificate.ornament import INSET
from accredit.certificate.wording import CertificateText
from accredit.charts.palette import Colour
from accredit.pdf.fonts import PLEX_BOLD
from accredit.pdf.lines import Align
from accredit.pdf.onepage import draw_fitted, draw_qr, draw_text, draw_wrapped, fitting_size
from accredit.pdf.tags import marked
from accredit.text import Language

CODE_SIZE = 84.0
"""The width and height of the code with its quiet zone, in points."""

_LOCALES = {"en": "en_GB", "ar": "ar"}


def draw_code(canvas: Any, x: float, text: CertificateText) -> None:
    """The code that opens the public page, its left edge at `x`."""
    draw_qr(canvas, x, INSET + 8, CODE_SIZE, text.verify_url, color=Colour.BRAND)


def draw_verify(
    canvas: Any, x: float, text: CertificateText, language: Language, width: float, align: Align
) -> None:
    """How to verify, in words and with the address to type, `width` points wide from `x`."""
    with marked(canvas, "P", language=language):
        _draw_verify(canvas, x, text, language, width, align)


def _draw_verify(
    canvas: Any, x: float, text: CertificateText, language: Language, width: float, align: Align
) -> None:
    rtl = language == "ar"
    top = INSET + CODE_SIZE - 2
    words = wording.HOW_TO_VERIFY.in_language(language)
    used = draw_wrapped(
        canvas, x, top, words, width, size=8, leading=12, align=align, rtl=rtl,
        color=Colour.MUTED, height=48,
    )  # fmt: skip
    # The address runs left to right at the edge where the words of this language begin. It
    # is better small than broken, and better broken than cut.
    at_right = (align == "start") == rtl
    address = text.check_url.partition("://")[2] or text.check_url
    size = fitting_size(address, width, font=PLEX_BOLD, size=8, smallest=5.5, rtl=False)
    draw_wrapped(
        canvas, x, top - used - 3, address, width, font=PLEX_BOLD, size=size, leading=11,
        align="end" if at_right else "start", color=Colour.BRAND, height=22, smallest=3,
    )  # fmt: skip


def draw_facts(
    canvas: Any,
    x: float,
    width: float,
    text: CertificateText,
    language: Language,
    align: Align,
    *,
    with_decision: bool = False,
) -> None:
    """Number and dates under each other, each with its label; perhaps also who decided."""
    facts = [
        (wording.NUMBER, text.number, False),
        (wording.ISSUED, _day(text.issued_on, language), language == "ar"),
        (wording.VALID_UNTIL, _day(text.expires_on, language), language == "ar"),
    ]
    rtl = language == "ar"
    # Four facts begin a little over the code, so that each label stays with its value.
    step, over = (24.5, 8.0) if with_decision else (29.0, 0.0)
    anchor = x + width / 2 if align == "center" else x + width if rtl else x
    y = INSET + CODE_SIZE - 2 + over
    for label, value, value_rtl in facts:
        # Left-to-right values keep to the edge of the column their label stands at.
        value_align: Align = "end" if rtl and not value_rtl and align == "start" else align
        with marked(canvas, "P", language=language):
            draw_text(
                canvas, anchor, y, label.in_language(language), size=7.5, align=align, rtl=rtl,
                color=Colour.MUTED,
            )  # fmt: skip
            draw_fitted(
                canvas, anchor, y - 11, value, width, size=9.5, smallest=4, font=PLEX_BOLD,
                align=value_align, rtl=value_rtl,
            )  # fmt: skip
        y -= step
    if with_decision:
        with marked(canvas, "P", language=language):
            draw_text(
                canvas, anchor, y, wording.DECIDED_BY.in_language(language), size=7.5,
                align=align, rtl=rtl, color=Colour.MUTED,
            )  # fmt: skip
            draw_wrapped(
                canvas, x, y - 1, text.decided_by.in_language(language), width, font=PLEX_BOLD,
                size=9.5, leading=13, align=align, rtl=rtl, height=16, smallest=3,
            )  # fmt: skip


def draw_decision(
    canvas: Any, x: float, width: float, text: CertificateText, language: Language
) -> None:
    """Who decided, under a line as on a signed document, at the end of the column."""
    rtl = language == "ar"
    line = min(width, 180.0)
    left = x if rtl else x + width - line
    y = INSET + 54
    canvas.saveState()
    canvas.setStrokeColor(Colour.MUTED.rgb)
    canvas.setLineWidth(0.5)
    canvas.line(left, y, left + line, y)
    canvas.restoreState()
    with marked(canvas, "P", language=language):
        draw_text(
            canvas, left + line / 2, y + 7, wording.DECIDED_BY.in_language(language), size=7.5,
            align="center", rtl=rtl, color=Colour.MUTED,
        )  # fmt: skip
        draw_wrapped(
            canvas, left, y - 4, text.decided_by.in_language(language), line, font=PLEX_BOLD,
            size=12, leading=17, rtl=rtl, height=36, smallest=4,
        )  # fmt: skip


def _day(day: date, language: Language) -> str:
    return format_date(day, format="d MMMM y", locale=_LOCALES[language])

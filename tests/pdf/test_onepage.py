from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from accredit.charts.palette import Colour
from accredit.pdf.fonts import AMIRI_BOLD, PLEX
from accredit.pdf.lines import text_width
from accredit.pdf.onepage import (
    LANDSCAPE_A4,
    draw_fitted,
    draw_qr,
    draw_text,
    draw_wrapped,
    fitting_size,
)
from tests.costs import costs_less_than

from .reading import fonts, ink, one_page, texts

NAME = "هيئة الخدمات البلدية والتخطيط العمراني والأشغال العامة في إمارة المثال"


def test_a_text_is_anchored_at_its_start_its_centre_or_its_end() -> None:
    def drawn(align: Any, rtl: bool) -> tuple[int, int, int, int]:
        return ink(
            one_page(lambda c: draw_text(c, 400, 300, "خدمة", size=40, align=align, rtl=rtl))
        )

    assert drawn("start", True)[2] == pytest.approx(400, abs=5)
    assert drawn("end", True)[0] == pytest.approx(400, abs=5)
    assert drawn("start", False)[0] == pytest.approx(400, abs=5)
    left, _, right, _ = drawn("center", True)
    assert (left + right) / 2 == pytest.approx(400, abs=4)


def test_a_long_name_shrinks_until_it_fits() -> None:
    size = fitting_size(NAME, 300, size=30, rtl=True)
    assert size < 30
    assert text_width(NAME, PLEX, size, True) <= 300
    assert text_width(NAME, PLEX, size + 0.2, True) > 300


def test_a_short_name_keeps_its_size() -> None:
    assert fitting_size("النور", 300, size=30, rtl=True) == 30


def test_no_name_shrinks_under_the_smallest_size() -> None:
    assert fitting_size(NAME * 9, 100, size=30, smallest=9, rtl=True) == 9


def test_a_fitted_name_stays_inside_its_width() -> None:
    pdf = one_page(lambda c: draw_fitted(c, 420, 300, NAME, 300, size=40, rtl=True))
    left, _, right, _ = ink(pdf)
    assert left >= 269
    assert right <= 571


def test_a_wrapped_text_shrinks_to_its_box() -> None:
    heights: list[float] = []

    def draw(canvas: Any) -> None:
        heights.append(draw_wrapped(canvas, 100, 500, NAME * 6, 300, size=14, rtl=True))
        heights.append(draw_wrapped(canvas, 100, 250, NAME * 6, 300, size=14, rtl=True, height=120))

    one_page(draw)
    assert heights[0] > 120
    assert heights[1] <= 120


def test_an_empty_wrapped_text_draws_nothing() -> None:
    assert texts(one_page(lambda c: draw_wrapped(c, 0, 100, "", 50)))[0].strip() == ""


def test_the_qr_code_is_the_matrix_of_its_data() -> None:
    segno = pytest.importorskip("segno")
    data = "https://register.example.org/certificates/CSE-2026-014"
    pdf = one_page(lambda c: draw_qr(c, 100, 100, 330, data))
    matrix = segno.make(data, error="m", micro=False).matrix
    module = 330 / (len(matrix) + 8)
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=4, grayscale=True).to_pil()
    document.close()
    height = LANDSCAPE_A4[1]
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            x = 100 + (4 + column + 0.5) * module
            y = height - (100 + 330 - (4 + row + 0.5) * module)
            assert (image.getpixel((int(x * 4), int(y * 4))) < 128) == bool(dark)
    quiet = image.crop((401, int((height - 429) * 4), 400 + int(3.5 * module * 4), 1000))
    assert quiet.getextrema() == (255, 255)


def test_a_page_is_reproducible_described_and_embeds_its_fonts() -> None:
    def draw(canvas: Any) -> None:
        draw_fitted(canvas, 420, 400, NAME, 600, font=AMIRI_BOLD, size=34, rtl=True)
        draw_text(canvas, 420, 300, "CSE-2026/014", color=Colour.MUTED, align="center")

    first, second = one_page(draw), one_page(draw)
    assert first == second
    assert all(fonts(first).values())
    reader = PdfReader(BytesIO(first))
    assert len(reader.pages) == 1
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate"
    assert reader.trailer["/Root"]["/Lang"] == "ar"
    assert float(reader.pages[0].mediabox.width) > float(reader.pages[0].mediabox.height)


def test_a_certificate_takes_less_than_a_tenth_of_a_second() -> None:
    def draw(canvas: Any) -> None:
        draw_fitted(canvas, 420, 480, "شهادة اعتماد", 600, font=AMIRI_BOLD, size=40, rtl=True)
        draw_wrapped(canvas, 100, 400, NAME * 4, 640, size=14, rtl=True)
        draw_qr(canvas, 60, 60, 90, "https://register.example.org/c/CSE-2026-014")

    assert costs_less_than(0.1, lambda: one_page(draw))

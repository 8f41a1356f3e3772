from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
import pytest

from accredit.charts.geometry import (
    Anchor,
    Circle,
    DataTable,
    Drawing,
    Line,
    Polygon,
    Polyline,
    Rect,
    Shape,
    Text,
)
from accredit.charts.palette import Colour
from accredit.charts.styles import Role
from accredit.pdf.drawing import draw_shapes
from accredit.pdf.onepage import build_page

from .reading import fonts, ink, texts

WIDTH, HEIGHT = 200, 100


def pdf_of(shapes: Sequence[Shape]) -> bytes:
    drawing = Drawing(WIDTH, HEIGHT, tuple(shapes), "t", "", DataTable((), ()))
    return build_page(
        lambda canvas: draw_shapes(canvas, drawing),
        title="t",
        language="en",
        author="a",
        page_size=(WIDTH, HEIGHT),
    )


def colour_at(pdf: bytes, x: float, y: float) -> tuple[int, ...]:
    """The colour at a point of the drawing, counted like its shapes from the upper left."""
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=4).to_pil().convert("RGB")
    document.close()
    pixel = image.getpixel((int(x * 4), int(y * 4)))
    assert isinstance(pixel, tuple)
    return pixel


def rgb(colour: Colour) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.hex[1:]))


PAPER = rgb(Colour.PAPER)


@pytest.mark.parametrize(
    ("shape", "inside", "colour", "outside"),
    [
        (Line(10, 20, 90, 20, Role.REQUIRED), (50, 20), Colour.INK, (50, 80)),
        (Polyline(((10, 10), (90, 10)), Role.LINE_1), (50, 10), Colour.SERIES_1, (50, 90)),
        (Polygon(((10, 5), (60, 5), (35, 40)), Role.GOOD), (35, 15), Colour.GOOD, (35, 70)),
        (Rect(10, 10, 50, 20, Role.BAND), (20, 20), Colour.BRAND_SOFT, (20, 75)),
        (Rect(10, 10, 50, 20, Role.WARN, 4), (20, 20), Colour.WARN, (20, 75)),
        (Circle(30, 20, 10, Role.BAD), (30, 20), Colour.BAD, (30, 80)),
    ],
)
def test_a_shape_is_drawn_at_its_place_in_its_colour(
    shape: Shape, inside: tuple[float, float], colour: Colour, outside: tuple[float, float]
) -> None:
    pdf = pdf_of([shape])
    assert colour_at(pdf, *inside) == pytest.approx(rgb(colour), abs=2)
    assert colour_at(pdf, *outside) == PAPER


def test_an_area_lets_shine_through_what_lies_under_it() -> None:
    corners = ((10.0, 10.0), (90.0, 10.0), (90.0, 60.0), (10.0, 60.0))
    pdf = pdf_of([Polygon(corners, Role.AREA_1)])
    expected = [255 + (c - 255) * 0.12 for c in rgb(Colour.SERIES_1)]
    assert colour_at(pdf, 50, 40) == pytest.approx(expected, abs=2)


def test_the_style_of_one_shape_does_not_reach_the_next() -> None:
    first = Line(0, 5, 200, 5, Role.TARGET)
    pdf = pdf_of([first, Line(0, 50, 200, 50, Role.REQUIRED)])
    assert {colour_at(pdf, x, 50) for x in range(2, 198, 3)} == {rgb(Colour.INK)}


@pytest.mark.parametrize(
    ("anchor", "rtl", "from_x", "to_x"),
    [
        ("start", False, 100, 165),
        ("start", True, 35, 100),
        ("end", False, 35, 100),
        ("end", True, 100, 165),
        ("middle", True, 67, 133),
    ],
)
def test_a_text_lies_on_the_side_its_anchor_says(
    anchor: Anchor, rtl: bool, from_x: int, to_x: int
) -> None:
    left, _, right, _ = ink(pdf_of([Text(100, 50, "خدمة المتعامل", anchor, Role.LABEL, 11, rtl)]))
    assert left == pytest.approx(from_x, abs=5)
    assert right == pytest.approx(to_x, abs=5)


def test_values_are_written_in_bold() -> None:
    pdf = pdf_of([Text(10, 20, "87", "start", Role.VALUE), Text(10, 50, "x", "start", Role.LABEL)])
    assert any("SemiBold" in name for name in fonts(pdf))
    assert "87" in texts(pdf)[0]

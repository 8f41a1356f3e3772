"""Reads back what was written: PDF files as their readers see them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pypdfium2
from pypdf import PdfReader
from reportlab.platypus import Flowable

from accredit.pdf.onepage import build_page
from accredit.pdf.page import build_report

INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def texts(pdf: bytes) -> list[str]:
    """The text of each page as pypdf reads it, invisible characters left out."""
    return [page.extract_text().translate(INVISIBLE) for page in PdfReader(BytesIO(pdf)).pages]


def texts_in_browser(pdf: bytes) -> list[str]:
    """The text of each page as pdfium reads it, which is what Chromium searches."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            textpage = page.get_textpage()
            found.append(textpage.get_text_bounded().translate(INVISIBLE))
            textpage.close()
            page.close()
        return found
    finally:
        document.close()


def places(pdf: bytes, page: int = 0) -> dict[str, float]:
    """Where the words of a page begin, measured from its left edge."""
    document = pypdfium2.PdfDocument(pdf)
    textpage = document[page].get_textpage()
    found = {}
    for n in range(textpage.count_rects()):
        left, bottom, right, top = textpage.get_rect(n)
        found[textpage.get_text_bounded(left, bottom, right, top).strip()] = left
    textpage.close()
    document.close()
    return found


def lines(pdf: bytes, page: int = 0) -> list[str]:
    """The texts of a page that stand at one height, from the top down and left to right."""
    document = pypdfium2.PdfDocument(pdf)
    textpage = document[page].get_textpage()
    found: list[tuple[float, float, str]] = []
    for n in range(textpage.count_rects()):
        left, bottom, right, top = textpage.get_rect(n)
        text = textpage.get_text_bounded(left, bottom, right, top).translate(INVISIBLE).strip()
        # The baseline is near a letter's lower end, whatever hangs below it.
        at = next((y for y, _, _ in found if abs(y - bottom) < 4), bottom)
        found.append((at, left, text))
    textpage.close()
    document.close()
    heights = sorted({y for y, _, _ in found}, reverse=True)
    return [" ".join(text for y, _, text in sorted(found) if y == at) for at in heights]


def ink(pdf: bytes) -> tuple[int, int, int, int]:
    """The box that holds everything dark on the page, in points from the upper left."""
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=1, grayscale=True).to_pil()
    box = image.point(lambda level: 255 if level < 200 else 0).getbbox()
    document.close()
    assert box is not None
    return box


def fonts(pdf: bytes) -> dict[str, bool]:
    """Each font of the file and whether it is embedded."""
    found: dict[str, bool] = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object().get("/FontDescriptor")
            embedded = descriptor is not None and "/FontFile2" in descriptor.get_object()
            found[str(font.get_object()["/BaseFont"])] = embedded
    return found


def report(story: Sequence[Flowable], language: Any = "en", **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "title": "Gap report",
        "subtitle": "",
        "footer": "Example Municipality",
        "author": "accredit",
        "page_label": lambda page, pages: f"Page {page} of {pages}",
    }
    return build_report(story, language=language, **(values | changes))


def one_page(draw: Any, language: Any = "ar") -> bytes:
    return build_page(draw, title="Certificate", language=language, author="accredit")


class Place(Flowable):
    """Records where it was drawn: the page and the distance from the lower left corner."""

    def __init__(self, height: float = 10) -> None:
        super().__init__()
        self.high = height
        self.page = 0
        self.at = (0.0, 0.0)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 - ReportLab's
        return aW, self.high

    def draw(self) -> None:
        canvas: Any = self.canv
        self.page = canvas.getPageNumber()
        self.at = canvas.absolutePosition(0, 0)

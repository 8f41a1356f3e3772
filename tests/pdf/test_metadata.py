"""What a file says of itself to libraries, archives and readers for the blind."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from reportlab.platypus import Spacer

from accredit.pdf.onepage import build_page
from accredit.pdf.page import build_report

TITLE = "تقرير الفجوات · Licences & <permits> 🏛"


def said(pdf: bytes) -> dict[str, object]:
    with pikepdf.open(BytesIO(pdf)) as document:
        assert document.Root.Metadata.Type == "/Metadata"
        return dict(document.open_metadata())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_and_a_report_say_their_title_author_and_language(language) -> None:
    page = build_page(lambda canvas: None, title=TITLE, language=language, author="بلدية الواحة")
    report = build_report(
        [Spacer(1, 1)],
        title=TITLE,
        subtitle="",
        language=language,
        footer="",
        author="بلدية الواحة",
        page_label=lambda page, pages: f"{page}/{pages}",
    )
    for pdf in (page, report):
        found = said(pdf)
        assert found["{http://purl.org/dc/elements/1.1/}title"] == TITLE
        assert found["{http://purl.org/dc/elements/1.1/}creator"] == ["بلدية الواحة"]
        assert found["{http://purl.org/dc/elements/1.1/}language"] == {language}


def test_what_xml_cannot_say_is_left_out_and_the_rest_stays() -> None:
    page = build_page(
        lambda canvas: None, title="A\x0b\ufffeB ]]> <?x?>", language="en", author="A"
    )
    assert said(page)["{http://purl.org/dc/elements/1.1/}title"] == "AB ]]> <?x?>"


def test_the_same_page_is_the_same_file() -> None:
    first, second = (
        build_page(lambda canvas: None, title=TITLE, language="ar", author="A") for _ in range(2)
    )
    assert first == second

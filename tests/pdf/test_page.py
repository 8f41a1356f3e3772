from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader
from reportlab.platypus import Flowable, PageBreak

from accredit.charts.bars import BarRow, gap_bars
from accredit.pdf.blocks import KeyFigure, KeyFigures, Notice, SideBySide, heading, spacer
from accredit.pdf.drawing import Chart
from accredit.pdf.page import BODY_WIDTH
from accredit.pdf.paragraph import Paragraph
from accredit.pdf.table import Cell, Column, Table

from .reading import Place, fonts, places, report, texts

ARABIC = (
    "تبيّن النتائج أن الجهة التزمت بمعظم متطلبات المعيار، وأن 7 فجوات تحتاج إلى إجراءات "
    "تحسينية قبل 2026-11-21، وبلغ رضا المتعاملين (CSAT) 87.5% وصافي نقاط الترويج (NPS) -12."
)


def long_story(rtl: bool) -> list[Any]:
    story: list[Any] = []
    for number in range(10):
        story += heading(f"{number + 1}. القيادة والإدارة", rtl=rtl)
        story += [Paragraph(f"{ARABIC} ({number}-{n})", rtl=rtl) for n in range(4)]
        story += heading("الفجوات", level=2, rtl=rtl)
        rows = [
            [f"{number}.{n}", f"عنصر رقم {n}", ARABIC, Cell("جزئي", tone="warn")] for n in range(6)
        ]
        columns = [
            Column("الرمز", 1),
            Column("العنصر", 3),
            Column("الملاحظة", 6),
            Column("الدرجة", 1),
        ]
        story.append(Table(columns, rows, rtl=rtl))
    return story


def test_every_page_says_which_it_is_of_how_many() -> None:
    pages = texts(
        report([Paragraph("a"), PageBreak(), Paragraph("b"), PageBreak(), Paragraph("c")])
    )
    assert [f"Page {n} of 3" in page for n, page in enumerate(pages, start=1)] == [True] * 3


def test_the_label_of_the_page_is_in_the_readers_language() -> None:
    pdf = report([], "ar", page_label=lambda page, pages: f"صفحة {page} من {pages}")
    assert "صفحة" in texts(pdf)[0]


def test_head_and_foot_stand_on_later_pages() -> None:
    first, second = texts(report([PageBreak(), Paragraph("b")], title="Gaps", footer="Al Noor"))
    assert first.count("Gaps") == 1
    assert second.count("Gaps") == 1
    assert "Al Noor" in first
    assert "Al Noor" in second


def test_two_builds_are_the_same_file() -> None:
    first = report(long_story(rtl=True), "ar")
    report([Paragraph("نص آخر لا علاقة له بالأول، حروفه ظظ غغ")], "ar")
    assert report(long_story(rtl=True), "ar") == first


def test_all_fonts_are_embedded_and_there_is_no_other() -> None:
    found = fonts(report(long_story(rtl=True), "ar"))
    assert all(found.values())
    assert all("IBMPlexSansArabic" in name for name in found)


def test_the_file_says_what_it_is_and_in_which_language() -> None:
    data = report([], "ar", title="تقرير الفجوات", author="بلدية المثال")
    with pikepdf.open(BytesIO(data)) as pdf:
        assert pdf.Root.Lang == "ar"
        assert pdf.Root.ViewerPreferences.Direction == pikepdf.Name.R2L
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo["/Title"]) == "تقرير الفجوات"
        assert str(pdf.docinfo["/Author"]) == "بلدية المثال"


def test_a_report_is_known_among_others_and_opens_with_its_outline() -> None:
    data = report(heading("Results", rtl=False), title="Gaps", subtitle="Licences · 2026")
    with pikepdf.open(BytesIO(data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Gaps · Licences · 2026"
        assert pdf.Root.PageMode == pikepdf.Name.UseOutlines


def test_charts_side_by_side_begin_where_a_line_begins() -> None:
    def columns() -> list[list[Flowable]]:
        return [[Paragraph(name, rtl=False)] for name in ("First", "Second", "Third")]

    for rtl, first in ((False, "First"), (True, "Second")):
        pdf = report([SideBySide(columns()[:2], count=2, rtl=rtl)], "ar" if rtl else "en")
        found = places(pdf)
        assert min(("First", "Second"), key=found.__getitem__) == first


def test_headings_make_the_outline_and_lead_to_their_pages() -> None:
    story = [
        *heading("One", rtl=False),
        *heading("One a", level=2, rtl=False),
        PageBreak(),
        *heading("الثاني", rtl=False),
    ]
    reader = PdfReader(BytesIO(report(story)))
    one, (one_a,), two = reader.outline
    assert [entry.title for entry in (one, one_a, two)] == ["One", "One a", "الثاني"]
    assert [reader.get_destination_page_number(entry) for entry in (one, one_a, two)] == [0, 0, 1]


def test_an_outline_that_skips_a_level_is_no_error() -> None:
    story = [*heading("Deep", level=3, rtl=False), *heading("Top", rtl=False)]
    assert len(PdfReader(BytesIO(report(story))).outline) == 2


def test_a_heading_is_not_left_alone_at_the_foot_of_a_page() -> None:
    pages = texts(report([spacer(590), *heading("Alone", rtl=False), Paragraph("text")]))
    assert "Alone" not in pages[0]
    assert "Alone" in pages[1]


def test_a_notice_is_broken_over_pages_when_it_must_be() -> None:
    pages = texts(report([Notice(ARABIC * 120, title="الخلاصة", rtl=True)], "ar"))
    assert len(pages) >= 3
    assert sum(page.count("فجوات") for page in pages) == 120
    assert sum(page.count("الخلاصة") for page in pages) == 1


def test_more_key_figures_than_a_page_holds_go_on_overleaf() -> None:
    figures = [KeyFigure(f"{n}", f"Figure no. {n}.") for n in range(60)]
    pages = texts(report([KeyFigures(figures, rtl=False)]))
    assert len(pages) >= 2
    assert [n for n in range(60) if f"Figure no. {n}." not in "".join(pages)] == []


@pytest.mark.parametrize("rtl", [False, True])
def test_key_figures_stand_in_rows_of_four(rtl: bool) -> None:
    figures = [KeyFigure(f"{n}%", f"Figure {n}", "of 100", "good") for n in range(5)]
    tiles = KeyFigures(figures, rtl=rtl)
    one_row = KeyFigures(figures[:4], rtl=rtl)
    assert tiles.wrap(400, 800)[1] > 2 * one_row.wrap(400, 800)[1]
    text = texts(report([tiles]))[0]
    assert all(f"Figure {n}" in text for n in range(5))


def test_no_key_figures_take_no_room() -> None:
    assert KeyFigures([], rtl=False).wrap(400, 800)[1] == 0


def test_a_chart_is_made_smaller_for_a_narrow_column() -> None:
    drawing = gap_bars([BarRow("a", 1, 2, 4)], title="t", width=900)
    width, height = Chart(drawing).wrap(BODY_WIDTH, 700)
    assert width == BODY_WIDTH
    assert height == pytest.approx(drawing.height * BODY_WIDTH / 900)


def test_a_chart_without_room_waits_for_the_next_page() -> None:
    drawing = gap_bars([BarRow(f"Row {n}", 1, 2, 4) for n in range(12)], title="t")
    after = Place()
    pages = texts(report([spacer(500), Chart(drawing), after]))
    assert "Row 3" not in pages[0]
    assert "Row 3" in pages[1]
    assert after.page == 2


def test_a_chart_higher_than_a_page_is_fitted_to_it() -> None:
    drawing = gap_bars([BarRow(f"Row {n}", 1, 2, 4) for n in range(40)], title="t")
    assert drawing.height > 800
    assert "Row 39" in "".join(texts(report([Chart(drawing)])))


def test_a_report_without_a_story_is_one_page() -> None:
    assert len(texts(report([], subtitle="Nothing yet"))) == 1


@pytest.mark.parametrize(
    "hostile", ["", "\x00", "\u202e" * 40, "😀", "w" * 900, "ي" * 900, "(<&>%s{}\\"]
)
def test_hostile_texts_everywhere_still_make_a_report(hostile: str) -> None:
    story = [
        *heading(hostile, rtl=True),
        Notice(hostile, title=hostile, rtl=True),
        KeyFigures([KeyFigure(hostile, hostile, hostile)], rtl=True),
        Table([Column(hostile, 1)], [[hostile]], rtl=True),
        Paragraph("خاتمة"),
    ]
    pages = texts(report(story, "ar", title=hostile, subtitle=hostile, footer=hostile))
    assert "خاتمة" in "".join(pages)


def test_ten_arabic_pages_take_less_than_half_a_second() -> None:
    report(long_story(rtl=True)[:8], "ar")
    started = time.process_time()
    pdf = report(long_story(rtl=True), "ar")
    assert time.process_time() - started < 0.5
    assert len(texts(pdf)) >= 9

"""What a screen reader is told of a report: what is what, in which order, what is decoration."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf
import pytest
from reportlab.platypus import PageBreak

from accredit.charts.bars import BarRow, gap_bars
from accredit.pdf.blocks import KeyFigure, KeyFigures, Notice, heading
from accredit.pdf.contents import Contents
from accredit.pdf.drawing import Chart
from accredit.pdf.onepage import draw_qr, draw_text
from accredit.pdf.paragraph import Paragraph
from accredit.pdf.table import Column, Table, facts
from tests.pdf.reading import one_page, report
from tests.pdf.tree import Element, content_of, read_tree

PAINTING = {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Tj", "TJ", "'", '"', "sh", "Do"}


def chart(rtl: bool = False) -> Chart:
    rows = [BarRow("1.1", 1, 3, 4)]
    told = "One element is two levels short."
    return Chart(gap_bars(rows, title="Levels reached", description=told, rtl=rtl))


def everything(rtl: bool = False) -> list[Any]:
    return [
        Notice("Not ready.", title="Readiness", tone="bad", rtl=rtl),
        KeyFigures([KeyFigure("59%", "Total", "of 100")], rtl=rtl),
        Contents("Contents", ["Results", "Figures"], rtl=rtl),
        facts([("Department", "Licensing")], rtl=rtl),
        *heading("Results", rtl=rtl),
        Paragraph("A paragraph. " * 300, rtl=rtl),
        *heading("Levels", level=3, rtl=rtl),
        chart(rtl),
        PageBreak(),
        *heading("Figures", rtl=rtl),
        Table(
            [Column("Code", 1), Column("Title", 4)],
            [[f"1.{n}", f"Element {n}"] for n in range(60)],
            rtl=rtl,
        ),
    ]


@pytest.fixture(scope="module", params=["en", "ar"])
def pdf(request: pytest.FixtureRequest) -> bytes:
    return report(everything(request.param == "ar"), request.param)


def kinds(tree: Element) -> list[str]:
    return [node.kind for node in tree.kids]


def test_the_parts_of_a_report_are_what_they_look_like(pdf: bytes) -> None:
    tree = read_tree(pdf)

    assert tree.kind == "Document"
    assert kinds(tree) == [
        *("H1", "P", "P", "P", "P", "TOC", "Table"),
        *("H2", "P", "H3", "Figure", "H2", "Table"),
    ]


def test_everything_is_read_once_and_in_the_order_of_the_page(pdf: bytes) -> None:
    tree = read_tree(pdf)

    assert tree.text.startswith("Gap report Readiness Not ready. Total 59% of 100 Contents")
    assert [node.text for node in tree.kids[5].kids] == ["Results 1", "Figures 3"]
    assert tree.text.count("A paragraph.") == 300
    assert "Page 1 of" not in tree.text


def test_a_table_that_goes_on_after_a_page_break_is_one_table_with_one_head(pdf: bytes) -> None:
    table = read_tree(pdf).kids[-1]

    assert [row.kind for row in table.kids] == ["TR"] * 61
    assert [cell.kind for cell in table.kids[0].kids] == ["TH", "TH"]
    assert [cell.scope for cell in table.kids[0].kids] == ["/Column", "/Column"]
    assert {tuple(cell.kind for cell in row.kids) for row in table.kids[1:]} == {("TH", "TD")}
    assert table.kids[1].kids[0].scope == "/Row"
    assert table.kids[60].text == "1.59 Element 59"
    assert table.text.count("Code") == 1


def test_a_chart_is_told_in_words_and_its_place_is_known(pdf: bytes) -> None:
    figure = read_tree(pdf).kids[10]

    assert figure.alt == "Levels reached. One element is two levels short."
    left, bottom, right, top = figure.box
    assert 0 < left < right < 596
    assert 0 < bottom < top < 842


def test_what_is_drawn_is_either_read_or_decoration(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as file:
        for page in file.pages:
            open_marks = 0
            for operands, operator in pikepdf.parse_content_stream(page):
                name = str(operator)
                if name in ("BDC", "BMC"):
                    open_marks += 1
                    assert open_marks == 1, "no mark inside another"
                elif name == "EMC":
                    open_marks -= 1
                elif name in PAINTING:
                    assert open_marks == 1, (operands, name)
            assert open_marks == 0


def test_every_mark_and_every_link_leads_back_to_its_element(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as file:
        parents = file.Root.StructTreeRoot.ParentTree.Nums
        by_key = {int(parents[n]): parents[n + 1] for n in range(0, len(parents), 2)}
        assert len(by_key) == int(file.Root.StructTreeRoot.ParentTreeNextKey)
        for page in file.pages:
            numbers = content_of(page)
            assert sorted(numbers) == list(range(len(by_key[int(page.StructParents)])))
            assert page.Tabs == "/S"
            for annotation in page.get("/Annots", ()):
                element = by_key[int(annotation.StructParent)]
                assert element.S == "/Link"
                assert str(annotation.Contents) in ("Results", "Figures")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_file_says_that_it_is_tagged_and_in_which_language(language: str) -> None:
    with pikepdf.open(BytesIO(report([], language, title="Gaps"))) as file:
        assert file.Root.MarkInfo.Marked
        assert file.Root.Lang == language
        assert file.Root.ViewerPreferences.DisplayDocTitle
        assert str(file.docinfo["/Title"]) == "Gaps"


def test_headings_leave_out_no_level() -> None:
    story = [*heading("A", level=3, rtl=False), *heading("B", level=3, rtl=False)]
    story += [*heading("C", rtl=False), *heading("D", level=3, rtl=False)]

    tree = read_tree(report(story))

    assert kinds(tree) == ["H1", "H2", "H3", "H2", "H3"]


def test_a_page_of_its_own_reads_what_is_marked_and_no_more() -> None:
    def draw(canvas: Any) -> None:
        draw_text(canvas, 100, 100, "decoration")
        draw_qr(canvas, 0, 0, 80, "https://example.org/x")

    tree = read_tree(one_page(draw))

    assert tree.text == ""
    assert [(node.kind, node.alt) for node in tree.kids] == [
        ("Figure", "QR: https://example.org/x")
    ]

"""The plan as CSV and XLSX."""

from __future__ import annotations

import csv
import io
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from tests.improvement.making import FUTURE, PAST, measure, promise

CSV, XLSX = "/improvement-actions/plan.csv", "/improvement-actions/plan.xlsx"


@pytest.fixture
def plan(cast, arrange) -> None:
    """One overdue action with a promise, one that looks like a formula."""
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
        promise(session, cast, due_on=PAST, kpi="csat", target=75.0)
        promise(session, cast, title='=HYPERLINK("http://x","y")', due_on=FUTURE)
        measure(session, cast, "csat", (670, 1000), month_number=2)


def read_csv(page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig"))))


def read_xlsx(page) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(page.body))
    return book.get_sheet_by_index(0).to_python()


def test_the_csv_holds_what_the_page_shows(browse, cast, plan):
    page = browse(cast.leader).get(CSV)
    assert page.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in page.headers["Content-Disposition"]
    first, _ = read_csv(page)
    assert first["Action"] == "Answer within a day"
    assert first["Department"] == "Licensing"
    assert (first["Due date"], first["Overdue"]) == ("2020-01-31", "Yes")
    assert (first["Baseline"], first["Target"], first["Latest value"]) == ("60", "75", "67")
    assert first["Share of the way (%)"] == "46.7"
    assert first["What the measurements say"] == "Improved"


def test_a_text_that_looks_like_a_formula_stays_a_text(browse, cast, plan):
    title = '=HYPERLINK("http://x","y")'
    assert read_csv(browse(cast.leader).get(CSV))[1]["Action"] == f"'{title}"
    page = browse(cast.leader).get(XLSX)
    assert read_xlsx(page)[2][4] == title
    with ZipFile(io.BytesIO(page.body)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_the_workbook_holds_numbers_as_numbers_and_dates_as_dates(browse, cast, plan):
    header, first, second = read_xlsx(browse(cast.leader).get(XLSX))
    row = dict(zip(header, first, strict=True))
    assert (row["Baseline"], row["Target"], row["Latest value"]) == (60.0, 75.0, 67.0)
    assert row["Due date"].isoformat() == "2020-01-31"
    assert len(second) == len(header)


def test_long_texts_have_room_in_the_workbook_and_figures_one_decimal(browse, cast, arrange):
    with arrange() as session:
        measure(session, cast, "csat", (607, 1000), month_number=1)
        promise(session, cast, title="Answer " * 20, due_on=FUTURE, kpi="csat", target=75.0)
    with ZipFile(io.BytesIO(browse(cast.leader).get(XLSX).body)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    # 140 characters in a column of 48: four lines of 15 points.
    assert 'r="2" ' in sheet
    assert 'ht="60" customHeight="1"' in sheet
    assert 'formatCode="#,##0.0"' in styles
    assert "<v>60.7</v>" in sheet


def test_the_files_hold_what_was_asked_for(browse, cast, plan):
    assert len(read_csv(browse(cast.leader).get(CSV + "?overdue=1"))) == 1
    assert len(read_xlsx(browse(cast.leader).get(XLSX + "?overdue=1"))) == 2


def test_both_files_hold_the_same_cells(browse, cast, plan):
    table = read_xlsx(browse(cast.leader).get(XLSX))
    lines = list(csv.reader(io.StringIO(browse(cast.leader).get(CSV).body.decode("utf-8-sig"))))
    assert lines[0] == table[0]
    assert [len(line) for line in lines] == [len(row) for row in table]


def test_the_arabic_workbook_runs_from_right_to_left(browse, cast, plan):
    page = browse(cast.leader, "ar").get(XLSX)
    with ZipFile(io.BytesIO(page.body)) as book:
        assert b'rightToLeft="1"' in book.read("xl/worksheets/sheet1.xml")
    header = read_xlsx(page)[0]
    assert "خط الأساس" in header
    assert "Baseline" not in header


def test_nobody_else_gets_the_plan(browse, cast, plan):
    for url in (CSV, XLSX):
        assert browse(cast.assessor).get(url).status == 403
    assert read_csv(browse(cast.stranger_leader).get(CSV)) == []
    assert len(read_csv(browse(cast.observer).get(CSV))) == 2

"""Block D: thirty tables that somebody else made, and what stands in those that we make.

A table is refused as a whole where it cannot be read with certainty. Where single rows cannot
be, each is named with its reason before anything is stored, and a person decides.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from accredit.kpi.models import KpiImport, Measurement
from accredit.web.csv_file import csv_row, safe_cell
from tests.kpi.files import workbook
from tests.kpi.test_import_pages import send, stats
from tests.programme import record

HEAD = "date,answer\n"
ROWS = "2026-01-10,5\n" * 3
ASKED = "?value=answer&date_column=date&date_order=&window=month"


def text(lines: str, encoding: str = "utf-8") -> bytes:
    return (HEAD + lines).encode(encoding)


def book(part: str, old: bytes, new: bytes) -> bytes:
    """A small workbook, one of its parts changed."""
    rows = [["date", "answer"], ["2026-01-10", 5], ["2026-01-10", 5]]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(rows))) as sound, zipfile.ZipFile(out, "w") as made:
        for info in sound.infolist():
            content = sound.read(info)
            if info.filename == part:
                assert old in content
                content = content.replace(old, new, 1)
            made.writestr(info.filename, content)
    return out.getvalue()


TWICE = "no such column, or several"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(SHEET, b"0" * 300_000_000)
    return out.getvalue()


@dataclass(frozen=True)
class Case:
    """A table, and what becomes of it: refused with these words, or so many rows used."""

    content: bytes
    said: str = ""
    used: int | None = None
    refused: int = 0
    name: str = "answers.csv"


CASES: dict[str, Case] = {
    "01 empty": Case(b"", "The file is empty."),
    "02 header only": Case(HEAD.encode(), "No row of the file has an answer"),
    "03 byte order mark": Case(b"\xef\xbb\xbf" + text(ROWS), used=3),
    "04 UTF-16": Case(text(ROWS, "utf-16"), used=3),
    "05 Windows-1256": Case(text(ROWS + "2026-01-10,ممتاز\n", "cp1256"), used=3, refused=1),
    "06 NUL": Case(text(ROWS) + b"\0", "neither a text table"),
    "07 a cell of 200 KB": Case(text("2026-01-10," + "9" * 200_000), "larger than field limit"),
    "08 a quote that never closes": Case(text(ROWS + '2026-01-10,"5\n' * 3), "before line 6"),
    "09 ragged rows": Case(text(ROWS + "2026-01-10\n2026-01-10,5,6,7\n"), used=3, refused=1),
    "10 CR alone": Case(text(ROWS).replace(b"\n", b"\r"), used=3),
    "11 the same heading twice": Case(b"date,answer,answer\n2026-01-10,5,5\n", TWICE),
    "12 semicolons": Case(text(ROWS).replace(b",", b";"), used=3),
    "13 a further column": Case(b"x,date,answer\n" + b"1,2026-01-10,5\n" * 3, used=3),
    "14 a missing column": Case(b"date,other\n2026-01-10,5\n", TWICE),
    **{
        f"16 a formula {sign!r}": Case(text(f'{ROWS}2026-01-10,"{sign}1+1"\n'), used=3, refused=1)
        for sign in ("=", "+", "-", "@", "\t", "\r", "\n")
    },
    "17 Arabic digits": Case(text("2026-01-10,٥\n" * 3), used=3),
    "17 an Arabic decimal point": Case(text(ROWS + "2026-01-10,٤٫٥\n"), used=3, refused=1),
    "18 1e999": Case(text(ROWS + "2026-01-10,1e999\n"), used=3, refused=1),
    "18 nan": Case(text(ROWS + "2026-01-10,nan\n"), used=3, refused=1),
    "18 -0": Case(text(ROWS + "2026-01-10,-0\n"), used=3, refused=1),
    "18 1_000": Case(text(ROWS + "2026-01-10,1_000\n"), used=3, refused=1),
    "19 dates in three orders": Case(
        text(ROWS + "10/01/2026,5\n01-30-2026,5\n"), "can be read in two ways"
    ),
    "19 a day that is none": Case(text(ROWS + "2026-02-30,5\n"), used=3, refused=1),
    "20 a text over its limit": Case(text(ROWS + "2026-01-10," + "x" * 40_000 + "\n"), used=3,
                                     refused=1),
    "21 markup in a cell": Case(text(ROWS + "2026-01-10,<b>5</b>\n"), used=3, refused=1),
    "23 the same key twice": Case(b"date,date,answer\n2026-01-10,2026-01-11,5\n", TWICE),
    "24 one bad row of ten thousand": Case(
        text("2026-01-10,5\n" * 9_999 + "2026-01-10,bad\n"), used=9_999, refused=1
    ),
    "26 a cell far out": Case(
        book(SHEET, b'r="A2"', b'r="XFD1048576"'), "reaches to row 1048576", name="a.xlsx"
    ),
    "27 a document type": Case(
        book(STRINGS, b"<sst", b'<!DOCTYPE x [<!ENTITY e "e">]><sst'),
        "its own XML document type", name="a.xlsx",
    ),
    "28 a bomb": Case(bomb(), "unpacks to more", name="a.xlsx"),
    "29 a formula never computed": Case(
        book(SHEET, b"<v>5</v>", b"<f>1+1</f>"), "never computed", name="a.xlsx"
    ),
    "30 encrypted": Case(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "without a password", name="a.xlsx",
    ),
    "30 an old workbook": Case(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
                               "old kind of workbook", name="a.xlsx"),
}  # fmt: skip


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name, marks=pytest.mark.block("D", name))
             for name, case in CASES.items()],
)  # fmt: skip
def test_a_table_is_read_exactly_or_refused_with_a_reason(browse, cast, arrange, case):
    browser = browse(cast.contributor)
    page = send(browser, cast, case.content, case.name)
    if page.status == 303:
        page = browser.get(page.location + ASKED)
    if case.used is None:
        assert page.status == 422
        assert case.said in page.error_texts()
    else:
        assert page.status == 200, page.error_texts()
        counted = stats(page)
        assert counted["Answers used"] == f"{case.used:,}"
        assert counted["Rejected"] == str(case.refused)
        # Each refused row is there by its number, to be looked at before anything is stored.
        assert len(page.tree.xpath("//table[@id='rejected']/tbody/tr")) == case.refused
    with arrange() as session:
        for model in (KpiImport, Measurement):
            assert session.scalar(select(func.count()).select_from(model)) == 0


#: What spreadsheets run, and what may stand before it unseen.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BEFORE = ("", " ", "\u00a0", "\u2003", "\ufeff", "\u200b", " \u00a0")


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_no_cell_of_ours_begins_a_formula(trigger):
    for before in BEFORE:
        assert safe_cell(f"{before}{trigger}1+1").startswith("'"), repr(before)
        record("D", f"out {trigger!r} after {before!r}")


@pytest.mark.block("D", "out a line break inside a cell")
def test_a_line_break_stays_inside_its_cell():
    (row,) = list(csv.reader(io.StringIO(csv_row(["a", "x\n=1+1,2", "y\r\n+3"]), newline="")))
    assert row == ["a", "x\n=1+1,2", "y\r\n+3"]

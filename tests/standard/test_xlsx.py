"""A standard goes to a spreadsheet and comes back: unedited the same, edited as edited."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from accredit.standard.domain import Standard
from accredit.standard.file.comments import head_of
from accredit.standard.file.loader import get_standard
from accredit.standard.file.writer import write
from accredit.standard.workbook import words
from accredit.standard.workbook.cells import MAX_ROWS, CellIssue, letters
from accredit.standard.workbook.exporting import to_workbook
from accredit.standard.workbook.importing import (
    MAX_BYTES,
    EditedStandard,
    from_workbook,
    read_workbook,
)
from accredit.standard.workbook.sheets import sheets_of
from accredit.text import Bilingual
from accredit.web.workbook import Cell, read_sheets
from tests.standard.small import DATA, TEXT, standard
from tests.standard.test_writer import HOSTILE

CRITERIA = Path(__file__).parents[2] / "criteria"
EVERY_KEY = DATA / "every-key.yaml"
FILES = [*sorted(CRITERIA.glob("*.yaml")), DATA / "small.yaml", EVERY_KEY]
SHEETS = (words.README, words.ELEMENTS, words.EVIDENCE, words.CRITERIA, words.TEXTS, words.FILE)

Cells = dict[str, list[list[Cell]]]


def cells_of(content: bytes) -> Cells:
    return read_sheets(content, SHEETS)


def saved(cells: Cells) -> bytes:
    """The same cells as another program would save them: without any style or protection."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        for name, rows in cells.items():
            sheet = workbook.add_worksheet(name)
            for line, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, str) and cell:
                        sheet.write_string(line, place, cell)
                    elif isinstance(cell, int | float):
                        sheet.write_number(line, place, cell)
    return target.getvalue()


class Book:
    """A workbook being edited: cells by the code of their row and the name of their column."""

    def __init__(self, base: Standard) -> None:
        self.cells = cells_of(to_workbook(base, "en"))

    def row(self, sheet: str, key: str) -> list[Cell]:
        return next(row for row in self.cells[sheet] if row[0] == key)

    def col(self, sheet: str, column: str) -> int:
        return self.cells[sheet][0].index(column)

    def set(self, sheet: str, key: str, column: str, value: Cell) -> str:
        """Write a cell; the answer is its name."""
        row = self.row(sheet, key)
        row[self.col(sheet, column)] = value
        return self.name(sheet, row, column)

    def name(self, sheet: str, row: list[Cell], column: str) -> str:
        number = next(at for at, one in enumerate(self.cells[sheet], 1) if one is row)
        return f"{letters(self.col(sheet, column) + 1)}{number}"

    def add(self, sheet: str, **values: Cell) -> list[Cell]:
        row: list[Cell] = [""] * len(self.cells[sheet][0])
        for key, value in values.items():
            row[self.col(sheet, key.replace("__", "."))] = value
        self.cells[sheet].append(row)
        return row

    def remove(self, sheet: str, key: str) -> None:
        self.cells[sheet].remove(self.row(sheet, key))

    def read(self) -> Standard:
        found = from_workbook(saved(self.cells), "f.xlsx")
        assert isinstance(found, Standard), [str(issue) for issue in found]
        return found

    def issues(self) -> list[tuple[str, str, str]]:
        found = from_workbook(saved(self.cells), "f.xlsx")
        assert isinstance(found, list)
        return [(issue.sheet, issue.cell, str(issue.message)) for issue in found]


@pytest.fixture
def book() -> Book:
    return Book(standard())


NEW = {
    "code": "1.3",
    "title__en": "New",
    "title__ar": "جديد",
    "statement__en": "It is new.",
    "statement__ar": "هو جديد.",
    "why__en": "So.",
    "why__ar": "هكذا.",
    "weight": 2,
    "required": "good",
    **{
        f"levels__levels__{level}__{language}": f"{level} {language}"
        for level in ("absent", "partial", "good", "exceptional")
        for language in ("en", "ar")
    },
}


# there and back


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_nobody_edited_comes_back_to_the_byte(path: Path, language: str) -> None:
    original, head = get_standard(path), head_of(path.read_text(encoding="utf-8"))
    read = read_workbook(to_workbook(original, language, head=head), "f.xlsx")
    assert isinstance(read, EditedStandard)
    assert read.standard == read.base == original
    assert write(read.standard, head=read.head) == write(original, head=head)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_comes_back_from_a_program_that_kept_only_the_cells(path: Path) -> None:
    original = get_standard(path)
    read = from_workbook(saved(cells_of(to_workbook(original, "ar"))), "f.xlsx")
    assert isinstance(read, Standard)
    assert write(read) == write(original)


@pytest.mark.parametrize("text", [*HOSTILE, "=1+1", "+1", "-1", "@a", "=HYPERLINK(1)", "_x0041_"])
def test_a_text_comes_back_whatever_it_looks_like(text: str) -> None:
    small = standard()
    rules = (replace(small.rules[0], text=Bilingual(text, text)), *small.rules[1:])
    original = standard(write(replace(small, description=Bilingual(text, text), rules=rules)))
    content = to_workbook(original, "en")
    assert from_workbook(content, "f.xlsx") == original
    assert from_workbook(saved(cells_of(content)), "f.xlsx") == original


def test_no_formula_is_ever_written() -> None:
    original = replace(standard(), title=Bilingual("=1+1", "=2+2"))
    with zipfile.ZipFile(io.BytesIO(to_workbook(original, "en"))) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert len(parts) == len(SHEETS)
    assert not any(re.search(rb"<f[ >]", part) for part in parts)


def test_the_same_standard_is_the_same_workbook() -> None:
    assert to_workbook(standard(), "en") == to_workbook(standard(), "en")


def test_arabic_sheets_run_from_the_right_and_only_what_may_be_edited_is_open() -> None:
    with zipfile.ZipFile(io.BytesIO(to_workbook(standard(), "ar"))) as archive:
        parts = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in range(1, 7)]
    assert [b'rightToLeft="1"' in part for part in parts] == [True] * 5 + [False]
    assert all(b"<sheetProtection " in part for part in parts)


def test_rows_in_another_order_change_nothing(book: Book) -> None:
    for name in (words.ELEMENTS, words.EVIDENCE, words.CRITERIA, words.TEXTS):
        book.cells[name][2:] = reversed(book.cells[name][2:])
    assert write(book.read()) == write(standard())


def test_columns_in_another_order_and_columns_of_ones_own_change_nothing(book: Book) -> None:
    for row in book.cells[words.ELEMENTS]:
        row.insert(0, "a remark")
        row[1:] = reversed(row[1:])
    assert book.read() == standard()


# edits


def edit(sheet: str, key: str, column: str, value: Cell) -> Callable[[Book], str]:
    return lambda book: book.set(sheet, key, column, value)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (
            edit(words.ELEMENTS, "1.1", "title.en", "Promises on paper"),
            'en: "Promises written"',
            'en: "Promises on paper"',
        ),
        (
            edit(words.ELEMENTS, "1.1", "levels.levels.good.ar", "  للجميع.\r\nوللكل. "),
            'ar: "لكل خدمة."',
            'ar: "للجميع.\\nوللكل."',
        ),
        (edit(words.ELEMENTS, "1.1", "weight", 4), "weight: 3", "weight: 4"),
        (edit(words.ELEMENTS, "1.1", "weight", "٤"), "weight: 3", "weight: 4"),
        (edit(words.ELEMENTS, "1.1", "title.en", 42), '"Promises written"', '"42"'),
        (edit(words.ELEMENTS, "1.1", "kpis", " "), "        kpis: [csat]\n", ""),
        (
            edit(words.ELEMENTS, "1.1", "sources", "X.3؛ X.4, X.5"),
            "sources: [X.3]",
            "sources: [X.3, X.4, X.5]",
        ),
        (edit(words.CRITERIA, "1", "title.ar", "العهود"), '"الوعود"', '"العهود"'),
        (
            edit(words.TEXTS, "awards.accredited.name", "text.en", "Certified"),
            'name: {en: "Accredited", ar',
            'name: {en: "Certified", ar',
        ),
        (edit(words.TEXTS, "title", "text.en", "Small"), '"A small standard"', '"Small"'),
        (edit(words.EVIDENCE, "1.1", "max_age_months", 36), "months: 24", "months: 36"),
    ],
)
def test_an_edited_cell_changes_what_it_says_and_nothing_else(
    book: Book, change: Callable[[Book], str], before: str, after: str
) -> None:
    assert before in TEXT
    change(book)
    assert book.read() == standard(TEXT.replace(before, after, 1))


def test_a_complete_new_row_is_a_new_element_in_its_place(book: Book) -> None:
    book.add(words.ELEMENTS, **NEW | {"code": "1.10"})
    book.add(words.ELEMENTS, **NEW)
    book.add(
        words.EVIDENCE,
        element="1.3",
        kind="policy",
        minimum=1,
        max_age_months=6,
        text__en="It.",
        text__ar="هو.",
    )
    read = book.read()
    assert [one.code for one in read.elements] == ["1.1", "1.2", "1.3", "1.10", "2.1"]
    new = read.element("1.3")
    assert (new.weight, new.descriptor("good").ar) == (2, "good ar")
    assert [item.text.en for item in new.evidence] == ["It."]
    assert read.element("1.1") == standard().element("1.1")


def test_a_removed_row_is_an_element_less(book: Book) -> None:
    book.remove(words.ELEMENTS, "1.1")
    read = book.read()
    assert [one.code for one in read.elements] == ["1.2", "2.1"]


def test_what_examples_say_of_a_removed_element_is_named() -> None:
    book = Book(get_standard(EVERY_KEY))
    book.remove(words.ELEMENTS, "1.A.1")
    issues = book.issues()
    assert {sheet for sheet, _, _ in issues} == {words.FILE}
    lines = [str(row[0]) for row in book.cells[words.FILE]]
    places = [lines[int(cell[1:]) - 1] for _, cell, _ in issues]
    assert all("1.A.1" in line or "1.A.2" in line for line in places), places


def test_a_scale_of_numbers_and_points_are_edited_as_well() -> None:
    book = Book(get_standard(EVERY_KEY))
    book.set(words.ELEMENTS, "1.B.2", "required", 8.5)
    book.set(words.ELEMENTS, "2.1", "points", 20.25)
    book.set(words.ELEMENTS, "2.2", "points", 19.75)
    book.set(words.CRITERIA, "1.A", "weight.max", 3.5)
    read = book.read()
    assert read.element("1.B.2").required == "8.5"
    assert [str(one.points) for one in read.criterion("2").children] == ["20.25", "19.75"]
    assert str(read.criterion("1.A").weight_range.max) == "3.5"  # type: ignore[union-attr]
    assert read.rules == get_standard(EVERY_KEY).rules


# mistakes


@pytest.mark.parametrize(
    ("sheet", "key", "column", "value", "message"),
    [
        (words.ELEMENTS, "1.1", "title.ar", "", "the text is empty"),
        (words.ELEMENTS, "1.1", "why.en", "", "the text is empty"),
        (words.ELEMENTS, "1.1", "title.en", "x" * 201, "the text is too long: 201 characters"),
        (words.ELEMENTS, "1.1", "levels.levels.good.en", "", "the text is empty"),
        (words.ELEMENTS, "1.1", "required", "fine", "“fine” is unknown; known: absent, partial"),
        (words.ELEMENTS, "1.1", "required", "", "the key “required” is missing"),
        (words.ELEMENTS, "1.1", "weight", 0, "0 is out of range"),
        (words.ELEMENTS, "1.1", "weight", "", "the key “weight” is missing"),
        (words.ELEMENTS, "1.1", "weight", "three", "a whole number is wanted here"),
        (words.ELEMENTS, "1.1", "kpis", "csat, nps", "“nps” is unknown; known: csat"),
        (words.ELEMENTS, "1.1", "na", "perhaps", "“perhaps” is unknown"),
        (words.ELEMENTS, "1.1", "title.en", "a\u202eb", "the character U+202E is not allowed"),
        (words.ELEMENTS, "1.1", "criterion.en", "Other", "this cell is only for reading; it said"),
        (words.EVIDENCE, "1.1", "kind", "letter", "“letter” is unknown; known: policy"),
        (words.EVIDENCE, "1.1", "minimum", 1.5, "a whole number is wanted here"),
        (words.CRITERIA, "1", "title.en", "", "the text is empty"),
        (words.TEXTS, "title", "text.ar", "", "the text is empty"),
        (words.TEXTS, "rules.nothing_absent.text", "about", "x", "this cell is only for reading"),
    ],
)
def test_a_mistake_is_named_with_its_sheet_and_cell(
    book: Book, sheet: str, key: str, column: str, value: Cell, message: str
) -> None:
    cell = book.set(sheet, key, column, value)
    assert [(one, place) for one, place, _ in book.issues()] == [(sheet, cell)]
    assert message in book.issues()[0][2]


def test_all_mistakes_come_at_once_in_the_order_of_the_workbook(book: Book) -> None:
    third = book.set(words.TEXTS, "title", "text.ar", "")
    second = book.set(words.CRITERIA, "2", "title.ar", "")
    first = book.set(words.ELEMENTS, "2.1", "weight", 5000)
    assert [place[:2] for place in book.issues()] == [
        (words.ELEMENTS, first),
        (words.CRITERIA, second),
        (words.TEXTS, third),
    ]


def test_a_code_given_twice_names_both_rows(book: Book) -> None:
    row = book.add(words.ELEMENTS, **NEW | {"code": "1.1"})
    place = (words.ELEMENTS, book.name(words.ELEMENTS, row, "code"))
    assert book.issues() == [(*place, "“1.1” is already given in row 3")]


@pytest.mark.parametrize("code", ["9.1", "1", "1.1.1", "x", ""])
def test_a_new_element_stands_under_a_criterion(book: Book, code: str) -> None:
    row = book.add(words.ELEMENTS, **NEW | {"code": code})
    assert [place[:2] for place in book.issues()] == [
        (words.ELEMENTS, book.name(words.ELEMENTS, row, "code"))
    ]


def test_a_new_element_is_complete(book: Book) -> None:
    row = book.add(words.ELEMENTS, code="1.3", title__en="New")
    names = [book.name(words.ELEMENTS, row, one) for one in ("title.ar", "statement.en")]
    cells = [cell for _, cell, _ in book.issues()]
    assert set(names) < set(cells)
    assert book.name(words.ELEMENTS, row, "levels.levels.good.ar") in cells
    assert book.name(words.ELEMENTS, row, "required") in cells
    assert book.name(words.ELEMENTS, row, "weight") in cells


def test_evidence_belongs_to_an_element_of_the_workbook(book: Book) -> None:
    row = book.add(words.EVIDENCE, element="1.9", kind="policy", minimum=1, max_age_months=1)
    assert [place[:2] for place in book.issues()] == [
        (words.EVIDENCE, book.name(words.EVIDENCE, row, "element"))
    ]


def test_criteria_and_texts_keep_their_rows(book: Book) -> None:
    book.remove(words.CRITERIA, "2")
    book.remove(words.TEXTS, "title")
    row = book.add(words.CRITERIA, code="3", title__en="New", title__ar="جديد")
    assert book.issues() == [
        (words.CRITERIA, "", "the row of “2” is missing"),
        (
            words.CRITERIA,
            book.name(words.CRITERIA, row, "code"),
            "there is no criterion “3”; new ones are written in the YAML file",
        ),
        (words.TEXTS, "", "the row of “title” is missing"),
    ]


def test_a_level_of_another_scale_is_refused() -> None:
    book = Book(get_standard(EVERY_KEY))
    cell = book.set(words.ELEMENTS, "1.B.1", "levels.steps.low.en", "Low here.")
    assert [place[:2] for place in book.issues()] == [(words.ELEMENTS, cell)]


def test_points_that_no_longer_sum_up_are_named_at_the_criterion() -> None:
    book = Book(get_standard(EVERY_KEY))
    book.set(words.ELEMENTS, "2.1", "points", 16)
    cell = book.name(words.CRITERIA, book.row(words.CRITERIA, "2"), "points")
    assert book.issues() == [
        (words.CRITERIA, cell, "the points below sum to 40.5 and not to 40"),
    ]


def test_a_criterion_keeps_an_element(book: Book) -> None:
    book.remove(words.ELEMENTS, "2.1")
    assert book.issues()[0][:2] == (words.CRITERIA, "A4")


def test_the_names_of_the_columns_stay(book: Book) -> None:
    place = book.col(words.ELEMENTS, "why.ar")
    book.cells[words.ELEMENTS][0][place] = "why.en"
    assert [message for _, _, message in book.issues()] == [
        "the column “why.ar” is missing; the first, hidden row names the columns",
        "the column “why.en” is there twice",
    ]


def test_a_missing_sheet_is_named(book: Book) -> None:
    del book.cells[words.CRITERIA]
    assert book.issues() == [(words.CRITERIA, "", "this sheet is missing")]


@pytest.mark.parametrize("line", [0, 2, 5, 9, 30])
def test_the_sheet_that_carries_the_file_may_not_change(book: Book, line: int) -> None:
    book.cells[words.FILE][line][0] = "version: 2"
    assert [sheet for sheet, _, _ in book.issues()] == [words.FILE]


def test_more_rows_than_any_standard_has_are_not_read(book: Book) -> None:
    book.cells[words.EVIDENCE] += [[""]] * MAX_ROWS
    book.add(words.EVIDENCE, element="1.1")
    assert (words.EVIDENCE, f"A{MAX_ROWS + 1}") in [place[:2] for place in book.issues()]


def test_what_is_too_much_for_one_file_is_refused(book: Book) -> None:
    for number in range(150):
        long = {key: "ط" * 1900 for key in NEW if key.startswith(("statement", "levels"))}
        book.add(words.ELEMENTS, **NEW | long | {"code": f"1.{number + 5}"})
    [(sheet, cell, message)] = book.issues()
    assert (sheet, cell) == ("", "")
    assert "the file is too large" in message


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", TEXT.encode(), b"x" * (MAX_BYTES + 1)],
    ids=["empty", "cut", "yaml", "big"],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    [issue] = from_workbook(content, "f.xlsx")  # type: ignore[misc]  # a list here
    assert isinstance(issue, CellIssue)
    assert str(issue).startswith("f.xlsx: ")


def test_a_bomb_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 200_000_000)
    [issue] = from_workbook(target.getvalue(), "f.xlsx")  # type: ignore[misc]  # a list here
    assert "unpacks to more than it may hold" in str(issue)


def test_every_text_of_a_standard_is_in_a_cell_that_may_be_edited() -> None:
    original = get_standard(EVERY_KEY)
    cells = {
        (row.key, column.key)
        for sheet in sheets_of(original)
        for row in sheet.rows
        for column in sheet.columns
        if column.language and column.key not in row.locked and row.cells.get(column.key)
    }
    texts = len(re.findall(r"\ben: ", write(original)))
    assert sum(key.endswith(".en") for _, key in cells) == texts

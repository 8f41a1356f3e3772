"""XLSX as it really comes, and as somebody makes it who means harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import pytest
import xlsxwriter

from accredit.kpi.spreadsheet import read_table
from accredit.web.workbook import UnknownSheetError, UnusableFileError
from tests.kpi.files import altered, real_file, workbook, workbook_with_cells


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in entries.items():
            target.writestr(name, data)
    return out.getvalue()


def test_a_workbook_gives_its_values_with_their_types() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        clock = book.add_format({"num_format": "hh:mm:ss"})
        page.write_row(0, 0, ["score", "on", "took", "yes", "text"])
        page.write_number(1, 0, 9)
        page.write_datetime(1, 1, datetime(2026, 4, 3), day)  # noqa: DTZ001 - cells have no zone
        page.write_datetime(1, 2, time(0, 2, 23), clock)
        page.write_boolean(1, 3, True)
        page.write_string(1, 4, "نعم")
    table = read_table(out.getvalue())
    assert table.header == ("score", "on", "took", "yes", "text")
    assert table.rows == ((9.0, date(2026, 4, 3), time(0, 2, 23), True, "نعم"),)


def test_rows_keep_their_numbers_where_rows_and_columns_are_empty_before_them() -> None:
    table = read_table(
        workbook_with_cells(
            b'<row r="3"><c r="B3" t="inlineStr"><is><t>score</t></is></c></row>'
            b'<row r="7"><c r="B7"><v>9</v></c></row>'
        )
    )
    assert table.header == ("", "score")
    assert (table.rows, table.row_numbers) == ((("", 9.0),), (7,))


def test_a_sheet_is_chosen_by_name_and_hidden_ones_are_passed_over() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name in ("hidden", "one", "two"):
            book.add_worksheet(name).write_row(0, 0, [name])
        book.get_worksheet_by_name("hidden").hide()
        book.get_worksheet_by_name("one").activate()
        book.get_worksheet_by_name("one").set_first_sheet()
    assert read_table(out.getvalue()).header == ("one",)
    assert read_table(out.getvalue(), "two").header == ("two",)
    with pytest.raises(UnknownSheetError, match="one, two"):
        read_table(out.getvalue(), "three")


def test_a_cell_with_an_error_comes_as_text_and_not_as_a_blank() -> None:
    table = read_table(
        workbook_with_cells(
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>score</t></is></c></row>'
            b'<row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
            b"<row r=\"3\"><c x=' t=\"n\"' r='A3' t='e'><v>#N/A</v></c></row>"
        )
    )
    assert table.rows == (("#DIV/0!",), ("#N/A",))


@pytest.mark.parametrize(
    "formula",
    [b"<f>1+1</f>", b"<f>1+1</f><v></v>", b'<f t="shared" si="0"/><v/>', b"<f>1</f> <v> </v>"],
)
def test_a_formula_that_was_never_computed_is_refused(formula: bytes) -> None:
    with pytest.raises(UnusableFileError, match="Row 2, column 3"):
        read_table(workbook_with_cells(b'<row r="2"><c r="C2">' + formula + b"</c></row>"))


def test_a_formula_with_its_value_is_read() -> None:
    cells = b'<row r="1"><c r="A1" t="str"><f>x</f><v>score</v></c></row>'
    cells += b'<row r="2"><c r="A2"><f>4+5</f><v>9</v></c></row>'
    assert read_table(workbook_with_cells(cells)).rows == ((9.0,),)


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="GT1"><v>1</v></c></row>',
        b'<row r="200002"><c r="A200002"><v>1</v></c></row>',
        b'<row r="200001"><c r="CV200001"><v>1</v></c></row>',
        b'<row r="1"><c x=\' r="A1"\' r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A0000000001048576"><v>1</v></c></row>',
        b'<row r="99999999999"><c><v>1</v></c></row>',
        b'<row r="1"><c x=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1">' + b"<c><v>1</v></c>" * 201 + b"</row>",
    ],
)
def test_a_cell_far_out_is_refused_before_the_sheet_is_laid_out(cells: bytes) -> None:
    with pytest.raises(UnusableFileError):
        read_table(workbook_with_cells(cells))


def test_formatted_cells_without_a_value_reach_nowhere() -> None:
    cells = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="XFD1" s="0"/></row>'
    assert read_table(workbook_with_cells(cells + b'<row r="1048576"/>')).header == ("a",)


@pytest.mark.parametrize("part", ["sheet1.xml", "workbook.xml", "sharedStrings.xml", "core.xml"])
@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_document_type_is_refused_in_any_part(part: str, doctype: bytes) -> None:
    book = altered(workbook([["score"], ["9"]]), part, rb"\?>\s*", b"?>" + doctype)
    with pytest.raises(UnusableFileError, match="document type"):
        read_table(book)


def test_another_encoding_is_refused_because_checks_would_not_see_it() -> None:
    part = b'<?xml version="1.0" encoding="UTF-16"?>'.decode().encode("utf-16")
    with pytest.raises(UnusableFileError):
        read_table(altered(workbook([["score"]]), "sheet1.xml", rb"^.*$", part))
    with pytest.raises(UnusableFileError):
        read_table(altered(workbook([["score"]]), "sheet1.xml", b"UTF-8", b"ISO-8859-1"))


def test_a_false_count_of_texts_does_not_end_the_process() -> None:
    book = altered(workbook([["score"], ["9"]]), "Strings.xml", b'ount="2"', b'ount="4000000000"')
    assert read_table(book).rows == (("9",),)


def test_a_long_text_shared_by_many_cells_is_refused() -> None:
    book = workbook([["x" * 32_000]] + [["x" * 32_000]] * 5000)
    assert len(book) < 200_000
    with pytest.raises(UnusableFileError, match="more than it may hold"):
        read_table(book)


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to() -> None:
    bomb = archive(**{"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 5_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(UnusableFileError, match="more than it may hold"):
        read_table(bomb)


def test_a_lie_about_the_unpacked_size_is_found_out() -> None:
    book = bytearray(workbook([["score"], [9]]))
    place = book.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert book[place : place + 4] == b"PK\x01\x02"
    book[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(UnusableFileError, match="broken"):
        read_table(bytes(book))


def test_too_many_entries_are_refused() -> None:
    entries = {f"xl/{i}.bin": b"" for i in range(2001)}
    with pytest.raises(UnusableFileError, match="more than it may hold"):
        read_table(archive(**{"xl/workbook.xml": b"<a/>"}, **entries))


def test_one_name_for_two_entries_is_refused() -> None:
    out = io.BytesIO(workbook([["score"]]))
    with zipfile.ZipFile(out, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr("xl/workbook.xml", b"<other/>")
    with pytest.raises(UnusableFileError, match="broken"):
        read_table(out.getvalue())


def test_an_encrypted_entry_is_called_encrypted() -> None:
    book = bytearray(workbook([["score"]]))
    place = book.find(b"PK\x01\x02")
    book[place + 8] |= 1
    with pytest.raises(UnusableFileError, match="password"):
        read_table(bytes(book))


@pytest.mark.parametrize(
    "entries",
    [
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"},
        {"word/document.xml": b"<a/>"},
        {"xl/workbook.bin": b"\x00"},
        {"xl/workbook.xml": b"<a/>"},
        {"xl/workbook.xml": b"<a>"},
        {"xl/workbook.xml": b""},
    ],
)
def test_other_archives_are_refused(entries: dict[str, bytes]) -> None:
    with pytest.raises(UnusableFileError):
        read_table(archive(**entries))


def test_a_workbook_cut_anywhere_is_refused_and_never_crashes() -> None:
    book = workbook([["score"], [9]])
    for end in range(2, len(book), 97):
        with pytest.raises(UnusableFileError):
            read_table(book[:end])


def test_the_published_calls_are_read_whole() -> None:
    table = read_table(real_file("contact_centre_calls.xlsx"))
    assert table.header[-1] == "Satisfaction rating"
    assert (len(table.rows), table.row_numbers[-1]) == (5000, 5001)
    assert table.rows[0][8:] == (time(0, 2, 23), 3.0)

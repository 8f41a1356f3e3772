"""CSV as it really comes: encodings, separators, and files that are something else."""

from __future__ import annotations

import pytest

from accredit.kpi import spreadsheet
from accredit.kpi.spreadsheet import read_table
from accredit.web.workbook import UnusableFileError
from tests.kpi.files import csv_table, real_file

ARABIC = "الرضا,التاريخ\n5,2026-01-01\n4,2026-01-02\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_arabic_is_read_in_the_encodings_spreadsheets_write(encoding: str) -> None:
    table = read_table(ARABIC.encode(encoding))
    assert table.header == ("الرضا", "التاريخ")
    assert table.rows == (("5", "2026-01-01"), ("4", "2026-01-02"))


def test_big_endian_utf_16_is_read_by_its_mark() -> None:
    assert read_table(b"\xfe\xff" + ARABIC.encode("utf-16-be")).header[0] == "الرضا"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_and_line_ends_are_recognised(delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "x, y; z", "3"]))
    table = read_table(text.replace("x, y; z", '"x, y; z"').encode())
    assert table.header == ("a", "b", "c")
    assert table.rows == (("1", "x, y; z", "3"),)


def test_a_separator_inside_the_text_does_not_win() -> None:
    table = csv_table("comment;score", "well, well, well;5", "no, never;1")
    assert table.header == ("comment", "score")


def test_a_single_column_keeps_its_decimal_commas() -> None:
    assert csv_table("seconds", "67,5", "3,25").rows == (("67,5",), ("3,25",))


def test_row_numbers_are_those_a_spreadsheet_shows() -> None:
    table = csv_table("score,comment", '10,"two', 'lines"', "", ",", "9,end")
    assert table.row_numbers == (2, 5)
    assert table.rows == (("10", "two\nlines"), ("9", "end"))


def test_a_header_further_down_is_found() -> None:
    table = csv_table("", "score", "7")
    assert (table.header, table.row_numbers) == (("score",), (3,))


def test_short_rows_are_filled_and_long_rows_keep_what_they_have() -> None:
    table = csv_table("a,b", "1", "1,2,,", "1,2,3")
    assert table.rows == (("1", ""), ("1", "2"), ("1", "2", "3"))


def test_a_header_without_rows_is_an_empty_table() -> None:
    assert csv_table("score").rows == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n \n",
        b"score\n9\x00\n",
        b"%PDF-1.7\n\x01\x02",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b'score,comment\n9,"never closed\n10,x\n',
        b'score,comment\n9,"closed"badly\n',
        b"score\n" + b"9" * 200_000,
        b"\xff\xfe\x00\xd8\x00\x00",
        b"\xff\xfe0",
        b"\xff\xfe\x00\x00s\x00\x00\x00",
        ",".join(f"c{i}" for i in range(201)).encode(),
        b"PK\x03\x04 and nothing more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(UnusableFileError) as caught:
        read_table(data)
    assert str(caught.value)


def test_an_encrypted_workbook_is_called_encrypted() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UnusableFileError, match="password"):
        read_table(data)


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(UnusableFileError, match="25 MB"):
        read_table(b"PK" + b"\x00" * spreadsheet.MAX_BYTES)


def test_a_table_with_too_many_rows_is_refused() -> None:
    with pytest.raises(UnusableFileError, match="200000 rows"):
        read_table(b"score\n" + b"9\n" * 200_001)
    assert len(read_table(b"score\n" + b"9\n" * 200_000).rows) == 200_000


def test_the_published_survey_is_read_whole() -> None:
    table = read_table(real_file("nps_responses.csv"))
    assert table.header == ("id", "market", "survey_date", "score")
    assert (len(table.rows), table.row_numbers[-1]) == (5000, 5001)

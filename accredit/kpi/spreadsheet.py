"""Reading a table out of a CSV or XLSX file that somebody else made.

The file is bounded before it is opened, and what cannot be read with certainty is
refused with a reason. The kind of file is decided by its content, not by its name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from accredit.kpi.cells import cell_text, is_blank
from accredit.text import N_
from accredit.web import workbook
from accredit.web.workbook import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Cell, UnusableFileError

MAX_BYTES = 25 * 1024 * 1024
DELIMITERS = (",", ";", "\t")

_SAMPLE_CHARACTERS = 64 * 1024
_SAMPLE_ROWS = 50
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it that hold anything.

    `row_numbers` are those a spreadsheet shows, the first line being row 1. Rows are as
    long as the header, or longer where they hold more values than it names.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_numbers: tuple[int, ...]


def read_table(data: bytes, sheet: str | None = None) -> Table:
    """The table in the bytes of a CSV or XLSX file; raises `UnusableFileError`.

    CSV may be UTF-8, UTF-16 with its mark or Windows-1256, separated by comma, semicolon
    or tab. Of a workbook the sheet named `sheet`, otherwise its first visible one.
    """
    if len(data) > MAX_BYTES:
        raise UnusableFileError(
            N_("The file is larger than %(limit)s MB."), limit=MAX_BYTES // (1024 * 1024)
        )
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnusableFileError(N_("The workbook is encrypted; save it without a password."))
        raise UnusableFileError(N_("This is an old kind of workbook; save it as .xlsx or CSV."))
    if data.startswith(b"PK"):
        return _table(workbook.read_rows(data, sheet))
    return _table(_csv_rows(_decode(data)))


def _table(rows: Iterable[Sequence[Cell]]) -> Table:
    header: tuple[str, ...] | None = None
    kept: list[tuple[Cell, ...]] = []
    numbers: list[int] = []
    cells = 0
    for row_number, row in enumerate(rows, start=1):
        width = len(row)
        while width and is_blank(row[width - 1]):
            width -= 1
        if width == 0:
            continue
        if width > MAX_COLUMNS:
            raise UnusableFileError(
                N_("Row %(row)s has more than %(limit)s columns."),
                row=row_number,
                limit=MAX_COLUMNS,
            )
        if header is None:
            header = tuple(cell_text(cell) for cell in row[:width])
            continue
        width = max(width, len(header))
        kept.append((*row[:width], *[""] * (width - len(row))))
        numbers.append(row_number)
        cells += width
        if len(kept) > MAX_ROWS or cells > MAX_CELLS:
            raise UnusableFileError(
                N_("The table has more than %(rows)s rows or %(cells)s cells; divide it."),
                rows=MAX_ROWS,
                cells=MAX_CELLS,
            )
    if header is None:
        raise UnusableFileError(N_("The file is empty."))
    return Table(header, tuple(kept), tuple(numbers))


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1256"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text):
            break
        return text
    raise UnusableFileError(N_("The file is neither a text table (CSV) nor an .xlsx workbook."))


def _csv_rows(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise UnusableFileError(
            N_("The CSV file is broken at or before line %(line)s (%(reason)s)."),
            line=reader.line_num,
            reason=str(error),
        ) from error


def _delimiter(text: str) -> str:
    """The separator that gives the header most columns; then the one that fits the rows best.

    For a single column no separator is in the header, and one that would cut the values
    (a decimal comma) fits worst.
    """

    def fit(delimiter: str) -> tuple[int, int]:
        sample = io.StringIO(text[:_SAMPLE_CHARACTERS], newline="")
        try:
            rows = [
                row
                for row in islice(csv.reader(sample, delimiter=delimiter), _SAMPLE_ROWS)
                if any(cell.strip() for cell in row)
            ]
        except csv.Error:
            return 0, 0
        width = len(rows[0]) if rows else 0
        return width, sum(len(row) == width for row in rows)

    return max(DELIMITERS, key=fit)

"""CSV files (RFC 4180) that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from unicodedata import category

Cell = str | int | float | date | None

#: Decimals of a figure: more than anybody reads, fewer than binary fractions make up.
PLACES = 6
#: A spreadsheet takes a text that begins so for a formula, and runs it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Spreadsheets know by this mark that the file is UTF-8.
_MARK = "\ufeff"


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The header and the rows: numbers in plain digits, days as ISO dates, texts made safe."""
    buffer = StringIO()
    buffer.write(_MARK)
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def csv_row(cells: Sequence[Cell]) -> str:
    """One row of such a file, for files that are written piece by piece."""
    buffer = StringIO()
    csv.writer(buffer).writerow([_written(cell) for cell in cells])
    return buffer.getvalue()


def safe_cell(text: str) -> str:
    """`text`, with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{text}" if _shown(text).startswith(_FORMULA_STARTS) else text


def _shown(text: str) -> str:
    """The text from the first sign on that is seen, or that is itself a beginning."""
    for place, sign in enumerate(text):
        if sign in _FORMULA_STARTS or not (sign.isspace() or category(sign) == "Cf"):
            return text[place:]
    return ""


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe_cell(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        rounded = Decimal(repr(cell)).quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP)
        return f"{(rounded or abs(rounded)).normalize():f}"
    return str(cell)

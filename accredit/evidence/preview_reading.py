"""Making a preview of a file's part; it runs where memory and time are limited (`reader`)."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from accredit.evidence.content import File
from accredit.evidence.preview import (
    LONGEST_CELL,
    LONGEST_PART,
    MOST_COLUMNS,
    MOST_NAMES,
    MOST_PAGES,
    MOST_ROWS,
    PICTURES,
    Preview,
    divide,
    part_cited,
    words_cited,
)
from accredit.evidence.texts import CELL_END, Part, decoded, each_part

_MOST_READ = 1_000_000
_GAPS = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_ROW_END = re.compile(rf"\s*{CELL_END}\s*\n")
_CELL_END = re.compile(rf"\s*{CELL_END}[ \n]*")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")


def read_preview(file: File, place: str, part: int | None) -> Preview:
    """The part with this number, or the one the place means; raises whatever reading raises."""
    file.stream.seek(0)
    if file.ending == "pdf":
        return _page(file, place, part)
    if file.ending in PICTURES:
        from accredit.evidence.preview_pictures import picture

        media_type, content = picture(file)
        return Preview("", 1, 1, media_type=media_type, picture=content)
    if file.ending == "csv":
        rows, cut = _cells(_csv_rows(decoded(file.read_at(0, _MOST_READ))))
        return Preview("", 1, 1, rows=rows, cut=cut)
    if file.ending in ("xlsx", "ods"):
        return _sheet(file, place, part)
    found = list(each_part(file))
    if file.ending != "txt":
        found = [replace(one, text=_rows_in_lines(one.text)) for one in found]
    return _words(found, place, part)


def _page(file: File, place: str, part: int | None) -> Preview:
    import pypdfium2

    from accredit.evidence.preview_pictures import page_picture

    document = pypdfium2.PdfDocument(file.read_all())
    count = min(len(document), MOST_PAGES)
    number = _within(part, count) or part_cited(place, count)
    page = document[number - 1]
    media_type, content = page_picture(page)
    words, cut = _plain(page.get_textpage().get_text_bounded())
    return Preview(
        "page",
        number,
        count,
        words=words,
        cited=words_cited(place, words),
        cut=cut,
        media_type=media_type,
        picture=content,
    )


def _sheet(file: File, place: str, part: int | None) -> Preview:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(file.stream)
    names = book.sheet_names
    number = _within(part, len(names)) or part_cited(place, len(names), names)
    # From the first cell on, so that rows and columns carry the numbers that people cite.
    sheet = book.get_sheet_by_index(number - 1).to_python(
        skip_empty_area=False, nrows=MOST_ROWS + 1
    )
    rows, cut = _cells(sheet)
    told = tuple(_told(name)[:60] for name in names[:MOST_NAMES])
    return Preview("sheet", number, len(names), names=told, rows=rows, cut=cut)


def _words(found: Sequence[Part], place: str, part: int | None) -> Preview:
    if found and found[0].kind:
        number = _within(part, len(found)) or part_cited(place, len(found))
        words, cut = _plain(found[number - 1].text)
        cited = words_cited(place, words)
        return Preview(found[0].kind, number, len(found), words=words, cited=cited, cut=cut)
    whole = "\n".join(piece.text for piece in found)
    texts = divide(_tidy(whole[:_MOST_READ]))
    number = _within(part, len(texts)) or next(
        (number for number, text in enumerate(texts, 1) if words_cited(place, text)), 1
    )
    words = texts[number - 1]
    cut = number == len(texts) and len(whole) > _MOST_READ
    cited = words_cited(place, words)
    return Preview("", number, len(texts), words=words, cited=cited, cut=cut)


def _rows_in_lines(text: str) -> str:
    """The words of a document with each row of a table in one line."""
    return _CELL_END.sub(" | ", _ROW_END.sub("\n", text))


def _within(part: int | None, count: int) -> int | None:
    return part if part is not None and 1 <= part <= count else None


def _plain(text: str) -> tuple[str, bool]:
    tidy = _tidy(text)
    return tidy[:LONGEST_PART], len(tidy) > LONGEST_PART


def _tidy(text: str) -> str:
    lines = _UNREADABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _GAPS.sub("\n\n", lines).strip()


def _cells(rows: Iterable[Sequence[Any]]) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """The cells in words, without the empty ends of rows and sheet; whether there are more."""
    some = list(itertools.islice(rows, MOST_ROWS + 1))
    cut = len(some) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in some)
    told = [[_told(cell) for cell in row[:MOST_COLUMNS]] for row in some[:MOST_ROWS]]
    width = max((n for row in told for n, cell in enumerate(row, 1) if cell), default=0)
    height = max((n for n, row in enumerate(told, 1) if any(row)), default=0)
    filled = (row[:width] + [""] * (width - len(row)) for row in told[:height])
    return tuple(tuple(row) for row in filled), cut


def _told(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "minutes")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return _UNREADABLE.sub(" ", str(cell)).strip()[:LONGEST_CELL]


def _csv_rows(text: str) -> Iterable[list[str]]:
    first = text.partition("\n")[0]
    # What people's programs write: commas, in Arabic and German settings semicolons, or tabs.
    delimiter = max(",;\t", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)

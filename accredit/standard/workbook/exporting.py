"""A standard as a workbook for people who know the field and not the format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter

from accredit.charts.palette import Colour
from accredit.standard.domain import Standard
from accredit.standard.file.writer import write
from accredit.standard.workbook import words
from accredit.standard.workbook.cells import MARK
from accredit.standard.workbook.sheets import Column, Kind, Row, Sheet, sheets_of
from accredit.text import Bilingual

FREE_ROWS = 50
_HEADER_ROWS = 2
_LINE = 15.0
_TALLEST = 409.0
_WIDER = 1.1  # words are not broken, so that a line is seldom full
_MAX_LIST = 255
_A4 = 9
_ALLOWED = {
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}


def to_workbook(standard: Standard, language: str, *, head: str = "") -> bytes:
    """The standard as a workbook; `language` is that of the reader, `head` its file's comment.

    Every text is written as text: none is ever read as a formula.
    """
    target = BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    # The same standard is the same workbook, whenever it is exported.
    created = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no zones
    title = standard.title.in_language(language)
    workbook.set_properties({"title": title, "subject": standard.version, "created": created})
    writer = _Writer(workbook, language)
    writer.read_me(standard)
    for sheet in sheets_of(standard, language):
        writer.sheet(sheet, standard)
    writer.file(standard, write(standard, head=head))
    workbook.close()
    return target.getvalue()


class _Writer:
    def __init__(self, workbook: Any, language: str) -> None:
        self._workbook = workbook
        self._language = language
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def read_me(self, standard: Standard) -> None:
        """What the workbook is and what may be edited, in both languages."""
        sheet = self._workbook.add_worksheet(words.README)
        sheet.hide_gridlines(2)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        languages = ("ar", "en") if self._language == "ar" else ("en", "ar")
        sheet.set_column(0, 1, 70)
        for column, language in enumerate(languages):
            texts = [
                standard.title.in_language(language),
                f"{standard.id} {standard.version}",
                *(text.in_language(language) for text in words.GUIDE),
            ]
            for row, text in enumerate(texts):
                style = self._style(language, locked=True, bold=row == 0, plain=True)
                sheet.write_string(row, column, text, style)
        self._direct(sheet)
        sheet.set_row(0, 24)
        for row, guide in enumerate(words.GUIDE, start=2):
            longest = max(len(guide.en), len(guide.ar))
            sheet.set_row(row, _LINE * (ceil(longest * _WIDER / 70) + 0.4))

    def sheet(self, source: Sheet, standard: Standard) -> None:
        """A sheet of rows: the names of its columns, hidden, their headings, and the rows."""
        sheet = self._workbook.add_worksheet(source.name)
        sheet.protect("", _ALLOWED)
        sheet.set_row(0, None, None, {"hidden": True})
        for place, column in enumerate(source.columns):
            may_add = source.takes_rows and column.kind is not Kind.NOTE
            # What stands below the last row is written by people, if anything may.
            below = self._style(column.language, locked=not may_add, plain=may_add)
            sheet.set_column(place, place, column.width, below)
            sheet.write_string(0, place, column.key, self._style("", locked=True))
            sheet.write_string(1, place, self._both(column.label), self._heading())
        for line, row in enumerate(source.rows, start=_HEADER_ROWS):
            self._row(sheet, line, source.columns, row)
        last = len(source.rows) + _HEADER_ROWS + (FREE_ROWS if source.takes_rows else 0) - 1
        self._check(sheet, source, standard, last)
        heading = max(
            (len(column.label.en) // column.width for column in source.columns), default=0
        )
        sheet.set_row(1, _LINE * 2 * min(heading + 1, 3))
        sheet.freeze_panes(_HEADER_ROWS, 1)
        sheet.autofilter(1, 0, max(last, 2), len(source.columns) - 1)
        self._direct(sheet)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)

    def _row(self, sheet: Any, line: int, columns: Sequence[Column], row: Row) -> None:
        lines = 1
        for place, column in enumerate(columns):
            value = row.cells.get(column.key, "")
            locked = column.key in row.locked
            style = self._style(column.language, locked=locked, number=column.kind is Kind.NUMBER)
            if value == "":
                sheet.write_blank(line, place, None, style)
            elif isinstance(value, str):
                sheet.write_string(line, place, value, style)
                lines = max(
                    lines,
                    sum(
                        ceil(max(len(one), 1) * _WIDER / column.width) for one in value.split("\n")
                    ),
                )
            else:
                sheet.write_number(line, place, float(value), style)
        sheet.set_row(line, min(lines * _LINE, _TALLEST))

    def _check(self, sheet: Any, source: Sheet, standard: Standard, last: int) -> None:
        """What a spreadsheet program itself can refuse while people type."""
        for place, column in enumerate(source.columns):
            rule: dict[str, object] | None = None
            if column.kind is Kind.TEXT:
                rule = {"validate": "length", "criteria": "<=", "value": column.longest}
            elif column.choices and len(",".join(column.choices)) <= _MAX_LIST:
                rule = {"validate": "list", "source": list(column.choices)}
            elif column.kind is Kind.NUMBER:
                rule = {"validate": "decimal", "criteria": ">=", "value": 0}
            if rule:
                sheet.data_validation(_HEADER_ROWS, place, last, place, rule)
            if column.key == "required":
                self._check_levels(sheet, place, standard)

    def _check_levels(self, sheet: Any, place: int, standard: Standard) -> None:
        for line, element in enumerate(standard.elements, start=_HEADER_ROWS):
            levels = standard.scale_of(element).level_ids
            if len(",".join(levels)) <= _MAX_LIST:
                rule = {"validate": "list", "source": list(levels)}
                sheet.data_validation(line, place, line, place, rule)

    def file(self, standard: Standard, text: str) -> None:
        """The whole file, a line in each row, and the hash of what it says."""
        sheet = self._workbook.add_worksheet(words.FILE)
        sheet.protect("")
        sheet.set_column(0, 0, 110)
        style = self._style("en", locked=True, plain=True, font_name="Courier New", wrap=False)
        head = (
            MARK,
            f"{standard.id} {standard.version}",
            standard.sha256,
            words.FILE_NOTE.en,
            words.FILE_NOTE.ar,
        )
        for row, line in enumerate((*head, *text.removesuffix("\n").split("\n"))):
            sheet.write_string(row, 0, line, style)

    def _direct(self, sheet: Any) -> None:
        if self._language == "ar":
            sheet.right_to_left()

    def _both(self, label: Bilingual) -> str:
        own, other = (label.ar, label.en) if self._language == "ar" else (label.en, label.ar)
        return f"{own}\n{other}"

    def _heading(self) -> Any:
        return self._format(
            bold=True,
            text_wrap=True,
            valign="top",
            bottom=1,
            bg_color=Colour.BRAND_SOFT.hex,
            font_color=Colour.BRAND.hex,
            reading_order=2 if self._language == "ar" else 1,
        )

    def _style(
        self,
        language: str,
        *,
        locked: bool,
        number: bool = False,
        bold: bool = False,
        plain: bool = False,
        wrap: bool = True,
        font_name: str = "",
    ) -> Any:
        wanted: dict[str, object] = {"valign": "top", "text_wrap": wrap, "locked": locked}
        if not number:
            wanted["num_format"] = "@"  # what is typed stays a text: 1.10 is a code
        if language:
            # A text runs in its own direction even where it begins with a code or a number.
            wanted["reading_order"] = 2 if language == "ar" else 1
            wanted["align"] = "right" if language == "ar" else "left"
        if locked and not plain:
            wanted["bg_color"] = Colour.WASH.hex
        if not plain:
            wanted |= {"border": 1, "border_color": Colour.LINE.hex}
        if bold:
            wanted |= {"bold": True, "font_size": 14, "font_color": Colour.BRAND.hex}
        if font_name:
            wanted["font_name"] = font_name
        return self._format(**wanted)

    def _format(self, **wanted: object) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(wanted)
        return self._formats[key]

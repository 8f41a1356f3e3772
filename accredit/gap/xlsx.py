"""The gap report as a workbook: one sheet for each part, figures as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter

from accredit.charts.palette import Colour
from accredit.gap.document import Cell, ReportContent, Section, Table, Tone

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_NARROWEST, _WIDEST = 10, 60
_A4, _LINE = 9, 15.0
_DEFAULT_WIDTH = 8.43
_WIDER = 1.1  # words are not broken, so that a line is seldom full
_COLOURS: dict[Tone, tuple[Colour, Colour | None]] = {
    "good": (Colour.GOOD, Colour.GOOD_SOFT),
    "warn": (Colour.WARN, Colour.WARN_SOFT),
    "bad": (Colour.BAD, Colour.BAD_SOFT),
    "brand": (Colour.BRAND, Colour.BRAND_SOFT),
    "muted": (Colour.MUTED, None),
}


def render_xlsx(content: ReportContent, *, overview: str) -> bytes:
    """The report as a workbook; `overview` names its first sheet.

    Every text is written as text: none is ever read as a formula.
    """
    target = BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    created = datetime(content.day.year, content.day.month, content.day.day)  # noqa: DTZ001 - the format has no zones
    workbook.set_properties(
        {"title": content.title, "subject": content.subtitle, "created": created}
    )
    writer = _Writer(workbook, content.rtl)
    _write_overview(writer, content, overview)
    for section in content.sections:
        _write_section(writer, section)
    workbook.close()
    return target.getvalue()


def _write_overview(writer: _Writer, content: ReportContent, name: str) -> None:
    sheet = writer.add_sheet(name)
    for column, width in enumerate((34, 60, 60)):
        writer.set_width(sheet, column, width)
    row = writer.title(sheet, 0, content.title)
    row = writer.line(sheet, row, content.subtitle) + 1
    verdict = content.verdict
    row = writer.pairs(sheet, row, [(verdict.label, verdict.title), ("", verdict.text)])
    row = (writer.line(sheet, row, content.notice) if content.notice else row) + 1
    for figure in content.figures:
        row = writer.row(
            sheet,
            row,
            (Cell(figure.label), Cell(figure.value, figure.tone, bold=True), Cell(figure.note)),
        )
    writer.pairs(sheet, row + 1, content.facts)


def _write_section(writer: _Writer, section: Section) -> None:
    """Title, tables, remarks, and the figures of the charts below them."""
    sheet = writer.add_sheet(section.short)
    row = writer.title(sheet, 0, section.title) + 1
    for number, table in enumerate(section.tables):
        if number == 0:
            sheet.freeze_panes(row + 1, 0)
            sheet.autofilter(row, 0, row + len(table.rows), len(table.columns) - 1)
            _fit(writer, sheet, table)
        row = writer.table(sheet, row, table) + 1
    for paragraph in section.paragraphs:
        row = writer.line(sheet, row, paragraph)
    for drawing in section.charts:
        row = writer.title(sheet, row + 1, drawing.title)
        row = writer.header(sheet, row, drawing.table.header)
        for texts in drawing.table.rows:
            row = writer.row(sheet, row, [Cell(text) for text in texts])


def _fit(writer: _Writer, sheet: Any, table: Table) -> None:
    """Columns as wide as their longest text, within bounds; longer texts wrap."""
    for index, column in enumerate(table.columns):
        longest = max([len(column.title) + 3, *(len(row[index].text) for row in table.rows)])
        writer.set_width(sheet, index, min(max(longest + 2, _NARROWEST), _WIDEST))


class _Writer:
    """Writes rows; every method gives the number of the row after what it wrote."""

    def __init__(self, workbook: Any, rtl: bool) -> None:
        self.workbook, self.rtl = workbook, rtl
        # An Arabic text runs from the right even where it begins with a code or a number.
        self._order: dict[str, object] = {"reading_order": 2} if rtl else {}
        self._names: set[str] = set()
        self._widths: dict[tuple[str, int], float] = {}
        self._formats: dict[tuple[object, ...], Any] = {}

    def add_sheet(self, title: str) -> Any:
        """A sheet called as nearly like `title` as the format allows."""
        name = _FORBIDDEN.sub(" ", title)[:_LONGEST_NAME].strip()
        if name.casefold() in self._names:
            name = f"{name[: _LONGEST_NAME - 4]} {len(self._names) + 1}"
        self._names.add(name.casefold())
        sheet = self.workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        # Printed, a sheet is as wide as its page, however long it is.
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        if self.rtl:
            sheet.right_to_left()
        return sheet

    def set_width(self, sheet: Any, column: int, width: float) -> None:
        """Make a column so many characters wide."""
        self._widths[sheet.get_name(), column] = width
        sheet.set_column(column, column, width)

    def _make_room(self, sheet: Any, row: int, texts: Sequence[str]) -> None:
        """Give a row the height of its longest text: not every program does so by itself."""
        lines = 1
        for column, text in enumerate(texts):
            width = self._widths.get((sheet.get_name(), column), _DEFAULT_WIDTH)
            if len(text) > width:
                lines = max(lines, ceil(len(text) * _WIDER / width))
        if lines > 1:
            sheet.set_row(row, lines * _LINE)

    def title(self, sheet: Any, row: int, text: str) -> int:
        sheet.write_string(
            row,
            0,
            text,
            self._format(bold=True, font_size=14, font_color=Colour.BRAND.hex, **self._order),
        )
        return row + 1

    def line(self, sheet: Any, row: int, text: str) -> int:
        sheet.write_string(row, 0, text, self._format(**self._order))
        return row + 1

    def pairs(self, sheet: Any, row: int, pairs: Any) -> int:
        for name, value in pairs:
            row = self.row(sheet, row, (Cell(name), Cell(value)))
        return row

    def header(self, sheet: Any, row: int, titles: Any) -> int:
        style = self._format(bold=True, bottom=1, text_wrap=True, valign="top", **self._order)
        self._make_room(sheet, row, list(titles))
        for column, title in enumerate(titles):
            sheet.write_string(row, column, title, style)
        return row + 1

    def table(self, sheet: Any, row: int, table: Table) -> int:
        row = self.header(sheet, row, [column.title for column in table.columns])
        for one in table.rows:
            row = self.row(sheet, row, one)
        return row

    def row(self, sheet: Any, row: int, cells: Any) -> int:
        self._make_room(sheet, row, [cell.text for cell in cells])
        for column, cell in enumerate(cells):
            style = self._style(cell)
            if cell.number is None:
                sheet.write_string(row, column, cell.text, style)
            else:
                sheet.write_number(row, column, cell.number.value, style)
        return row + 1

    def _style(self, cell: Cell) -> Any:
        wanted: dict[str, object] = {"text_wrap": True, "valign": "top", **self._order}
        if cell.bold:
            wanted["bold"] = True
        if cell.tone:
            ink, ground = _COLOURS[cell.tone]
            wanted["font_color"] = ink.hex
            if ground:
                wanted["bg_color"] = ground.hex
        if cell.number:
            wanted["num_format"] = cell.number.pattern
        return self._format(**wanted)

    def _format(self, **wanted: object) -> Any:
        key = tuple(sorted(wanted.items(), key=str))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(wanted)
        return self._formats[key]

"""The cells of an edited workbook, found by the names of their rows and columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.file.issues import shown
from accredit.standard.file.yaml_tree import (
    Entry,
    ListNode,
    MapNode,
    Node,
    TextNode,
    forbidden_character,
)
from accredit.standard.workbook.sheets import Column, Kind, Row, Sheet, value_text
from accredit.text import N_, Message
from accredit.web.workbook import Cell

MARK = "accredit-workbook/1"
"""The first cell of the sheet that carries the file."""
FIRST_LINE = 6
"""The row, from 1, of that sheet in which the file begins."""
FIRST_ROW = 3
"""The first row, from 1, below the names of the columns and their headings."""
MAX_ROWS = 10_000
SHEET_LINES = 1_000_000
"""In the place of a value, the line counts the sheets by this and the rows within it."""
_SEPARATORS = re.compile(r"[,،;؛\n]")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")


@dataclass(frozen=True, slots=True)
class CellIssue:
    """One mistake in a workbook: the sheet and the cell, both empty where it is the whole."""

    file: str
    sheet: str
    cell: str
    message: Message

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        return ": ".join(part for part in (self.file, place, str(self.message)) if part)


class Mistakes:
    """Collects the mistakes of one workbook, in the order of its sheets and cells."""

    def __init__(self, file: str, names: Sequence[str]) -> None:
        self._file = file
        self._names = names
        self._found: list[tuple[int, int, CellIssue]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def refuse(self, line: int, col: int, text: str, **values: object) -> None:
        """Report a mistake at a place that a node of a sheet has."""
        number, row = divmod(line, SHEET_LINES)
        cell = f"{letters(col)}{row}" if row else ""
        issue = CellIssue(self._file, self._names[number], cell, Message(text, values))
        self._found.append((line, col, issue))

    def all(self) -> list[CellIssue]:
        """Every mistake, from the first sheet to the last."""
        return [issue for _, _, issue in sorted(self._found, key=lambda one: one[:2])]


def letters(col: int) -> str:
    """The name of a column, from 1: A, B, … Z, AA."""
    name = ""
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_text(cell: Cell) -> str:
    """What a cell says; a whole number has no decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return _settled(str(cell))


def _settled(text: str) -> str:
    """The text as a file would hold it; programs differ in how they end the lines of a cell."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").strip())


class EditedRow:
    """A row as it came back; `was` is the row it was exported as, None for a new one."""

    def __init__(self, grid: Grid, number: int, cells: Mapping[str, str]) -> None:
        self._grid = grid
        self._cells = cells
        self.was: Row | None = None
        self.number = number

    @property
    def line(self) -> int:
        """Where the row stands."""
        return self._grid.line(self.number)

    def col(self, key: str) -> int:
        """The number of the column with this name, from 1; the first where there is none."""
        return self._grid.places.get(key, 1)

    def text(self, key: str) -> str:
        """What the cell says; what nobody changed, or may change, as it was exported."""
        if self.was is not None and (key in self.was.locked or not self.is_changed(key)):
            return value_text(self.was.cells.get(key, ""))
        return self._cells.get(key, "")

    def is_changed(self, key: str) -> bool:
        """Whether the cell says something else than it was exported with."""
        if self.was is None:
            return True
        before = value_text(self.was.cells.get(key, ""))
        return key in self._cells and self._cells[key] != _settled(before)

    def refuse(self, key: str, text: str, **values: object) -> None:
        """Report a mistake in one cell."""
        self._grid.mistakes.refuse(self.line, self.col(key), text, **values)

    def node(self, key: str, *, plain: bool = False) -> TextNode:
        """The cell as a value that knows its place."""
        return TextNode(self.text(key), plain, self.line, self.col(key))

    def number_node(self, key: str) -> TextNode:
        """The cell as a number, whichever digits it is written in."""
        text = self.text(key).translate(_DIGITS)
        return TextNode(text, True, self.line, self.col(key))

    def words_node(self, key: str) -> ListNode:
        """The cell as a list of words."""
        place = self.line, self.col(key)
        parts = [part.strip() for part in _SEPARATORS.split(self.text(key))]
        return ListNode([TextNode(part, False, *place) for part in parts if part], *place)


class Grid:
    """A sheet as it came back: its rows by number, its columns by name."""

    def __init__(
        self, sheet: Sheet, number: int, rows: list[list[Cell]], mistakes: Mistakes
    ) -> None:
        self.sheet = sheet
        self.mistakes = mistakes
        self._first_line = number * SHEET_LINES
        names = [cell_text(cell) for cell in rows[0]] if rows else []
        self.places: dict[str, int] = {}
        for col, name in enumerate(names, start=1):
            self.places.setdefault(name, col)
        self._check_columns(names)
        if len(rows) > MAX_ROWS:
            text = N_("the sheet reaches below row %(max)s, which is the last that is read")
            mistakes.refuse(self.line(MAX_ROWS + 1), 1, text, max=MAX_ROWS)
        self.rows = [
            EditedRow(self, place, cells)
            for place, row in enumerate(rows[FIRST_ROW - 1 : MAX_ROWS], start=FIRST_ROW)
            if any((cells := self._cells_of(row)).values())
        ]

    def line(self, row: int) -> int:
        """The line of a place in this sheet."""
        return self._first_line + row

    def _cells_of(self, row: list[Cell]) -> dict[str, str]:
        return {
            column.key: cell_text(row[place - 1]) if place <= len(row) else ""
            for column in self.sheet.columns
            if (place := self.places.get(column.key))
        }

    def _check_columns(self, names: list[str]) -> None:
        for column in self.sheet.columns:
            if column.key not in self.places:
                self.mistakes.refuse(
                    self.line(1),
                    1,
                    N_("the column “%(key)s” is missing; the first, hidden row names the columns"),
                    key=column.key,
                )
            elif names.count(column.key) > 1:
                self.mistakes.refuse(
                    self.line(1),
                    self.places[column.key],
                    N_("the column “%(key)s” is there twice"),
                    key=column.key,
                )

    def meet(self, row: EditedRow, was: Row | None) -> None:
        """Say which exported row this is, and check what only that one may not have changed."""
        row.was = was
        for column in self.sheet.columns:
            if not row.is_changed(column.key):
                continue
            if was is not None and column.key in was.locked:
                row.refuse(
                    column.key,
                    N_("this cell is only for reading; it said “%(value)s”"),
                    value=shown(value_text(was.cells.get(column.key, ""))) or "–",
                )
            self._check_characters(row, column)

    def _check_characters(self, row: EditedRow, column: Column) -> None:
        code = forbidden_character(row.text(column.key))
        if code is not None and column.kind is not Kind.NOTE:
            row.refuse(column.key, N_("the character U+%(code)s is not allowed"), code=code)


def put(data: MapNode, key: str, node: Node | None) -> None:
    """Set a key of a mapping; None takes it out."""
    if node is None:
        data.entries.pop(key, None)
    else:
        data.entries[key] = Entry(node, node.line, node.col)


def as_number(text: str) -> Decimal | None:
    """A whole number in a cell, to sort by; None where there is none."""
    return Decimal(text) if re.fullmatch(r"[0-9]{1,9}", text) else None

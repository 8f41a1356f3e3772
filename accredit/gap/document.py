"""A report as finished content: the one source of the page, the PDF and the workbook.

Every text is already in the reader's language and every figure already rounded, so the
three forms can differ in looks alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from accredit.charts.geometry import Drawing
from accredit.text import Language

Tone = Literal["good", "warn", "bad", "muted", "brand"]
Kind = Literal["text", "code", "number"]


@dataclass(frozen=True, slots=True)
class Number:
    """A cell's figure for calculating with; `pattern` makes a workbook show the cell's text."""

    value: float
    pattern: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and perhaps a tone and the figure behind the text."""

    text: str
    tone: Tone | None = None
    number: Number | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the width on paper, what its cells hold."""

    title: str
    share: float
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `id` is a word of ours, unique in the report.

    With `cards` each row is something to read (title in the second column, then facts named
    by their headings), which page and paper show as such.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cards: bool = False

    @property
    def header(self) -> int:
        """The place of the column that names a row: the first that is no code."""
        return next(i for i, column in enumerate(self.columns) if column.kind != "code")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report with its heading; `short` names it where there is little room.

    `told` says that the tables hold every figure of the charts already.
    """

    id: str
    title: str
    short: str
    paragraphs: tuple[str, ...] = ()
    charts: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: its value as text, what it is, and a word of context."""

    label: str
    value: str
    note: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one answer of the report, in a few words and then in sentences."""

    tone: Tone
    label: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class ReportContent:
    """A whole report in one language.

    On paper `contents` heads the list of the parts, `appendix` the figures of the charts.
    """

    language: Language
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    verdict: Verdict
    notice: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    contents: str
    appendix: str
    footer: str
    day: date
    file_name: str

    @property
    def rtl(self) -> bool:
        """Whether the report runs from right to left."""
        return self.language == "ar"

"""Making real files by code: documents, workbooks, tables and pictures.

The same content always gives the same bytes, so that two demonstrations of one day are equal.
"""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.sax.saxutils import escape

import segno
import xlsxwriter
from reportlab.platypus import Flowable

from accredit.charts.bars import BarRow, gap_bars
from accredit.pdf.blocks import heading
from accredit.pdf.drawing import Chart
from accredit.pdf.page import BODY_WIDTH, build_report
from accredit.pdf.paragraph import Paragraph
from accredit.pdf.table import Column, Table
from accredit.text import Language

_DOCX = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHARE = 100

Rows = Sequence[Sequence[str | int | float]]


@dataclass(frozen=True)
class Section:
    """A part of a document: paragraphs, then a table (its first row the heading), then bars."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Rows = ()
    shares: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Document:
    """What a document says, whatever the kind of file it becomes."""

    title: str
    subtitle: str
    language: Language
    sections: tuple[Section, ...] = field(default_factory=tuple)


def make_pdf(document: Document) -> bytes:
    """The document as PDF, each section from the second on under its own heading."""
    rtl = document.language == "ar"
    story: list[Flowable] = []
    for section in document.sections:
        story += heading(section.heading, rtl=rtl)
        story += [Paragraph(text, rtl=rtl) for text in section.paragraphs]
        if section.table:
            story.append(_table(section.table, rtl))
        if section.shares:
            story.append(_bars(section, rtl))
    return build_report(
        story,
        title=document.title,
        subtitle=document.subtitle,
        language=document.language,
        footer=document.subtitle,
        author=document.subtitle,
        page_label=(lambda page, pages: f"{page} / {pages}"),
    )


def _table(rows: Rows, rtl: bool) -> Table:
    head, *body = rows
    columns = [Column(str(title), 2 if place == 0 else 1) for place, title in enumerate(head)]
    return Table(columns, [[str(cell) for cell in row] for row in body], rtl=rtl)


def _bars(section: Section, rtl: bool) -> Flowable:
    rows = [
        BarRow(label, share, None, _SHARE, value=f"{share:g}%") for label, share in section.shares
    ]
    return Chart(gap_bars(rows, rtl=rtl, title=section.heading, width=BODY_WIDTH))


def make_docx(document: Document) -> bytes:
    """The document as a plain Word file: headings, paragraphs and simple tables."""
    rtl = document.language == "ar"
    body = [_word_line(document.title, rtl, 36), _word_line(document.subtitle, rtl, 22)]
    for section in document.sections:
        body.append(_word_line(section.heading, rtl, 28))
        body += [_word_line(text, rtl, 22, bold=False) for text in section.paragraphs]
        if section.table:
            body.append(_word_table(section.table, rtl))
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{_DOCX}"><w:body>{"".join(body)}{page}'
        "</w:body></w:document>",
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), _HEAD + content)
    return target.getvalue()


def _word_line(text: str, rtl: bool, half_points: int, *, bold: bool = True) -> str:
    style = "<w:bidi/>" if rtl else ""
    marks = ("<w:b/><w:bCs/>" if bold else "") + ("<w:rtl/>" if rtl else "")
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    # The order of the marks inside a run is part of the format.
    order = marks.replace("<w:rtl/>", "") + size + ("<w:rtl/>" if rtl else "")
    return (
        f"<w:p><w:pPr>{style}</w:pPr><w:r><w:rPr>{order}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )


def _word_table(rows: Rows, rtl: bool) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    way = "<w:bidiVisual/>" if rtl else ""
    lines = []
    for number, row in enumerate(rows):
        cells = "".join(
            '<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>'
            f"{_word_line(str(cell), rtl, 20, bold=number == 0)}</w:tc>"
            for cell in row
        )
        lines.append(f"<w:tr>{cells}</w:tr>")
    grid = "<w:gridCol/>" * len(rows[0])
    frame = f'<w:tblPr>{way}<w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{sides}</w:tblBorders>'
    return f"<w:tbl>{frame}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl><w:p/>"


def make_xlsx(sheets: Sequence[tuple[str, Rows]], *, language: Language, made_on: date) -> bytes:
    """A workbook: each sheet a name and rows, of which the first is the heading."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day)})  # noqa: DTZ001 - the format has no time zone
    strong = book.add_format({"bold": True, "bg_color": "#E8EEF0", "bottom": 1})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        if language == "ar":
            sheet.right_to_left()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row, strong if number == 0 else None)
        for place in range(len(rows[0])):
            widest = max(len(str(row[place])) for row in rows)
            sheet.set_column(place, place, min(48, widest + 3))
        sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def make_csv(rows: Rows) -> bytes:
    """A CSV table in UTF-8 with the mark by which spreadsheets recognise it."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode("utf-8-sig")


def make_heat_map(values: Sequence[Sequence[float]], *, cell: int = 44, gap: int = 4) -> bytes:
    """A PNG picture of a grid: each value from 0 to 1 becomes a field from pale to deep."""
    wide, high = len(values[0]) * (cell + gap) + gap, len(values) * (cell + gap) + gap
    white = b"\xff\xff\xff"
    lines = []
    blank = white * wide
    for row in values:
        field_line = white * gap + b"".join(_shade(value) * cell + white * gap for value in row)
        lines += [blank] * gap + [field_line] * cell
    lines += [blank] * gap
    raw = b"".join(b"\0" + line for line in lines)
    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _shade(value: float) -> bytes:
    pale, deep = (236, 244, 242), (13, 84, 84)
    return bytes(
        round(light + (dark - light) * value) for light, dark in zip(pale, deep, strict=True)
    )


def make_code(address: str) -> bytes:
    """A PNG picture of the square code that leads to an address, large enough for a sign."""
    target = io.BytesIO()
    segno.make(address, error="q").save(target, kind="png", scale=12, border=4)
    return target.getvalue()

"""Reading worksheets of an XLSX file made by a stranger.

An XLSX file is an archive of XML. Before the reader sees it, every part is unpacked
within bounds, must be plain well-formed XML, and must keep its cells near each other,
because a reader lays a sheet out in memory from its first to its last cell. The reader
is given an archive rebuilt from the parts that passed, and nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from functools import cache
from typing import TypeVar
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from accredit.text import N_, RuleError

Cell = str | int | float | bool | date | time | timedelta | None
"""What a cell holds."""

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 4_000_000
MAX_ENTRIES = 2_000
MAX_UNPACKED = 128 * 1024 * 1024
MAX_RATIO = 100
# All cells' texts together: many cells may share one long text, and each gets a copy.
MAX_TEXT = 128 * 1024 * 1024

# Small parts repeat themselves a lot; the ratio only says something about a large whole.
_RATIO_MATTERS_FROM = 4 * 1024 * 1024
_PREFIX = rb"(?:[\w.-]+:)?"
_EQUALS_SOMETHING = rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
_ATTRIBUTE = rb"[^\s=<>\"'/]+" + _EQUALS_SOMETHING
_ROW_OR_CELL = re.compile(rb"<" + _PREFIX + rb"(row|c)((?:\s+" + _ATTRIBUTE + rb")*)\s*(/?)>")
_SHARED_TEXTS = re.compile(rb"<" + _PREFIX + rb"sst[\s/>]")
_SHARED_TEXT = re.compile(
    rb"<P?si(?:\s[^>]*)?(?:/>|>.*?</P?si\s*>)".replace(b"P?", _PREFIX), re.DOTALL
)
_INDEX = re.compile(
    rb"\s*(?:<P?f(?:\s[^>]*)?(?:/>|>[^<]*</P?f\s*>)\s*)?<P?v(?:\s[^>]*)?>\s*(\d{1,9})\s*<".replace(
        b"P?", _PREFIX
    )
)
_COUNT = rb"\s+(?:uniqueCount|count)" + _EQUALS_SOMETHING
_TAG_WITH_COUNT = re.compile(
    rb"(<[\w:.-]+(?:(?!" + _COUNT + rb")\s+" + _ATTRIBUTE + rb")*)" + _COUNT
)
_EACH_ATTRIBUTE = re.compile(rb"([^\s=<>\"'/]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
# Nearly all cells are written like this; the general reading costs three times as much.
_USUAL_CELL = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"(?: s="\d+")?(?: t="(\w+)")?')
_FORMULA = re.compile(rb"<" + _PREFIX + rb"f[\s/>]")
_NOT_COMPUTED = re.compile(
    rb"\s*<P?f(?:\s[^>]*)?(?:/>|>[^<]*</P?f\s*>)\s*"
    rb"(?:<P?v(?:\s[^>]*)?/>|<P?v(?:\s[^>]*)?>\s*</P?v\s*>)?\s*</P?c\s*>".replace(b"P?", _PREFIX)
)


class UnusableFileError(RuleError):
    """A file cannot be read as a table, or is not safe to read."""


class UnknownSheetError(UnusableFileError):
    """The workbook has no visible sheet of this name."""


def read_rows(data: bytes, sheet: str | None) -> list[list[Cell]]:
    """The rows of one sheet from row 1, each from column A; raises `UnusableFileError`.

    The sheet named `sheet`, otherwise the first visible one. Cells that show an error come
    as its text, such as `#N/A`. A formula that was never computed is refused: its value
    is unknown.
    """
    return _opened(data, lambda workbook: _rows(_choose(workbook, sheet)))


def read_sheets(data: bytes, sheets: Sequence[str]) -> dict[str, list[list[Cell]]]:
    """The rows of these sheets by name, as `read_rows` gives them; a missing one is left out.

    Together they hold no more cells than one sheet may.
    """

    def read(workbook: CalamineWorkbook) -> dict[str, list[list[Cell]]]:
        found = {}
        room = MAX_CELLS
        visible = _visible(workbook)
        for name in sheets:
            if name in visible:
                sheet = workbook.get_sheet_by_name(name)
                room -= sheet.total_height * sheet.total_width
                if room < 0:
                    raise UnusableFileError(
                        N_("The workbook unpacks to more than it may hold; save it as CSV.")
                    )
                found[name] = _rows(sheet)
        return found

    return _opened(data, read)


_Read = TypeVar("_Read")


def _opened(data: bytes, read: Callable[[CalamineWorkbook], _Read]) -> _Read:
    try:
        rebuilt = _checked_archive(data)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise UnusableFileError(N_("The workbook is broken and cannot be opened.")) from error
    try:
        with CalamineWorkbook.from_filelike(rebuilt) as workbook:
            return read(workbook)
    except UnusableFileError:
        raise
    # The reader is compiled: a defect in it surfaces as a panic, which is no Exception.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise UnusableFileError(N_("The workbook is broken and cannot be opened.")) from error


def _choose(workbook: CalamineWorkbook, wanted: str | None) -> CalamineSheet:
    names = _visible(workbook)
    if wanted is not None and wanted not in names:
        raise UnknownSheetError(
            N_("There is no sheet “%(name)s”. The sheets are: %(known)s."),
            name=wanted,
            known=", ".join(names),
        )
    if not names:
        raise UnusableFileError(N_("The workbook has no visible sheet."))
    return workbook.get_sheet_by_name(names[0] if wanted is None else wanted)


def _visible(workbook: CalamineWorkbook) -> list[str]:
    return [
        item.name
        for item in workbook.sheets_metadata
        if item.typ == SheetTypeEnum.WorkSheet and item.visible == SheetVisibleEnum.Visible
    ]


def _rows(sheet: CalamineSheet) -> list[list[Cell]]:
    return [[*row] for row in sheet.to_python(skip_empty_area=False)]


def _checked_archive(data: bytes) -> io.BytesIO:
    rebuilt = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(rebuilt, "w", zipfile.ZIP_STORED) as checked,
    ):
        entries = archive.infolist()
        _check_sizes(entries)
        if "xl/workbook.xml" not in {entry.filename for entry in entries}:
            raise UnusableFileError(N_("The file is no .xlsx workbook; save it as .xlsx or CSV."))
        # Reading stops at the declared size, which the check above has bounded.
        parts = {
            entry.filename: archive.read(entry)
            for entry in entries
            if entry.filename.endswith((".xml", ".rels"))
        }
        for part in parts.values():
            _check_xml(part)
        shared = [part for part in parts.values() if _SHARED_TEXTS.search(part)]
        if len(shared) > 1:
            raise UnusableFileError(N_("The workbook is broken and cannot be opened."))
        lengths = [size for part in shared for size in _shared_text_lengths(part)]
        for name, part in parts.items():
            checked.writestr(name, _without_counts(_check_cells(part, lengths)))
    rebuilt.seek(0)
    return rebuilt


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    too_dense = unpacked > _RATIO_MATTERS_FROM and unpacked > MAX_RATIO * packed
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or too_dense:
        raise UnusableFileError(
            N_("The workbook unpacks to more than it may hold; save it as CSV.")
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnusableFileError(N_("The workbook is encrypted; save it without a password."))
    if len({entry.filename for entry in entries}) != len(entries):
        raise UnusableFileError(N_("The workbook is broken and cannot be opened."))


def _check_xml(part: bytes) -> None:
    """Refuse a document type, entities, another encoding than UTF-8, and broken XML."""

    def refuse_document_type(*_: object) -> None:
        raise UnusableFileError(N_("The workbook declares its own XML document type."))

    def check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            raise UnusableFileError(N_("The workbook is broken and cannot be opened."))

    if part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in part[:4]:
        raise UnusableFileError(N_("The workbook is broken and cannot be opened."))
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.XmlDeclHandler = check_encoding
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise UnusableFileError(N_("The workbook is broken and cannot be opened.")) from error


def _shared_text_lengths(part: bytes) -> list[int]:
    """The size in bytes of each text in a part of shared texts, in order."""
    # A comment could hold texts that count here and not for the reader.
    if b"<!" in part:
        raise UnusableFileError(N_("The workbook is broken and cannot be opened."))
    return [item.end() - item.start() for item in _SHARED_TEXT.finditer(part)]


def _check_cells(part: bytes, lengths: list[int]) -> bytes:
    """Refuse cells too far out, formulas without a value, too much text; errors become text.

    The part is well-formed, so that every start tag matches the pattern as a whole. A cell
    without a reference stands right of the one before it.
    """
    has_formulas = _FORMULA.search(part) is not None
    row = column = last_row = last_column = text = 0
    pieces: list[bytes] = []
    done = 0
    for tag in _ROW_OR_CELL.finditer(part):
        if tag[1] == b"row":
            row, column = _row_number(_attributes(tag[2]).get(b"r"), row), 0
            continue
        usual = _USUAL_CELL.fullmatch(tag[2])
        if usual:
            row, column, kind = int(usual[2]), _column_number(usual[1]), usual[3]
        else:
            attributes = _attributes(tag[2])
            row, column = _place(attributes.get(b"r"), row, column)
            kind = attributes.get(b"t")
        if tag[3]:
            continue
        last_row, last_column = max(last_row, row), max(last_column, column)
        if kind == b"s":
            text += _text_length(_INDEX.match(part, tag.end()), lengths)
        elif kind == b"e":
            attributes = _attributes(tag[2]) | {b"t": b"str"}
            pieces += [part[done : tag.start(2)], _written(attributes)]
            done = tag.end(2)
        if has_formulas and kind in (None, b"n", b"b") and _NOT_COMPUTED.match(part, tag.end()):
            raise UnusableFileError(
                N_(
                    "Row %(row)s, column %(column)s holds a formula that was never computed; "
                    "open the workbook in a spreadsheet program, save it and try again."
                ),
                row=row,
                column=column,
            )
    _check_reach(last_row, last_column)
    if text > MAX_TEXT:
        raise UnusableFileError(
            N_("The workbook unpacks to more than it may hold; save it as CSV.")
        )
    return b"".join([*pieces, part[done:]])


def _check_reach(row: int, column: int) -> None:
    # One row more than the limit, for the header.
    if row > MAX_ROWS + 1 or column > MAX_COLUMNS or row * column > MAX_CELLS + MAX_COLUMNS:
        raise UnusableFileError(
            N_(
                "The sheet reaches to row %(row)s and column %(column)s; the limit is "
                "%(rows)s rows, %(columns)s columns and %(cells)s cells."
            ),
            row=row,
            column=column,
            rows=MAX_ROWS,
            columns=MAX_COLUMNS,
            cells=MAX_CELLS,
        )


def _text_length(index: re.Match[bytes] | None, lengths: list[int]) -> int:
    if index is None or int(index[1]) >= len(lengths):
        raise UnusableFileError(N_("The workbook is broken and cannot be opened."))
    return lengths[int(index[1])]


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {item[1]: item[2][1:-1] for item in _EACH_ATTRIBUTE.finditer(text)}


def _written(attributes: dict[bytes, bytes]) -> bytes:
    # A value taken from single quotes may hold a double quote, never the other way round.
    return b"".join(
        b" %s='%s'" % (name, value) if b'"' in value else b' %s="%s"' % (name, value)
        for name, value in attributes.items()
    )


def _row_number(written: bytes | None, before: int) -> int:
    if written is None:
        return before + 1
    if not re.fullmatch(rb"\d{1,7}", written):
        raise UnusableFileError(N_("The workbook is broken and cannot be opened."))
    return int(written)


def _place(written: bytes | None, row: int, column: int) -> tuple[int, int]:
    if written is None:
        return row, column + 1
    found = re.fullmatch(rb"([A-Za-z]{1,3})(\d{1,7})", written)
    if not found:
        raise UnusableFileError(N_("The workbook is broken and cannot be opened."))
    return int(found[2]), _column_number(found[1])


@cache
def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _without_counts(part: bytes) -> bytes:
    """The part without the counts it states about itself.

    The reader reserves memory for as many strings as a part claims to hold, and a false
    claim ends the process.
    """
    changed = 1
    while changed:
        part, changed = _TAG_WITH_COUNT.subn(rb"\1", part)
    return part

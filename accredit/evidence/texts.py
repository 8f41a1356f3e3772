"""The words inside a file, page by page, for searching; pictures, sound and film have none.

Only for files that the policy has taken. It runs where memory and time are limited, and stops
by itself well before that, since a long document is no fault: what comes first is searched.
"""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from accredit.evidence.content import File
from accredit.evidence.pdf_words import page_words

MOST_LETTERS = 1_000_000
MOST_PARTS = 1_000
#: Seconds of the processor's time after which no further part is read.
MOST_SECONDS = 4.0

#: What stands in the words of a document where a cell of a table ends.
CELL_END = "\t"
_CHUNK = 256 * 1024
_SPACES = re.compile(r"\s+")
# PDF letters that no program could name, and noncharacters, say nothing to a reader.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Part:
    """The text of one part: `kind` is page, slide or sheet, or "" for a file without parts.

    `label` is what people call it: the number of a page, the name of a sheet.
    """

    kind: str
    label: str
    text: str


def read_parts(file: File) -> list[Part]:
    """The parts that have words, in order, within bounds."""
    parts: list[Part] = []
    room = MOST_LETTERS
    started = time.process_time()
    for part in each_part(file):
        text = _SPACES.sub(" ", _UNREADABLE.sub(" ", part.text)).strip()[:room]
        if text:
            parts.append(Part(part.kind, part.label[:60], text))
        room -= len(text)
        if room <= 0 or len(parts) >= MOST_PARTS or time.process_time() - started > MOST_SECONDS:
            break
    return parts


def each_part(file: File) -> Iterator[Part]:
    """Every part in order with its words as they stand there, line by line."""
    read = _READERS.get(file.ending)
    return iter(()) if read is None else read(file)


def _read_pdf(file: File) -> Iterator[Part]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file.read_all())
    except pypdfium2.PdfiumError:
        return
    for number in range(len(document)):
        try:
            page = document[number]
            text = page_words(page.get_textpage())
        except pypdfium2.PdfiumError:
            continue
        yield Part("page", str(number + 1), text)


def _read_docx(file: File) -> Iterator[Part]:
    with zipfile.ZipFile(file.stream) as archive:
        names = archive.namelist()
        wanted = re.compile(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml")
        found = sorted(filter(wanted.fullmatch, names), key=lambda name: "document" not in name)
        yield Part("", "", "\n".join(_words_in(archive, name) for name in found))


def _read_pptx(file: File) -> Iterator[Part]:
    with zipfile.ZipFile(file.stream) as archive:
        named = (
            re.fullmatch(r"ppt/slides/slide(\d{1,6})\.xml", name) for name in archive.namelist()
        )
        for number, name in sorted((int(found[1]), found[0]) for found in named if found):
            yield Part("slide", str(number), _words_in(archive, name))


def _read_open_document(file: File) -> Iterator[Part]:
    with zipfile.ZipFile(file.stream) as archive:
        if "content.xml" in archive.namelist():
            yield Part("", "", _words_in(archive, "content.xml"))


def _read_xlsx(file: File) -> Iterator[Part]:
    with zipfile.ZipFile(file.stream) as archive:
        names = set(archive.namelist())
        shared: list[str] = []
        if "xl/sharedStrings.xml" in names:
            shared = _shared_strings(archive)
        for name, sheet in _sheets(archive, names):
            yield Part("sheet", name, _cells(archive, sheet, shared))


def _read_text(file: File) -> Iterator[Part]:
    data = file.read_at(0, MOST_LETTERS * 4)
    yield Part("", "", decoded(data))


def decoded(data: bytes) -> str:
    """Words in the encoding that fits; Excel still writes Arabic CSV in Windows-1256."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return data.decode("utf-8-sig", "ignore")
        return data.decode("cp1256", "replace")


_READERS: dict[str, Callable[[File], Iterator[Part]]] = {
    "pdf": _read_pdf,
    "docx": _read_docx,
    "pptx": _read_pptx,
    "xlsx": _read_xlsx,
    "odt": _read_open_document,
    "ods": _read_open_document,
    "odp": _read_open_document,
    "txt": _read_text,
    "csv": _read_text,
}

# Where one of these ends, a word does: paragraphs, lines, rows, tabs, cells.
_BREAKS = {
    **dict.fromkeys(("p", "br", "tr", "table-row", "h", "line-break", "cr"), "\n"),
    **dict.fromkeys(("tab", "s"), " "),
    **dict.fromkeys(("tc", "table-cell"), CELL_END),
}


class _Full(Exception):  # noqa: N818 - a signal to stop reading, no error
    """As many letters were read as are searched."""


def _walk(
    archive: zipfile.ZipFile,
    name: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Read a part of an archive; element names come without their namespace's prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = text
    try:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except (_Full, expat.ExpatError, zipfile.BadZipFile):
        # The rest is not searched: what a text program makes of it is for its reader to see.
        return


class _Letters:
    """Text put together up to the limit."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0

    def add(self, piece: str) -> None:
        """Take a piece; raises `_Full` beyond the limit."""
        self.pieces.append(piece)
        self.size += len(piece)
        if self.size > MOST_LETTERS:
            raise _Full

    def __str__(self) -> str:
        return "".join(self.pieces)


def _words_in(archive: zipfile.ZipFile, name: str) -> str:
    letters = _Letters()

    def end(tag: str) -> None:
        if tag in _BREAKS:
            letters.add(_BREAKS[tag])

    _walk(archive, name, start=lambda _tag, _attributes: None, end=end, text=letters.add)
    return str(letters)


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    strings: list[str] = []
    letters = _Letters()
    pieces: list[str] = []

    def end(tag: str) -> None:
        if tag == "si":
            strings.append("".join(pieces))
            pieces.clear()

    def text(piece: str) -> None:
        letters.add(piece)
        pieces.append(piece)

    _walk(archive, "xl/sharedStrings.xml", start=lambda _tag, _attributes: None, end=end, text=text)
    return strings


def _sheets(archive: zipfile.ZipFile, names: set[str]) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part that holds its cells, in the order of the tabs."""
    targets: dict[str, str] = {}
    tabs: list[tuple[str, str]] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            tabs.append((attributes.get("name", ""), key))

    for part, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        if part in names:
            _walk(archive, part, start=start, end=lambda _tag: None, text=lambda _piece: None)
    for name, key in tabs:
        target = targets.get(key, "").removeprefix("/xl/")
        if f"xl/{target}" in names:
            yield name, f"xl/{target}"


def _cells(archive: zipfile.ZipFile, name: str, shared: list[str]) -> str:
    letters = _Letters()
    state = {"type": "", "inside": ""}
    value: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            state["type"] = attributes.get("t", "")
        elif tag in ("v", "t"):
            state["inside"] = tag

    def end(tag: str) -> None:
        if tag in ("v", "t"):
            state["inside"] = ""
            said = "".join(value)
            value.clear()
            if tag == "v" and state["type"] == "s":
                known = said.isascii() and said.isdigit() and int(said) < len(shared)
                said = shared[int(said)] if known else ""
            letters.add(f"{said} ")
        elif tag == "row":
            letters.add("\n")

    def text(piece: str) -> None:
        if state["inside"]:
            value.append(piece)

    _walk(archive, name, start=start, end=end, text=text)
    return str(letters)

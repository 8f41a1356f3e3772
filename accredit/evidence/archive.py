"""Office documents: archives whose contents page, parts and links are looked at one by one.

Nothing is unpacked to disk, and no part is read further than a check needs.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers import expat

from accredit.evidence.content import File

MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
#: Beyond this, an archive may unpack to at most `MOST_SWELLING` times its size.
SMALL = 20 * 1024 * 1024
MOST_SWELLING = 100

_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_SIZE = 20
_LOCAL_HEADER_SIZE = 30
_MOST_OF_A_PART = 8 * 1024 * 1024
_CHUNK = 64 * 1024
_SYMBOLIC_LINK = 0o120000

_MAIN = "application/vnd.openxmlformats-officedocument.%s.main+xml"
_ACTIVE_PART = re.compile(
    r"vbaproject|/activex/|^basic/|^scripts/"
    r"|\.(?:exe|dll|scr|com|bat|cmd|msi|js|jse|vbs|vbe|wsf|hta|ps1|jar|lnk|html?|svgz?)$",
    re.IGNORECASE,
)
# Links a reader follows only when somebody asks: web addresses, and other workbooks.
_FOLLOWED_ON_REQUEST = re.compile(r"/(?:hyperlink|externalLinkPath|xlExternalLinkPath/\w+)$")
_LOCAL_TARGET = re.compile(r"(?:file:///[a-z]:|(?!\w[\w.+-]*:|//|\\\\))", re.IGNORECASE)


def check_docx(file: File) -> None:
    """Raise an `UploadError` unless the file is a plain Word document."""
    _check_open_xml(file, _MAIN % "wordprocessingml.document")


def check_xlsx(file: File) -> None:
    """Raise an `UploadError` unless the file is a plain Excel workbook."""
    _check_open_xml(file, _MAIN % "spreadsheetml.sheet")


def check_pptx(file: File) -> None:
    """Raise an `UploadError` unless the file is a plain PowerPoint presentation."""
    _check_open_xml(file, _MAIN % "presentationml.presentation")


def check_odt(file: File) -> None:
    """Raise an `UploadError` unless the file is a plain OpenDocument text."""
    _check_open_document(file, "text")


def check_ods(file: File) -> None:
    """Raise an `UploadError` unless the file is a plain OpenDocument spreadsheet."""
    _check_open_document(file, "spreadsheet")


def check_odp(file: File) -> None:
    """Raise an `UploadError` unless the file is a plain OpenDocument presentation."""
    _check_open_document(file, "presentation")


def _check_open_xml(file: File, main_type: str) -> None:
    with _parts(file) as archive:
        names = {entry.filename for entry in archive.infolist()}
        if "[Content_Types].xml" not in names:
            raise file.other()
        types = {
            attributes.get("ContentType", "")
            for _tag, attributes in _elements(file, archive, "[Content_Types].xml")
        }
        if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in types):
            raise file.active()
        if main_type not in types:
            raise file.other()
        for name in names:
            if name.endswith(".rels"):
                _ensure_no_fetching(file, archive, name)


def _check_open_document(file: File, kind: str) -> None:
    with _parts(file) as archive:
        first = archive.infolist()[0]
        wanted = f"application/vnd.oasis.opendocument.{kind}".encode()
        if first.filename != "mimetype" or first.file_size > 100 or archive.read(first) != wanted:
            raise file.other()
        if "META-INF/manifest.xml" not in archive.namelist():
            raise file.damaged()
        for tag, _attributes in _elements(file, archive, "META-INF/manifest.xml"):
            if tag.rpartition(":")[2] == "encryption-data":
                raise file.locked()


@contextmanager
def _parts(file: File) -> Iterator[zipfile.ZipFile]:
    """The archive after everything that can be told without its documents' own rules."""
    _check_frame(file)
    try:
        file.stream.seek(0)
        with zipfile.ZipFile(file.stream) as archive:
            _check_entries(file, archive)
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".rels", ".vml")) and entry.file_size:
                    _ensure_no_doctype(file, archive, entry)
            yield archive
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, UnicodeError) as error:
        raise file.damaged() from error
    except (NotImplementedError, struct.error) as error:
        raise file.damaged() from error


def _check_frame(file: File) -> None:
    """The archive fills the file from the first byte to the last, and says so itself."""
    head = file.read_at(0, 8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # The older container: what Office writes when a document has a password.
        raise file.locked()
    if not head.startswith(b"PK\x03\x04"):
        raise file.other()
    tail = file.read_at(max(0, file.size - _END.size), _END.size)
    if len(tail) < _END.size or not tail.startswith(b"PK\x05\x06"):
        raise file.hiding() if b"PK\x05\x06" in file.read_all() else file.damaged()
    _sign, disk, first_disk, here, entries, length, place, comment = _END.unpack(tail)
    if disk or first_disk or comment or here != entries:
        raise file.damaged()
    if entries > MOST_ENTRIES:
        raise file.swelling()
    end = file.size - _END.size
    gap = end - (place + length)
    if gap == _END_64.size + _LOCATOR_SIZE:
        # Some programs always write the long form too; it must then say the same.
        record = _END_64.unpack(file.read_at(end - gap, _END_64.size))
        if record[0] != b"PK\x06\x06" or record[7:] != (entries, length, place):
            raise file.damaged()
    elif gap:
        raise file.hiding()


def _check_entries(file: File, archive: zipfile.ZipFile) -> None:
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    if not entries or entries[0].header_offset != 0:
        raise file.hiding()
    seen: set[str] = set()
    free_from = 0
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 1:
            raise file.locked()
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise file.damaged()
        if (
            name.startswith("/")
            or "\\" in name
            or ".." in name.split("/")
            or name.lower() in seen
            or entry.external_attr >> 16 & 0o170000 == _SYMBOLIC_LINK
            or entry.header_offset < free_from
        ):
            raise file.hiding()
        if _ACTIVE_PART.search(name):
            raise file.active()
        seen.add(name.lower())
        free_from = entry.header_offset + _LOCAL_HEADER_SIZE + entry.compress_size
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED or unpacked > max(SMALL, MOST_SWELLING * file.size):
        raise file.swelling()


class _FirstElement(Exception):  # noqa: N818 - a signal to stop reading, no error
    """The document's first element began: no DOCTYPE can follow."""


def _ensure_no_doctype(file: File, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """A DOCTYPE can define entities that swell or fetch; office documents have none."""
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise file.hiding()

    def first(*_: object) -> None:
        raise _FirstElement

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = first
    try:
        with archive.open(entry) as part:
            for _ in range(_MOST_OF_A_PART // _CHUNK):
                chunk = part.read(_CHUNK)
                parser.Parse(chunk, not chunk)
                if not chunk:
                    return
    except _FirstElement:
        return
    raise file.damaged()


def _elements(file: File, archive: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small part with its attributes."""
    if archive.getinfo(name).file_size > _MOST_OF_A_PART:
        raise file.swelling()
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append((tag, attributes))
    parser.Parse(archive.read(name), True)
    return found


def _ensure_no_fetching(file: File, archive: zipfile.ZipFile, name: str) -> None:
    for _tag, link in _elements(file, archive, name):
        if link.get("TargetMode", "").lower() != "external":
            continue
        if _FOLLOWED_ON_REQUEST.search(link.get("Type", "")):
            continue
        if not _LOCAL_TARGET.match(link.get("Target", "")):
            raise file.remote()

"""PDF documents: whole, alone in their file, readable and without anything that acts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from accredit.evidence.content import MARKUP, File

_END = re.compile(rb"%%EOF[\s\0]*\Z")
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_OBJECT_STREAMS = 20_000
_STEP = 16 * 1024
_DELIMITER = rb"(?=[\s\0/<>\[\]()%]|\Z)"


def _name(name: str) -> bytes:
    # Each letter of a PDF name may also be written as # and its code in hexadecimal.
    spelt = b"".join(
        b"(?:%s|#%02x|#%02X)" % (letter.encode(), ord(letter), ord(letter)) for letter in name
    )
    return b"/" + spelt + _DELIMITER


# Without one of these, opening a page (/OpenAction, /AA) can only turn to another page.
_ACTIVE = re.compile(
    b"|".join(map(_name, ("JavaScript", "Launch", "RichMedia", "EmbeddedFile", "EmbeddedFiles")))
)
_ENCRYPT = re.compile(_name("Encrypt") + rb"\s*(?:\d+\s+\d+\s+R|<<)")
_OBJECT_STREAM = re.compile(_name("ObjStm"))
_STREAM = re.compile(rb"stream\r?\n")


def check_pdf(file: File) -> None:
    """Raise an `UploadError` unless the file is such a document."""
    data = file.read_all()
    if not re.match(rb"%PDF-\d", data):
        raise file.other()
    if MARKUP.search(data, 0, 1024):
        raise file.hiding()
    if b"%%EOF" not in data or b"startxref" not in data:
        raise file.damaged()
    if not _END.search(data, max(0, len(data) - 4096)):
        raise file.hiding()
    if _ENCRYPT.search(data):
        raise file.locked()
    if _ACTIVE.search(data) or any(_ACTIVE.search(part) for part in _packed_objects(file, data)):
        raise file.active()


def _packed_objects(file: File, data: bytes) -> Iterator[bytes]:
    """The contents of compressed object streams, within bounds."""
    view, room = memoryview(data), _MOST_UNPACKED
    for count, found in enumerate(_OBJECT_STREAM.finditer(data)):
        start = _STREAM.search(data, found.end(), found.end() + 4096)
        if count == _MOST_OBJECT_STREAMS:
            raise file.swelling()
        if start is None:
            continue
        unpacked = _unpack(view[start.end() :], room)
        room -= len(unpacked)
        if room <= 0:
            raise file.swelling()
        yield unpacked


def _unpack(packed: memoryview, most: int) -> bytes:
    """What a stream unpacks to, as far as it can be read and up to `most` bytes."""
    reader, parts = zlib.decompressobj(), []
    # In small steps, since the reader copies what it did not need of each.
    for place in range(0, len(packed), _STEP):
        try:
            parts.append(reader.decompress(packed[place : place + _STEP], most))
        except zlib.error:
            break
        most -= len(parts[-1])
        if reader.eof or most <= 0:
            break
    return b"".join(parts)

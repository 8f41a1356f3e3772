"""PDF documents: whole, alone in their file, readable and without anything that acts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

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
    _check_objects(file)


# What runs, sends, or opens something else; going to a page or an address is for a person to do.
_ACTS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute", "/Rendition"}
    | {"/Movie", "/Sound", "/GoToE", "/GoTo3DView"}
)
_ACTIVE_KEYS = frozenset({"/JS", "/EmbeddedFiles", "/XFA", "/RichMediaContent"})
_PICTURES = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
_MOST_OBJECTS = 500_000


def _check_objects(file: File) -> None:
    """Look at every object as a reader finds it, whatever filters its stream was packed by."""
    import pikepdf

    try:
        file.stream.seek(0)
        with pikepdf.open(file.stream) as document:
            if len(document.objects) > _MOST_OBJECTS:
                raise file.swelling()
            # Walks the tree of pages, which in a hostile file leads back into itself.
            len(document.pages)
            room = _MOST_UNPACKED
            for item in document.objects:
                _ensure_inert(file, item, depth=0)
                if isinstance(item, pikepdf.Stream):
                    room -= _unpacked_size(file, item, room)
    except pikepdf.PasswordError:
        raise file.locked() from None
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError):
        raise file.damaged() from None


def _ensure_inert(file: File, item: Any, *, depth: int) -> None:
    """Refuse an object that acts. What it refers to is an object of its own, looked at in turn."""
    import pikepdf

    if depth > 30:
        raise file.damaged()
    if isinstance(item, pikepdf.Array):
        inside = list(item)
    elif isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        keys = set(item.keys())
        if keys & _ACTIVE_KEYS or str(item.get("/S", "")) in _ACTS:
            raise file.active()
        if str(item.get("/Type", "")) == "/EmbeddedFile" or "/EF" in keys:
            raise file.active()
        inside = [item[key] for key in keys]
    else:
        return
    for value in inside:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            _ensure_inert(file, value, depth=depth + 1)


def _unpacked_size(file: File, stream: Any, room: int) -> int:
    """How much a stream that is no picture unpacks to; refuses beyond `room` bytes."""
    import pikepdf

    filters = stream.get("/Filter")
    listed = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    names = [str(name) for name in listed if name is not None]
    if names.count("/FlateDecode") + names.count("/Fl") > 1:
        # Packing what is packed already saves nothing: only bombs do it.
        raise file.swelling()
    if not names or names[0] not in ("/FlateDecode", "/Fl"):
        return 0
    if str(stream.get("/Subtype", "")) == "/Image" or _PICTURES.intersection(names):
        return 0
    reader, size = zlib.decompressobj(), 0
    packed = memoryview(stream.read_raw_bytes())
    for place in range(0, len(packed), _STEP):
        try:
            size += len(reader.decompress(packed[place : place + _STEP], 64 * _STEP))
            while reader.unconsumed_tail and size <= room:
                size += len(reader.decompress(reader.unconsumed_tail, 64 * _STEP))
        except zlib.error:
            break
        if size > room:
            raise file.swelling()
        if reader.eof:
            break
    return size


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

"""PNG and JPEG pictures: whole, of a bearable size, and nothing but a picture."""

from __future__ import annotations

import re
import struct

from accredit.evidence.content import MARKUP, MOST_PIXELS, File

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_PNG_CHUNKS = 100_000
_NOT_PICTURE_DATA = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# Cameras put previews, films and notes of their own behind a JPEG; documents do not belong there.
_STOWAWAY = re.compile(MARKUP.pattern + rb"|%PDF-|PK\x03\x04\x14\x00|\x7fELF", re.IGNORECASE)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


def check_png(file: File) -> None:
    """Raise an `UploadError` unless the chunks fill the file from header to end mark."""
    header = file.read_at(0, 33)
    if not header.startswith(_PNG):
        raise file.other()
    if len(header) < 33 or header[8:16] != b"\x00\x00\x00\rIHDR":
        raise file.damaged()
    _ensure_bearable(file, *struct.unpack(">II", header[16:24]))
    place = 8
    for _ in range(_MOST_PNG_CHUNKS):
        head = file.read_at(place, 8)
        if len(head) < 8:
            raise file.damaged()
        length, name = struct.unpack(">I4s", head)
        place += 12 + length
        if name == b"IEND":
            break
    if place > file.size:
        raise file.damaged()
    if place != file.size:
        raise file.hiding()


def check_jpeg(file: File) -> None:
    """Raise an `UploadError` unless the segments lead to an end mark with no stowaway."""
    data = file.read_all()
    if not data.startswith(b"\xff\xd8\xff"):
        raise file.other()
    place, seen_frame = 2, False
    while True:
        if place + 4 > len(data) and data[place : place + 2] != b"\xff\xd9":
            raise file.damaged()
        if data[place] != 0xFF:
            raise file.damaged()
        marker = data[place + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            place += 1
            continue
        if marker == _END_OF_IMAGE:
            break
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        segment = data[place + 4 : place + 2 + length]
        if length < 2 or len(segment) < length - 2:
            raise file.damaged()
        if marker in _FRAMES:
            if len(segment) < 5:
                raise file.damaged()
            height, width = struct.unpack(">HH", segment[1:5])
            _ensure_bearable(file, width, height)
            seen_frame = True
        elif _STOWAWAY.search(segment):
            raise file.hiding()
        place += 2 + length
        if marker == _START_OF_SCAN:
            following = _NOT_PICTURE_DATA.search(data, place)
            if following is None:
                raise file.damaged()
            place = following.start()
    if not seen_frame:
        raise file.damaged()
    if _STOWAWAY.search(data, place):
        raise file.hiding()


def _ensure_bearable(file: File, width: int, height: int) -> None:
    if width == 0 or height == 0:
        raise file.damaged()
    if width * height > MOST_PIXELS:
        raise file.too_many_pixels()

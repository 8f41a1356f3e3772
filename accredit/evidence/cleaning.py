"""Pictures without what they tell besides the picture: place, time, camera, previews, notes."""

from __future__ import annotations

import re
import struct

# What a picture needs to be drawn as it should: colour profile, transform, density.
_NEEDED_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_NOT_PICTURE_DATA = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START_OF_SCAN, _END_OF_IMAGE, _COMMENT, _EXIF = 0xDA, 0xD9, 0xFE, 0xE1
_TOLD_BY_PNG = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_ORIENTATION = 0x0112


def clean_picture(ending: str, data: bytes) -> bytes | None:
    """A PNG or JPEG that the policy has taken, cleaned; None where nothing had to go."""
    if ending == "png":
        cleaned = _clean_png(data)
    elif ending in ("jpg", "jpeg"):
        cleaned = _clean_jpeg(data)
    else:
        return None
    return None if cleaned == data else cleaned


def _clean_png(data: bytes) -> bytes:
    kept, place = [data[:8]], 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] not in _TOLD_BY_PNG:
            kept.append(data[place : place + 12 + length])
        place += 12 + length
    return b"".join(kept)


def _clean_jpeg(data: bytes) -> bytes:
    """The segments that draw the picture, up to its end mark and no further."""
    kept, place = [data[:2]], 2
    while True:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == _END_OF_IMAGE:
            return b"".join([*kept, b"\xff\xd9"])
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        end = place + 2 + length
        segment = data[place:end]
        if marker == _EXIF:
            kept.append(_turned(segment))
        elif marker in _NEEDED_APPS:
            if segment[4:].startswith(_NEEDED_APPS[marker]):
                kept.append(segment)
        elif not (0xE0 <= marker <= 0xEF or marker == _COMMENT):
            kept.append(segment)
        place = end
        if marker == _START_OF_SCAN:
            following = _NOT_PICTURE_DATA.search(data, place)
            if following is None:
                return data
            kept.append(data[place : following.start()])
            place = following.start()


def _turned(segment: bytes) -> bytes:
    """Nothing of an Exif segment but which way up the picture is, where it says so."""
    turn = _orientation(segment[10:]) if segment[4:10] == b"Exif\0\0" else None
    if turn is None:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, turn, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _orientation(tiff: bytes) -> int | None:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 10:
        return None
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return None
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for number in range(min(count, 200)):
        place = first + 2 + 12 * number
        if place + 12 > len(tiff):
            return None
        tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, place)
        if tag == _ORIENTATION and kind == 3 and 2 <= value <= 8:
            return int(value)
    return None

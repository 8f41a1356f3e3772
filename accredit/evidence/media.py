"""Sound and film: containers whose parts fill the file exactly."""

from __future__ import annotations

import struct

from accredit.evidence.content import MARKUP, File

_MOST_BOXES = 10_000
_FRAMES_TO_SEE = 4
# MPEG-1 layer III and MPEG-2/2.5 layer III, in kilobits and in samples each second.
_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def check_mp4(file: File) -> None:
    """Raise an `UploadError` unless boxes from `ftyp` on, with a `moov`, fill the file."""
    if file.read_at(4, 4) != b"ftyp":
        raise file.other()
    place, names = 0, set()
    for _ in range(_MOST_BOXES):
        head = file.read_at(place, 16)
        if len(head) < 8:
            raise file.damaged()
        length, name = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
        elif length == 0:
            length = file.size - place
        if length < 8:
            raise file.damaged()
        names.add(name)
        place += length
        if place >= file.size:
            break
    if place != file.size or b"moov" not in names:
        raise file.damaged()


def check_mp3(file: File) -> None:
    """Raise an `UploadError` unless frames follow each other from the start or the ID3 tag."""
    head = file.read_at(0, 10)
    place = 0
    if head.startswith(b"ID3"):
        place = 10 + sum(part << shift for part, shift in zip(head[6:10], (21, 14, 7, 0)))  # noqa: B905 - a short header ends the sum, and the frames then fail
        if MARKUP.search(file.read_at(0, place)):
            raise file.hiding()
    for _ in range(_FRAMES_TO_SEE):
        length = _frame_length(file.read_at(place, 4))
        if length is None:
            raise file.other()
        place += length
    if MARKUP.search(file.read_at(max(0, file.size - 4096), 4096)):
        raise file.hiding()


def _frame_length(head: bytes) -> int | None:
    """The length in bytes of a layer III frame with this header; None if it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, rate, sampling = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or sampling == 3 or not 0 < rate < 15:
        return None
    kilobits = (_RATES_1 if version == 3 else _RATES_2)[rate]
    factor = 144_000 if version == 3 else 72_000
    return factor * kilobits // _SAMPLES[version][sampling] + (head[2] >> 1 & 1)

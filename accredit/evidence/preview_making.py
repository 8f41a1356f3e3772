"""Previews of stored files, made when they are asked for and kept for a while by their hash."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

from accredit.evidence import limited
from accredit.evidence.content import File
from accredit.evidence.models import EvidenceVersion
from accredit.evidence.preview import SHOWN, Preview
from accredit.evidence.store import FileStore

#: Bytes of pictures and letters that one worker keeps. In memory and not on the disk, where
#: pieces of confidential papers would lie about: making one again takes a tenth of a second.
MOST_KEPT = 12 * 1024 * 1024
#: Seconds in which a file that could not be shown is not tried again; it may cost ten each time.
REST = 600.0

_Key = tuple[str, str, str, int | None]


class Previews:
    """The previews of one process, the least used forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[Preview | None, float]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, key: _Key, now: float) -> tuple[bool, Preview | None]:
        """Whether it was made, and what came of it."""
        with self._lock:
            if key not in self._kept:
                return False, None
            preview, made = self._kept[key]
            if preview is None and now - made > REST:
                del self._kept[key]
                return False, None
            self._kept.move_to_end(key)
            return True, preview

    def keep(self, key: _Key, preview: Preview | None, now: float) -> None:
        """Keep what was made, and forget others where there is no room."""
        with self._lock:
            self._size -= _size_of(self._kept.pop(key, (None, 0.0))[0])
            self._kept[key] = (preview, now)
            self._size += _size_of(preview)
            while self._size > MOST_KEPT or len(self._kept) > 1_000:
                self._size -= _size_of(self._kept.popitem(last=False)[1][0])


def preview_of(
    version: EvidenceVersion, store: FileStore, *, place: str, part: int | None
) -> Preview | None:
    """The part of a file with this number, or the one `place` means; None if it cannot be shown.

    Whether the person may see it was decided before. Raises what `FileStore.open_checked` raises.
    """
    ending = version.ending.lower()
    if ending not in SHOWN:
        return None
    # Where a part is asked for by its number, the place still says what of it is marked.
    key = (version.sha256, ending, place, part)
    known, preview = _previews.find(key, time.monotonic())
    if known:
        return preview
    with store.open_checked(version.sha256) as content:
        file = File("", ending, content, version.size)
        preview = limited.read_preview(file, content, place=place, part=part)
    _previews.keep(key, preview, time.monotonic())
    return preview


def _size_of(preview: Preview | None) -> int:
    if preview is None:
        return 0
    cells = sum(len(cell) + 60 for row in preview.rows for cell in row)
    return len(preview.picture) + 4 * len(preview.words) + 4 * cells


_previews = Previews()

"""What every check of a file's content works with: the file, and the ways to refuse it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from accredit.evidence.domain import (
    ContentError,
    UnsafeContentError,
    UploadError,
    isolated,
)
from accredit.text import N_

#: The beginnings of pages and scripts that have no business in a picture or a document.
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|\?php)", re.IGNORECASE)


MOST_PIXELS = 40_000_000

#: Every way to refuse a file's content: the error, what people read, and what it names.
REASONS: dict[str, tuple[type[UploadError], str, dict[str, object]]] = {
    "other": (
        ContentError,
        N_("“%(name)s” ends in %(ending)s, but its content is something else."),
        {},
    ),
    "damaged": (
        ContentError,
        N_("“%(name)s” is damaged or incomplete. Save it anew and upload that copy."),
        {},
    ),
    "hiding": (
        UnsafeContentError,
        N_("“%(name)s” hides other content. Save it anew and upload that copy."),
        {},
    ),
    "active": (
        UnsafeContentError,
        N_(
            "“%(name)s” contains scripts, macros, programs or other files. Save or print "
            "it as a plain PDF and upload that."
        ),
        {},
    ),
    "locked": (
        UnsafeContentError,
        N_("“%(name)s” is protected by a password. Upload a copy without protection."),
        {},
    ),
    "remote": (
        UnsafeContentError,
        N_(
            "“%(name)s” loads parts from another address when it is opened. Save or print "
            "it as a plain PDF and upload that."
        ),
        {},
    ),
    "swelling": (
        UnsafeContentError,
        N_("“%(name)s” would unpack to more than can be handled safely."),
        {},
    ),
    "pixels": (
        UnsafeContentError,
        N_("“%(name)s” has more than %(count)s million pixels. Make the picture smaller."),
        {"count": MOST_PIXELS // 1_000_000},
    ),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file under inspection; `size` in bytes, `ending` in small letters without the dot."""

    name: str
    ending: str
    stream: BinaryIO
    size: int

    def read_at(self, place: int, length: int) -> bytes:
        """Up to `length` bytes from `place`."""
        self.stream.seek(place)
        return self.stream.read(length)

    def read_all(self) -> bytes:
        """The whole content; never more than the limit for uploads."""
        return self.read_at(0, self.size)

    def refusal(self, reason: str) -> UploadError:
        """Why the file is not taken; `reason` is a key of `REASONS`.

        Whoever looked into the file may be another process, which can only say the key.
        """
        kind, text, values = REASONS[reason]
        error = kind(text, name=self.name, ending=isolated(f".{self.ending}"), **values)
        error.reason = reason
        return error

    def other(self) -> UploadError:
        """The content is of another type than the ending says."""
        return self.refusal("other")

    def damaged(self) -> UploadError:
        """The content begins as it should, and then breaks its own format."""
        return self.refusal("damaged")

    def hiding(self) -> UploadError:
        """There is more in the file than a reader of its format would show."""
        return self.refusal("hiding")

    def active(self) -> UploadError:
        """Opening it could run something."""
        return self.refusal("active")

    def locked(self) -> UploadError:
        """It is encrypted, so nobody can check or read it."""
        return self.refusal("locked")

    def remote(self) -> UploadError:
        """Opening it would fetch something from elsewhere."""
        return self.refusal("remote")

    def swelling(self) -> UploadError:
        """It would unpack to far more than its size, or take more than a reader may have."""
        return self.refusal("swelling")

    def too_many_pixels(self) -> UploadError:
        """A picture that takes too much room once it is drawn."""
        return self.refusal("pixels")

"""What every check of a file's content works with: the file, and the ways to refuse it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from accredit.evidence.domain import ContentError, UnsafeContentError, isolated
from accredit.text import N_

#: The beginnings of pages and scripts that have no business in a picture or a document.
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|\?php)", re.IGNORECASE)


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

    def other(self) -> ContentError:
        """The content is of another type than the ending says."""
        return ContentError(
            N_("“%(name)s” ends in %(ending)s, but its content is something else."),
            name=self.name,
            ending=isolated(f".{self.ending}"),
        )

    def damaged(self) -> ContentError:
        """The content begins as it should, and then breaks its own format."""
        return ContentError(
            N_("“%(name)s” is damaged or incomplete. Save it anew and upload that copy."),
            name=self.name,
        )

    def hiding(self) -> UnsafeContentError:
        """There is more in the file than a reader of its format would show."""
        return UnsafeContentError(
            N_("“%(name)s” hides other content. Save it anew and upload that copy."),
            name=self.name,
        )

    def active(self) -> UnsafeContentError:
        """Opening it could run something."""
        return UnsafeContentError(
            N_(
                "“%(name)s” contains scripts, macros, programs or other files. Save or print "
                "it as a plain PDF and upload that."
            ),
            name=self.name,
        )

    def locked(self) -> UnsafeContentError:
        """It is encrypted, so nobody can check or read it."""
        return UnsafeContentError(
            N_("“%(name)s” is protected by a password. Upload a copy without protection."),
            name=self.name,
        )

    def remote(self) -> UnsafeContentError:
        """Opening it would fetch something from elsewhere."""
        return UnsafeContentError(
            N_(
                "“%(name)s” loads parts from another address when it is opened. Save or print "
                "it as a plain PDF and upload that."
            ),
            name=self.name,
        )

    def swelling(self) -> UnsafeContentError:
        """It would unpack to far more than its size."""
        return UnsafeContentError(
            N_("“%(name)s” would unpack to more than can be handled safely."), name=self.name
        )

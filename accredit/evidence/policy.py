"""Which files are taken: the name, then the ending, then whether the content agrees.

What the policy promises: a file is what its ending says, nothing else is hidden before or
behind it, and it carries no script, macro or program that we can see without running a
reader. It is no virus scanner; files are also never served as anything but downloads.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from accredit.evidence import archive, media, pictures, portable, writing
from accredit.evidence.content import File
from accredit.evidence.domain import (
    EmptyFileError,
    FileNameError,
    FileTooLargeError,
    FileTypeError,
    Upload,
)
from accredit.text import N_

NAME_LENGTH = 200

# Marks that Arabic, Persian and emoji need inside words; other invisible characters could
# make a name read as something it is not.
_INVISIBLE_BUT_NEEDED = frozenset("\u200c\u200d\u200e\u200f\u061c")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file we take: how it is announced, and how its content is checked.

    `check` raises an `UploadError`.
    """

    media_type: str
    check: Callable[[File], None]


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

#: The allow-list, by the ending of the name.
FILE_KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf", portable.check_pdf),
    "docx": FileKind(f"{_OOXML}wordprocessingml.document", archive.check_docx),
    "xlsx": FileKind(f"{_OOXML}spreadsheetml.sheet", archive.check_xlsx),
    "pptx": FileKind(f"{_OOXML}presentationml.presentation", archive.check_pptx),
    "odt": FileKind(f"{_ODF}text", archive.check_odt),
    "ods": FileKind(f"{_ODF}spreadsheet", archive.check_ods),
    "odp": FileKind(f"{_ODF}presentation", archive.check_odp),
    "png": FileKind("image/png", pictures.check_png),
    "jpg": FileKind("image/jpeg", pictures.check_jpeg),
    "jpeg": FileKind("image/jpeg", pictures.check_jpeg),
    "txt": FileKind("text/plain; charset=utf-8", writing.check_text),
    "csv": FileKind("text/csv; charset=utf-8", writing.check_text),
    "mp4": FileKind("video/mp4", media.check_mp4),
    "m4a": FileKind("audio/mp4", media.check_mp4),
    "mp3": FileKind("audio/mpeg", media.check_mp3),
}


def admit(upload: Upload, *, limit: int) -> File:
    """What can be told without looking inside; raises an `UploadError`.

    The name, its ending, and the size, which is at most `limit` bytes.
    """
    name = clean_name(upload.name)
    ending = ending_of(name)
    if ending not in FILE_KINDS:
        raise FileTypeError(
            N_("“%(name)s” is of a type that is not accepted. Save it as PDF and upload that."),
            name=name,
        )
    size = upload.stream.seek(0, io.SEEK_END)
    if size == 0:
        raise EmptyFileError(name)
    if size > limit:
        raise FileTooLargeError(name, limit)
    upload.stream.seek(0)
    return File(name, ending, upload.stream, size)


def check_content(file: File) -> None:
    """Raise an `UploadError` unless the content is what the ending says, and nothing besides.

    Where a stranger's file is read, this runs in a process of its own (`reader`).
    """
    FILE_KINDS[file.ending].check(file)


def media_type(file: File) -> str:
    """How the file is announced when it is handed out: by its ending, never by its sender."""
    return FILE_KINDS[file.ending].media_type


def clean_name(name: str) -> str:
    """The file's own name, unchanged but for folders before it; raises `FileNameError`.

    Refused are names that are empty or too long, and characters that cannot be seen and
    change how the rest is read (a right-to-left override shows "fdp.exe" as "exe.pdf").
    """
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    if not name or name in (".", ".."):
        raise FileNameError(N_("A file has no name. Give it one and upload it again."), name=name)
    if any(_hides_something(character) for character in name):
        visible = "".join(c for c in name if not _hides_something(c))
        raise FileNameError(
            N_("The name of “%(name)s” has hidden characters. Rename the file."), name=visible
        )
    if len(name) > NAME_LENGTH:
        raise FileNameError(
            N_("The name “%(name)s” is too long. Shorten it to %(count)s characters."),
            name=name[:40] + "…",
            count=NAME_LENGTH,
        )
    return name


def ending_of(name: str) -> str:
    """What follows the last dot, in small letters; "" if nothing does."""
    stem, _dot, ending = name.rpartition(".")
    return ending.lower() if stem else ""


def _hides_something(character: str) -> bool:
    if character in _INVISIBLE_BUT_NEEDED:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")

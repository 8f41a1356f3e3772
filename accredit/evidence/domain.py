"""Evidence: the rules for what is uploaded, described, linked and withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import BinaryIO

from accredit.text import N_, Message, RuleError

TITLE_LENGTH = 200
NOTE_LENGTH = 4000
PLACE_LENGTH = 200
#: How many files one form may carry; each is written to disk for good before the answer.
FILES_AT_ONCE = 20


class ScanState(StrEnum):
    """What is known from the virus scanner: asked for, nothing found, something found."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


#: What one department may upload within 24 hours: no honest one comes near it.
FILES_A_DAY = 200
BYTES_A_DAY = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a person sent it: its own name, and its bytes as a seekable stream."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Details:
    """What people say about evidence. `kind` is an id of the standard's kinds of evidence.

    The period is what the evidence covers, not when it was uploaded; either end may be open.
    An empty `title` stands for the file's name.
    """

    title: str = ""
    note: str = ""
    kind: str | None = None
    period_from_on: date | None = None
    period_to_on: date | None = None


class UploadError(RuleError):
    """A file cannot be taken; subclasses say why. `name` is the file's own name.

    `reason` is one word for the trail and for programs.
    """

    reason = "refused"

    def __init__(self, text: str, *, name: str, **values: object) -> None:
        self.name = name
        super().__init__(text, field="files", name=isolated(name), **values)


class FileNameError(UploadError):
    """The name is empty, too long, or has characters that hide what it says."""

    reason = "name"


class FileTypeError(UploadError):
    """Files with this ending are not taken."""

    reason = "type"


class ContentError(UploadError):
    """The content is not what the ending of the name says."""


class UnsafeContentError(UploadError):
    """The content could run, load or hide something when it is opened."""


class InfectedError(UploadError):
    """The virus scanner knows what is in the file; `finding` is its name for it."""

    reason = "infected"

    def __init__(self, name: str, finding: str) -> None:
        super().__init__(
            N_("The virus scanner found “%(finding)s” in “%(name)s”. Do not open the file."),
            name=name,
            finding=isolated(finding),
        )


class WithheldError(RuleError):
    """A stored file is handed to nobody: the scanner was not reached, or found something."""

    def __init__(self, state: ScanState) -> None:
        super().__init__(
            N_("The virus scanner found something in this file. It is kept and handed to nobody.")
            if state is ScanState.INFECTED
            else N_(
                "This file waits for the virus scanner. It can be opened once it has been checked."
            )
        )


class EmptyFileError(UploadError):
    """The file has no content."""

    reason = "empty"

    def __init__(self, name: str) -> None:
        super().__init__(N_("“%(name)s” is empty."), name=name)


class FileTooLargeError(UploadError):
    """The file is larger than the installation takes."""

    reason = "size"

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            N_("“%(name)s” is larger than %(limit)s MB."), name=name, limit=limit // 1024**2
        )


class UploadsRefusedError(RuleError):
    """At least one of the files cannot be taken, so none was; `refusals` names each."""

    def __init__(self, refusals: Sequence[UploadError]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(
            N_("Nothing was stored. Choose the files again, without those named below."),
            field="files",
        )


class NoFileError(RuleError):
    """An upload came without a file."""

    def __init__(self) -> None:
        super().__init__(N_("Choose at least one file."), field="files")


class TooManyFilesError(RuleError):
    """More files at once than one form may carry."""

    def __init__(self) -> None:
        super().__init__(
            N_("Choose at most %(count)s files at once."), field="files", count=FILES_AT_ONCE
        )


class TooMuchADayError(RuleError):
    """A department uploaded more within 24 hours than an installation should take."""

    def __init__(self) -> None:
        super().__init__(
            N_("A department may upload %(count)s files or %(size)s GB a day. Go on tomorrow."),
            field="files",
            count=FILES_A_DAY,
            size=BYTES_A_DAY // 1024**3,
        )


class DetailsError(RuleError):
    """Title, note, kind or period cannot be used."""


class WithdrawnError(RuleError):
    """Evidence that was withdrawn is not changed and not used any more."""

    def __init__(self) -> None:
        super().__init__(N_("This evidence was withdrawn. It stays as it is."))


class AlreadyLinkedError(RuleError):
    """The evidence already supports this element in this assessment."""

    def __init__(self) -> None:
        super().__init__(N_("This evidence is already linked to this element."), field="evidence")


class PlaceError(RuleError):
    """The place inside the file is described in too many words."""

    def __init__(self) -> None:
        super().__init__(
            N_("Describe the place in at most %(count)s characters."),
            field="place",
            count=PLACE_LENGTH,
        )


def isolated(text: str) -> str:
    """`text` with marks that keep its direction to itself inside a sentence."""
    return f"\u2068{text}\u2069"


def ensure_details(details: Details, *, files: int = 1) -> Details:
    """The details with white space trimmed; raises `DetailsError`.

    `files` is how many files the details are for: one title cannot name several.
    """
    title = " ".join(details.title.split())
    note = details.note.strip()
    if title and files > 1:
        raise DetailsError(
            N_("One title cannot name several files. Leave it empty: each takes its file name."),
            field="title",
        )
    if len(title) > TITLE_LENGTH:
        raise DetailsError(
            N_("Shorten the title to %(count)s characters."), field="title", count=TITLE_LENGTH
        )
    if len(note) > NOTE_LENGTH:
        raise DetailsError(
            N_("Shorten the note to %(count)s characters."), field="note", count=NOTE_LENGTH
        )
    start, end = details.period_from_on, details.period_to_on
    if start is not None and end is not None and end < start:
        raise DetailsError(
            N_("The period ends before it begins."),
            field="period_to_on",
        )
    return Details(title, note, details.kind or None, start, end)


def ensure_reason(reason: str) -> str:
    """Why evidence is withdrawn, trimmed; raises `DetailsError` if nothing is said."""
    reason = reason.strip()
    if not reason:
        raise DetailsError(N_("Say why the evidence is withdrawn."), field="reason")
    if len(reason) > NOTE_LENGTH:
        raise DetailsError(
            N_("Shorten the reason to %(count)s characters."), field="reason", count=NOTE_LENGTH
        )
    return reason


def ensure_place(place: str) -> str:
    """The place inside the file (page, sheet, minute), trimmed; raises `PlaceError`."""
    place = " ".join(place.split())
    if len(place) > PLACE_LENGTH:
        raise PlaceError
    return place


def title_from(file_name: str) -> str:
    """A file's name without its ending, as the title of evidence nobody has named."""
    stem, dot, _ending = file_name.rpartition(".")
    return " ".join((stem if dot and stem else file_name).split())[:TITLE_LENGTH]


def period_message(start: date | None, end: date | None) -> Message | None:
    """The period covered in words; None if neither end is known."""
    if start is not None and end is not None:
        return Message(N_("%(start)s to %(end)s"), {"start": start, "end": end})
    if start is not None:
        return Message(N_("From %(start)s"), {"start": start})
    if end is not None:
        return Message(N_("Until %(end)s"), {"end": end})
    return None

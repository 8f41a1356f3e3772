"""A pack of evidence: a ZIP with a manifest, which anybody can check without us.

The manifest lists every file with its hash, what it supports and where in it to look. The pack
of the same evidence is the same to the last byte.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from accredit.evidence.store import (
    CHUNK,
    DamagedBlobError,
    FileStore,
    MissingBlobError,
    hash_in,
    name_of,
)

FORMAT = "accredit-evidence-pack-1"
MANIFEST = "manifest.json"
#: The hash of the manifest, in the form that `sha256sum -c` reads too.
SEAL = "manifest.sha256"
TABLE = "files.csv"
_FOLDER = "files/"
_LONGEST_STEM = 80
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
# Cells that begin like this are formulas to spreadsheets.
_FORMULA = re.compile(r"^[\s\u00a0]*[=+\-@＝＋－＠]|^[\t\r\n]")
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Use:
    """What a file supports: an element's code, and the page, sheet or minute."""

    element: str
    place: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A file for the pack. `why_missing` says why its content is left out, "" if it is not."""

    evidence: int
    version: int
    title: str
    kind: str
    file_name: str
    sha256: str
    size: int
    uploaded_at: datetime
    covers_from: str
    covers_to: str
    withdrawn_reason: str
    uses: tuple[Use, ...]
    why_missing: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A file the store no longer holds as it was uploaded: gone, or `altered`."""

    file: Packed
    altered: bool


class LostFilesError(LookupError):
    """A pack cannot be made, because the store has lost files of it; `files` names each."""

    def __init__(self, files: Sequence[Lost]) -> None:
        self.files = tuple(files)
        super().__init__(f"{len(self.files)} files are missing or altered")


def write_pack(
    target: BinaryIO, store: FileStore, files: Sequence[Packed], about: dict[str, Any]
) -> None:
    """Write the pack of `files`; `about` says of what it is the evidence (JSON values).

    A pack is whole or it is not made: raises `LostFilesError` naming every file that the store
    has lost, or `StoreUnavailableError`.
    """
    lost: list[Lost] = []
    named = list(zip(safe_names(files), files, strict=True))
    entries = [_entry(name, file) for name, file in named]
    manifest = {"format": FORMAT, "about": about, "files": entries}
    written = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    seal = f"{hashlib.sha256(written).hexdigest()}  {MANIFEST}\n".encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, plain in ((MANIFEST, written), (SEAL, seal), (TABLE, _table(entries))):
            pack.writestr(_info(name), plain)
        for name, file in named:
            if file.why_missing:
                continue
            try:
                content = store.open_checked(file.sha256)
            except (DamagedBlobError, MissingBlobError) as error:
                lost.append(Lost(file, altered=isinstance(error, DamagedBlobError)))
                continue
            with content:
                # Once a file is lost there is no pack: the others are only looked at.
                if not lost:
                    _copy(content, pack, name)
    if lost:
        raise LostFilesError(lost)


def _copy(content: BinaryIO, pack: zipfile.ZipFile, name: str) -> None:
    with pack.open(_info(name), "w") as place:
        while chunk := content.read(CHUNK):
            place.write(chunk)


def safe_names(files: Sequence[Packed]) -> list[str]:
    """A name in the pack for each file: its own as far as every system can keep it, and unique."""
    taken: set[str] = set()
    names = []
    for file in files:
        stem, dot, ending = file.file_name.rpartition(".")
        stem = _UNSAFE.sub("_", stem if dot else file.file_name).strip(" .-")[:_LONGEST_STEM]
        if not stem or _RESERVED.fullmatch(stem):
            stem = f"_{stem}"
        ending = _UNSAFE.sub("_", ending) if dot else "bin"
        name = f"{_FOLDER}{file.evidence}-{file.version} {stem.strip(' .')}.{ending}"
        number = 2
        while name.casefold() in taken:
            name = f"{_FOLDER}{file.evidence}-{file.version} {stem} ({number}).{ending}"
            number += 1
        taken.add(name.casefold())
        names.append(name)
    return names


def plain_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = " ".join(str(value).split("\n"))
    return f"'{text}" if _FORMULA.match(text) else text


def _entry(name: str, file: Packed) -> dict[str, Any]:
    return {
        "path": None if file.why_missing else name,
        "why_missing": file.why_missing or None,
        "sha256": file.sha256,
        "size": file.size,
        "evidence": file.evidence,
        "version": file.version,
        "title": file.title,
        "kind": file.kind,
        "file_name": file.file_name,
        "uploaded_at": file.uploaded_at.isoformat(),
        "covers": [file.covers_from or None, file.covers_to or None],
        "withdrawn": file.withdrawn_reason or None,
        "supports": [{"element": use.element, "place": use.place} for use in file.uses],
    }


def _table(entries: Sequence[dict[str, Any]]) -> bytes:
    target = io.StringIO(newline="")
    table = csv.writer(target)
    table.writerow(["file", "title", "elements", "covers from", "covers to", "sha256"])
    for entry in entries:
        supports = "; ".join(
            " ".join(filter(None, (use["element"], use["place"]))) for use in entry["supports"]
        )
        row = [entry["path"] or "", entry["title"], supports, *entry["covers"], entry["sha256"]]
        table.writerow([plain_cell("" if cell is None else cell) for cell in row])
    return target.getvalue().encode("utf-8-sig")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIRST_MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


@dataclass(frozen=True, slots=True)
class PackAnswer:
    """What a check of a pack found: how many files are as listed, and every fault in words."""

    files: int
    faults: tuple[str, ...]
    about: dict[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the pack is whole and unaltered."""
        return not self.faults


# All that reading an archive, and a manifest that says anything, may raise.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
_MOST_ENTRIES = 20_000
_MOST_MANIFEST = 64 * 1024 * 1024


def verify_pack(path: Path) -> PackAnswer:
    """Check a pack by itself: the seal, every file's size and hash, and nothing besides."""
    about: dict[str, Any] = {}
    good = 0
    faults: list[str] = []
    try:
        with zipfile.ZipFile(path) as pack:
            manifest = _manifest(pack)
            about = manifest["about"]
            listed: set[str] = {MANIFEST, SEAL, TABLE}
            for entry in manifest["files"]:
                fault = _fault(pack, entry, listed)
                if fault:
                    faults.append(fault)
                elif entry["path"] is not None:
                    good += 1
            faults += _besides(pack, listed)
            if pack.read(TABLE) != _table(manifest["files"]):
                faults.append(f"{TABLE}: does not say what the manifest says")
    except _BadPackError as error:
        faults.append(str(error))
    except _UNREADABLE as error:
        faults.append(f"this is no readable pack: {error}")
    return PackAnswer(good, tuple(faults), about)


class _BadPackError(Exception):
    """The pack cannot be checked any further."""


def _manifest(pack: zipfile.ZipFile) -> dict[str, Any]:
    names = pack.namelist()
    if len(names) > _MOST_ENTRIES or MANIFEST not in names or SEAL not in names:
        raise _BadPackError("this is no evidence pack: the manifest or its seal is missing")
    if pack.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise _BadPackError("the manifest is too large")
    written = pack.read(MANIFEST)
    seal = f"{hashlib.sha256(written).hexdigest()}  {MANIFEST}\n".encode()
    if pack.getinfo(SEAL).file_size != len(seal) or pack.read(SEAL) != seal:
        raise _BadPackError(f"{MANIFEST}: altered, its hash is not the one in {SEAL}")
    manifest = json.loads(written)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _BadPackError(f"{MANIFEST}: of another format than {FORMAT}")
    return manifest


def _fault(pack: zipfile.ZipFile, entry: dict[str, Any], listed: set[str]) -> str | None:
    path = entry["path"]
    if path is None:
        return None
    if not path.startswith(_FOLDER) or path in listed or ".." in path.split("/"):
        return f"{path!r}: a path that a pack does not have"
    if hash_in(name_of(entry["sha256"])) is None:
        return f"{path}: no hash"
    listed.add(path)
    try:
        info = pack.getinfo(path)
    except KeyError:
        return f"{path}: missing"
    if info.file_size != entry["size"]:
        return f"{path}: altered, {info.file_size} bytes instead of {entry['size']}"
    digest, size = hashlib.sha256(), 0
    try:
        with pack.open(info) as content:
            for chunk in _chunks(content):
                digest.update(chunk)
                size += len(chunk)
                if size > entry["size"]:
                    return f"{path}: altered, it unpacks to more than listed"
    except _UNREADABLE as error:
        return f"{path}: damaged, {error}"
    if digest.hexdigest() != entry["sha256"]:
        return f"{path}: altered, its hash is another"
    return None


def _chunks(content: Any) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


def _besides(pack: zipfile.ZipFile, listed: set[str]) -> list[str]:
    names = pack.namelist()
    faults = [f"{name!r}: not listed in the manifest" for name in names if name not in listed]
    faults += [f"{name}: twice in the pack" for name in set(names) if names.count(name) > 1]
    return faults

"""Taking in files: all of them or none, each looked into before the first is stored."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.evidence.domain import (
    BYTES_A_DAY,
    FILES_A_DAY,
    FILES_AT_ONCE,
    Details,
    InfectedError,
    NoFileError,
    ScanState,
    TooManyFilesError,
    TooMuchADayError,
    Upload,
    UploadError,
    UploadsRefusedError,
    ensure_details,
    title_from,
)
from accredit.evidence.indexing import index, keep_parts
from accredit.evidence.limited import Reading, read_upload
from accredit.evidence.models import Evidence, EvidenceScan, EvidenceVersion
from accredit.evidence.scanner import Scanned, scan
from accredit.evidence.service import ensure_in_use, ensure_kind, record
from accredit.evidence.store import FileStore
from accredit.identity.models import Department
from accredit.text import N_, RuleError


class SameFileError(RuleError):
    """A new version has the same content as the one before it."""

    def __init__(self) -> None:
        super().__init__(
            N_("This file is the same as the newest version, to the last byte."), field="files"
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was looked into and may be stored; `scanned` is None without a scanner."""

    reading: Reading
    scanned: Scanned | None


@contextmanager
def looked_into(
    uploads: Sequence[Upload], *, limit: int, scanner: str | None = None
) -> Iterator[list[Taken]]:
    """The files, each read by the limited process and seen by the scanner at this address.

    `limit` is bytes for each file. It takes a while and needs no database. Raises
    `NoFileError`, `TooManyFilesError`, the `UploadError` of a single file, or
    `UploadsRefusedError`, which names every refused file of several.
    """
    if not uploads:
        raise NoFileError
    if len(uploads) > FILES_AT_ONCE:
        raise TooManyFilesError
    taken: list[Taken] = []
    refusals: list[UploadError] = []
    with ExitStack() as open_files:
        for upload in uploads:
            try:
                reading = open_files.enter_context(read_upload(upload, limit=limit))
                taken.append(Taken(reading, _scanned(reading, scanner)))
            except UploadError as refusal:
                refusals.append(refusal)
        if refusals and len(uploads) == 1:
            raise refusals[0]
        if refusals:
            raise UploadsRefusedError(refusals)
        yield taken


def add_evidence(
    session: Session,
    store: FileStore,
    department: Department,
    uploads: Sequence[Upload],
    *,
    details: Details,
    limit: int,
    by: int,
    at: datetime,
    scanner: str | None = None,
) -> list[Evidence]:
    """One new piece of evidence for each file, all of them or none.

    Raises what `looked_into` raises, or `DetailsError`.
    """
    with looked_into(uploads, limit=limit, scanner=scanner) as taken:
        return add_taken(
            session, store, department, taken, details=details, limit=limit, by=by, at=at
        )


def add_taken(
    session: Session,
    store: FileStore,
    department: Department,
    taken: Sequence[Taken],
    *,
    details: Details,
    limit: int,
    by: int,
    at: datetime,
) -> list[Evidence]:
    """The same for files that were looked into already; raises `DetailsError`."""
    details = ensure_details(details, files=len(taken))
    ensure_kind(session, details.kind)
    _ensure_bearable(session, department.id, taken, at)
    added = []
    for file in taken:
        evidence = Evidence(
            department=department,
            department_id=department.id,
            title=details.title or title_from(file.reading.name),
            note=details.note,
            kind=details.kind,
            period_from_on=details.period_from_on,
            period_to_on=details.period_to_on,
            created_by_id=by,
            created_at=at,
        )
        session.add(evidence)
        version = _store_version(store, evidence, file, limit=limit, by=by, at=at)
        session.flush()
        _keep_words(session, version, file)
        record(
            session,
            "evidence.added",
            evidence,
            by,
            at,
            title=evidence.title,
            **_described(version),
        )
        added.append(evidence)
    return added


def add_version(
    session: Session,
    store: FileStore,
    evidence: Evidence,
    upload: Upload,
    *,
    limit: int,
    by: int,
    at: datetime,
    scanner: str | None = None,
) -> EvidenceVersion:
    """A newer file for the same evidence; the older ones stay as they are.

    Raises `WithdrawnError`, `SameFileError` or an `UploadError`.
    """
    ensure_in_use(evidence)
    with looked_into([upload], limit=limit, scanner=scanner) as (taken,):
        return add_taken_version(session, store, evidence, taken, limit=limit, by=by, at=at)


def add_taken_version(
    session: Session,
    store: FileStore,
    evidence: Evidence,
    taken: Taken,
    *,
    limit: int,
    by: int,
    at: datetime,
) -> EvidenceVersion:
    """The same for a file that was looked into already."""
    ensure_in_use(evidence)
    _ensure_bearable(session, evidence.department_id, [taken], at)
    before = evidence.current.sha256
    version = _store_version(store, evidence, taken, limit=limit, by=by, at=at)
    if version.sha256 == before:
        evidence.versions.remove(version)
        raise SameFileError
    session.flush()
    _keep_words(session, version, taken)
    record(session, "evidence.version_added", evidence, by, at, **_described(version))
    return version


def record_refusal(
    session: Session, department: Department, error: RuleError, *, by: int, at: datetime
) -> None:
    """Tell the trail that files were refused: their names, and a word for why."""
    refusals = error.refusals if isinstance(error, UploadsRefusedError) else (error,)
    audit.record(
        session,
        "evidence.refused",
        audit.Subject("department", str(department.id), department.organisation_id, department.id),
        by=by,
        at=at,
        details={
            "files": [
                {"file": refusal.name[:100], "reason": refusal.reason}
                for refusal in refusals
                if isinstance(refusal, UploadError)
            ]
        },
    )


def _ensure_bearable(
    session: Session, department_id: int, taken: Sequence[Taken], at: datetime
) -> None:
    """Raise `TooMuchADayError` where a program, rather than a person, seems to upload."""
    query = (
        select(func.count(), func.coalesce(func.sum(EvidenceVersion.size), 0))
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .where(
            Evidence.department_id == department_id,
            EvidenceVersion.uploaded_at > at - timedelta(days=1),
            EvidenceVersion.uploaded_at <= at,
        )
    )
    files, size = session.execute(query).one()
    size += sum(file.reading.content.seek(0, io.SEEK_END) for file in taken)
    if files + len(taken) > FILES_A_DAY or size > BYTES_A_DAY:
        raise TooMuchADayError


def _scanned(reading: Reading, scanner: str | None) -> Scanned | None:
    if scanner is None:
        return None
    found = scan(scanner, reading.content)
    reading.content.seek(0)
    if found.state is ScanState.INFECTED:
        raise InfectedError(reading.name, found.finding)
    return found


def _store_version(
    store: FileStore,
    evidence: Evidence,
    taken: Taken,
    *,
    limit: int,
    by: int,
    at: datetime,
) -> EvidenceVersion:
    reading, scanned = taken.reading, taken.scanned
    reading.content.seek(0)
    blob = store.put(reading.content, limit=limit)
    version = EvidenceVersion(
        number=len(evidence.versions) + 1,
        sha256=blob.sha256,
        size=blob.size,
        file_name=reading.name,
        media_type=reading.media_type,
        uploaded_by_id=by,
        uploaded_at=at,
    )
    if scanned is not None:
        seen_at = at if scanned.state is ScanState.CLEAN else None
        version.scan = EvidenceScan(state=scanned.state.value, finding="", scanned_at=seen_at)
    evidence.versions.append(version)
    evidence.refresh_search_text()
    return version


def _keep_words(session: Session, version: EvidenceVersion, taken: Taken) -> None:
    keep_parts(session, version, taken.reading.parts)
    index(session, version.evidence)


def _described(version: EvidenceVersion) -> dict[str, object]:
    return {
        "version": version.number,
        "file": version.file_name,
        "sha256": version.sha256,
        "size": version.size,
    }

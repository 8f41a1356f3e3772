"""Taking in files: all of them or none, each checked before the first is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from accredit.evidence.domain import (
    FILES_AT_ONCE,
    Details,
    NoFileError,
    TooManyFilesError,
    Upload,
    UploadError,
    UploadsRefusedError,
    ensure_details,
    title_from,
)
from accredit.evidence.models import Evidence, EvidenceVersion
from accredit.evidence.policy import Accepted, inspect
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
) -> list[Evidence]:
    """One new piece of evidence for each file, all of them or none.

    `limit` is bytes for each file. Raises `NoFileError`, `TooManyFilesError`,
    `DetailsError`, the `UploadError` of a single file, or `UploadsRefusedError`, which
    names every refused file of several.
    """
    details = ensure_details(details, files=len(uploads))
    ensure_kind(session, details.kind)
    accepted = _inspect_all(uploads, limit)
    added = []
    for upload, file in zip(uploads, accepted, strict=True):
        evidence = Evidence(
            department=department,
            department_id=department.id,
            title=details.title or title_from(file.name),
            note=details.note,
            kind=details.kind,
            period_from_on=details.period_from_on,
            period_to_on=details.period_to_on,
            created_by_id=by,
            created_at=at,
        )
        session.add(evidence)
        version = _store_version(store, evidence, upload, file, limit=limit, by=by, at=at)
        session.flush()
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
) -> EvidenceVersion:
    """A newer file for the same evidence; the older ones stay as they are.

    Raises `WithdrawnError`, `SameFileError` or an `UploadError`.
    """
    ensure_in_use(evidence)
    (file,) = _inspect_all([upload], limit)
    before = evidence.current.sha256
    version = _store_version(store, evidence, upload, file, limit=limit, by=by, at=at)
    if version.sha256 == before:
        evidence.versions.remove(version)
        raise SameFileError
    session.flush()
    record(session, "evidence.version_added", evidence, by, at, **_described(version))
    return version


def _inspect_all(uploads: Sequence[Upload], limit: int) -> list[Accepted]:
    if not uploads:
        raise NoFileError
    if len(uploads) > FILES_AT_ONCE:
        raise TooManyFilesError
    accepted, refusals = [], []
    for upload in uploads:
        try:
            accepted.append(inspect(upload, limit=limit))
        except UploadError as refusal:
            refusals.append(refusal)
    if refusals and len(uploads) == 1:
        raise refusals[0]
    if refusals:
        raise UploadsRefusedError(refusals)
    return accepted


def _store_version(
    store: FileStore,
    evidence: Evidence,
    upload: Upload,
    file: Accepted,
    *,
    limit: int,
    by: int,
    at: datetime,
) -> EvidenceVersion:
    upload.stream.seek(0)
    blob = store.put(upload.stream, limit=limit)
    version = EvidenceVersion(
        number=len(evidence.versions) + 1,
        sha256=blob.sha256,
        size=blob.size,
        file_name=file.name,
        media_type=file.media_type,
        uploaded_by_id=by,
        uploaded_at=at,
    )
    evidence.versions.append(version)
    evidence.refresh_search_text()
    return version


def _described(version: EvidenceVersion) -> dict[str, object]:
    return {
        "version": version.number,
        "file": version.file_name,
        "sha256": version.sha256,
        "size": version.size,
    }

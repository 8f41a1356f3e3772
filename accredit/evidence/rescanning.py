"""Going through stored files again: for the virus scanner, and for the words in them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from accredit.evidence.domain import ScanState, Upload, UploadError
from accredit.evidence.indexing import index, keep_parts
from accredit.evidence.limited import read_upload
from accredit.evidence.models import Evidence, EvidencePart, EvidenceScan, EvidenceVersion
from accredit.evidence.scanner import scan
from accredit.evidence.service import record
from accredit.evidence.store import DamagedBlobError, FileStore, MissingBlobError


def rescan(
    session: Session, store: FileStore, scanner: str, *, everything: bool, at: datetime
) -> dict[ScanState, int]:
    """Ask the scanner about files it has not cleared; `everything` for new signatures.

    A file once found infected is asked about again too: scanners err. How many files are in
    each state afterwards, among those asked about.
    """
    counts: Counter[ScanState] = Counter()
    for version in session.scalars(select(EvidenceVersion).order_by(EvidenceVersion.id)):
        before = version.scan.state if version.scan else None
        if before == ScanState.CLEAN and not everything:
            continue
        if before is None and not everything:
            continue
        try:
            with store.open_checked(version.sha256) as content:
                found = scan(scanner, content)
        except (DamagedBlobError, MissingBlobError):
            counts[ScanState.WAITING] += 1
            continue
        counts[found.state] += 1
        if found.state is ScanState.WAITING and before is not None:
            # Not reached: what was known stays known.
            continue
        if version.scan is None:
            version.scan = EvidenceScan(version_id=version.id)
        version.scan.state = found.state.value
        version.scan.finding = found.finding
        version.scan.scanned_at = at
        session.flush()
        if before != found.state:
            record(
                session,
                "evidence.scanned",
                version.evidence,
                None,
                at,
                version=version.number,
                state=[before, found.state.value],
                finding=found.finding,
            )
    return {state: counts[state] for state in ScanState}


def reindex(session: Session, store: FileStore, *, limit: int) -> tuple[int, int]:
    """Read the words of every file anew; how many pieces there are, and files without words."""
    pieces = session.scalars(
        select(Evidence).options(selectinload(Evidence.versions)).order_by(Evidence.id)
    ).all()
    unread = 0
    for evidence in pieces:
        for version in evidence.versions:
            session.execute(delete(EvidencePart).where(EvidencePart.version_id == version.id))
            try:
                with (
                    store.open_checked(version.sha256) as content,
                    read_upload(
                        Upload(version.file_name, content), limit=max(limit, version.size)
                    ) as reading,
                ):
                    keep_parts(session, version, reading.parts)
                    unread += not reading.parts
            except (UploadError, DamagedBlobError, MissingBlobError):
                unread += 1
        index(session, evidence)
    return len(pieces), unread

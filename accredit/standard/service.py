"""Publishing standards, and reading published ones quickly."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.identity.domain import NotFoundError
from accredit.standard.canonical import from_canonical
from accredit.standard.domain import Standard
from accredit.standard.models import StandardVersion
from accredit.text import N_, RuleError


class PublishedError(RuleError):
    """A version that was published never changes."""


def publish(
    session: Session, standard: Standard, *, by: int | None, at: datetime
) -> StandardVersion:
    """Publish a standard as an immutable version; raises `PublishedError` if it exists."""
    if find_version(session, standard.id, standard.version) is not None:
        raise PublishedError(
            N_("%(standard)s %(version)s is already published. Give the new text a new version."),
            standard=standard.id,
            version=standard.version,
        )
    row = StandardVersion(
        standard_id=standard.id,
        version=standard.version,
        sha256=standard.sha256,
        title_en=standard.title.en,
        title_ar=standard.title.ar,
        content=standard.canonical,
        published_at=at,
        published_by_id=by,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "standard.published",
        audit.Subject("standard_version", str(row.id)),
        by=by,
        at=at,
        details={"standard": row.standard_id, "version": row.version, "sha256": row.sha256},
    )
    return row


def find_version(session: Session, standard_id: str, version: str) -> StandardVersion | None:
    """A published version by its two names."""
    return session.scalar(
        select(StandardVersion).where(
            StandardVersion.standard_id == standard_id, StandardVersion.version == version
        )
    )


def get_version(session: Session, version_id: int) -> StandardVersion:
    """A published version by its number; raises `NotFoundError`."""
    row = session.get(StandardVersion, version_id)
    if row is None:
        raise NotFoundError
    return row


def list_versions(session: Session) -> list[StandardVersion]:
    """All published versions, by standard, the newest first."""
    query = select(StandardVersion).order_by(
        StandardVersion.standard_id, StandardVersion.published_at.desc()
    )
    return list(session.scalars(query))


def read_standard(row: StandardVersion) -> Standard:
    """The standard a row holds; parsed once in each process, since it can never change."""
    cached = _by_hash.get(row.sha256)
    if cached is None:
        cached = _by_hash[row.sha256] = from_canonical(row.content, sha256=row.sha256)
    return cached


_by_hash: dict[str, Standard] = {}

"""Publishing standards, finding published ones, and reading them quickly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.identity.domain import NotFoundError
from accredit.standard.domain import Standard
from accredit.standard.file.canonical import from_canonical
from accredit.standard.models import StandardVersion
from accredit.standard.scoring.examining import Failure, failures_of
from accredit.text import N_, RuleError


class PublishedError(RuleError):
    """A version that was published never changes."""


class WrongExampleError(RuleError):
    """A standard contradicts the examples it carries; `failures` says where."""

    def __init__(self, failures: list[Failure]) -> None:
        self.failures = failures
        super().__init__(
            N_(
                "The standard does not give what its own examples say, so it cannot be "
                "published. The first difference is in the example “%(example)s”: %(difference)s"
            ),
            example=failures[0].example,
            difference=failures[0].message,
        )


def publish(
    session: Session, standard: Standard, *, by: int | None, at: datetime
) -> StandardVersion:
    """Publish a standard as an immutable version.

    Raises `PublishedError` if the version exists, and `WrongExampleError` if the standard
    gives another result on an example of its own than its author wrote down.
    """
    ensure_new(session, standard)
    failures = failures_of(standard)
    if failures:
        raise WrongExampleError(failures)
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


def ensure_new(session: Session, standard: Standard) -> None:
    """Raise `PublishedError` if this version of the standard is published."""
    if find_version(session, standard.id, standard.version) is not None:
        raise PublishedError(
            N_("%(standard)s %(version)s is already published. Give the new text a new version."),
            standard=standard.id,
            version=standard.version,
        )


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
    return list(session.scalars(_ALL))


def find_newest(session: Session, standard_id: str) -> StandardVersion | None:
    """The published version that no other has superseded, or None."""
    return session.scalar(_NEWEST, {"standard_id": standard_id})


def superseded_ids(rows: Iterable[StandardVersion]) -> frozenset[int]:
    """Which of all versions, given as `list_versions` gives them, a newer one has superseded."""
    newest: dict[str, int] = {}
    return frozenset(row.id for row in rows if newest.setdefault(row.standard_id, row.id) != row.id)


# Built once: many pages ask for them.
_NEWEST_FIRST = (StandardVersion.published_at.desc(), StandardVersion.id.desc())
_ALL = select(StandardVersion).order_by(StandardVersion.standard_id, *_NEWEST_FIRST)
_NEWEST = (
    select(StandardVersion)
    .where(StandardVersion.standard_id == bindparam("standard_id"))
    .order_by(*_NEWEST_FIRST)
    .limit(1)
)


def read_standard(row: StandardVersion) -> Standard:
    """The standard a row holds; parsed once in each process, since it can never change."""
    cached = _by_hash.get(row.sha256)
    if cached is None:
        cached = _by_hash[row.sha256] = from_canonical(row.content, sha256=row.sha256)
    return cached


def standard_of(session: Session, version_id: int, sha256: str) -> Standard:
    """The standard of a version known by its number and hash; its row is read only once."""
    return _by_hash.get(sha256) or read_standard(session.get_one(StandardVersion, version_id))


_by_hash: dict[str, Standard] = {}

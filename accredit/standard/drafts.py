"""Drafts: uploaded, read and compared by those who manage standards, then published or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.identity.domain import NotFoundError
from accredit.kept import Kept
from accredit.standard.domain import Standard
from accredit.standard.file.canonical import from_canonical
from accredit.standard.models import StandardDraft, StandardVersion
from accredit.standard.scoring.example_results import ExampleResult, example_results
from accredit.standard.service import ensure_new, find_newest, publish
from accredit.text import N_, RuleError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file somebody uploaded, and the standard that was read from it."""

    name: str
    content: bytes
    standard: Standard


class DraftExistsError(RuleError):
    """There is a draft of this version; it is replaced where it is, not beside it."""

    def __init__(self, draft: StandardDraft) -> None:
        self.draft = draft
        super().__init__(
            N_(
                "There is a draft of %(standard)s %(version)s already. "
                "Open it and replace its file, or discard it first."
            ),
            standard=draft.standard_id,
            version=draft.version,
        )


class OtherStandardError(RuleError):
    """A draft was to be replaced by a file of another standard."""


class ChangedMeanwhileError(RuleError):
    """What a person confirmed is no longer what is there."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This draft, or the published version it is compared with, changed while you "
                "were reading. Read the page again before you go on."
            )
        )


def upload(session: Session, file: SourceFile, *, by: int, at: datetime) -> StandardDraft:
    """A new draft; raises `PublishedError` or `DraftExistsError` where its version is taken."""
    ensure_new(session, file.standard)
    _ensure_no_draft(session, file.standard)
    draft = StandardDraft()
    _fill(session, draft, file, by, at)
    session.add(draft)
    session.flush()
    _record(session, draft, "standard.uploaded", by=by, at=at)
    return draft


def replace(
    session: Session,
    draft: StandardDraft,
    file: SourceFile,
    *,
    revision: int,
    by: int,
    at: datetime,
) -> None:
    """Put another file in the place of a draft's; its version may differ, its standard not.

    `revision` is that of the draft the person saw. Raises `ChangedMeanwhileError`,
    `OtherStandardError`, and what `upload` raises.
    """
    if draft.revision != revision:
        raise ChangedMeanwhileError
    standard = file.standard
    if standard.id != draft.standard_id:
        raise OtherStandardError(
            N_("This draft is of “%(draft)s”, the file of “%(file)s”. Upload it as a new draft."),
            draft=draft.standard_id,
            file=standard.id,
        )
    ensure_new(session, standard)
    if standard.version != draft.version:
        _ensure_no_draft(session, standard)
    if standard.sha256 == draft.sha256 and file.content == draft.source:
        return
    before = draft.sha256
    _fill(session, draft, file, by, at)
    session.flush()
    _record(session, draft, "standard.replaced", by=by, at=at, sha256=[before, draft.sha256])


def discard(
    session: Session, draft: StandardDraft, *, revision: int, by: int, at: datetime
) -> None:
    """Drop a draft; the trail keeps that it was there. Raises `ChangedMeanwhileError`."""
    if draft.revision != revision:
        raise ChangedMeanwhileError
    _record(session, draft, "standard.discarded", by=by, at=at)
    session.delete(draft)
    session.flush()


def publish_draft(
    session: Session,
    draft: StandardDraft,
    *,
    sha256: str,
    compared_with: int | None,
    by: int,
    at: datetime,
) -> StandardVersion:
    """Publish what a person has read: this content, compared with this version (or with none).

    Raises `ChangedMeanwhileError` if either changed meanwhile, and what `publish` raises.
    """
    newest = find_newest(session, draft.standard_id)
    if draft.sha256 != sha256 or (newest and newest.id) != compared_with:
        raise ChangedMeanwhileError
    row = publish(session, read_draft(draft), by=by, at=at)
    session.delete(draft)
    session.flush()
    return row


def get_draft(session: Session, draft_id: int) -> StandardDraft:
    """A draft by its number; raises `NotFoundError`."""
    draft = session.get(StandardDraft, draft_id)
    if draft is None:
        raise NotFoundError
    return draft


def list_drafts(session: Session) -> list[StandardDraft]:
    """All drafts, the newest first."""
    query = select(StandardDraft).order_by(
        StandardDraft.uploaded_at.desc(), StandardDraft.id.desc()
    )
    return list(session.scalars(query))


def find_draft(session: Session, standard_id: str, version: str) -> StandardDraft | None:
    """The draft of a version, or None."""
    return session.scalar(
        select(StandardDraft).where(
            StandardDraft.standard_id == standard_id, StandardDraft.version == version
        )
    )


def read_draft(draft: StandardDraft) -> Standard:
    """The standard a draft holds; the last few are not parsed again."""
    return _by_hash.get(draft.sha256, lambda: from_canonical(draft.content, sha256=draft.sha256))


def read_examples(draft: StandardDraft) -> tuple[ExampleResult, ...]:
    """Every example of a draft, computed once for its content."""
    return _examples.get(draft.sha256, lambda: example_results(read_draft(draft)))


#: Of so many drafts is remembered what follows from their content.
_MOST = 4
_by_hash: Kept[str, Standard] = Kept(_MOST)
_examples: Kept[str, tuple[ExampleResult, ...]] = Kept(_MOST)


def _ensure_no_draft(session: Session, standard: Standard) -> None:
    found = find_draft(session, standard.id, standard.version)
    if found is not None:
        raise DraftExistsError(found)


def _fill(session: Session, draft: StandardDraft, file: SourceFile, by: int, at: datetime) -> None:
    standard = file.standard
    newest = find_newest(session, standard.id)
    draft.standard_id, draft.version = standard.id, standard.version
    draft.title_en, draft.title_ar = standard.title.en, standard.title.ar
    draft.content, draft.sha256 = standard.canonical, standard.sha256
    draft.source = file.content
    draft.file_name = _base_name(file.name) or standard.id
    draft.based_on_id = newest.id if newest else None
    draft.uploaded_by_id, draft.uploaded_at = by, at


def _base_name(name: str) -> str:
    """The last part of a path, with its ending, at most as long as the column."""
    return PurePosixPath(name.replace("\\", "/")).name[-255:]


def _record(
    session: Session,
    draft: StandardDraft,
    action: str,
    *,
    by: int,
    at: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        action,
        audit.Subject("standard_draft", str(draft.id)),
        by=by,
        at=at,
        details={
            "standard": draft.standard_id,
            "version": draft.version,
            "sha256": draft.sha256,
            "file": draft.file_name,
            **details,
        },
    )

"""Checking the whole trail of this installation, and what the last check said."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.engine import make_url

from accredit import clock
from accredit.audit import Event
from accredit.audit.appending import listeners
from accredit.audit.findings import Finding, Kind, Report
from accredit.audit.heads import Head, HeadFile, HeadWriter
from accredit.audit.verifying import check
from accredit.certificate.models import CertificateDocument
from accredit.config import Mode, Settings, newest_revision
from accredit.evidence.bucket import store_for
from accredit.evidence.models import EvidenceVersion
from accredit.evidence.store import DamagedBlobError, FileStore, MissingBlobError
from accredit.kpi.models import KpiImport

#: A page checks no more events than this: longer trails are checked by the command.
CHECKED_ON_PAGE = 100_000
#: A file may be there for a while before the transaction that names it ends.
_GRACE = timedelta(hours=1)
#: The tables whose rows name a file by its hash.
_FILES = (EvidenceVersion, CertificateDocument, KpiImport)
_SHOWN_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the last check said: counts, the last event, and what was found (at most 200)."""

    at: datetime
    events: int
    rows: int
    heads: int
    files: int | None
    last_event: int
    last_hash: str | None
    signed_to: int
    seconds: float
    found: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether everything was as the trail says."""
        return self.found == 0


def heads_of(settings: Settings) -> HeadFile:
    """The signed heads of an installation."""
    return HeadFile(settings.heads_file, settings.heads_key)


def keep_heads(settings: Settings) -> None:
    """Have heads written from now on as events are committed in this process."""
    address = make_url(settings.database_url).render_as_string(hide_password=False)
    # Tests change databases under a running application: nothing may be signed later.
    later = settings.mode is not Mode.TEST
    writer = HeadWriter(heads_of(settings), seconds=60.0 * settings.trail_minutes, later=later)
    listeners[address] = writer.committed


def sign_head(engine: Engine, settings: Settings) -> Head | None:
    """Write a head of the newest event now; None where nothing happened yet."""
    newest = select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)
    with engine.connect() as connection:
        row = connection.execute(newest).one_or_none()
    return None if row is None else heads_of(settings).append(row[0], row[1], at=clock.now())


def sign_restored(engine: Engine, settings: Settings) -> Head | None:
    """Say, signed, that an older copy took over: what was signed after it is expected no more."""
    newest = select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)
    with engine.connect() as connection:
        row = connection.execute(newest).one_or_none()
    if row is None:
        return None
    return heads_of(settings).append(row[0], row[1], at=clock.now(), kind="restored")


def check_all(
    engine: Engine,
    settings: Settings,
    *,
    files: bool = True,
    kept: Mapping[int, str] | None = None,
) -> Report:
    """Check the chain, heads, rows, the database's shape and, if wanted, every file."""

    def look_at_files(connection: Connection, report: Report) -> None:
        _check_files(connection, store_for(settings), report)

    return check(
        engine,
        heads_of(settings),
        revision=newest_revision(),
        kept=kept,
        more=look_at_files if files else None,
    )


def _check_files(connection: Connection, store: FileStore, report: Report) -> None:
    named: dict[str, str] = {}
    for model in _FILES:
        for key, sha256 in connection.execute(select(model.id, model.sha256)):
            named.setdefault(str(sha256), f"{model.__tablename__} {key}")
    report.files = len(named)
    report.findings += _faults(store, named)
    for kept in store.everything():
        old = report.at - kept.written_at > _GRACE
        if old and (kept.sha256 is None or kept.sha256 not in named):
            report.findings.append(Finding("file", kept.name, None, Kind.ADDED))


def _faults(store: FileStore, named: Mapping[str, str]) -> Iterator[Finding]:
    for sha256, row in named.items():
        try:
            store.open_checked(sha256).close()
        except (MissingBlobError, ValueError) as error:
            damaged = isinstance(error, DamagedBlobError)
            kind = Kind.ALTERED if damaged else Kind.MISSING
            yield Finding("file", sha256, None, kind, f"of {row}")


def may_check_on_page(engine: Engine) -> bool:
    """Whether the trail is short enough to be checked while somebody waits."""
    with engine.connect() as connection:
        last = connection.execute(select(func.max(Event.id))).scalar()
    return (last or 0) <= CHECKED_ON_PAGE


def said_by(report: Report) -> LastCheck:
    """What a check said, as far as it is shown."""
    return LastCheck(
        **{name: getattr(report, name) for name in _COUNTS},
        at=report.at,
        found=len(report.findings),
        findings=tuple(report.findings[:_SHOWN_FINDINGS]),
    )


def remember(report: Report, settings: Settings) -> None:
    """Keep what a check said, for the page; outside the database, which it is about."""
    said = said_by(report)
    text = json.dumps({**asdict(said), "at": said.at.isoformat()})
    path = _remembered(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


def last_check(settings: Settings) -> LastCheck | None:
    """What the last check said; None if there was none, or it cannot be read."""
    try:
        said: dict[str, Any] = json.loads(_remembered(settings).read_text(encoding="utf-8"))
        findings = tuple(
            Finding(**{**one, "kind": Kind(one["kind"])}) for one in said.pop("findings")
        )
        return LastCheck(**{**said, "at": datetime.fromisoformat(said["at"])}, findings=findings)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remembered(settings: Settings) -> Path:
    return settings.data_dir / "trail" / "last-check.json"


_COUNTS = (
    "events", "rows", "heads", "files", "last_event", "last_hash", "signed_to", "seconds",
)  # fmt: skip

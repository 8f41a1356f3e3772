"""What must hold after every fault, once the installation was started again without a hand.

Each function gives what does not hold, in words; nothing is mended but by the one sweep of the
store that an installation makes by itself.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from functools import lru_cache
from typing import Any

from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accredit import clock
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment, Score
from accredit.audit import Event
from accredit.certificate.models import Certificate, CertificateDocument, Decision
from accredit.certificate.service import verify_file
from accredit.evidence.bucket import store_for
from accredit.evidence.keeping import check_store
from accredit.evidence.models import Evidence, EvidenceVersion
from accredit.evidence.store import DamagedBlobError, FileStore, MissingBlobError
from accredit.identity.models import Person, RoleAssignment, SignInLink
from accredit.kpi.models import KpiImport
from accredit.trail.checking import check_all
from tests.faults.ledger import Deed
from tests.real.instance import Instance
from tests.real.loaded import Loaded

#: How long a start may take on a machine that has nothing else to do.
HEALTHY_WITHIN = 10.0
LANGUAGES = {"en", "ar", "both"}


def all_of(instance: Instance, tried: Sequence[Deed], acknowledged: Sequence[Deed]) -> list[str]:
    """I1 to I6, and I7 where a server's start was measured (`healthy`)."""
    return [
        *acknowledged_is_there(instance, acknowledged),
        *nothing_half_recorded(instance),
        *files_and_rows_agree(instance),
        *certificates_are_whole(instance),
        *database_is_sound(instance),
        *whole_or_absent(instance, tried),
    ]


def acknowledged_is_there(instance: Instance, deeds: Sequence[Deed]) -> list[str]:
    """I1: every acknowledged action is present, and equal to what was sent."""
    store = store_for(instance.settings)
    with instance.looking() as session:
        return [
            f"I1 acknowledged and lost: {deed.kind} {deed.key}: {parts}"
            for deed in deeds
            for parts in [_parts(session, store, deed)]
            if not all(parts.values())
        ]


def nothing_half_recorded(instance: Instance) -> list[str]:
    """I2: no event without its change, no change without its event, and every head holds."""
    with instance.looking() as session:
        report = check_all(session.get_bind().engine, instance.settings, files=False)
    return [f"I2 {finding}" for finding in report.findings]


def files_and_rows_agree(instance: Instance) -> list[str]:
    """I3: no row without its file, and after one sweep no file without a row."""
    store = store_for(instance.settings)
    with instance.looking() as session:
        hashes = _recorded(session)
    now = clock.now() + timedelta(seconds=5)
    first = check_store(store, hashes, at=now, grace=timedelta(0), sweep=True)
    second = check_store(store, hashes, at=now, grace=timedelta(0))
    faults = [f"I3 missing: {hashes[one]}" for one in first.missing]
    faults += [f"I3 altered: {hashes[one]}" for one in first.altered]
    if not faults and not second.is_good:
        faults.append(f"I3 left over after a sweep: {second.left_over}")
    return faults


def certificates_are_whole(instance: Instance) -> list[str]:
    """I4: no number without its three PDFs, each readable, of this number, and verified."""
    store = store_for(instance.settings)
    faults = []
    with instance.looking() as session:
        for found in session.scalars(select(Certificate)):
            languages = {item.language for item in found.documents}
            if languages != LANGUAGES:
                faults.append(f"I4 {found.number} has only {languages}")
            faults += [
                f"I4 {found.number} {item.language}: {fault}"
                for item in found.documents
                for fault in _faults_of_document(session, store, item, found.number)
            ]
        granted = set(
            session.scalars(select(Decision.certificate_id).where(Decision.kind == "grant"))
        )
        issued = set(session.scalars(select(Certificate.id)))
        if granted != issued:
            faults.append(f"I4 decisions and certificates differ: {granted ^ issued}")
    return faults


def database_is_sound(instance: Instance) -> list[str]:
    """I5: SQLite finds nothing wrong with its file; PostgreSQL mends its own before it answers."""
    if not instance.settings.database_url.startswith("sqlite"):
        return []
    path = instance.settings.data_dir / "accredit.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    faults = [] if said == ["ok"] else [f"I5 integrity: {said}"]
    return faults + [f"I5 foreign key: {row}" for row in broken]


def whole_or_absent(instance: Instance, deeds: Sequence[Deed]) -> list[str]:
    """I6: what was never acknowledged is fully there or fully absent, and never twice."""
    store = store_for(instance.settings)
    faults = []
    with instance.looking() as session:
        for deed in deeds:
            parts = _parts(session, store, deed)
            if len(set(map(bool, parts.values()))) > 1:
                faults.append(f"I6 half there: {deed.kind} {deed.key}: {parts}")
            if any(count > 1 for count in parts.values()):
                faults.append(f"I6 twice: {deed.kind} {deed.key}: {parts}")
    return faults


def healthy(seconds: float) -> list[str]:
    """I7: it answers soon after it was started. A machine that is shared is given its share."""
    share = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    allowed = HEALTHY_WITHIN * share
    return [] if seconds <= allowed else [f"I7 healthy after {seconds:.1f} s, not {allowed:.0f} s"]


def commands_agree(instance: Instance) -> list[str]:
    """What `accredit audit verify` and `accredit evidence check` tell of, if of anything."""
    output = instance.folder / "commands.log"
    output.unlink(missing_ok=True)
    asked = Loaded("tests.faults.both_checks", (), instance.process_environ(), output)
    status = asked.wait(300)
    return [] if status == 0 else [f"the commands: {output.read_text('utf-8', 'replace')}"]


def parts_of(instance: Instance, deed: Deed) -> dict[str, int]:
    """How many there are of each part of a deed."""
    with instance.looking() as session:
        return _parts(session, store_for(instance.settings), deed)


def _recorded(session: Session) -> dict[str, str]:
    """The hash of every file that a row speaks of, and which row."""
    return {
        sha256: f"{model.__tablename__} {key}"
        for model in (EvidenceVersion, CertificateDocument, KpiImport)
        for key, sha256 in session.execute(select(model.id, model.sha256))
    }


def _parts(session: Session, store: FileStore, deed: Deed) -> dict[str, int]:
    """How many there are of each part of a deed; a whole one has one of each."""
    look = {
        "score": _score_parts,
        "file": _file_parts,
        "person": _person_parts,
        "certificate": _certificate_parts,
    }
    return look[deed.kind](session, store, deed)


def _score_parts(session: Session, _store: FileStore, deed: Deed) -> dict[str, int]:
    assessment = deed.about["assessment"]
    rows = _count(session, Score, Score.assessment_id == assessment, Score.reason == deed.key)
    told = [
        details
        for details in _told(session, "score.set", "assessment", assessment)
        if details["after"]["reason"] == deed.key
    ]
    return {"row": rows, "event": len(told)}


def _file_parts(session: Session, store: FileStore, deed: Deed) -> dict[str, int]:
    versions = session.scalars(
        select(EvidenceVersion).where(EvidenceVersion.sha256 == deed.key)
    ).all()
    told = [
        details for details in _told(session, "evidence.added") if details["sha256"] == deed.key
    ]
    # A file without a row is swept; a row without its file is lost.
    stored = len(versions) if all(_is_stored(store, deed.key) for _ in versions) else 0
    evidence = {version.evidence_id for version in versions}
    rows = _count(session, Evidence, Evidence.id.in_(evidence))
    return {"version": len(versions), "evidence": rows, "file": stored, "event": len(told)}


def _person_parts(session: Session, _store: FileStore, deed: Deed) -> dict[str, int]:
    person = session.scalar(select(Person.id).where(Person.email == deed.key))
    return {
        "person": _count(session, Person, Person.email == deed.key),
        "role": _count(session, RoleAssignment, RoleAssignment.person_id == person),
        "link": _count(session, SignInLink, SignInLink.person_id == person),
        "created": len(_told(session, "person.created", "person", person)),
        "granted": len(_told(session, "role.granted", "person", person)),
    }


def _certificate_parts(session: Session, store: FileStore, deed: Deed) -> dict[str, int]:
    assessment = deed.about["assessment"]
    stage = session.scalar(select(Assessment.stage).where(Assessment.id == assessment))
    found = session.scalars(
        select(Certificate).where(Certificate.assessment_id == assessment)
    ).all()
    documents = [item for one in found for item in one.documents]
    whole = len(documents) == 3 and all(_is_stored(store, item.sha256) for item in documents)
    return {
        "decision": _count(session, Decision, Decision.assessment_id == assessment),
        "closed": int(stage == Stage.CLOSED),
        "certificate": len(found),
        "documents": len(found) if whole else 0,
        "granted": len(_told(session, "decision.granted", "assessment", assessment)),
        "ended": len(_told(session, "assessment.closed", "assessment", assessment)),
        "issued": sum(
            len(_told(session, "certificate.issued", "certificate", c.id)) for c in found
        ),
    }


def _count(session: Session, model: type[Any], *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def _told(
    session: Session, action: str, kind: str | None = None, key: object = None
) -> list[dict[str, Any]]:
    query = select(Event.details).where(Event.action == action)
    if kind is not None:
        query = query.where(Event.subject_type == kind, Event.subject_id == str(key))
    return [json.loads(details) for details in session.scalars(query)]


def _is_stored(store: FileStore, sha256: str) -> bool:
    try:
        store.open_checked(sha256).close()
    except (MissingBlobError, DamagedBlobError):
        return False
    return True


@lru_cache(maxsize=200)
def _printed(content: bytes) -> str:
    """The text of a paper; the same bytes are looked at after many kills and say the same."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _faults_of_document(
    session: Session, store: FileStore, item: CertificateDocument, number: str
) -> list[str]:
    try:
        with store.open_checked(item.sha256) as stored:
            content = stored.read()
    except (MissingBlobError, DamagedBlobError) as error:
        return [repr(error)]
    verified = verify_file(session, item.sha256)
    faults = [] if number in _printed(content) else ["the number is not printed on it"]
    if verified is None or verified.certificate.number != number:
        faults.append("it does not verify")
    return faults

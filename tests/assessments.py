"""Assessments at any stage, walked there by the people and rules of the product itself.

    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION, levels={"1.1": "partial"})

Nothing is written behind the back of the services, so what a test finds is what users find.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from accredit.assessment import scoring, service
from accredit.assessment.domain import Stage
from accredit.assessment.linking import link_to_element
from accredit.assessment.models import Assessment
from accredit.evidence.models import Evidence, EvidenceVersion
from accredit.identity.domain import Role
from accredit.identity.models import Department, Person
from accredit.identity.service import load_access
from accredit.standard import service as standards
from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.models import StandardVersion
from accredit.text import Bilingual
from tests.people import START, Actor, Cast

SMALL = Path(__file__).parent / "data" / "small-standard.yaml"
CODES = ("1.1", "1.2", "2.1", "2.2")
#: What is in the file of `add_evidence`.
FILE = b"%PDF-1.7 register"
OPENED = START + timedelta(days=30)
SCOPE = Bilingual("Issue and renewal of licences", "إصدار التراخيص وتجديدها")
SELF_REASON = "The department shows this in its register."
REASONS = {
    "assessor": "Seen in the register, page 14, by the first assessor.",
    "second_assessor": "Asked three employees; the second assessor saw the log.",
    "moderator": "Both reasons weighed; the register decides.",
}


@cache
def small_standard() -> Standard:
    """The small standard, read once."""
    return get_standard(SMALL, known_kpis={"csat", "nps", "response_time"})


def publish_small(session: Session) -> StandardVersion:
    """The published small standard; published at the first call."""
    standard = small_standard()
    found = standards.find_version(session, standard.id, standard.version)
    return found or standards.publish(session, standard, by=None, at=START)


def open_small(
    session: Session,
    cast: Cast,
    *,
    department_id: int | None = None,
    cycle: str = "2026",
    due_on: date | None = date(2026, 6, 30),
    at: datetime = OPENED,
) -> Assessment:
    """An assessment of the licensing department in set-up, opened by the programme manager."""
    department = session.get(Department, department_id or cast.licensing)
    assert department is not None
    return service.open_assessment(
        session,
        department,
        publish_small(session),
        cycle=cycle,
        scope=SCOPE,
        due_on=due_on,
        by=cast.programme_manager.id,
        at=at,
    )


def walk_to(
    session: Session,
    cast: Cast,
    stage: Stage,
    levels: Mapping[str, str] | None = None,
    *,
    assessors: tuple[str, ...] = ("assessor", "second_assessor"),
    second_levels: Mapping[str, str] | None = None,
    self_levels: Mapping[str, str] | None = None,
    cycle: str = "2026",
    at: datetime = OPENED,
) -> Assessment:
    """A new assessment at `stage`: everything before it done, nothing of it begun.

    `levels` (default good everywhere) are what the assessors award and the moderator
    agrees; `second_levels` what the second assessor awards instead; `self_levels` the
    department's own (default `levels`). Codes left out of a mapping are good.
    """
    levels = {code: (levels or {}).get(code, "good") for code in CODES}
    assessment = open_small(session, cast, cycle=cycle, at=at)
    if stage is Stage.SET_UP:
        return assessment
    staff(session, cast, assessment, assessors=assessors, at=at)
    service.start(session, assessment, by=cast.programme_manager.id, at=at + timedelta(hours=1))
    if stage is Stage.SELF_ASSESSMENT:
        return assessment
    self_assess(session, cast, assessment, {**levels, **(self_levels or {})}, at=at)
    if stage is Stage.SCORING:
        return assessment
    for name in assessors:
        own = {**levels, **(second_levels or {})} if name == "second_assessor" else levels
        score_all(session, cast, assessment, own, who=name, at=at + timedelta(days=2))
    if stage is Stage.MODERATION:
        return assessment
    moderate(session, cast, assessment, levels, at=at + timedelta(days=3))
    if stage is Stage.CLOSED:
        service.close_assessment(
            session, assessment, by=cast.decision_maker.id, at=at + timedelta(days=4)
        )
    return assessment


def staff(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    *,
    assessors: tuple[str, ...] = ("assessor", "second_assessor"),
    at: datetime = OPENED,
) -> None:
    """Assign the assessors, the moderator and the decision maker of the cast."""
    duties = [(name, Role.ASSESSOR) for name in assessors]
    duties += [("moderator", Role.MODERATOR), ("decision_maker", Role.DECISION_MAKER)]
    for name, role in duties:
        person = session.get(Person, getattr(cast, name).id)
        assert person is not None
        service.assign(session, assessment, person, role, by=cast.programme_manager.id, at=at)


def self_assess(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    levels: Mapping[str, str],
    *,
    submit: bool = True,
    at: datetime = OPENED,
) -> None:
    """Self-score every element with one piece of evidence each, and submit."""
    contributor = load_access(session, cast.contributor.id)
    day = at + timedelta(days=1)
    evidence = add_evidence(session, cast, at=day)
    for code, level in levels.items():
        scoring.score_self(
            session,
            assessment,
            code,
            level=level,
            reason=SELF_REASON,
            version=None,
            access=contributor,
            at=day,
        )
        link_to_element(
            session, assessment, code, evidence.id, place="p. 14", access=contributor, at=day
        )
    if submit:
        leader = load_access(session, cast.leader.id)
        scoring.submit_self_assessment(session, assessment, access=leader, at=day)


def score_all(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    levels: Mapping[str, str],
    *,
    who: str = "assessor",
    submit: bool = True,
    at: datetime = OPENED,
) -> None:
    """One assessor scores every element and submits."""
    actor: Actor = getattr(cast, who)
    access = load_access(session, actor.id)
    for code, level in levels.items():
        scoring.score_element(
            session,
            assessment,
            code,
            level=level,
            reason=REASONS[who],
            version=None,
            access=access,
            at=at,
        )
    if submit:
        scoring.submit_scores(session, assessment, access=access, at=at)


def moderate(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    levels: Mapping[str, str],
    *,
    submit: bool = True,
    at: datetime = OPENED,
) -> None:
    """The moderator agrees a level for every element and submits."""
    access = load_access(session, cast.moderator.id)
    for code, level in levels.items():
        scoring.agree(
            session,
            assessment,
            code,
            level=level,
            reason=REASONS["moderator"],
            version=None,
            access=access,
            at=at,
        )
    if submit:
        scoring.submit_moderation(session, assessment, access=access, at=at)


def add_evidence(
    session: Session,
    cast: Cast,
    *,
    title: str = "Register of promises",
    file_name: str = "سجل التعهدات 2026.pdf",
    department_id: int | None = None,
    at: datetime = OPENED,
) -> Evidence:
    """Evidence of the licensing department with one version, whose file (`FILE`) is not stored."""
    evidence = Evidence(
        department_id=department_id or cast.licensing,
        title=title,
        note="",
        kind="record",
        created_by_id=cast.contributor.id,
        created_at=at,
        versions=[
            EvidenceVersion(
                number=1,
                sha256=sha256(FILE).hexdigest(),
                file_name=file_name,
                media_type="application/pdf",
                size=len(FILE),
                uploaded_by_id=cast.contributor.id,
                uploaded_at=at,
            )
        ],
    )
    session.add(evidence)
    session.flush()
    return evidence

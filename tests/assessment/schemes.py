"""Small standards of other kinds, published and walked through by the product's own steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from accredit.assessment import scoring, service
from accredit.assessment.domain import Stage
from accredit.assessment.linking import link_to_element
from accredit.assessment.models import Assessment
from accredit.assessment.reading import applicable
from accredit.identity.models import Department
from accredit.identity.service import load_access
from accredit.standard import service as standards
from accredit.standard.domain import OVERALL, Standard
from accredit.standard.examples import Score
from accredit.standard.file.loader import get_standard
from accredit.text import Bilingual
from tests.assessments import OPENED, REASONS, SCOPE, SELF_REASON, add_evidence, staff
from tests.people import START, Cast

_DATA = Path(__file__).parents[1] / "data"
POINTS, NAMED, BLENDED = (_DATA / f"small-{name}.yaml" for name in ("points", "named", "blend"))


@cache
def read(path: Path) -> Standard:
    """The standard of a file, read once."""
    return get_standard(path, known_kpis={"csat"})


def open_scheme(session: Session, cast: Cast, path: Path, *, at: datetime = OPENED) -> Assessment:
    """An assessment of the licensing department by this standard, in set-up and staffed."""
    standard = read(path)
    version = standards.find_version(session, standard.id, standard.version)
    version = version or standards.publish(session, standard, by=None, at=START)
    department = session.get(Department, cast.licensing)
    assert department is not None
    assessment = service.open_assessment(
        session,
        department,
        version,
        cycle="2026",
        scope=Bilingual(SCOPE.en, SCOPE.ar),
        due_on=date(2026, 6, 30),
        by=cast.programme_manager.id,
        at=at,
    )
    staff(session, cast, assessment, at=at)
    return assessment


def parts(score: Score) -> dict[str, object]:
    """A score as the services take it."""
    if isinstance(score, str):
        return {"level": score}
    values = dict(score)
    return {"level": values.pop(OVERALL, ""), "attributes": values}


def walk_scheme(
    session: Session,
    cast: Cast,
    assessment: Assessment,
    stage: Stage,
    scores: Mapping[str, Score],
    *,
    at: datetime = OPENED,
) -> None:
    """From set-up to `stage`; everybody awards the same `scores`."""
    service.start(session, assessment, by=cast.programme_manager.id, at=at)
    if stage is Stage.SELF_ASSESSMENT:
        return
    contributor = load_access(session, cast.contributor.id)
    for code, score in scores.items():
        evidence = add_evidence(session, cast, title=f"Evidence for {code}", at=at)
        link_to_element(
            session, assessment, code, evidence.id, place="p. 1", access=contributor, at=at
        )
        scoring.score_self(
            session, assessment, code, **parts(score), reason=SELF_REASON, version=None,
            access=contributor, at=at,
        )  # fmt: skip
    leader = load_access(session, cast.leader.id)
    scoring.submit_self_assessment(session, assessment, access=leader, at=at)
    if stage is Stage.SCORING:
        return
    for who in ("assessor", "second_assessor"):
        access = load_access(session, getattr(cast, who).id)
        for code, score in scores.items():
            scoring.score_element(
                session, assessment, code, **parts(score), reason=REASONS[who], version=None,
                access=access, at=at + timedelta(days=2),
            )  # fmt: skip
        scoring.submit_scores(session, assessment, access=access, at=at + timedelta(days=2))
    if stage is Stage.MODERATION:
        return
    moderator = load_access(session, cast.moderator.id)
    later = at + timedelta(days=3)
    scoring.confirm_all(session, assessment, access=moderator, at=later)
    scoring.submit_moderation(session, assessment, access=moderator, at=later)
    assert assessment.stage == Stage.DECISION
    assert applicable(assessment, {})

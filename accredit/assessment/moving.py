"""Moving a running assessment to a newer version of its standard, and what it set aside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from accredit.assessment.awarded import Awarded
from accredit.assessment.carrying import Plan, plan
from accredit.assessment.choices import write_choices
from accredit.assessment.domain import Act, ScoreStage, Stage
from accredit.assessment.models import Assessment, Score, ScoreSetAside
from accredit.assessment.stages import ensure_manager, record, set_stage
from accredit.standard.models import StandardVersion
from accredit.standard.service import list_versions, read_standard
from accredit.text import N_, Bilingual, RuleError


class NoNewerVersionError(RuleError):
    """The version is not a newer one of the assessment's standard."""


class MovedMeanwhileError(RuleError):
    """The assessment is no longer what the person saw when they confirmed."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The assessment or the version changed while you were reading. "
                "Look at the preview again before you confirm."
            )
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person had before them when they confirmed: both contents, and the assessment."""

    from_sha256: str
    to_sha256: str
    assessment_version: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What moving would do: by element, and how many scores are kept and set aside.

    `stage` is where the assessment then stands.
    """

    version: StandardVersion
    plan: Plan
    kept_scores: int
    set_aside_scores: int
    stage: Stage


def newer_versions(session: Session, assessment: Assessment) -> list[StandardVersion]:
    """The versions of the assessment's standard that supersede its own, the newest first."""
    own = assessment.standard_version
    rows = [row for row in list_versions(session) if row.standard_id == own.standard_id]
    return rows[: [row.id for row in rows].index(own.id)]


def preview(session: Session, assessment: Assessment, version: StandardVersion) -> Preview:
    """What moving to this version would do; raises `NoNewerVersionError`."""
    if version.id not in [row.id for row in newer_versions(session, assessment)]:
        raise NoNewerVersionError(
            N_("Choose a newer version of the standard that the assessment uses.")
        )
    before = read_standard(assessment.standard_version)
    found = plan(before, read_standard(version), assessment.choices)
    query = select(Score.element_code, func.count()).where(Score.assessment_id == assessment.id)
    counts = dict(session.execute(query.group_by(Score.element_code)).all())
    return Preview(
        version=version,
        plan=found,
        kept_scores=sum(counts.get(code, 0) for code in found.kept),
        set_aside_scores=sum(counts.get(code, 0) for code in found.set_aside),
        stage=_stage_after(assessment, found),
    )


def move(
    session: Session,
    assessment: Assessment,
    version: StandardVersion,
    *,
    seen: Seen,
    by: int,
    at: datetime,
) -> Preview:
    """Move to the version just as the preview told.

    Scores of elements that ask the same stay; those of changed and removed elements are set
    aside and kept on record. Where something is to be scored, the assessment goes back to the
    department. Raises what `ensure_manager` raises (not once it is decided), and
    `NoNewerVersionError` or `MovedMeanwhileError`.
    """
    # A manager may move just when they may assign people: until the decision closes it.
    ensure_manager(assessment, Act.ASSIGN, by)
    now = Seen(assessment.standard_version.sha256, version.sha256, assessment.version)
    if now != seen:
        raise MovedMeanwhileError
    told = preview(session, assessment, version)
    left, stage_before = assessment.standard_version, Stage(assessment.stage)
    _set_aside(session, assessment, told.plan, at)
    assessment.standard_version = version
    assessment.weights, assessment.not_applicable = write_choices(told.plan.choices)
    if told.stage is not stage_before:
        for assignment in assessment.assignments:
            assignment.submitted_at = None
        set_stage(assessment, told.stage, at)
    session.flush()
    details: dict[str, object] = {
        "standard": version.standard_id,
        "version": [left.version, version.version],
        "sha256": [left.sha256, version.sha256],
        "scores_kept": told.kept_scores,
        "scores_set_aside": told.set_aside_scores,
        "to_confirm": ", ".join(told.plan.to_confirm),
        "removed": ", ".join(told.plan.removed),
        "new": ", ".join(told.plan.new),
        "choices_dropped": ", ".join(told.plan.dropped),
    }
    if told.stage is not stage_before:
        details["stage"] = [stage_before.value, told.stage.value]
    record(session, assessment, "assessment.moved", by=by, at=at, details=details)
    return told


def _stage_after(assessment: Assessment, found: Plan) -> Stage:
    """Where there is something to score, the department begins; otherwise it stays."""
    stage = Stage(assessment.stage)
    if found.to_score and stage.position > Stage.SELF_ASSESSMENT.position:
        return Stage.SELF_ASSESSMENT
    return stage


def _set_aside(session: Session, assessment: Assessment, found: Plan, at: datetime) -> None:
    query = select(Score).where(
        Score.assessment_id == assessment.id, Score.element_code.in_(found.set_aside)
    )
    for score in session.scalars(query).all():
        content = {
            "level": score.level,
            "attributes": score.attributes,
            "reason": score.reason,
            "scored_at": score.scored_at.isoformat(),
        }
        session.add(
            ScoreSetAside(
                assessment_id=assessment.id,
                standard_version_id=assessment.standard_version_id,
                element_code=score.element_code,
                stage=score.stage,
                person_id=score.person_id,
                content=json.dumps(content, ensure_ascii=False, sort_keys=True),
                set_aside_at=at,
            )
        )
        session.delete(score)


@dataclass(frozen=True, slots=True)
class EarlierScore:
    """A score that was set aside: what was said, by whom, and by which version.

    `level_name` is the level as that version calls it.
    """

    element_code: str
    stage: ScoreStage
    person_id: int
    person: Bilingual
    awarded: Awarded
    level_name: Bilingual
    reason: str
    scored_at: datetime
    version: str


def earlier_scores(
    session: Session, assessment: Assessment, element_code: str | None = None
) -> list[EarlierScore]:
    """What was set aside in the assessment, or of one element, the newest first.

    Who may see which of them is decided by whoever shows them.
    """
    query = (
        select(ScoreSetAside)
        .where(ScoreSetAside.assessment_id == assessment.id)
        .options(joinedload(ScoreSetAside.person), joinedload(ScoreSetAside.standard_version))
        .order_by(ScoreSetAside.id.desc())
    )
    if element_code is not None:
        query = query.where(ScoreSetAside.element_code == element_code)
    return [_earlier(row) for row in session.scalars(query)]


def _earlier(row: ScoreSetAside) -> EarlierScore:
    content = json.loads(row.content)
    standard = read_standard(row.standard_version)
    scale = standard.scale_of(standard.element(row.element_code))
    return EarlierScore(
        element_code=row.element_code,
        stage=ScoreStage(row.stage),
        person_id=row.person_id,
        person=row.person.name,
        awarded=Awarded(content["level"], content["attributes"]),
        level_name=scale.level(content["level"]).name,
        reason=content["reason"],
        scored_at=datetime.fromisoformat(content["scored_at"]),
        version=row.standard_version.version,
    )

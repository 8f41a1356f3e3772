"""Reading scores and progress: one query each, however many elements or assessments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from accredit.assessment.domain import ScoreStage, Stage, agreement_holds
from accredit.assessment.models import Assessment, Score
from accredit.identity.domain import Role
from accredit.standard.service import read_standard


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a stage's work is done: `done` of `total` scores."""

    done: int
    total: int


def self_levels(session: Session, assessment: Assessment) -> dict[str, str]:
    """The department's own level of each element it scored, by code."""
    return _levels(session, assessment, ScoreStage.SELF)


def agreed_levels(session: Session, assessment: Assessment) -> dict[str, str]:
    """The moderator's level of each element agreed so far, by code."""
    return _levels(session, assessment, ScoreStage.AGREED)


def own_levels(session: Session, assessment: Assessment, person_id: int) -> dict[str, str]:
    """One assessor's levels, by code."""
    query = select(Score.element_code, Score.level).where(
        Score.assessment_id == assessment.id,
        Score.stage == ScoreStage.INDIVIDUAL.value,
        Score.person_id == person_id,
    )
    return dict(session.execute(query).all())


def individual_scores(session: Session, assessment: Assessment) -> dict[str, list[Score]]:
    """The scores of the assessors who are assigned now, by code, in the order of assignment."""
    assessors = assessor_ids(assessment)
    query = (
        select(Score)
        .where(
            Score.assessment_id == assessment.id,
            Score.stage == ScoreStage.INDIVIDUAL.value,
            Score.person_id.in_(assessors),
        )
        .options(joinedload(Score.person))
    )
    by_code: dict[str, list[Score]] = {}
    for score in sorted(session.scalars(query), key=lambda found: assessors.index(found.person_id)):
        by_code.setdefault(score.element_code, []).append(score)
    return by_code


def shared_scores(session: Session, assessment: Assessment, stage: ScoreStage) -> dict[str, Score]:
    """The scores of which each element has one (self or agreed), by code."""
    query = (
        select(Score)
        .where(Score.assessment_id == assessment.id, Score.stage == stage.value)
        .options(joinedload(Score.person))
    )
    return {score.element_code: score for score in session.scalars(query)}


def standing_agreements(
    agreed: Mapping[str, Score], individual: Mapping[str, Collection[Score]]
) -> dict[str, Score]:
    """The agreements that still rest on the assessors' scores as they are now."""
    return {
        code: score
        for code, score in agreed.items()
        if agreement_holds(score.scored_at, (item.scored_at for item in individual.get(code, ())))
    }


def assessor_ids(assessment: Assessment) -> list[int]:
    """The people assigned as assessors, in the order of assignment."""
    return [item.person_id for item in assessment.assignments if item.role == Role.ASSESSOR]


def progress_in(session: Session, assessments: Collection[Assessment]) -> dict[int, Progress]:
    """How far each assessment's present stage is; one query for all of them."""
    counts = written_counts(session, assessments)
    return {item.id: _progress(item, counts.get(item.id, {})) for item in assessments}


def written_counts(
    session: Session, assessments: Collection[Assessment]
) -> dict[int, dict[tuple[str, int], int]]:
    """How many scores of each stage each person wrote, by assessment; one query.

    An agreement older than an assessor's score of the element does not count.
    """
    newer = aliased(Score)
    outdated = exists().where(
        newer.assessment_id == Score.assessment_id,
        newer.element_code == Score.element_code,
        newer.stage == ScoreStage.INDIVIDUAL.value,
        newer.scored_at > Score.scored_at,
    )
    query = (
        select(Score.assessment_id, Score.stage, Score.person_id, func.count())
        .where(
            Score.assessment_id.in_([item.id for item in assessments]),
            or_(Score.stage != ScoreStage.AGREED.value, ~outdated),
        )
        .group_by(Score.assessment_id, Score.stage, Score.person_id)
    )
    counts: dict[int, dict[tuple[str, int], int]] = {}
    for assessment_id, stage, person_id, count in session.execute(query):
        counts.setdefault(assessment_id, {})[(stage, person_id)] = count
    return counts


def _progress(assessment: Assessment, counts: Mapping[tuple[str, int], int]) -> Progress:
    elements = len(read_standard(assessment.standard_version).elements)

    def written(kind: ScoreStage) -> int:
        return sum(count for (stage, _), count in counts.items() if stage == kind.value)

    stage = Stage(assessment.stage)
    if stage is Stage.SET_UP:
        return Progress(0, elements)
    if stage is Stage.SELF_ASSESSMENT:
        return Progress(written(ScoreStage.SELF), elements)
    if stage is Stage.SCORING:
        assessors = assessor_ids(assessment)
        done = sum(counts.get((ScoreStage.INDIVIDUAL.value, person), 0) for person in assessors)
        return Progress(done, elements * len(assessors))
    return Progress(written(ScoreStage.AGREED), elements)


def _levels(session: Session, assessment: Assessment, stage: ScoreStage) -> dict[str, str]:
    query = select(Score.element_code, Score.level).where(
        Score.assessment_id == assessment.id, Score.stage == stage.value
    )
    return dict(session.execute(query).all())

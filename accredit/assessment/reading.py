"""Reading scores and progress: one query each, however many elements or assessments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from accredit.assessment.awarded import Awarded
from accredit.assessment.choices import elements_below
from accredit.assessment.domain import ScoreStage, Stage, Standing, agreement_holds, writable
from accredit.assessment.models import Assessment, Score
from accredit.assessment.underway import Underway
from accredit.identity.domain import Role
from accredit.standard.domain import Element
from accredit.standard.rules import Applicability
from accredit.standard.scoring.applicability import to_score
from accredit.standard.service import read_standard


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a stage's work is done: `done` of `total` scores."""

    done: int
    total: int


def own_awards(session: Session, assessment: Assessment, person_id: int) -> dict[str, Awarded]:
    """What one assessor awarded, by code."""
    query = _AWARDS.where(
        Score.assessment_id == assessment.id,
        Score.stage == ScoreStage.INDIVIDUAL.value,
        Score.person_id == person_id,
    )
    return _awards(session, query)


def shared_awards(
    session: Session, assessment: Assessment, stage: ScoreStage
) -> dict[str, Awarded]:
    """What was awarded where each element has one score (self or agreed), by code."""
    query = _AWARDS.where(Score.assessment_id == assessment.id, Score.stage == stage.value)
    return _awards(session, query)


_AWARDS = select(Score.element_code, Score.level, Score.attributes)


def _awards(session: Session, query: Select[str, str, str]) -> dict[str, Awarded]:
    return {code: Awarded(level, attributes) for code, level, attributes in session.execute(query)}


def applicable(assessment: Assessment, scores: Mapping[str, Awarded]) -> tuple[Element, ...]:
    """The elements that need a score of people, as far as these scores tell what applies."""
    standard = read_standard(assessment.standard_version)
    given = {code: awarded.score for code, awarded in scores.items()}
    return to_score(standard, assessment.choices.left_out, given)


def first_open(
    session: Session, assessment: Assessment, standing: Standing, person_id: int
) -> str | None:
    """The code of the first element that still needs a score of this person; one query.

    None where nothing is to be scored by them, or nothing is left.
    """
    kind = writable(Stage(assessment.stage), standing)
    if kind is None:
        return None
    if kind is ScoreStage.INDIVIDUAL:
        written = own_awards(session, assessment, person_id)
    else:
        written = shared_awards(session, assessment, kind)
    codes = (element.code for element in applicable(assessment, written))
    return next((code for code in codes if code not in written), None)


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


def assessor_ids(assessment: Assessment | Underway) -> list[int]:
    """The assessors whose scores count, in the order of assignment."""
    return [
        item.person_id
        for item in assessment.assignments
        if item.role == Role.ASSESSOR and item.recused_at is None
    ]


def progress_in(session: Session, assessments: Collection[Assessment]) -> dict[int, Progress]:
    """How far each assessment's present stage is; one query for all of them, at most two."""
    counts, needed = written_counts(session, assessments), needed_in(session, assessments)
    return {
        item.id: _progress(item, counts.get(item.id, {}), needed[item.id]) for item in assessments
    }


def written_counts(
    session: Session, assessments: Collection[Assessment]
) -> dict[int, dict[tuple[str, int], int]]:
    """How many scores of each stage each person wrote, by assessment; one query.

    An agreement older than an assessor's score of the element does not count, nor does a
    score of what does not apply.
    """
    query = _COUNTS.where(*_applying(assessments))
    counts: dict[int, dict[tuple[str, int], int]] = {}
    ids = [item.id for item in assessments]
    for assessment_id, stage, person_id, count in session.execute(query, {"assessment_ids": ids}):
        counts.setdefault(assessment_id, {})[(stage, person_id)] = count
    return counts


_NEWER = aliased(Score)
_OUTDATED = exists().where(
    _NEWER.assessment_id == Score.assessment_id,
    _NEWER.element_code == Score.element_code,
    _NEWER.stage == ScoreStage.INDIVIDUAL.value,
    _NEWER.scored_at > Score.scored_at,
)
_COUNTS = (
    select(Score.assessment_id, Score.stage, Score.person_id, func.count())
    .where(
        Score.assessment_id.in_(bindparam("assessment_ids", expanding=True)),
        or_(Score.stage != ScoreStage.AGREED.value, ~_OUTDATED),
    )
    .group_by(Score.assessment_id, Score.stage, Score.person_id)
)


def _applying(assessments: Collection[Assessment]) -> list[ColumnElement[bool]]:
    """The conditions that leave out what does not apply in each assessment."""
    return [
        ~and_(Score.assessment_id == item.id, Score.element_code.in_(sorted(codes)))
        for item in assessments
        if (left_out := item.choices.left_out)
        and (codes := elements_below(read_standard(item.standard_version), left_out))
    ]


@dataclass(frozen=True, slots=True)
class Needed:
    """How many elements need a score: usually, and for whose scores say that fewer apply.

    `by_scores` is by stage, and in the individual stage by person.
    """

    usual: int
    by_scores: Mapping[tuple[str, int | None], int] = field(default_factory=dict)

    def of(self, kind: ScoreStage, person_id: int) -> int:
        """How many one assessor, or else the department or the moderator, has to score."""
        return self.by_scores.get(_whose(kind.value, person_id), self.usual)


def _whose(stage: str, person_id: int) -> tuple[str, int | None]:
    return stage, person_id if stage == ScoreStage.INDIVIDUAL else None


def needed_in(session: Session, assessments: Collection[Assessment]) -> dict[int, Needed]:
    """How many elements of each assessment need a score.

    One query for all where standards have rules by which a score decides what applies, else
    none.
    """
    asked = {item.id: _deciding(item) for item in assessments}
    given = _scores_of(session, {id_: codes for id_, codes in asked.items() if codes})
    return {
        item.id: Needed(
            len(applicable(item, {})),
            {
                whose: len(applicable(item, scores))
                for whose, scores in given.get(item.id, {}).items()
            },
        )
        for item in assessments
    }


def _deciding(assessment: Assessment) -> set[str]:
    """The elements whose score decides whether others apply."""
    standard = read_standard(assessment.standard_version)
    rules = [rule for rule in standard.rules if isinstance(rule, Applicability)]
    return {rule.node for rule in rules if standard.find_element(rule.node) is not None}


def _scores_of(
    session: Session, asked: Mapping[int, Collection[str]]
) -> dict[int, dict[tuple[str, int | None], dict[str, Awarded]]]:
    """What was awarded the elements asked for, by assessment and by whose score it is."""
    found: dict[int, dict[tuple[str, int | None], dict[str, Awarded]]] = {}
    if not asked:
        return found
    query = select(
        Score.assessment_id,
        Score.stage,
        Score.person_id,
        Score.element_code,
        Score.level,
        Score.attributes,
    ).where(
        or_(
            *(
                and_(Score.assessment_id == id_, Score.element_code.in_(codes))
                for id_, codes in asked.items()
            )
        )
    )
    for id_, stage, person_id, code, level, attributes in session.execute(query):
        scores = found.setdefault(id_, {}).setdefault(_whose(stage, person_id), {})
        scores[code] = Awarded(level, attributes)
    return found


def _progress(
    assessment: Assessment, counts: Mapping[tuple[str, int], int], needed: Needed
) -> Progress:
    def shared(kind: ScoreStage) -> Progress:
        written = sum(count for (stage, _), count in counts.items() if stage == kind.value)
        total = needed.of(kind, 0)
        return Progress(min(written, total), total)

    stage = Stage(assessment.stage)
    if stage is Stage.SET_UP:
        return Progress(0, needed.usual)
    if stage is Stage.SELF_ASSESSMENT:
        return shared(ScoreStage.SELF)
    if stage is Stage.SCORING:
        kind = ScoreStage.INDIVIDUAL
        totals = {person: needed.of(kind, person) for person in assessor_ids(assessment)}
        done = sum(
            min(counts.get((kind.value, person), 0), total) for person, total in totals.items()
        )
        return Progress(done, sum(totals.values()))
    return shared(ScoreStage.AGREED)

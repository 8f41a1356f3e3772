"""The scores one person may see, chosen in the query itself: what is hidden is never loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from accredit.assessment.domain import ScoreStage, agreement_holds, unanimous
from accredit.assessment.models import Assessment, Score
from accredit.assessment.reading import assessor_ids
from accredit.assessment.sight import Sight


@dataclass(frozen=True, slots=True)
class VisibleScores:
    """The scores of one element that the person may see."""

    self_score: Score | None = None
    own: Score | None = None
    individual: tuple[Score, ...] = ()
    agreed: Score | None = None

    @property
    def unanimous_level(self) -> str | None:
        """The level all assessors awarded, as far as they may be seen."""
        return unanimous(score.level for score in self.individual)

    @property
    def agreement_is_outdated(self) -> bool:
        """Whether an assessor scored anew after the level was agreed."""
        return self.agreed is not None and not agreement_holds(
            self.agreed.scored_at, (score.scored_at for score in self.individual)
        )


@dataclass(frozen=True, slots=True)
class VisibleLevels:
    """The levels of all elements that the person may see, by code.

    `agreed` leaves out agreements that no longer rest on the assessors' scores.
    """

    self_levels: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    individual: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    agreed: Mapping[str, str] = field(default_factory=dict)

    def written(self, kind: ScoreStage | None) -> Mapping[str, str]:
        """The levels of one kind; without a kind, of the last there is to see."""
        if kind is ScoreStage.SELF:
            return self.self_levels
        if kind is ScoreStage.INDIVIDUAL:
            return self.own
        if kind is ScoreStage.AGREED:
            return self.agreed
        return self.agreed or self.own or self.self_levels

    def differ(self, code: str) -> bool:
        """Whether the assessors awarded different levels."""
        return len(set(self.individual.get(code, ()))) > 1


def scores_of_element(
    session: Session, assessment: Assessment, code: str, sight: Sight, person_id: int
) -> VisibleScores:
    """What the person may see of one element; one query."""
    query = (
        select(Score)
        .where(
            Score.assessment_id == assessment.id,
            Score.element_code == code,
            _seen(assessment, sight, person_id),
        )
        .options(joinedload(Score.person))
        .order_by(Score.id)
    )
    scores = list(session.scalars(query))
    own = _first(scores, ScoreStage.INDIVIDUAL, person_id) if sight.own else None
    shows_self = sight.self_scores or (sight.self_after_own and own is not None)
    return VisibleScores(
        self_score=_first(scores, ScoreStage.SELF) if shows_self else None,
        own=own,
        individual=tuple(score for score in scores if score.stage == ScoreStage.INDIVIDUAL)
        if sight.individual
        else (),
        agreed=_first(scores, ScoreStage.AGREED),
    )


def levels_in(
    session: Session, assessment: Assessment, sight: Sight, person_id: int
) -> VisibleLevels:
    """What the person may see of all elements, without the reasons; one query."""
    query = select(
        Score.element_code, Score.stage, Score.person_id, Score.level, Score.scored_at
    ).where(Score.assessment_id == assessment.id, _seen(assessment, sight, person_id))
    shared: dict[str, dict[str, str]] = {ScoreStage.SELF: {}, ScoreStage.AGREED: {}}
    own: dict[str, str] = {}
    individual: dict[str, tuple[str, ...]] = {}
    scored_at: dict[str, list[datetime]] = {}
    agreed_at: dict[str, datetime] = {}
    for code, stage, person, level, at in session.execute(query):
        if stage != ScoreStage.INDIVIDUAL:
            shared[stage][code] = level
            if stage == ScoreStage.AGREED:
                agreed_at[code] = at
            continue
        if sight.own and person == person_id:
            own[code] = level
        if sight.individual:
            individual[code] = (*individual.get(code, ()), level)
            scored_at.setdefault(code, []).append(at)
    self_levels = shared[ScoreStage.SELF]
    if not sight.self_scores:
        self_levels = {code: level for code, level in self_levels.items() if code in own}
    agreed = {
        code: level
        for code, level in shared[ScoreStage.AGREED].items()
        if agreement_holds(agreed_at[code], scored_at.get(code, ()))
    }
    return VisibleLevels(self_levels, own, individual, agreed)


def _seen(assessment: Assessment, sight: Sight, person_id: int) -> ColumnElement[bool]:
    kinds: list[ColumnElement[bool]] = []
    if sight.self_scores or sight.self_after_own:
        kinds.append(Score.stage == ScoreStage.SELF.value)
    if sight.own:
        kinds.append(and_(Score.stage == ScoreStage.INDIVIDUAL.value, Score.person_id == person_id))
    if sight.individual:
        kinds.append(
            and_(
                Score.stage == ScoreStage.INDIVIDUAL.value,
                Score.person_id.in_(assessor_ids(assessment)),
            )
        )
    if sight.agreed:
        kinds.append(Score.stage == ScoreStage.AGREED.value)
    return or_(false(), *kinds)


def _first(
    scores: Iterable[Score], stage: ScoreStage, person_id: int | None = None
) -> Score | None:
    return next(
        (
            score
            for score in scores
            if score.stage == stage and person_id in (None, score.person_id)
        ),
        None,
    )

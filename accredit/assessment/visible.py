"""The scores one person may see, chosen in the query itself: what is hidden is never loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, false, or_, select
from sqlalchemy.orm import Session

from accredit.assessment.awarded import Awarded
from accredit.assessment.domain import ScoreStage, agreement_holds, unanimous
from accredit.assessment.models import Assessment, Score
from accredit.assessment.reading import assessor_ids
from accredit.assessment.sight import Sight
from accredit.database import plain_rows
from accredit.identity.models import Person
from accredit.text import Bilingual


@dataclass(frozen=True, slots=True)
class ShownScore:
    """A score as a page shows it; `name` is who wrote it."""

    level: str
    reason: str
    version: int
    scored_at: datetime
    person_id: int
    name: Bilingual
    attributes: str = ""

    @property
    def awarded(self) -> Awarded:
        """What was awarded, without who and why."""
        return Awarded(self.level, self.attributes)

    @property
    def values(self) -> Mapping[str, str]:
        """The values by attribute; empty where the element is scored as a whole."""
        return self.awarded.values

    @classmethod
    def of(cls, score: Score) -> ShownScore:
        """The same of a stored score."""
        return cls(
            score.level,
            score.reason,
            score.version,
            score.scored_at,
            score.person_id,
            score.person.name,
            score.attributes,
        )


@dataclass(frozen=True, slots=True)
class VisibleScores:
    """The scores of one element that the person may see."""

    self_score: ShownScore | None = None
    own: ShownScore | None = None
    individual: tuple[ShownScore, ...] = ()
    agreed: ShownScore | None = None

    @property
    def unanimous(self) -> Awarded | None:
        """What all assessors awarded, as far as they may be seen."""
        return unanimous(score.awarded for score in self.individual)

    @property
    def unanimous_values(self) -> Mapping[str, str]:
        """The values of the attributes on which all assessors agree."""
        every = [score.values for score in self.individual]
        if not every:
            return {}
        return {
            attribute: value
            for attribute, value in every[0].items()
            if all(values.get(attribute) == value for values in every)
        }

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
    #: The codes on which the assessors differ, in the level or in an attribute.
    differing: frozenset[str] = frozenset()

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
        """Whether the assessors awarded different levels, or values of attributes."""
        return code in self.differing


def levels_in(
    session: Session, assessment: Assessment, sight: Sight, person_id: int
) -> VisibleLevels:
    """What the person may see of all elements, without the reasons; one query."""
    return _levels(_rows(session, assessment, sight, person_id, None), sight, person_id)


def scores_in(
    session: Session, assessment: Assessment, sight: Sight, person_id: int, code: str
) -> tuple[VisibleScores, VisibleLevels]:
    """What the person may see of one element with its reasons, and of all; one query."""
    rows = _rows(session, assessment, sight, person_id, code)
    return _scores(rows, sight, person_id, code), _levels(rows, sight, person_id)


def _rows(
    session: Session, assessment: Assessment, sight: Sight, person_id: int, code: str | None
) -> list[Any]:
    asked: dict[str, Any] = {"assessment_id": assessment.id, "code": code}
    if sight.own:
        asked["person_id"] = person_id
    if sight.individual:
        asked["assessors"] = assessor_ids(assessment)
    return list(plain_rows(session, _query(sight), asked))


@cache
def _query(sight: Sight) -> Select[Any]:
    """The statement for a sight; there are few, and each is built once."""
    kinds: list[ColumnElement[bool]] = []
    if sight.self_scores or sight.self_after_own:
        kinds.append(Score.stage == ScoreStage.SELF.value)
    individual = Score.stage == ScoreStage.INDIVIDUAL.value
    if sight.own:
        kinds.append(and_(individual, Score.person_id == bindparam("person_id")))
    if sight.individual:
        kinds.append(and_(individual, Score.person_id.in_(bindparam("assessors", expanding=True))))
    if sight.agreed:
        kinds.append(Score.stage == ScoreStage.AGREED.value)
    # Of the other elements only what tells whether their agreements still hold.
    asked = Score.element_code == bindparam("code")
    return (
        select(
            Score.element_code,
            Score.stage,
            Score.person_id,
            Score.level,
            Score.scored_at if sight.agreed else case((asked, Score.scored_at)),
            Score.version,
            case((asked, Score.reason)),
            Score.attributes,
            Person.name_en,
            Person.name_ar,
        )
        .outerjoin(Person, and_(asked, Person.id == Score.person_id))
        .where(Score.assessment_id == bindparam("assessment_id"), or_(false(), *kinds))
        .order_by(Score.id)
    )


def _scores(rows: Iterable[Any], sight: Sight, person_id: int, code: str) -> VisibleScores:
    shared: dict[str, ShownScore] = {}
    individual: list[ShownScore] = []
    for of, stage, writer_id, level, at, version, reason, values, name_en, name_ar in rows:
        if of != code:
            continue
        name = Bilingual(name_en, name_ar)
        shown = ShownScore(level, reason, version, at, writer_id, name, values)
        if stage == ScoreStage.INDIVIDUAL:
            individual.append(shown)
        else:
            shared[stage] = shown
    own = next((item for item in individual if sight.own and item.person_id == person_id), None)
    shows_self = sight.self_scores or own is not None
    return VisibleScores(
        self_score=shared.get(ScoreStage.SELF) if shows_self else None,
        own=own,
        individual=tuple(individual) if sight.individual else (),
        agreed=shared.get(ScoreStage.AGREED),
    )


def _levels(rows: Iterable[Any], sight: Sight, person_id: int) -> VisibleLevels:
    self_levels: dict[str, str] = {}
    own: dict[str, str] = {}
    individual: dict[str, tuple[str, ...]] = {}
    scored_at: dict[str, list[datetime]] = {}
    agreed: dict[str, tuple[str, datetime]] = {}
    given: dict[str, set[tuple[str, str]]] = {}
    for code, stage, writer_id, level, at, _version, _reason, values, *_rest in rows:
        if stage == ScoreStage.SELF:
            self_levels[code] = level
        elif stage == ScoreStage.AGREED:
            agreed[code] = (level, at)
        else:
            if sight.own and writer_id == person_id:
                own[code] = level
            if sight.individual:
                individual[code] = (*individual.get(code, ()), level)
                given.setdefault(code, set()).add((level, values))
                scored_at.setdefault(code, []).append(at)
    if not sight.self_scores:
        self_levels = {code: level for code, level in self_levels.items() if code in own}
    standing = {
        code: level
        for code, (level, at) in agreed.items()
        if agreement_holds(at, scored_at.get(code, ()))
    }
    differing = frozenset(code for code, awarded in given.items() if len(awarded) > 1)
    return VisibleLevels(self_levels, own, individual, standing, differing)

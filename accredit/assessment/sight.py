"""Who may see which score: assessors score blind, and the department is not told half-way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accredit.assessment.domain import ScoreStage, Stage
from accredit.identity.domain import DEPARTMENT_ROLES, Role


@dataclass(frozen=True, slots=True)
class Sight:
    """Which scores a person may see now.

    `self_after_own`: the department's score of an element only once one's own is saved.
    """

    self_scores: bool = False
    self_after_own: bool = False
    own: bool = False
    individual: bool = False
    agreed: bool = False


def sight(roles: Collection[Role], stage: Stage) -> Sight:
    """What somebody with these roles in the assessment sees at a stage.

    Assessors score blind: never each other's scores, and the department's only after their
    own. While they score, no other role of theirs opens more. The department sees nothing
    of the judging until it is closed, and then only what was agreed.
    """
    held = frozenset(roles)
    assessor = Role.ASSESSOR in held
    if assessor and stage.position <= Stage.SCORING.position:
        return Sight(own=True, self_after_own=True)
    department = bool(held & DEPARTMENT_ROLES)
    moderator = Role.MODERATOR in held and stage.position >= Stage.MODERATION.position
    decides = Role.DECISION_MAKER in held and stage.position >= Stage.DECISION.position
    reader = bool(held & {Role.PROGRAMME_MANAGER, Role.OBSERVER})
    closed = stage is Stage.CLOSED
    decided = stage.position >= Stage.DECISION.position
    return Sight(
        self_scores=department
        or moderator
        or decides
        or assessor
        or (reader and stage.position >= Stage.SCORING.position),
        own=assessor,
        individual=(moderator or decides or (reader and decided))
        and not assessor
        and not department,
        agreed=moderator
        or decides
        or (reader and decided)
        or (closed and (department or assessor)),
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads the event trail, as seen from one score.

    `judges`: has a duty in the assessment. `wrote_it`: awarded this score.
    """

    roles: frozenset[Role]
    judges: bool = False
    wrote_it: bool = False


def trail_tells(kind: ScoreStage, stage: Stage, reader: Reader) -> bool:
    """Whether the trail tells this reader the level and the reason of a score.

    The trail must not be a way round the blindness of the pages: nobody reads there what was
    awarded before the decision stage; who judges in the assessment, or is of its department,
    not before it is closed; and then no more than the pages show to them as an observer.
    """
    involved = reader.judges or bool(reader.roles & DEPARTMENT_ROLES)
    if stage.position < (Stage.CLOSED if involved else Stage.DECISION).position:
        return False
    seen = sight({*reader.roles, Role.OBSERVER}, stage)
    return {
        ScoreStage.SELF: seen.self_scores,
        ScoreStage.INDIVIDUAL: seen.individual or (seen.own and reader.wrote_it),
        ScoreStage.AGREED: seen.agreed,
    }[kind]

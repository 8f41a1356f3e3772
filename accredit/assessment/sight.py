"""Who may see which score: assessors score blind, and the department is not told half-way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accredit.assessment.domain import Stage
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

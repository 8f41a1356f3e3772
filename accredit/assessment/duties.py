"""Duties in an assessment: who may be given one, and how long it may be given or taken back.

Pure, like `domain`: people are sets of roles and facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accredit.assessment.domain import (
    IncompleteError,
    ScoreStage,
    SeparationError,
    Stage,
    WrongStageError,
)
from accredit.identity.domain import ForbiddenError, Role
from accredit.text import N_

#: The stage in which each duty is done; until its end the duty may be given or taken back.
DUTY_STAGES = {
    Role.ASSESSOR: Stage.SCORING,
    Role.MODERATOR: Stage.MODERATION,
    Role.DECISION_MAKER: Stage.DECISION,
}

#: The kind of score each duty writes.
_WRITES = {
    Role.ASSESSOR: frozenset({ScoreStage.INDIVIDUAL}),
    Role.MODERATOR: frozenset({ScoreStage.AGREED}),
    Role.DECISION_MAKER: frozenset[ScoreStage](),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might be given a duty.

    `of_department`: was contributor or leader there at any time since the assessment was
    opened. `tied`: declared a tie to it that still counts. `written`: the kinds of score
    they have written in this assessment.
    """

    pools: frozenset[Role]
    of_department: bool = False
    opened: bool = False
    has_duty: bool = False
    tied: bool = False
    written: frozenset[ScoreStage] = frozenset()


def ensure_may_take(role: Role, candidate: Candidate, stage: Stage) -> None:
    """Raise unless the candidate may be given the duty `role` now."""
    ensure_duty_open(role, stage)
    if role not in candidate.pools:
        raise SeparationError(
            N_("This person does not hold that role for the organisation."), field="person_id"
        )
    if candidate.has_duty:
        raise SeparationError(
            N_("This person already has a duty in this assessment. One person has one duty."),
            field="person_id",
        )
    if candidate.of_department:
        raise SeparationError(
            N_("This person works for the department that is assessed and cannot judge it."),
            field="person_id",
        )
    if candidate.tied:
        raise SeparationError(
            N_(
                "This person declared a tie to the department that is assessed and cannot judge it."
            ),
            field="person_id",
        )
    if candidate.opened:
        raise SeparationError(
            N_("Whoever opened the assessment cannot judge in it."), field="person_id"
        )
    if not candidate.written <= _WRITES[role]:
        raise SeparationError(
            N_("This person has already scored in this assessment in another part."),
            field="person_id",
        )


def ensure_duty_open(role: Role, stage: Stage) -> None:
    """Raise `WrongStageError` once the duty's own stage is over (or it is no duty)."""
    if role not in DUTY_STAGES:
        raise ForbiddenError
    if stage.position > DUTY_STAGES[role].position:
        raise WrongStageError(stage)


#: The last stage in which somebody who declares a tie still stands aside. Later their part is
#: over and cannot be done again: whoever decides reads of the tie, and judges what it means.
_LAST_RECUSAL = {
    Role.ASSESSOR: Stage.MODERATION,
    Role.MODERATOR: Stage.MODERATION,
    Role.DECISION_MAKER: Stage.DECISION,
}


def recuses(role: Role, stage: Stage) -> bool:
    """Whether a tie declared at this stage takes the duty away."""
    return role in _LAST_RECUSAL and stage.position <= _LAST_RECUSAL[role].position


def missing_duties(roles: Iterable[Role]) -> tuple[Role, ...]:
    """The duties nobody has yet: at least one assessor, one moderator, one decision maker."""
    held = set(roles)
    return tuple(role for role in DUTY_STAGES if role not in held)


def ensure_complete(roles: Collection[Role]) -> None:
    """Raise `IncompleteError` unless every duty is given, the last two exactly once."""
    missing = missing_duties(roles)
    if missing:
        raise IncompleteError(
            {
                Role.ASSESSOR: N_("Assign at least one assessor first."),
                Role.MODERATOR: N_("Assign a moderator first."),
                Role.DECISION_MAKER: N_("Assign a decision maker first."),
            }[missing[0]]
        )
    held = list(roles)
    if held.count(Role.MODERATOR) > 1 or held.count(Role.DECISION_MAKER) > 1:
        raise IncompleteError(N_("There is exactly one moderator and one decision maker."))

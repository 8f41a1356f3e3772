"""The assessment's rules: its stages, who may do what when, and what a score needs.

Pure: a person is a set of roles, an assessment a stage and some facts, and every rule
either holds or raises an error that names it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from accredit.identity.domain import (
    DEPARTMENT_ROLES,
    POOL_ROLES,
    ForbiddenError,
    Permission,
    Role,
    allows,
)
from accredit.text import N_, Message, RuleError

MINIMUM_REASON = 10
MAXIMUM_REASON = 4000


class Stage(StrEnum):
    """Where an assessment stands, in the order of the work."""

    SET_UP = "set_up"
    SELF_ASSESSMENT = "self_assessment"
    SCORING = "scoring"
    MODERATION = "moderation"
    DECISION = "decision"
    CLOSED = "closed"

    @property
    def position(self) -> int:
        """0 for the first stage."""
        return _ORDER.index(self)

    @property
    def next(self) -> Stage:
        """The stage that follows; a closed assessment stays closed."""
        return _ORDER[min(self.position + 1, len(_ORDER) - 1)]


_ORDER = tuple(Stage)

STAGE_NAMES = {
    Stage.SET_UP: N_("Set-up"),
    Stage.SELF_ASSESSMENT: N_("Self-assessment"),
    Stage.SCORING: N_("Scoring"),
    Stage.MODERATION: N_("Moderation"),
    Stage.DECISION: N_("Decision"),
    Stage.CLOSED: N_("Closed"),
}


class ScoreStage(StrEnum):
    """Whose score it is: the department's own, one assessor's, or the moderator's."""

    SELF = "self"
    INDIVIDUAL = "individual"
    AGREED = "agreed"


class Act(StrEnum):
    """What somebody does with an assessment."""

    ASSIGN = "assign"
    CHOOSE = "choose"
    START = "start"
    SELF_SCORE = "self_score"
    LINK_EVIDENCE = "link_evidence"
    SUBMIT_SELF_ASSESSMENT = "submit_self_assessment"
    SCORE = "score"
    SUBMIT_SCORES = "submit_scores"
    AGREE = "agree"
    SUBMIT_MODERATION = "submit_moderation"
    DECIDE = "decide"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Condition:
    """The permission an act needs and the stages in which it is possible."""

    permission: Permission
    stages: frozenset[Stage]


def _in(permission: Permission, *stages: Stage) -> Condition:
    return Condition(permission, frozenset(stages))


#: The workflow in one table.
CONDITIONS: dict[Act, Condition] = {
    Act.ASSIGN: _in(Permission.OPEN_ASSESSMENT, *_ORDER[:-1]),
    Act.CHOOSE: _in(Permission.OPEN_ASSESSMENT, Stage.SET_UP, Stage.SELF_ASSESSMENT),
    Act.START: _in(Permission.OPEN_ASSESSMENT, Stage.SET_UP),
    Act.SELF_SCORE: _in(Permission.SELF_SCORE, Stage.SELF_ASSESSMENT),
    Act.LINK_EVIDENCE: _in(Permission.UPLOAD_EVIDENCE, Stage.SELF_ASSESSMENT),
    Act.SUBMIT_SELF_ASSESSMENT: _in(Permission.SUBMIT_SELF_ASSESSMENT, Stage.SELF_ASSESSMENT),
    Act.SCORE: _in(Permission.SCORE, Stage.SCORING),
    Act.SUBMIT_SCORES: _in(Permission.SCORE, Stage.SCORING),
    Act.AGREE: _in(Permission.MODERATE, Stage.MODERATION),
    Act.SUBMIT_MODERATION: _in(Permission.MODERATE, Stage.MODERATION),
    Act.DECIDE: _in(Permission.DECIDE, Stage.DECISION),
    Act.RETURN: _in(Permission.OPEN_ASSESSMENT, Stage.SCORING, Stage.MODERATION),
}

#: The acts of those who judge; all other acts prepare or are the department's.
JUDGING = frozenset({Act.SCORE, Act.SUBMIT_SCORES, Act.AGREE, Act.SUBMIT_MODERATION, Act.DECIDE})

#: Stored where a moderator confirms without words of their own; translated where it is shown.
CONFIRMED = N_("Confirmed: every assessor awarded this level.")


class WrongStageError(RuleError):
    """The act does not belong to the stage the assessment is in."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(
            N_("This cannot be done now. The assessment is at this stage: %(stage)s."),
            stage=Message(STAGE_NAMES[stage]),
        )


class SeparationError(RuleError):
    """One person would do two parts that must stay separate."""

    keeps_apart = True


class SubmittedError(RuleError):
    """What was submitted no longer changes."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "You have submitted your scores; they can no longer be changed. "
                "If something is wrong, ask the programme manager to return the assessment."
            )
        )


class IncompleteError(RuleError):
    """Something is missing before the assessment can go on."""


class ReasonError(RuleError):
    """A reason is missing, too short or too long."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person is in one assessment: roles at its department, own duties, and facts."""

    roles: frozenset[Role]
    opened: bool = False
    submitted: bool = False

    @property
    def duties(self) -> frozenset[Role]:
        """The person's duties in this assessment."""
        return self.roles & POOL_ROLES


def ensure_stage(act: Act, stage: Stage) -> None:
    """Raise `WrongStageError` unless the act belongs to the stage."""
    if stage not in CONDITIONS[act].stages:
        raise WrongStageError(stage)


def ensure_may(act: Act, stage: Stage, standing: Standing) -> None:
    """Raise unless this person may do this now.

    `ForbiddenError` if no role allows it, `SeparationError` if another part of theirs
    forbids it, `WrongStageError` if it is not the time, `SubmittedError` after submitting.
    """
    if not allows(standing.roles, CONDITIONS[act].permission):
        raise ForbiddenError
    ensure_apart(act, standing)
    ensure_stage(act, stage)
    if act in (Act.SCORE, Act.SUBMIT_SCORES) and standing.submitted:
        raise SubmittedError


def may(act: Act, stage: Stage, standing: Standing) -> bool:
    """Whether `ensure_may` would let them."""
    try:
        ensure_may(act, stage, standing)
    except RuleError:
        return False
    return True


def ensure_apart(act: Act, standing: Standing) -> None:
    """Raise `SeparationError` if the person has a part that must not meet this act."""
    if act not in JUDGING:
        if standing.duties:
            raise SeparationError(
                N_("You judge in this assessment, so you cannot prepare or manage it as well.")
            )
        return
    if standing.roles & DEPARTMENT_ROLES:
        raise SeparationError(
            N_("You work for the department that is assessed, so you cannot judge it.")
        )
    if standing.opened:
        raise SeparationError(N_("You opened this assessment, so you cannot judge in it."))
    if len(standing.duties) > 1:
        raise SeparationError(N_("One person has one duty in an assessment."))


@dataclass(frozen=True, slots=True)
class Missing:
    """What a self-assessment lacks: element codes in the order of the standard."""

    unscored: tuple[str, ...] = ()
    without_evidence: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.unscored or self.without_evidence)


def missing_in_self_assessment(
    codes: Iterable[str],
    levels: Mapping[str, str],
    *,
    lowest: Mapping[str, str],
    evidence: Mapping[str, int],
) -> Missing:
    """What is missing: every element needs a level, and above the lowest evidence too.

    `levels` are the self-scores by code, `lowest` the lowest level of each element's scale,
    `evidence` the number of links by code.
    """
    codes = tuple(codes)
    return Missing(
        unscored=tuple(code for code in codes if code not in levels),
        without_evidence=tuple(
            code
            for code in codes
            if levels.get(code, lowest[code]) != lowest[code] and not evidence.get(code, 0)
        ),
    )


Given = TypeVar("Given", bound=Hashable)


def unanimous(given: Iterable[Given]) -> Given | None:
    """The one thing all assessors awarded; None if they differ or nobody scored."""
    found = set(given)
    return found.pop() if len(found) == 1 else None


def agreement_holds(agreed_at: datetime, scored_at: Iterable[datetime]) -> bool:
    """Whether an agreement still rests on the scores it was made of.

    After an assessment was returned to the assessors, an element they scored anew must be
    agreed anew.
    """
    return all(moment <= agreed_at for moment in scored_at)


def clean_reason(reason: str) -> str:
    """The reason without surrounding space; raises `ReasonError` if it says too little."""
    text = reason.strip()
    if len(text) < MINIMUM_REASON:
        raise ReasonError(
            N_("Give a reason of at least %(count)s characters: what you saw, and where."),
            field="reason",
            count=MINIMUM_REASON,
        )
    if len(text) > MAXIMUM_REASON:
        raise ReasonError(
            N_("The reason is too long: at most %(count)s characters."),
            field="reason",
            count=MAXIMUM_REASON,
        )
    return text


def agreed_reason(reason: str, *, level: Given, assessors: Iterable[Given]) -> str:
    """The reason to store with what was agreed, given what the assessors awarded.

    Confirming what all assessors awarded needs no words; anything else needs a reason.
    """
    if not reason.strip() and unanimous(assessors) == level:
        return CONFIRMED
    return clean_reason(reason)


def said_reason(reason: str) -> Message | None:
    """The sentence to translate where a stored reason is the product's own, else None."""
    return Message(CONFIRMED) if reason == CONFIRMED else None


def writable(stage: Stage, standing: Standing) -> ScoreStage | None:
    """The kind of score the person may write now, if any."""
    for act, kind in (
        (Act.SELF_SCORE, ScoreStage.SELF),
        (Act.SCORE, ScoreStage.INDIVIDUAL),
        (Act.AGREE, ScoreStage.AGREED),
    ):
        if may(act, stage, standing):
            return kind
    return None

"""The rules of an improvement plan: states of an action, lateness, what an action must say.

Pure: what an action promises and whether the measurements keep it is in `promise`, who
verifies that it worked in `verification`, how actions are proposed for gaps in `proposal`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accredit.kpi.domain import Direction, KpiDefinition
from accredit.text import N_, RuleError

TITLE_LENGTH = 200
TEXT_LENGTH = 4000


class ActionStatus(StrEnum):
    """Where an action stands. Done is what its own people say, verified what another saw."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self in OPEN

    @property
    def is_done(self) -> bool:
        """Whether it was marked done, verified or not."""
        return self in DONE

    @property
    def following(self) -> tuple[ActionStatus, ...]:
        """The states an action's own people may put it to from here."""
        return _FOLLOWING[self]


OPEN = frozenset({ActionStatus.PLANNED, ActionStatus.IN_PROGRESS})
DONE = frozenset({ActionStatus.DONE, ActionStatus.VERIFIED})

#: Work may be finished without having been marked as begun; what is over can be taken up again.
#: Nothing leads to "verified" here: that is for somebody else to say.
_FOLLOWING = {
    ActionStatus.PLANNED: (
        ActionStatus.IN_PROGRESS,
        ActionStatus.DONE,
        ActionStatus.CANCELLED,
    ),
    ActionStatus.IN_PROGRESS: (
        ActionStatus.PLANNED,
        ActionStatus.DONE,
        ActionStatus.CANCELLED,
    ),
    ActionStatus.DONE: (ActionStatus.IN_PROGRESS,),
    ActionStatus.VERIFIED: (ActionStatus.IN_PROGRESS,),
    ActionStatus.CANCELLED: (ActionStatus.PLANNED,),
}

STATUS_NAMES = {
    ActionStatus.PLANNED: N_("Planned"),
    ActionStatus.IN_PROGRESS: N_("In progress"),
    ActionStatus.DONE: N_("Done"),
    ActionStatus.VERIFIED: N_("Verified"),
    ActionStatus.CANCELLED: N_("Cancelled"),
}


class IncompleteActionError(RuleError):
    """Something an action must say is missing or too long."""


class TransitionError(RuleError):
    """An action cannot go from its state to the one asked for."""


class MissingNoteError(RuleError):
    """A step that must be explained came without a word."""


class ClosedActionError(RuleError):
    """An action that is done or cancelled keeps what it promised."""

    def __init__(self) -> None:
        super().__init__(
            N_("This action is over, so its promise stays as it was. Take it up again to edit it.")
        )


class PastDueDateError(RuleError):
    """A due date was chosen that is already over."""

    def __init__(self) -> None:
        super().__init__(N_("Choose today or a later day."), field="due_on")


class UnknownOwnerError(RuleError):
    """The owner works in another department."""

    def __init__(self) -> None:
        super().__init__(
            N_("The owner must be a contributor or leader of this department."), field="owner_id"
        )


class TargetError(RuleError):
    """The target is no promise: impossible for the KPI, or not better than the baseline."""


@dataclass(frozen=True, slots=True)
class ActionDetails:
    """What people say about an action; `kpi` is the id of the KPI it promises to move.

    `target` is in the KPI's unit; None means the department's own target for that KPI.
    """

    title: str
    description: str = ""
    owner_id: int | None = None
    due_on: date | None = None
    kpi: str | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """How a plan stands: actions open, of these overdue and without an owner; marked done; and
    how many of those somebody else verified, and how many the measurements confirm."""

    open: int
    overdue: int
    unowned: int
    done: int
    verified: int
    proven: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What the figures of a plan count of one action."""

    status: ActionStatus
    overdue: bool
    owned: bool
    proven: bool


def is_overdue(status: ActionStatus, due_on: date | None, today: date) -> bool:
    """Whether an open action should have been finished before today."""
    return status.is_open and due_on is not None and due_on < today


def figures_of(actions: Iterable[Counted]) -> PlanFigures:
    """The figures of a plan; cancelled actions count nowhere."""
    counted = list(actions)
    still_open = [action for action in counted if action.status.is_open]
    done = [action for action in counted if action.status.is_done]
    return PlanFigures(
        open=len(still_open),
        overdue=sum(action.overdue for action in still_open),
        unowned=sum(not action.owned for action in still_open),
        done=len(done),
        verified=sum(action.status is ActionStatus.VERIFIED for action in done),
        proven=sum(action.proven for action in done),
    )


def ensure_transition(before: ActionStatus, after: ActionStatus) -> None:
    """Raise `TransitionError` unless the state can follow; staying is always possible."""
    if after is not before and after not in before.following:
        raise TransitionError(N_("This step is not possible from here."), field="status")


def clean_note(before: ActionStatus, after: ActionStatus, note: str) -> str:
    """The note without outer white space.

    Raises `MissingNoteError` where the step needs one: cancelling and taking up again are
    explained, and a report without a new state says at least something.
    """
    text = _bounded(note, TEXT_LENGTH, "note")
    if text:
        return text
    if after is before:
        raise MissingNoteError(N_("Choose a new status or write what has been done."), field="note")
    if after is ActionStatus.CANCELLED:
        raise MissingNoteError(N_("Say why the action is cancelled."), field="note")
    if not before.is_open:
        raise MissingNoteError(N_("Say why the action is taken up again."), field="note")
    return ""


def clean_title(title: str) -> str:
    """The title on one line; raises `IncompleteActionError` if it is empty or too long."""
    text = " ".join(title.split())
    if not text:
        raise IncompleteActionError(N_("Say in a few words what will be done."), field="title")
    return _bounded(text, TITLE_LENGTH, "title")


def clean_description(description: str) -> str:
    """The description without outer white space; raises `IncompleteActionError` if too long."""
    return _bounded(description, TEXT_LENGTH, "description")


def shorten(title: str) -> str:
    """A title made from an element's, cut where it would be too long to store."""
    text = " ".join(title.split())
    return text if len(text) <= TITLE_LENGTH else f"{text[: TITLE_LENGTH - 1].rstrip()}…"


def ensure_due(due_on: date | None, *, before: date | None, today: date) -> date:
    """The due date; raises unless there is one, not past, or the one that stood already."""
    if due_on is None:
        raise IncompleteActionError(N_("Choose a due date."), field="due_on")
    if due_on < today and due_on != before:
        raise PastDueDateError
    return due_on


def ensure_target(target: float, definition: KpiDefinition, baseline: float | None) -> float:
    """The target, if the KPI can have it and it is better than the baseline.

    A target that is reached before anything is done would be a promise of nothing.
    """
    low, high = definition.bounds
    possible = (
        math.isfinite(target)
        and (low is None or target >= low)
        and (high is None or target <= high)
    )
    if not possible:
        raise TargetError(
            N_("%(kpi)s cannot have this value."), field="target", kpi=definition.name
        )
    if baseline is not None and not is_better(target, baseline, definition.direction):
        raise TargetError(
            N_("The target must be better than the baseline, the latest measurement."),
            field="target",
        )
    return target


def is_better(value: float, other: float, direction: Direction) -> bool:
    """Whether `value` lies on the good side of `other`; equal values are not better."""
    return value > other if direction is Direction.HIGHER else value < other


def _bounded(text: str, length: int, field: str) -> str:
    text = text.strip()
    if len(text) > length:
        raise IncompleteActionError(
            N_("At most %(length)s characters, please."), field=field, length=length
        )
    return text

"""The same plan in other arrangements: in columns by status, and over time.

Pure: it takes rows as they were read and says where each stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accredit.charts.time_bar import Scale, Stretch, Tone
from accredit.improvement.domain import ActionStatus
from accredit.improvement.plan import PlanRow
from accredit.text import N_

#: A column of a board shows so many; the list has the rest.
MOST_IN_COLUMN = 30


class View(StrEnum):
    """How a plan is laid out."""

    LIST = "list"
    BOARD = "board"
    TIMELINE = "timeline"


VIEW_NAMES = {View.LIST: N_("List"), View.BOARD: N_("Board"), View.TIMELINE: N_("Timeline")}

#: From left to right, or in Arabic from right to left, as work goes on. What was cancelled is in
#: the list.
COLUMNS = (
    ActionStatus.PLANNED,
    ActionStatus.IN_PROGRESS,
    ActionStatus.DONE,
    ActionStatus.VERIFIED,
)
#: The steps that need no word of explanation, and so fit on a button.
STEPS = {
    ActionStatus.PLANNED: (ActionStatus.IN_PROGRESS,),
    ActionStatus.IN_PROGRESS: (ActionStatus.DONE, ActionStatus.PLANNED),
}
STEP_NAMES = {
    ActionStatus.IN_PROGRESS: N_("Start"),
    ActionStatus.DONE: N_("Finish"),
    ActionStatus.PLANNED: N_("Put back"),
}
_TONES: dict[ActionStatus, Tone] = {
    ActionStatus.PLANNED: "muted",
    ActionStatus.IN_PROGRESS: "brand",
    ActionStatus.DONE: "brand",
    ActionStatus.VERIFIED: "good",
    ActionStatus.CANCELLED: "muted",
}


@dataclass(frozen=True, slots=True)
class Column:
    """The actions of one status; `rows` as far as a column shows them, `total` all."""

    status: ActionStatus
    rows: tuple[PlanRow, ...]
    total: int


def columns_of(rows: Iterable[PlanRow]) -> tuple[Column, ...]:
    """The columns of a board, each in the order of the rows."""
    found = tuple(rows)
    by_status = {status: [row for row in found if row.status is status] for status in COLUMNS}
    return tuple(
        Column(status, tuple(below[:MOST_IN_COLUMN]), len(below))
        for status, below in by_status.items()
    )


def scale_of(rows: Sequence[PlanRow], *, today: date, rtl: bool) -> Scale:
    """From the month in which the first action was added to a little after the last day of any."""
    days = [day for row in rows for day in (_begun(row), row.action.due_on, row.action.finished_on)]
    known = [day for day in days if day is not None]
    first, last = min([today, *known]).replace(day=1), max([today, *known])
    # Room for the mark of the last day.
    return Scale(first, last + max((last - first) / 25, timedelta(days=7)), today, rtl)


def stretches_of(row: PlanRow, today: date) -> tuple[Stretch, ...]:
    """From when an action was added to when it is due or was finished; what is late stands out."""
    begun, due, finished = _begun(row), row.action.due_on, row.action.finished_on
    tone = _TONES[row.status]
    if finished is not None:
        return (Stretch(begun, max(begun, finished), tone),)
    planned = Stretch(begun, max(begun, due or today), tone)
    if due is None or not row.overdue:
        return (planned,)
    return (planned, Stretch(max(begun, due), today, "bad"))


def _begun(row: PlanRow) -> date:
    return row.action.created_at.date()

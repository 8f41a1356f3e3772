"""What waits for a person in improvement plans, for their first page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from accredit.identity.domain import Access, Permission, Reach
from accredit.identity.models import Department
from accredit.identity.service import within
from accredit.improvement.domain import OPEN, ActionStatus, is_overdue
from accredit.improvement.models import ImprovementAction
from accredit.improvement.verifying import parts_of
from accredit.text import N_, Message


@dataclass(frozen=True, slots=True)
class PlanTask:
    """One thing that waits: what, where (an endpoint and its values), until when.

    `action` is what to do there, in a word or two.
    """

    message: Message
    action: str
    endpoint: str
    values: Mapping[str, object]
    due_on: date | None


def open_actions_for(session: Session, access: Access, *, today: date) -> list[PlanTask]:
    """Each open action the person owns, by due date; then, for those who own plans, how many
    actions of a department are overdue or have no owner; then how many wait for the person's
    verification. Three queries."""
    tasks = [
        PlanTask(
            Message(N_("Improvement action: %(title)s"), {"title": action.title}),
            N_("Report progress"),
            "improvement.show",
            {"action_id": action.id, "_anchor": "report"},
            action.due_on,
        )
        for action in _own(session, access)
    ]
    return tasks + _in_plans(session, access, today) + _to_verify(session, access)


def _own(session: Session, access: Access) -> list[ImprovementAction]:
    query = _owned_within(access.reach(Permission.VIEW_PLAN))
    return list(session.scalars(query, {"owner_id": access.person_id}))


# Built once for each reach; that takes longer than to ask.
@lru_cache(maxsize=32)
def _owned_within(reach: Reach) -> Select[ImprovementAction]:
    return (
        select(ImprovementAction)
        .where(
            ImprovementAction.owner_id == bindparam("owner_id"),
            _is_open(),
            within(reach, ImprovementAction.department_id.expression),
        )
        .order_by(ImprovementAction.due_on, ImprovementAction.id)
    )


@lru_cache(maxsize=32)
def _open_within(reach: Reach) -> Select[ImprovementAction]:
    return (
        select(ImprovementAction)
        .where(_is_open(), within(reach, ImprovementAction.department_id.expression))
        .options(joinedload(ImprovementAction.department))
        .order_by(ImprovementAction.department_id)
    )


@lru_cache(maxsize=32)
def _done_within(reach: Reach) -> Select[ImprovementAction]:
    return (
        select(ImprovementAction)
        .where(
            ImprovementAction.status == ActionStatus.DONE.value,
            within(reach, ImprovementAction.department_id.expression),
        )
        .options(joinedload(ImprovementAction.department))
        .order_by(ImprovementAction.department_id, ImprovementAction.id)
    )


def _in_plans(session: Session, access: Access, today: date) -> list[PlanTask]:
    query = _open_within(access.reach(Permission.MANAGE_PLAN))
    grouped: dict[int, list[ImprovementAction]] = {}
    for action in session.scalars(query):
        grouped.setdefault(action.department_id, []).append(action)
    return [
        task
        for actions in grouped.values()
        for task in _in_plan(actions[0].department, actions, today)
    ]


def _in_plan(
    department: Department, actions: list[ImprovementAction], today: date
) -> list[PlanTask]:
    late = [
        item.due_on
        for item in actions
        if item.due_on and is_overdue(ActionStatus(item.status), item.due_on, today)
    ]
    unowned = sum(item.owner_id is None for item in actions)
    place: dict[str, object] = {"department": department.id}
    found: list[tuple[str, int, dict[str, object], date | None]] = []
    if late:
        text = N_("Overdue improvement actions in %(department)s: %(count)s")
        found.append((text, len(late), {**place, "overdue": 1}, min(late)))
    if unowned:
        text = N_("Improvement actions without an owner in %(department)s: %(count)s")
        found.append((text, unowned, {**place, "show": "open", "owner": 0}, None))
    return [
        PlanTask(
            Message(text, {"department": department.name, "count": count}),
            N_("Look"),
            "improvement.index",
            values,
            due_on,
        )
        for text, count, values, due_on in found
    ]


def _to_verify(session: Session, access: Access) -> list[PlanTask]:
    """By department, what is done and waits for somebody who had no part in it."""
    query = _done_within(access.reach(Permission.VERIFY_ACTION))
    waiting: dict[int, list[ImprovementAction]] = {}
    for action in session.scalars(query):
        if parts_of(action).may_be_verified_by(access.person_id):
            waiting.setdefault(action.department_id, []).append(action)
    return [_verify_in(actions) for actions in waiting.values()]


def _verify_in(actions: list[ImprovementAction]) -> PlanTask:
    first = actions[0]
    if len(actions) == 1:
        text = N_("Verify that it worked: %(title)s")
        values = {"action_id": first.id, "_anchor": "verification"}
        return PlanTask(
            Message(text, {"title": first.title}), N_("Verify"), "improvement.show", values, None
        )
    text = N_("Improvement actions to verify in %(department)s: %(count)s")
    return PlanTask(
        Message(text, {"department": first.department.name, "count": len(actions)}),
        N_("Verify"),
        "improvement.index",
        {"department": first.department_id, "show": ActionStatus.DONE.value},
        None,
    )


def _is_open() -> ColumnElement[bool]:
    return ImprovementAction.status.in_([status.value for status in OPEN])

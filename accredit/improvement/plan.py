"""Reading plans: actions within what a person may see, each judged by the measurements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from accredit.identity.domain import (
    DEPARTMENT_ROLES,
    Access,
    ForbiddenError,
    NotFoundError,
    Permission,
)
from accredit.identity.models import Department, Person, RoleAssignment
from accredit.identity.service import within
from accredit.improvement.domain import (
    STATUS_NAMES,
    ActionStatus,
    Counted,
    PlanFigures,
    figures_of,
    is_overdue,
)
from accredit.improvement.models import ImprovementAction
from accredit.improvement.promise import Progress, Promise, Reading, is_unproven, judge
from accredit.kpi.domain import KpiDefinition, KpiValue, Status
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement

PAGE_SIZE = 50


class Shown(StrEnum):
    """Which actions of a plan are looked at."""

    OPEN = "open"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    UNPROVEN = "unproven"
    CANCELLED = "cancelled"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; None stands for "any", owner 0 for "nobody yet"."""

    department_id: int | None = None
    shown: Shown = Shown.ALL
    owner_id: int | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class PlanRow:
    """An action as it stands today.

    `progress` is None without a KPI; `definition` too where the KPI exists no more. `readings`
    are all values of the KPI in the department, in no order.
    """

    action: ImprovementAction
    status: ActionStatus
    overdue: bool
    definition: KpiDefinition | None
    progress: Progress | None
    unproven: bool
    readings: Sequence[Reading] = ()

    @property
    def status_name(self) -> str:
        """The status as a marked message."""
        return STATUS_NAMES[self.status]

    @property
    def baseline(self) -> Reading | None:
        """What the KPI was when the promise was made."""
        return baseline_of(self.action)


@dataclass(frozen=True, slots=True)
class Plan:
    """The actions looked for; `figures` and `by_department` count before the filters."""

    rows: tuple[PlanRow, ...]
    figures: PlanFigures
    by_department: dict[int, PlanFigures]


def list_plan(session: Session, access: Access, wanted: Wanted, *, today: date) -> Plan:
    """The plan of the departments a person may look into; two queries, however long it is.

    Open actions stand first, by due date.
    """
    query = _with_all(select(ImprovementAction)).where(
        within(access.reach(Permission.VIEW_PLAN), ImprovementAction.department_id.expression)
    )
    if wanted.department_id is not None:
        query = query.where(ImprovementAction.department_id == wanted.department_id)
    rows = load_rows(session, session.scalars(query).all(), today=today)
    grouped: dict[int, list[PlanRow]] = {}
    for row in rows:
        grouped.setdefault(row.action.department_id, []).append(row)
    return Plan(
        rows=tuple(sorted((row for row in rows if _passes(row, wanted)), key=_place)),
        figures=_figures(rows),
        by_department={key: _figures(group) for key, group in grouped.items()},
    )


def load_rows(
    session: Session, actions: Collection[ImprovementAction], *, today: date
) -> list[PlanRow]:
    """The actions with what the measurements say of each; one query for all of them."""
    readings = load_readings(session, actions)
    return [
        row_of(action, readings.get((action.department_id, action.kpi or ""), ()), today)
        for action in actions
    ]


def get_action(
    session: Session,
    action_id: int,
    access: Access,
    permission: Permission = Permission.VIEW_PLAN,
) -> ImprovementAction:
    """The action with its department, organisation, assessment, owner and who verified it.

    Raises `NotFoundError` where the person cannot see the plan, `ForbiddenError` where they
    see it but do not hold `permission` in its department.
    """
    query = _with_all(select(ImprovementAction)).where(ImprovementAction.id == action_id)
    action = session.scalars(query).one_or_none()
    if action is None or not _may(access, Permission.VIEW_PLAN, action.department):
        raise NotFoundError
    if not _may(access, permission, action.department):
        raise ForbiddenError
    return action


def may_manage(access: Access, action: ImprovementAction) -> bool:
    """Whether the person owns the plan this action belongs to."""
    return _may(access, Permission.MANAGE_PLAN, action.department)


def may_report(access: Access, action: ImprovementAction) -> bool:
    """Whether the person may say how far the action is: its owner, or who owns the plan."""
    own = action.owner_id == access.person_id
    return may_manage(access, action) or (
        own and _may(access, Permission.VIEW_PLAN, action.department)
    )


def list_owners(session: Session, departments: Iterable[Department]) -> list[Person]:
    """The active contributors and leaders of the departments, by English name."""
    places = [(place.id, place.organisation_id) for place in departments]
    query = (
        select(Person)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            Person.active,
            RoleAssignment.ended_at.is_(None),
            RoleAssignment.role.in_([role.value for role in DEPARTMENT_ROLES]),
            or_(
                RoleAssignment.department_id.in_([id_ for id_, _ in places]),
                RoleAssignment.department_id.is_(None)
                & RoleAssignment.organisation_id.in_([id_ for _, id_ in places]),
            ),
        )
        .distinct()
        .order_by(Person.name_en, Person.id)
    )
    return list(session.scalars(query))


def baseline_of(action: ImprovementAction) -> Reading | None:
    """The baseline as it was copied when the promise was made."""
    start_on, end_on = action.baseline_start_on, action.baseline_end_on
    value, n = action.baseline_value, action.baseline_n
    if action.kpi is None or start_on is None or end_on is None or value is None or n is None:
        return None
    definition = service_kpis().find(action.kpi)
    enough = definition is None or n >= definition.minimum_n
    return Reading(
        start_on,
        end_on,
        KpiValue(
            kpi=action.kpi,
            value=value,
            n=n,
            low=action.baseline_low,
            high=action.baseline_high,
            status=Status.OK if enough else Status.INSUFFICIENT,
        ),
    )


def promise_of(action: ImprovementAction, definition: KpiDefinition) -> Promise:
    """What the action promises of its KPI."""
    return Promise(definition, baseline_of(action), action.target_value, action.created_at.date())


def row_of(action: ImprovementAction, readings: Sequence[Reading], today: date) -> PlanRow:
    """The action as it stands today by these values of its KPI."""
    status = ActionStatus(action.status)
    definition = service_kpis().find(action.kpi) if action.kpi else None
    progress = judge(promise_of(action, definition), readings) if definition else None
    return PlanRow(
        action=action,
        status=status,
        overdue=is_overdue(status, action.due_on, today),
        definition=definition,
        progress=progress,
        unproven=is_unproven(status, progress),
        readings=readings,
    )


def load_readings(
    session: Session, actions: Collection[ImprovementAction]
) -> dict[tuple[int, str], list[Reading]]:
    """The values that count now of the KPIs the actions promise to move; plain rows, since many."""
    kpis = {action.kpi for action in actions if action.kpi is not None}
    if not kpis:
        return {}
    query = select(
        Measurement.department_id,
        Measurement.kpi,
        Measurement.start_on,
        Measurement.end_on,
        Measurement.value,
        Measurement.n,
        Measurement.low,
        Measurement.high,
        Measurement.status,
    ).where(
        Measurement.kpi.in_(kpis),
        Measurement.department_id.in_({action.department_id for action in actions}),
        Measurement.replaced_at.is_(None),
    )
    found: dict[tuple[int, str], list[Reading]] = {}
    for place, kpi, start_on, end_on, value, n, low, high, status in session.execute(query):
        figure = KpiValue(kpi, value, n, low, high, Status(status))
        found.setdefault((place, kpi), []).append(Reading(start_on, end_on, figure))
    return found


def _with_all(query: Select[ImprovementAction]) -> Select[ImprovementAction]:
    return query.options(
        joinedload(ImprovementAction.department).joinedload(Department.organisation),
        joinedload(ImprovementAction.assessment),
        joinedload(ImprovementAction.owner),
        joinedload(ImprovementAction.verified_by),
    )


def _may(access: Access, permission: Permission, department: Department) -> bool:
    return access.may_at(permission, department.organisation_id, department.id)


def _passes(row: PlanRow, wanted: Wanted) -> bool:
    if wanted.overdue and not row.overdue:
        return False
    if wanted.owner_id is not None and (row.action.owner_id or 0) != wanted.owner_id:
        return False
    match wanted.shown:
        case Shown.ALL:
            return True
        case Shown.OPEN:
            return row.status.is_open
        case Shown.UNPROVEN:
            return row.unproven
    return row.status.value == wanted.shown.value


def _place(row: PlanRow) -> tuple[bool, date, int]:
    return not row.status.is_open, row.action.due_on or date.max, row.action.id


def _figures(rows: Iterable[PlanRow]) -> PlanFigures:
    return figures_of(
        Counted(
            status=row.status,
            overdue=row.overdue,
            owned=row.action.owner_id is not None,
            proven=row.progress is not None and row.progress.verdict.is_kept,
        )
        for row in rows
    )

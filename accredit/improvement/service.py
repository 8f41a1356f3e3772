"""What changes a plan: actions created, changed, moved on. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.models import Assessment
from accredit.identity.models import Department
from accredit.improvement.domain import (
    ActionDetails,
    ActionStatus,
    ClosedActionError,
    UnknownOwnerError,
    clean_description,
    clean_note,
    clean_title,
    ensure_due,
    ensure_target,
    ensure_transition,
)
from accredit.improvement.models import ImprovementAction
from accredit.improvement.plan import baseline_of, list_owners
from accredit.improvement.promise import Reading
from accredit.kpi import service as kpis
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement
from accredit.text import N_, RuleError


class StaleActionError(RuleError):
    """Somebody else changed the action after the page was opened; `current` is as it is now."""

    def __init__(self, current: ImprovementAction) -> None:
        self.current = current
        super().__init__(
            N_(
                "Somebody else changed this action while you were working. Compare the two, "
                "then save again to keep yours."
            )
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """The gap an action closes: an element of an assessment of the same department."""

    assessment: Assessment
    element_code: str


def create_action(
    session: Session,
    department: Department,
    details: ActionDetails,
    *,
    origin: Origin | None = None,
    by: int,
    at: datetime,
    today: date,
) -> ImprovementAction:
    """A new planned action; its baseline is the KPI's latest measurement, copied now.

    Raises a `RuleError` naming the field for what is missing, impossible or out of place.
    """
    action = ImprovementAction(
        department=department,
        assessment=origin.assessment if origin else None,
        element_code=origin.element_code if origin else None,
        title=clean_title(details.title),
        description=clean_description(details.description),
        owner_id=_owner(session, department, details.owner_id),
        due_on=ensure_due(details.due_on, before=None, today=today),
        status=ActionStatus.PLANNED.value,
        progress_note="",
        created_by_id=by,
        created_at=at,
    )
    _promise(session, action, details)
    return add(session, action, "improvement.created", by=by, at=at)


def add(
    session: Session, action: ImprovementAction, event: str, *, by: int, at: datetime
) -> ImprovementAction:
    """Store a new action and record what it says and promises."""
    session.add(action)
    session.flush()
    told = {
        "title": action.title,
        "assessment": action.assessment_id,
        "element": action.element_code,
        "owner": action.owner_id,
        "due_on": _plain(action.due_on),
        "kpi": action.kpi,
        "baseline": action.baseline_value,
        "target": action.target_value,
    }
    details = {key: value for key, value in told.items() if value is not None}
    record(session, action, event, by=by, at=at, details=details)
    return action


def update_action(
    session: Session,
    action: ImprovementAction,
    details: ActionDetails,
    *,
    version: int | None,
    by: int,
    at: datetime,
    today: date,
) -> None:
    """Change what an open action says.

    The baseline stays as it was copied, unless the KPI changes or there was none. Raises
    `StaleActionError`, `ClosedActionError`, or a `RuleError` naming the field.
    """
    if action.version != version:
        raise StaleActionError(action)
    if not ActionStatus(action.status).is_open:
        raise ClosedActionError
    before = _told(action)
    title = clean_title(details.title)
    description = clean_description(details.description)
    due_on = ensure_due(details.due_on, before=action.due_on, today=today)
    owner_id = details.owner_id
    if owner_id != action.owner_id:
        owner_id = _owner(session, action.department, owner_id)
    _promise(session, action, details)
    action.title, action.description = title, description
    action.due_on, action.owner_id = due_on, owner_id
    after = _told(action)
    changes = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if not changes:
        return
    session.flush()
    session.expire(action, ["owner"])
    record(session, action, "improvement.changed", by=by, at=at, details=changes)


def change_status(
    session: Session,
    action: ImprovementAction,
    status: ActionStatus,
    *,
    note: str,
    version: int | None,
    by: int,
    at: datetime,
    today: date,
) -> None:
    """Say how far the action is: a new status, a note, or both.

    A finished action carries the day on which it was finished and who said so; one that is
    taken up again is neither finished nor verified any more. Raises `StaleActionError`,
    `TransitionError` or `MissingNoteError`.
    """
    if action.version != version:
        raise StaleActionError(action)
    before = ActionStatus(action.status)
    ensure_transition(before, status)
    text = clean_note(before, status, note)
    details: dict[str, object] = {}
    if status is not before:
        details["status"] = [before.value, status.value]
    if text:
        details["note"] = text
        action.progress_note = text
    action.status = status.value
    finished = status is ActionStatus.DONE and before is not ActionStatus.DONE
    if finished:
        action.finished_on, action.finished_by_id = today, by
    elif not status.is_done:
        forget_end(action)
    session.flush()
    event = "improvement.finished" if finished else "improvement.changed"
    record(session, action, event, by=by, at=at, details=details)


def forget_end(action: ImprovementAction) -> None:
    """Nothing says any more that the action was finished, or that it worked."""
    action.finished_on = action.finished_by_id = None
    action.verified_by_id = action.verified_on = action.verified_verdict = None
    action.verified_note = ""


def latest_readings(session: Session, department_id: int) -> dict[str, Reading]:
    """The department's latest value of each KPI that has one."""
    return {
        kpi: _reading(row)
        for kpi, row in kpis.latest(session, department_id).items()
        if row.value is not None
    }


def copy_promise(
    action: ImprovementAction, kpi: str | None, baseline: Reading | None, target: float | None
) -> None:
    """Write a promise into the action."""
    action.kpi, action.target_value = kpi, target
    figure = baseline.value if baseline else None
    action.baseline_value = figure.value if figure else None
    action.baseline_low = figure.low if figure else None
    action.baseline_high = figure.high if figure else None
    action.baseline_n = figure.n if figure else None
    action.baseline_start_on = baseline.start_on if baseline else None
    action.baseline_end_on = baseline.end_on if baseline else None


def record(
    session: Session,
    action: ImprovementAction,
    event: str,
    *,
    by: int,
    at: datetime,
    details: Mapping[str, object],
) -> None:
    """Add an event about the action to the trail."""
    department = action.department
    subject = audit.Subject(
        "improvement_action", str(action.id), department.organisation_id, department.id
    )
    audit.record(session, event, subject, by=by, at=at, details=details)


def _promise(session: Session, action: ImprovementAction, details: ActionDetails) -> None:
    if details.kpi is None:
        copy_promise(action, None, None, None)
        return
    definition = service_kpis().get(details.kpi)
    baseline = baseline_of(action) if action.kpi == definition.id else None
    department_id = action.department.id
    if baseline is None:
        baseline = latest_readings(session, department_id).get(definition.id)
    target = details.target
    if target is None:
        target = kpis.targets(session, department_id)[definition.id]
    ensure_target(target, definition, baseline.value.value if baseline else None)
    copy_promise(action, definition.id, baseline, target)


def _owner(session: Session, department: Department, owner_id: int | None) -> int | None:
    if owner_id is None:
        return None
    if owner_id not in {person.id for person in list_owners(session, [department])}:
        raise UnknownOwnerError
    return owner_id


def _reading(row: Measurement) -> Reading:
    return Reading(row.start_on, row.end_on, kpis.value_of(row))


def _told(action: ImprovementAction) -> dict[str, object]:
    return {
        "title": action.title,
        "description": action.description,
        "owner": action.owner_id,
        "due_on": _plain(action.due_on),
        "kpi": action.kpi,
        "baseline": action.baseline_value,
        "target": action.target_value,
    }


def _plain(day: date | None) -> str | None:
    return day.isoformat() if day else None

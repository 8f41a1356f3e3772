"""What the measurements say now, and the targets they are held against."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.database import plain_rows
from accredit.identity.models import Department
from accredit.kpi.comparison import Standing, standing
from accredit.kpi.domain import KpiDefinition, KpiValue, Status
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import KpiTarget, Measurement
from accredit.kpi.readings import reading_in
from accredit.standard.scoring.results import KpiReading
from accredit.text import N_, RuleError


class ImpossibleTargetError(RuleError):
    """A target the KPI can never have."""


class StaleTargetError(RuleError):
    """Somebody else set the target after this person opened the page; `current` is theirs."""

    def __init__(self, current: KpiTarget) -> None:
        self.current = current
        super().__init__(
            N_("Somebody else set this target while you were writing. Compare, then save again."),
            field="value",
        )


def series(session: Session, department_id: int, kpi: str) -> list[Measurement]:
    """The values that count now, by their first day; see `accredit.kpi.series.alike`.

    Windows of different lengths may be among them: a line joins only those alike.
    """
    return list(session.scalars(_counting(department_id).where(Measurement.kpi == kpi)))


def series_of(session: Session, department_id: int) -> dict[str, list[Measurement]]:
    """As `series`, for all KPIs of a department at once."""
    found: dict[str, list[Measurement]] = {}
    for row in session.scalars(_counting(department_id)):
        found.setdefault(row.kpi, []).append(row)
    return found


def latest(session: Session, department_id: int) -> dict[str, Measurement]:
    """Each KPI's latest value with enough answers, else its latest, by id: `series.latest_of`."""
    return latest_for(session, [department_id]).get(department_id, {})


def latest_for(
    session: Session, department_ids: Collection[int]
) -> dict[int, dict[str, Measurement]]:
    """As `latest`, for several departments at once; those without any value are left out."""
    place = func.row_number().over(
        partition_by=(Measurement.department_id, Measurement.kpi),
        order_by=(
            (Measurement.status == Status.OK.value).desc(),
            Measurement.end_on.desc(),
            Measurement.start_on.desc(),
        ),
    )
    ranked = (
        select(Measurement.id, place.label("place"))
        .where(Measurement.department_id.in_(department_ids), Measurement.replaced_at.is_(None))
        .subquery()
    )
    query = select(Measurement).join(ranked, ranked.c.id == Measurement.id)
    found: dict[int, dict[str, Measurement]] = {}
    for row in session.scalars(query.where(ranked.c.place == 1)):
        found.setdefault(row.department_id, {})[row.kpi] = row
    return found


def readings_for(session: Session, department_id: int, on: date) -> dict[str, KpiReading]:
    """The latest figures as the rules of a standard read them on a day.

    A value with too few answers is withheld (None), so that a rule about it is unknown:
    neither passed nor failed. KPIs never measured are left out, to the same effect.
    """
    found = {kpi: reading_in(rows, on) for kpi, rows in series_of(session, department_id).items()}
    return {kpi: reading for kpi, reading in found.items() if reading is not None}


def value_of(measurement: Measurement) -> KpiValue:
    """The stored figures as a value that can be compared and judged."""
    return KpiValue(
        kpi=measurement.kpi,
        value=measurement.value,
        n=measurement.n,
        low=measurement.low,
        high=measurement.high,
        status=Status(measurement.status),
    )


def standing_of(
    definition: KpiDefinition, measurement: Measurement | None, target: float
) -> Standing:
    """Where the measurement stands to the target; unknown where there is none."""
    if measurement is None:
        return Standing.UNKNOWN
    return standing(value_of(measurement), target, definition.direction)


def targets(session: Session, department_id: int) -> dict[str, float]:
    """Every KPI's target: the department's own, else the definition's to start from."""
    return targets_for(session, [department_id])[department_id]


def targets_for(session: Session, department_ids: Collection[int]) -> dict[int, dict[str, float]]:
    """As `targets`, for several departments at once."""
    usual = {definition.id: definition.default_target for definition in service_kpis().kpis}
    found = {department_id: dict(usual) for department_id in department_ids}
    asked = {"department_ids": list(department_ids)}
    for department_id, kpi, value in plain_rows(session, _NEWEST_TARGETS, asked):
        found[department_id][kpi] = value
    return found


# Built once: asked for every gap report and every page of figures.
_NEWEST_TARGETS = select(KpiTarget.department_id, KpiTarget.kpi, KpiTarget.value).where(
    KpiTarget.id.in_(
        select(func.max(KpiTarget.id))
        .where(KpiTarget.department_id.in_(bindparam("department_ids", expanding=True)))
        .group_by(KpiTarget.department_id, KpiTarget.kpi)
    )
)


def find_target(session: Session, department_id: int, kpi: str) -> KpiTarget | None:
    """The department's own target, or None where the definition's still holds."""
    query = (
        select(KpiTarget)
        .where(KpiTarget.department_id == department_id, KpiTarget.kpi == kpi)
        .order_by(KpiTarget.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def set_target(
    session: Session,
    department: Department,
    definition: KpiDefinition,
    value: float,
    *,
    by: int,
    at: datetime,
    seen: int | None = None,
) -> KpiTarget:
    """The value the department wants to reach, in the KPI's unit.

    `seen` is the id of the target on the person's page, 0 for the definition's, None where
    nobody looked at one. Raises `ImpossibleTargetError` or `StaleTargetError`.
    """
    before = find_target(session, department.id, definition.id)
    _ensure_possible(value, definition)
    if before is not None and seen is not None and before.id != seen:
        raise StaleTargetError(before)
    row = KpiTarget(
        department_id=department.id, kpi=definition.id, value=value, set_by_id=by, set_at=at
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "kpi.target_set",
        audit.Subject("kpi", definition.id, department.organisation_id, department.id),
        by=by,
        at=at,
        details={"from": before.value if before else definition.default_target, "to": value},
    )
    return row


def _ensure_possible(value: float, definition: KpiDefinition) -> None:
    low, high = definition.bounds
    if not math.isfinite(value):
        raise ImpossibleTargetError(N_("Enter a number."), field="value")
    if low is not None and high is not None and not low <= value <= high:
        raise ImpossibleTargetError(
            N_("A target for %(kpi)s lies between %(low)s and %(high)s."),
            field="value",
            kpi=definition.name,
            low=f"{low:g}",
            high=f"{high:g}",
        )
    if low is not None and value < low:
        raise ImpossibleTargetError(
            N_("A target for %(kpi)s is %(low)s or more."),
            field="value",
            kpi=definition.name,
            low=f"{low:g}",
        )


def _counting(department_id: int) -> Select[Measurement]:
    return (
        select(Measurement)
        .where(Measurement.department_id == department_id, Measurement.replaced_at.is_(None))
        .order_by(Measurement.start_on, Measurement.end_on)
    )

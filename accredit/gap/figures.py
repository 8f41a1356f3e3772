"""The department's measured figures as a gap report reads them.

`load_rows` is the only query; the rest is pure, so that the same rows are read once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from accredit.database import plain_rows
from accredit.gap.domain import KpiFigure, Period
from accredit.kpi.comparison import Standing, standing
from accredit.kpi.domain import KpiDefinition, KpiValue, Status
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement
from accredit.kpi.readings import reading_in
from accredit.kpi.series import alike, kind_of, latest_of
from accredit.standard.scoring.results import KpiReading

#: One measurement that counts: KPI, first and last day, value, low, high, n, status.
Row = tuple[str, date, date, float | None, float | None, float | None, int, str]


# Built once: asked for every report.
_ROWS = (
    select(
        Measurement.department_id,
        Measurement.kpi,
        Measurement.start_on,
        Measurement.end_on,
        Measurement.value,
        Measurement.low,
        Measurement.high,
        Measurement.n,
        Measurement.status,
    )
    .where(
        Measurement.department_id.in_(bindparam("department_ids", expanding=True)),
        Measurement.replaced_at.is_(None),
    )
    .order_by(Measurement.start_on, Measurement.end_on)
)


def load_rows(session: Session, department_id: int) -> tuple[Row, ...]:
    """Every measurement of the department that counts now; plain rows, since there are many."""
    return load_rows_of(session, [department_id]).get(department_id, ())


def load_rows_of(session: Session, department_ids: Collection[int]) -> dict[int, tuple[Row, ...]]:
    """As `load_rows`, for several departments at once."""
    found: dict[int, list[Row]] = {}
    for department_id, kpi, start_on, end_on, value, low, high, n, status in plain_rows(
        session, _ROWS, {"department_ids": list(department_ids)}
    ):
        row = (kpi, start_on, end_on, value, low, high, n, status)
        found.setdefault(department_id, []).append(row)
    return {department_id: tuple(rows) for department_id, rows in found.items()}


def figures_of(
    kpis: Iterable[str], rows: Iterable[Row], targets: Mapping[str, float]
) -> dict[str, KpiFigure]:
    """Each of these KPIs against its target, measured or not."""
    series = _series(rows)
    return {
        definition.id: _figure(definition, series.get(definition.id, ()), targets[definition.id])
        for definition in _definitions(kpis)
    }


def readings_of(rows: Iterable[Row], on: date) -> dict[str, KpiReading]:
    """What the rules read on a day: as `accredit.kpi.service.readings_for`, from the same rows."""
    found = {kpi: reading_in(periods, on) for kpi, periods in _series(rows).items()}
    return {kpi: reading for kpi, reading in found.items() if reading is not None}


def _definitions(ids: Iterable[str]) -> list[KpiDefinition]:
    """The definitions of these ids; an old standard may name one that exists no more."""
    found = (service_kpis().find(kpi) for kpi in ids)
    return [definition for definition in found if definition is not None]


def _series(rows: Iterable[Row]) -> dict[str, list[Period]]:
    found: dict[str, list[Period]] = {}
    for kpi, start_on, end_on, value, low, high, n, status in rows:
        period = Period(start_on, end_on, value, low, high, n, Status(status))
        found.setdefault(kpi, []).append(period)
    return found


def _figure(definition: KpiDefinition, periods: Sequence[Period], target: float) -> KpiFigure:
    last = latest_of(periods)
    if last is None:
        return KpiFigure(definition.id, target, Standing.UNKNOWN, definition=definition)
    value = KpiValue(definition.id, last.value, last.n, last.low, last.high, last.status)
    return KpiFigure(
        definition.id,
        target,
        standing(value, target, definition.direction),
        last,
        # Only periods of the same length as the latest are joined in a line.
        tuple(alike(periods, kind_of(last.start_on, last.end_on))),
        definition=definition,
    )

"""The department's measured figures as a gap report reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.gap.domain import KpiFigure, Period
from accredit.kpi import service as kpis
from accredit.kpi.domain import KpiDefinition, Status
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement
from accredit.kpi.series import alike, kind_of
from accredit.standard.domain import Standard
from accredit.standard.results import KpiReading


def load_figures(
    session: Session, department_id: int, standard: Standard
) -> tuple[dict[str, KpiFigure], dict[str, KpiReading]]:
    """Each KPI the standard names, measured or not, and what the award rules read of it.

    Three queries, however many measurements there are.
    """
    latest = kpis.latest(session, department_id)
    targets = kpis.targets(session, department_id)
    series = _series(session, department_id) if latest else {}
    figures = {}
    for definition in _definitions(standard.kpis):
        measurement = latest.get(definition.id)
        target = targets[definition.id]
        figures[definition.id] = KpiFigure(
            id=definition.id,
            target=target,
            standing=kpis.standing_of(definition, measurement, target),
            latest=_period(measurement) if measurement else None,
            series=_like(measurement, series.get(definition.id, ())) if measurement else (),
            definition=definition,
        )
    return figures, {kpi: kpis.reading_of(row) for kpi, row in latest.items()}


def _definitions(ids: Iterable[str]) -> list[KpiDefinition]:
    """The definitions of these ids; an old standard may name one that exists no more."""
    found = (service_kpis().find(kpi) for kpi in ids)
    return [definition for definition in found if definition is not None]


def _series(session: Session, department_id: int) -> Mapping[str, list[Period]]:
    """The periods that count now of every KPI, in order of time; plain rows, since many."""
    query = (
        select(
            Measurement.kpi,
            Measurement.start_on,
            Measurement.end_on,
            Measurement.value,
            Measurement.low,
            Measurement.high,
            Measurement.n,
            Measurement.status,
        )
        .where(Measurement.department_id == department_id, Measurement.replaced_at.is_(None))
        .order_by(Measurement.start_on, Measurement.end_on)
    )
    found: dict[str, list[Period]] = {}
    for kpi, start_on, end_on, value, low, high, n, status in session.execute(query):
        period = Period(start_on, end_on, value, low, high, n, Status(status))
        found.setdefault(kpi, []).append(period)
    return found


def _like(latest: Measurement, periods: Sequence[Period]) -> tuple[Period, ...]:
    """The periods of the same length as the latest: only those are joined in a line."""
    return tuple(alike(periods, kind_of(latest.start_on, latest.end_on)))


def _period(row: Measurement) -> Period:
    return Period(row.start_on, row.end_on, row.value, row.low, row.high, row.n, Status(row.status))

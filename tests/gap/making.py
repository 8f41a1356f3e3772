"""What the tests of gap reports are made of: KPI figures, measurements, a small standard."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from sqlalchemy.orm import Session

from accredit.gap.domain import KpiFigure, Period
from accredit.kpi import intervals
from accredit.kpi.comparison import Standing
from accredit.kpi.domain import Status
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import KpiImport, Measurement
from tests.people import START, Cast

GOOD = {"1.1": "good", "1.2": "good", "2.1": "good", "2.2": "good"}


def figure(kpi: str, standing: Standing, *, latest: Period | None = None) -> KpiFigure:
    """A KPI that stands so to its target."""
    definition = service_kpis().get(kpi)
    series = (latest,) if latest else ()
    return KpiFigure(
        kpi, definition.default_target, standing, latest, series, definition=definition
    )


def figures(**standings: Standing) -> dict[str, KpiFigure]:
    """Several KPIs: `figures(csat=Standing.MISSED)`."""
    return {kpi: figure(kpi, standing) for kpi, standing in standings.items()}


def measure(
    session: Session,
    cast: Cast,
    kpi: str,
    hits: int,
    n: int,
    *,
    month: int = 3,
    year: int = 2026,
    status: Status = Status.OK,
    department_id: int | None = None,
) -> Measurement:
    """A share of yes in one month as an import would have stored it, with Wilson's interval."""
    department_id = department_id or cast.licensing
    source = KpiImport(
        department_id=department_id,
        kpi=kpi,
        file_name="answers.csv",
        sha256="0" * 64,
        mapping="{}",
        accepted=n,
        blank=0,
        left_out=0,
        rejected=0,
        imported_by_id=cast.contributor.id,
        imported_at=START,
    )
    session.add(source)
    session.flush()
    low, high = intervals.wilson(hits, n)
    row = Measurement(
        department_id=department_id,
        kpi=kpi,
        import_id=source.id,
        start_on=date(year, month, 1),
        end_on=date(year, month, monthrange(year, month)[1]),
        value=100 * hits / n,
        n=n,
        low=100 * low,
        high=100 * high,
        status=status.value,
        measured_at=START,
    )
    session.add(row)
    session.flush()
    return row

"""Measurements and actions for tests of plans.

with arrange() as session:
    measure(session, cast, "csat", (48, 80), month=1)
    action = promise(session, cast, kpi="csat", target=75.0)
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from accredit.identity.models import Department
from accredit.improvement import service
from accredit.improvement.domain import ActionDetails
from accredit.improvement.models import ImprovementAction
from accredit.improvement.promise import Reading
from accredit.kpi import intervals
from accredit.kpi.domain import KpiValue, Status
from accredit.kpi.models import KpiImport, Measurement
from tests.people import Cast

#: The tests' own today; the application's pages look at the real calendar.
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: Due dates for pages, far from any real today.
FUTURE, PAST = date(2199, 12, 31), date(2020, 1, 31)


def share(kpi: str, hits: int, n: int, minimum: int = 30) -> KpiValue:
    """A share in percent with Wilson's interval."""
    low, high = intervals.wilson(hits, n)
    status = Status.OK if n >= minimum else Status.INSUFFICIENT
    return KpiValue(kpi, 100 * hits / n, n, 100 * low, 100 * high, status)


def figure(
    kpi: str, value: float | None, low: float | None, high: float | None, n: int = 400
) -> KpiValue:
    """A value with a given interval and enough answers."""
    return KpiValue(kpi, value, n, low, high, Status.OK)


def month(number: int, value: KpiValue, year: int = 2026) -> Reading:
    """The value as that of a month."""
    return Reading(date(year, number, 1), date(year, number, monthrange(year, number)[1]), value)


def store(
    session: Session, reading: Reading, *, department_id: int, status: Status | None = None
) -> Measurement:
    """A measurement as an import would have stored it."""
    value = reading.value
    source = KpiImport(
        department_id=department_id,
        kpi=value.kpi,
        file_name="answers.csv",
        sha256="0" * 64,
        mapping="{}",
        accepted=value.n,
        blank=0,
        left_out=0,
        rejected=0,
        imported_at=NOW,
    )
    session.add(source)
    session.flush()
    row = Measurement(
        department_id=department_id,
        kpi=value.kpi,
        import_id=source.id,
        start_on=reading.start_on,
        end_on=reading.end_on,
        value=value.value,
        n=value.n,
        low=value.low,
        high=value.high,
        status=(status or value.status).value,
        measured_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def measure(
    session: Session, cast: Cast, kpi: str, hits: tuple[int, int], *, month_number: int
) -> Measurement:
    """A share measured in a month of 2026 by the licensing department."""
    reading = month(month_number, share(kpi, *hits))
    return store(session, reading, department_id=cast.licensing)


def promise(
    session: Session,
    cast: Cast,
    *,
    title: str = "Answer within a day",
    department_id: int | None = None,
    owner_id: int | None = None,
    due_on: date | None = FUTURE,
    kpi: str | None = None,
    target: float | None = None,
    by: int | None = None,
    today: date = PAST,
) -> ImprovementAction:
    """An action of the licensing department, added by its leader."""
    department = session.get(Department, department_id or cast.licensing)
    assert department is not None
    return service.create_action(
        session,
        department,
        ActionDetails(title, "Two more people answer.", owner_id, due_on, kpi, target),
        by=by or cast.leader.id,
        at=NOW,
        today=today,
    )

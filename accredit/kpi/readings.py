"""Measurements as rules read them: figure, interval, answers, trend, age. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from accredit.clock import whole_months
from accredit.kpi.domain import Status
from accredit.kpi.series import Counted, Figure, alike, kind_of, latest_of
from accredit.standard.scoring.results import KpiReading


def reading_of(measurement: Figure) -> KpiReading:
    """One measurement as a reading, exact to the last digit stored.

    A value with too few answers is withheld.
    """
    if measurement.status != Status.OK:
        return KpiReading(None, None, None, measurement.n)
    return KpiReading(
        _exact(measurement.value),
        _exact(measurement.low),
        _exact(measurement.high),
        measurement.n,
    )


def reading_in(periods: Sequence[Counted], on: date) -> KpiReading | None:
    """The latest of these measurements of one KPI with enough answers, as of the day `on`.

    Its trend is the change since the one before of the same length, its age the whole months
    since its last day. None without any measurement.
    """
    last = latest_of(periods)
    if last is None:
        return None
    reading = replace(reading_of(last), age_months=Decimal(whole_months(last.end_on, on)))
    earlier = [
        one
        for one in alike(periods, kind_of(last.start_on, last.end_on))
        if one.status == Status.OK and one.end_on < last.end_on
    ]
    before = reading_of(earlier[-1]).value if earlier else None
    if before is None or reading.value is None:
        return reading
    return replace(reading, trend=reading.value - before)


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))

"""What a page shows of a department's KPIs: value, standing, change and trend of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accredit.identity.models import Department
from accredit.kpi import service
from accredit.kpi.comparison import Comparison, Standing, compare
from accredit.kpi.domain import KpiDefinition, Status
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement
from accredit.kpi.series import alike, in_order, kind_of


@dataclass(frozen=True, slots=True)
class Tile:
    """One KPI of a department.

    `shown` is the latest value with enough answers, else the latest at all; `newer` a
    later one that has too few. `line` are the windows like the one shown, `before` the one
    before it, and `change` what the two together show.
    """

    definition: KpiDefinition
    target: float
    standing: Standing
    shown: Measurement | None
    newer: Measurement | None
    line: tuple[Measurement, ...]
    before: Measurement | None
    change: Comparison | None


def tiles(session: Session, department_id: int) -> list[Tile]:
    """Every KPI of the catalogue, in its order, with what was measured of it."""
    targets = service.targets(session, department_id)
    shown = service.latest(session, department_id)
    series = service.series_of(session, department_id)
    return [
        make_tile(found, targets[found.id], shown.get(found.id), series.get(found.id, ()))
        for found in service_kpis().kpis
    ]


def make_tile(
    definition: KpiDefinition,
    target: float,
    shown: Measurement | None,
    rows: Sequence[Measurement],
) -> Tile:
    """A tile out of a KPI's series and the measurement that counts as its latest."""
    newest = in_order(rows)[-1] if rows else None
    too_few = newest is not None and newest.status != Status.OK
    line = alike(rows, kind_of(shown.start_on, shown.end_on)) if shown else []
    before = [row for row in line if shown and row.start_on < shown.start_on]
    return Tile(
        definition=definition,
        target=target,
        standing=service.standing_of(definition, shown, target),
        shown=shown,
        newer=newest if too_few and newest is not shown else None,
        line=tuple(line),
        before=before[-1] if before else None,
        change=_change(definition, before[-1], shown) if before and shown else None,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One department among others: the standing of each measured KPI, by its id."""

    department: Department
    shown: Mapping[str, Measurement]
    standings: Mapping[str, Standing]


def compare_departments(session: Session, departments: Sequence[Department]) -> list[Row]:
    """The departments side by side, each judged by its own targets."""
    ids = [department.id for department in departments]
    latest, targets = service.latest_for(session, ids), service.targets_for(session, ids)
    catalogue = service_kpis()
    found = []
    for department in departments:
        shown = latest.get(department.id, {})
        standings = {
            definition.id: service.standing_of(
                definition, shown[definition.id], targets[department.id][definition.id]
            )
            for definition in catalogue.kpis
            if definition.id in shown
        }
        found.append(Row(department, shown, standings))
    return found


def _change(definition: KpiDefinition, before: Measurement, after: Measurement) -> Comparison:
    return compare(
        service.value_of(before), service.value_of(after), definition.direction, definition.interval
    )

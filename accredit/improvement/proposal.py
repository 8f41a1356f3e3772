"""Proposing an action for each gap: what, until when, measured by which KPI. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from accredit.gap.domain import GapReport, GapRow
from accredit.improvement.domain import is_better
from accredit.improvement.promise import Reading
from accredit.kpi.domain import KpiCatalogue, Status
from accredit.text import N_, Message

#: From which share of the report's highest priority on a gap is closed within how many days.
DEADLINES = ((Fraction(2, 3), 90), (Fraction(1, 3), 180), (Fraction(0), 270))


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action that would close a gap.

    `planned_id` is the action that already does (None: none). `target` is None where there
    is no KPI or its target was reached before: then the leader sets one.
    """

    row: GapRow
    title: Message
    due_on: date
    kpi: str | None
    baseline: Reading | None
    target: float | None
    planned_id: int | None

    @property
    def code(self) -> str:
        """The element's code."""
        return self.row.code


def propose(
    report: GapReport,
    *,
    readings: Mapping[str, Reading],
    targets: Mapping[str, float],
    planned: Mapping[str, int],
    catalogue: KpiCatalogue,
    today: date,
) -> tuple[Proposal, ...]:
    """An action for every gap of the report, in the report's order of priority.

    `readings` and `targets` are the department's latest figures by KPI, `planned` the
    actions that exist by element code.
    """
    highest = max((row.priority for row in report.rows), default=Fraction(0))
    return tuple(
        _proposal(row, highest, readings, targets, planned.get(row.code), catalogue, today)
        for row in report.rows
    )


def days_for(priority: Fraction, highest: Fraction) -> int:
    """How long closing a gap may take: 90, 180 or 270 days.

    90 from two thirds of the report's highest priority on, 180 from one third on.
    """
    return next(days for share, days in DEADLINES if priority >= share * highest)


def choose_kpi(
    kpis: Sequence[str],
    readings: Mapping[str, Reading],
    targets: Mapping[str, float],
    catalogue: KpiCatalogue,
) -> str | None:
    """The KPI an action for an element with these KPIs promises to move, or None.

    The first one measured with enough answers that has not reached its target; else the
    first one measured so; else the first.
    """
    known = [kpi for kpi in kpis if catalogue.find(kpi) is not None]
    measured = [kpi for kpi in known if kpi in readings and _is_usable(readings[kpi])]
    short = [
        kpi for kpi in measured if target_for(kpi, readings[kpi], targets, catalogue) is not None
    ]
    return next(iter([*short, *measured, *known]), None)


def target_for(
    kpi: str, baseline: Reading | None, targets: Mapping[str, float], catalogue: KpiCatalogue
) -> float | None:
    """The department's target for the KPI, unless the baseline reaches it already."""
    target = targets.get(kpi)
    if target is None or baseline is None or baseline.value.value is None:
        return target
    better = is_better(target, baseline.value.value, catalogue.get(kpi).direction)
    return target if better else None


def _proposal(
    row: GapRow,
    highest: Fraction,
    readings: Mapping[str, Reading],
    targets: Mapping[str, float],
    planned_id: int | None,
    catalogue: KpiCatalogue,
    today: date,
) -> Proposal:
    kpi = choose_kpi(row.kpis, readings, targets, catalogue)
    baseline = readings.get(kpi) if kpi else None
    return Proposal(
        row=row,
        title=Message(
            N_("Raise “%(element)s” from “%(level)s” to “%(required)s”"),
            {"element": row.title, "level": row.level.name, "required": row.required.name},
        ),
        due_on=today + timedelta(days=days_for(row.priority, highest)),
        kpi=kpi,
        baseline=baseline,
        target=target_for(kpi, baseline, targets, catalogue) if kpi else None,
        planned_id=planned_id,
    )


def _is_usable(reading: Reading) -> bool:
    return reading.value.status is Status.OK

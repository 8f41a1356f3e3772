"""The values of a gap report: what is missing, how much it matters, what stands in the way.

How they come about is in `accredit.gap.report` and `accredit.gap.priority`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from accredit.kpi.comparison import Standing
from accredit.kpi.domain import KpiDefinition, Status
from accredit.standard.domain import Criterion, Element, Level, Scale, Standard
from accredit.standard.rules import Award
from accredit.standard.scoring.results import NodeTotal, Result, RuleResult
from accredit.text import Bilingual


class Basis(StrEnum):
    """Whose scores a report stands on.

    The department's own are SUBMITTED where the standard takes its word for the result and it
    has handed it in, otherwise SELF: a view that others have yet to judge.
    """

    AGREED = "agreed"
    SUBMITTED = "submitted"
    SELF = "self"
    NONE = "none"

    @property
    def is_final(self) -> bool:
        """Whether these scores are what the standard calls the result."""
        return self in (Basis.AGREED, Basis.SUBMITTED)


class Readiness(StrEnum):
    """How near the next award is."""

    TOP = "top"
    REACHED = "reached"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Period:
    """One measured window of a KPI: figures in the KPI's unit, from `n` answers."""

    start_on: date
    end_on: date
    value: float | None
    low: float | None
    high: float | None
    n: int
    status: Status


@dataclass(frozen=True, slots=True)
class KpiFigure:
    """Where a KPI stands: its latest usable period, its target, and the periods before.

    `latest` is None where the department never measured it; then `standing` is unknown.
    `series` holds the periods of the same length as the latest, in order of time.
    """

    id: str
    target: float
    standing: Standing
    latest: Period | None = None
    series: tuple[Period, ...] = ()
    definition: KpiDefinition = field(kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class GapRow:
    """An element below its required level.

    `weight` is what the element counts in the total; `steps` counts levels from the one reached
    up to the one required (see `priority.steps_between`); `change` counts them from the last
    assessment to this one, on a scale of numbers in its unit (None without a last level);
    `kpis` are ids, in the standard's order; `standing` is the worst of theirs, None if the
    element has no KPI.
    """

    element: Element
    criterion: Criterion
    scale: Scale
    required: Level
    level: Level
    weight: Fraction
    steps: Fraction
    self_level: Level | None
    previous_level: Level | None
    change: Decimal | int | None
    kpis: tuple[str, ...]
    standing: Standing | None
    factor: Fraction
    priority: Fraction

    @property
    def code(self) -> str:
        """The element's code."""
        return self.element.code

    @property
    def title(self) -> Bilingual:
        """The element's title."""
        return self.element.title


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion, or a group inside one: its total by the basis, its own view, last time.

    Percentages are rounded as the standard says and None while an element lacks a score;
    `change` is the difference of the two rounded figures, in percentage points.
    """

    criterion: Criterion
    total: NodeTotal
    self_percent: Decimal | None
    previous_percent: Decimal | None
    change: Decimal | None
    weight: Fraction
    gaps: int
    gap_weight: Fraction
    unscored: int


@dataclass(frozen=True, slots=True)
class Headline:
    """A report in one line: the total, the number and weight of gaps, what is not scored.

    `scored` tells whether there is any score.
    """

    basis: Basis
    total: NodeTotal
    gaps: int
    gap_weight: Fraction
    unscored: int
    scored: bool


@dataclass(frozen=True, eq=False)
class GapReport:
    """The whole report; `rows` hold the most urgent gap first.

    `levels` are those the elements stand at, measured ones included; `groups` are the criteria
    with the groups inside them, in the order of the standard.
    """

    standard: Standard
    basis: Basis
    levels: Mapping[str, str]
    self_levels: Mapping[str, str]
    previous_levels: Mapping[str, str]
    result: Result
    self_percent: Decimal | None
    previous_percent: Decimal | None
    rows: tuple[GapRow, ...]
    unscored: tuple[Element, ...]
    criteria: tuple[CriterionRow, ...]
    groups: tuple[CriterionRow, ...]
    kpis: tuple[KpiFigure, ...]
    readiness: Readiness
    award: Award | None
    next_award: Award | None
    failed: tuple[RuleResult, ...]
    unknown: tuple[RuleResult, ...]

    @property
    def is_provisional(self) -> bool:
        """Whether the figures may still change."""
        return not self.basis.is_final or bool(self.unscored)

    @property
    def weight(self) -> Fraction:
        """What all elements that apply count together; in a standard with points, the points."""
        return self.result.total.weighted_max

    @property
    def gap_weight(self) -> Fraction:
        """The sum of the weights of all elements with a gap."""
        return sum((row.weight for row in self.rows), Fraction(0))

    @property
    def change(self) -> Decimal | None:
        """The total's difference to the last assessment, in percentage points."""
        return difference(self.result.total.percent, self.previous_percent)

    @cached_property
    def _kpis_by_id(self) -> Mapping[str, KpiFigure]:
        return {figure.id: figure for figure in self.kpis}

    def find_kpi(self, kpi: str) -> KpiFigure | None:
        """The figure of a KPI the standard names, or None."""
        return self._kpis_by_id.get(kpi)

    def find_row(self, code: str) -> GapRow | None:
        """The gap of an element, or None where there is none."""
        return next((row for row in self.rows if row.code == code), None)


def difference(after: Decimal | None, before: Decimal | None) -> Decimal | None:
    """The change from one percentage to another, None where one is missing."""
    return None if after is None or before is None else after - before

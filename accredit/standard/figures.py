"""Measured figures as a standard uses them: which one, how sure, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class KpiField(StrEnum):
    """Which figure of a KPI reading is looked at."""

    VALUE = "value"
    LOW = "low"
    HIGH = "high"
    N = "n"
    TREND = "trend"


class MapKind(StrEnum):
    """Between two points of a map: along the line, or as the last point says."""

    LINEAR = "linear"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class KpiReading:
    """A measured figure: its value, the 95 % interval around it, and the number of answers.

    `trend` is the change since the reading before, `age_months` how long ago its window ended;
    both may be unknown.
    """

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int
    trend: Decimal | None = None
    age_months: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MapPoint:
    """At the figure `at`, so many percent."""

    at: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class FigureMap:
    """What a figure is worth in percent; flat beyond the first and the last point.

    With steps a figure below the first point is worth nothing.
    """

    kind: MapKind
    points: tuple[MapPoint, ...]

    def share(self, figure: Decimal) -> Fraction:
        """The worth of `figure` as a share from 0 to 1, exactly."""
        reached = [point for point in self.points if point.at <= figure]
        if not reached:
            first = self.points[0].percent if self.kind is MapKind.LINEAR else Decimal(0)
            return Fraction(first) / 100
        before = reached[-1]
        if self.kind is MapKind.STEPS or before is self.points[-1]:
            return Fraction(before.percent) / 100
        after = self.points[len(reached)]
        way = Fraction(figure - before.at) / Fraction(after.at - before.at)
        rise = Fraction(after.percent - before.percent)
        return (Fraction(before.percent) + way * rise) / 100

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the most a figure can be worth."""
        worth = [point.percent for point in self.points]
        if self.kind is MapKind.STEPS:
            worth.append(Decimal(0))
        return Fraction(min(worth)) / 100, Fraction(max(worth)) / 100


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that counts only when it is sure enough: enough answers, not too old."""

    kpi: str
    field: KpiField
    min_n: int
    max_age_months: int | None = None

    def of(self, reading: KpiReading | None) -> Decimal | None:
        """The figure in this reading, or None when there is none to rely on."""
        if reading is None or self.is_stale(reading):
            return None
        if self.field is KpiField.N:
            return Decimal(reading.n)
        if reading.n < self.min_n:
            return None
        figure = {
            KpiField.VALUE: reading.value,
            KpiField.LOW: reading.low,
            KpiField.HIGH: reading.high,
            KpiField.TREND: reading.trend,
        }[self.field]
        return figure if figure is not None and figure.is_finite() else None

    def is_stale(self, reading: KpiReading) -> bool:
        """Whether the reading is older than it may be, or of unknown age where that matters."""
        if self.max_age_months is None:
            return False
        return reading.age_months is None or reading.age_months > self.max_age_months


@dataclass(frozen=True, slots=True)
class Measured:
    """A share computed from a figure instead of being judged."""

    figure: Figure
    worth: FigureMap

"""Measurements in the order of time: which belong in one line, and what period each covers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from accredit.kpi.domain import KpiValue, Status
from accredit.kpi.importing import Window, window_of


class Dated(Protocol):
    """Anything that covers the days from `start_on` to `end_on`, both included."""

    @property
    def start_on(self) -> date:
        """The first day."""
        ...

    @property
    def end_on(self) -> date:
        """The last day."""
        ...


class Measured(Dated, Protocol):
    """A value and the days it covers."""

    @property
    def value(self) -> KpiValue:
        """The value with its interval and number of answers."""
        ...


class Figure(Dated, Protocol):
    """A measurement as it is stored: plain figures and a status."""

    @property
    def value(self) -> float | None:
        """The value in the KPI's unit."""
        ...

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""
        ...

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""
        ...

    @property
    def n(self) -> int:
        """The number of answers."""
        ...

    @property
    def status(self) -> str:
        """Whether there were enough of them: a `Status`."""
        ...


Row = TypeVar("Row", bound=Dated)
Counted = TypeVar("Counted", bound=Figure)


def kind_of(start_on: date, end_on: date) -> Window:
    """The calendar window these days make; `whole` for any other stretch of time."""
    for window in (Window.MONTH, Window.QUARTER, Window.YEAR):
        if window_of(start_on, window) == (start_on, end_on):
            return window
    return Window.WHOLE


def in_order(rows: Sequence[Row]) -> list[Row]:
    """The rows by their last day; of two that end together the longer comes first."""
    return sorted(rows, key=lambda row: (row.end_on, row.start_on))


def alike(rows: Sequence[Row], kind: Window | None = None) -> list[Row]:
    """The rows of one kind of window, in order: months are never joined to years in a line.

    `kind` None means that of the latest row; where two kinds end together, the shorter.
    """
    ordered = in_order(rows)
    if not ordered:
        return []
    wanted = kind or kind_of(ordered[-1].start_on, ordered[-1].end_on)
    return [row for row in ordered if kind_of(row.start_on, row.end_on) is wanted]


def latest_of(rows: Iterable[Counted]) -> Counted | None:
    """The latest of the rows with enough answers, else the latest of all."""
    return max(
        rows, key=lambda row: (row.status == Status.OK, row.end_on, row.start_on), default=None
    )

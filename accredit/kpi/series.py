"""Measurements in the order of time: which belong in one line, and what period each covers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

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


Row = TypeVar("Row", bound=Dated)


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

"""From a table of raw answers to values per window, with every row that was not used.

Pure: the same table and the same mapping always give the same figures.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accredit.kpi.answers import RefusedAnswerError, is_unanswered, row_reader
from accredit.kpi.cells import (
    AmbiguousDateError,
    DateOrder,
    UnreadableCellError,
    cell_text,
    is_blank,
    moment,
    shown,
)
from accredit.kpi.domain import KpiDefinition, KpiValue, plain_word
from accredit.kpi.formulas import Observation, compute
from accredit.kpi.hours import WorkingHours
from accredit.kpi.spreadsheet import Table
from accredit.text import N_, Message, RuleError
from accredit.web.workbook import Cell


class Window(StrEnum):
    """How answers are grouped in time; `whole` is everything in the file."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WHOLE = "whole"


class UnknownColumnError(RuleError):
    """The table has no column of this name, or more than one."""


class MissingInputError(RuleError):
    """The chosen columns do not make a set this KPI can be computed from."""


class MissingDateColumnError(RuleError):
    """Values by month, quarter or year need a column with dates."""


class _RefusedDateError(RuleError):
    """An answer that belongs to no day, in the column at `place`."""

    def __init__(self, place: int, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
        self.place = place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which columns mean what: the person's choice, kept with the import.

    `columns` maps each input of the KPI to a column's name. `where` keeps the rows whose
    columns have these values; case and outer spaces do not matter. `hours` count only
    working time between two moments.
    """

    kpi: str
    columns: abc.Mapping[str, str]
    date_column: str | None = None
    date_order: DateOrder | None = None
    window: Window = Window.WHOLE
    where: tuple[tuple[str, str], ...] = ()
    hours: WorkingHours | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was not used: its number in the spreadsheet, the cell and the reason."""

    row: int
    column: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True)
class WindowValue:
    """A value for one window; without a date column the whole file has no dates."""

    start_on: date | None
    end_on: date | None
    value: KpiValue


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would record, and what of the file it would not use.

    `blanks` are rows without an answer, `left_out` rows that `where` or an exclusion
    column keeps out of the figure, `rejected` rows with an answer that cannot be right.
    """

    accepted: int
    blanks: int
    left_out: int
    rejected: tuple[RowError, ...]
    windows: tuple[WindowValue, ...]


def find_column(table: Table, name: str) -> int | None:
    """The position of the column called `name`, else of the only one that is nearly so called."""
    wanted = cell_text(name)
    exact = [i for i, header in enumerate(table.header) if header == wanted]
    near = [i for i, header in enumerate(table.header) if plain_word(header) == plain_word(wanted)]
    for found in (exact, near):
        if len(found) == 1:
            return found[0]
    return None


def get_column(table: Table, name: str) -> int:
    """As `find_column`, but raises `UnknownColumnError`."""
    found = find_column(table, name)
    if found is not None:
        return found
    if sum(plain_word(header) == plain_word(cell_text(name)) for header in table.header) > 1:
        raise UnknownColumnError(
            N_("Several columns are called “%(name)s”; rename them."), name=name
        )
    raise UnknownColumnError(
        N_("There is no column “%(name)s”. The columns are: %(known)s."),
        name=shown(name),
        known=", ".join(shown(header) for header in table.header if header),
    )


def preview(table: Table, mapping: Mapping, definition: KpiDefinition) -> Preview:
    """The values the table gives under the mapping, and every row it cannot use.

    A rejected row is excluded from the value and counted. Raises `UnknownColumnError`,
    `MissingInputError`, `MissingDateColumnError`, and `AmbiguousDateError` where the
    mapping must first state the order of day and month.
    """
    if mapping.kpi != definition.id:
        raise ValueError(f"a mapping for {mapping.kpi} says nothing about {definition.id}")
    inputs = _chosen_inputs(mapping, definition)
    places = {name: get_column(table, mapping.columns[name]) for name in inputs}
    conditions = [(get_column(table, name), _said(value)) for name, value in mapping.where]
    date_place = get_column(table, mapping.date_column) if mapping.date_column else None
    if date_place is None and mapping.window is not Window.WHOLE:
        raise MissingDateColumnError(
            N_("Choose the column with dates, or compute one value for the whole file."),
            field="date_column",
        )
    read = row_reader(definition, inputs, mapping.date_order, mapping.hours)
    groups: dict[tuple[date, date] | None, list[Observation]] = {}
    days: list[date] = []
    rejected: list[RowError] = []
    blanks = left_out = 0
    for row_number, row in zip(table.row_numbers, table.rows, strict=True):
        if len(row) > len(table.header):
            rejected.append(_too_long(row_number, row, len(table.header)))
            continue
        if any(_said(row[place]) != value for place, value in conditions):
            left_out += 1
            continue
        cells = {name: row[place] for name, place in places.items()}
        if is_unanswered(cells):
            blanks += 1
            continue
        try:
            observation = read(cells)
            if observation is None:
                left_out += 1
                continue
            day = _day(row, date_place, mapping.date_order)
        except RefusedAnswerError as error:
            place = places[error.name]
            rejected.append(_refused(table, row_number, row, place, error))
        except _RefusedDateError as error:
            rejected.append(_refused(table, row_number, row, error.place, error))
        else:
            days += [] if day is None else [day]
            window = None if day is None else window_of(day, mapping.window)
            groups.setdefault(window, []).append(observation)
    return Preview(
        accepted=sum(map(len, groups.values())),
        blanks=blanks,
        left_out=left_out,
        rejected=tuple(rejected),
        windows=_windows(definition, groups, days),
    )


def window_of(day: date, window: Window) -> tuple[date, date] | None:
    """The first and last day of the window that holds `day`; None for the whole file."""
    if window is Window.WHOLE:
        return None
    months = {Window.MONTH: 1, Window.QUARTER: 3, Window.YEAR: 12}[window]
    first_month = (day.month - 1) // months * months + 1
    start = date(day.year, first_month, 1)
    after = first_month + months
    following = date(day.year + 1, 1, 1) if after > 12 else date(day.year, after, 1)
    return start, following - timedelta(days=1)


def _windows(
    definition: KpiDefinition,
    groups: dict[tuple[date, date] | None, list[Observation]],
    days: list[date],
) -> tuple[WindowValue, ...]:
    if None in groups or not groups:
        first, last = (min(days), max(days)) if days else (None, None)
        return (WindowValue(first, last, compute(definition, groups.get(None, []))),)
    return tuple(
        WindowValue(*window, compute(definition, groups[window]))
        for window in sorted(window for window in groups if window is not None)
    )


def _chosen_inputs(mapping: Mapping, definition: KpiDefinition) -> tuple[str, ...]:
    for inputs in definition.inputs:
        if set(inputs) == set(mapping.columns):
            return inputs
    raise MissingInputError(
        N_("%(kpi)s needs the columns %(needed)s."),
        field="columns",
        kpi=definition.name,
        needed=" / ".join(" + ".join(inputs) for inputs in definition.inputs),
    )


def _said(cell: Cell) -> str:
    return cell_text(cell).casefold()


def _day(row: tuple[Cell, ...], place: int | None, order: DateOrder | None) -> date | None:
    if place is None:
        return None
    if is_blank(row[place]):
        raise _RefusedDateError(place, Message(N_("The date is missing.")))
    try:
        return moment(row[place], order).date()
    except AmbiguousDateError:
        raise
    except UnreadableCellError as error:
        raise _RefusedDateError(place, error.message) from error


def _refused(
    table: Table, row_number: int, row: tuple[Cell, ...], place: int, error: RuleError
) -> RowError:
    return RowError(row_number, table.header[place], shown(row[place]), error.message)


def _too_long(row_number: int, row: tuple[Cell, ...], width: int) -> RowError:
    return RowError(
        row_number,
        "",
        shown(row[-1]),
        Message(
            N_("The row has %(found)s cells and the header %(expected)s."),
            {"found": len(row), "expected": width},
        ),
    )

"""Which columns of a table are probably meant, as a first choice for the person to confirm."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from accredit.kpi.answers import RefusedAnswerError, row_reader
from accredit.kpi.cells import (
    DateOrder,
    UnreadableCellError,
    is_blank,
    moment,
)
from accredit.kpi.domain import KpiDefinition, plain_word
from accredit.kpi.importing import Mapping, Window
from accredit.kpi.spreadsheet import Table
from accredit.web.workbook import Cell

_SAMPLE = 500
_MOSTLY = 0.9
_DATE_WORDS = ("date", "day", "month", "تاريخ", "اليوم", "الشهر")
_INPUT_WORDS = {
    "start": ("start", "opening", "بداية"),
    "end": ("end", "closing", "نهاية"),
    "new": ("new", "acquired", "جدد", "جديد"),
    "lost": ("lost", "cancelled", "مفقود"),
    "opened": ("opened", "created", "received", "فتح", "استلام"),
    "closed": ("closed", "answered at", "resolved at", "replied", "إغلاق", "الرد"),
    "excluded": ("excluded", "not resolvable", "cannot be resolved", "مستثنى"),
}


def suggest_mapping(table: Table, definition: KpiDefinition) -> Mapping:
    """A mapping to start from; inputs without a plausible column are left out.

    A column is plausible when its name is one the definition lists, or, for numbers, when
    it is the only one whose values all fit. The date order stays open where the dates
    do not tell it.
    """
    date_column = _date_column(table)
    columns: dict[str, str] = {}
    for inputs in definition.inputs:
        found = {
            name: column
            for name in inputs
            if (column := _column_for(table, definition, inputs, name)) is not None
        }
        if len(found) == len(inputs) or not columns:
            columns = found
        if len(found) == len(inputs):
            break
    return Mapping(
        kpi=definition.id,
        columns=columns,
        date_column=table.header[date_column] if date_column is not None else None,
        date_order=_date_order(table, date_column) if date_column is not None else None,
        window=Window.WHOLE if date_column is None else Window.MONTH,
    )


def _column_for(
    table: Table, definition: KpiDefinition, inputs: tuple[str, ...], name: str
) -> str | None:
    main = name == inputs[0] and name not in _INPUT_WORDS
    words = (
        (name, definition.id, *definition.aliases, *definition.headers)
        if main
        else _INPUT_WORDS[name]
    )
    plausible: list[tuple[int, str]] = []
    for place, header in enumerate(table.header):
        if table.header.count(header) > 1 or not header:
            continue
        likeness = _likeness(header, words)
        if main and len(inputs) == 1 and not _fits(table, definition, name, place):
            continue
        if likeness or (main and len(inputs) == 1 and not definition.asks_yes_or_no):
            plausible.append((likeness, header))
    if not plausible:
        return None
    best = max(likeness for likeness, _ in plausible)
    named = [header for likeness, header in plausible if likeness == best]
    return named[0] if best or len(named) == 1 else None


def _likeness(header: str, words: Iterable[str]) -> int:
    """2 where the header is one of the words, 1 where it contains one, else 0."""
    plain = plain_word(header)
    known = [plain_word(word) for word in words]
    if plain in known:
        return 2
    return int(any(f" {word} " in f" {plain} " for word in known))


def _fits(table: Table, definition: KpiDefinition, name: str, place: int) -> bool:
    read = row_reader(definition, (name,), None)
    fitting = total = 0
    for cell in islice(_filled(table, place), _SAMPLE):
        total += 1
        try:
            read({name: cell})
        except RefusedAnswerError:
            continue
        fitting += 1
    return total > 0 and fitting >= _MOSTLY * total


def _filled(table: Table, place: int) -> Iterable[Cell]:
    return (row[place] for row in table.rows if not is_blank(row[place]))


def _date_column(table: Table) -> int | None:
    found = [
        place
        for place, header in enumerate(table.header)
        if table.header.count(header) == 1 and header and _holds_dates(table, place)
    ]
    named = [place for place in found if _likeness(table.header[place], _DATE_WORDS)]
    return next(iter([*named, *found]), None)


def _holds_dates(table: Table, place: int) -> bool:
    dates = total = 0
    for cell in islice(_filled(table, place), _SAMPLE):
        total += 1
        dates += _is_date(cell, DateOrder.DAY_FIRST) or _is_date(cell, DateOrder.MONTH_FIRST)
    return total > 0 and dates >= _MOSTLY * total


def _is_date(cell: Cell, order: DateOrder | None) -> bool:
    try:
        moment(cell, order)
    except UnreadableCellError:
        return False
    return True


def _date_order(table: Table, place: int) -> DateOrder | None:
    """The order under which more cells are dates, or None where both or none would do."""
    day_first, month_first = (
        sum(_is_date(cell, order) for cell in _filled(table, place))
        for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)
    )
    if day_first == month_first:
        return None
    return DateOrder.DAY_FIRST if day_first > month_first else DateOrder.MONTH_FIRST

"""What a person chose for an import: kept with it, so that its figures can be computed again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from accredit.kpi.cells import DateOrder
from accredit.kpi.domain import KpiDefinition, KpiValue
from accredit.kpi.hours import DAYS, WorkingHours, parse_hours
from accredit.kpi.importing import Mapping, Preview, Window, WindowValue, preview
from accredit.kpi.spreadsheet import Table
from accredit.text import N_, RuleError


class PeriodError(RuleError):
    """The period of the answers is missing, upside down, or at odds with their dates."""


class NothingToImportError(RuleError):
    """No row of the file is an answer; `found` says what became of each row."""

    def __init__(self, found: Preview) -> None:
        self.found = found
        super().__init__(
            N_("No row of the file has an answer that can be used. Check the columns chosen.")
        )


class FutureAnswersError(RuleError):
    """Answers are dated later than today, so the dates were read wrongly."""


@dataclass(frozen=True, slots=True)
class Choices:
    """A mapping, the sheet it speaks of, and the period that one value for the file covers."""

    mapping: Mapping
    sheet: str | None = None
    period: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What an import would store: the preview, its windows all with their days.

    `whole` is the value of all answers together, to hold against what people know of
    the file.
    """

    found: Preview
    windows: tuple[tuple[date, date, WindowValue], ...]
    whole: KpiValue


def figures(table: Table, choices: Choices, definition: KpiDefinition, today: date) -> Figures:
    """The figures the table gives, ready to be stored.

    Raises what `preview` raises, `NothingToImportError`, `PeriodError` where the file has
    no dates and nobody said which days it covers, and `FutureAnswersError`.
    """
    mapping = choices.mapping
    found = preview(table, mapping, definition)
    if found.accepted == 0:
        raise NothingToImportError(found)
    if mapping.window is Window.WHOLE:
        whole = found.windows[0]
        dated: tuple[tuple[date, date, WindowValue], ...] = (
            (*_period(whole, choices.period), whole),
        )
    else:
        whole = preview(table, replace(mapping, window=Window.WHOLE), definition).windows[0]
        dated = tuple((*_days(window), window) for window in found.windows)
    # A day of grace: today has begun in the east before it has in the west.
    latest = today + timedelta(days=1)
    if dated[0][0] > latest and whole.end_on is None:
        raise PeriodError(N_("The period lies in the future."), field="period_from_on")
    if whole.end_on is not None and whole.end_on > latest:
        raise FutureAnswersError(
            N_(
                "Answers are dated in the future (%(day)s). Check the column with dates and "
                "whether the day or the month comes first."
            ),
            field="date_order",
            day=whole.end_on,
        )
    return Figures(found, dated, whole.value)


def to_json(choices: Choices) -> str:
    """The choices as JSON, with keys in a fixed order."""
    mapping = choices.mapping
    return json.dumps(
        {
            "kpi": mapping.kpi,
            "columns": dict(mapping.columns),
            "date_column": mapping.date_column,
            "date_order": mapping.date_order,
            "window": mapping.window,
            "where": [list(pair) for pair in mapping.where],
            "hours": hours_text(mapping.hours) if mapping.hours else None,
            "sheet": choices.sheet,
            "period": [day.isoformat() for day in choices.period] if choices.period else None,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def from_json(text: str) -> Choices:
    """The choices an import was made with."""
    data = json.loads(text)
    period = data["period"]
    mapping = Mapping(
        kpi=data["kpi"],
        columns=data["columns"],
        date_column=data["date_column"],
        date_order=DateOrder(data["date_order"]) if data["date_order"] else None,
        window=Window(data["window"]),
        where=tuple((column, value) for column, value in data["where"]),
        hours=parse_hours(data["hours"]) if data["hours"] else None,
    )
    days = (date.fromisoformat(period[0]), date.fromisoformat(period[1])) if period else None
    return Choices(mapping, data["sheet"], days)


def hours_text(hours: WorkingHours) -> str:
    """Working hours as `parse_hours` reads them."""
    return ", ".join(
        f"{day} {pair[0]:%H:%M}-{pair[1]:%H:%M}"
        for day, pair in zip(DAYS, hours.week, strict=True)
        if pair
    )


def _days(window: WindowValue) -> tuple[date, date]:
    if window.start_on is None or window.end_on is None:
        raise ValueError("a calendar window has its days")
    return window.start_on, window.end_on


def _period(found: WindowValue, stated: Sequence[date] | None) -> tuple[date, date]:
    """The days one value for the whole file covers: those stated, else those of its answers."""
    if stated is None:
        if found.start_on is None or found.end_on is None:
            raise PeriodError(
                N_("The file has no dates. Say which days the answers cover, from and to."),
                field="period_from_on",
            )
        return found.start_on, found.end_on
    start_on, end_on = stated
    if end_on < start_on:
        raise PeriodError(N_("The period ends before it begins."), field="period_to_on")
    if found.start_on and found.end_on and not start_on <= found.start_on <= found.end_on <= end_on:
        raise PeriodError(
            N_("The answers are dated from %(first)s to %(last)s, outside the period."),
            field="period_from_on",
            first=found.start_on,
            last=found.end_on,
        )
    return start_on, end_on

"""KPI figures in the reader's words: values with their units, windows, standings.

The same words stand on pages, in reports and in plans, so they are made in one place.
Rounding is for display alone, halves away from zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from babel.dates import format_date
from babel.lists import format_list
from flask_babel import ngettext

from accredit.i18n import (
    format_day,
    format_number,
    format_percent,
    gettext,
    language,
    say,
    translate,
)
from accredit.kpi.cells import DateOrder
from accredit.kpi.comparison import Change, Standing
from accredit.kpi.domain import (
    Direction,
    IntervalMethod,
    KpiDefinition,
    Status,
    Unit,
    display_value,
)
from accredit.kpi.importing import Window
from accredit.kpi.loader import service_kpis
from accredit.kpi.series import kind_of
from accredit.text import N_, Message

STANDING_WORDS = {
    Standing.MET: N_("Target met"),
    Standing.UNCLEAR: N_("Unclear"),
    Standing.MISSED: N_("Target missed"),
    Standing.UNKNOWN: N_("Cannot be judged"),
}
STANDING_MEANINGS = {
    Standing.MET: N_("The whole 95% interval is at the target or better."),
    Standing.UNCLEAR: N_(
        "The 95% interval lies on both sides of the target: these answers cannot decide it."
    ),
    Standing.MISSED: N_("The whole 95% interval is worse than the target."),
    Standing.UNKNOWN: N_("There is no measurement with enough answers."),
}
STANDING_TONES = {
    Standing.MET: "good",
    Standing.UNCLEAR: "warn",
    Standing.MISSED: "bad",
    Standing.UNKNOWN: "neutral",
}
STATUS_WORDS = {
    Status.OK: N_("Enough answers"),
    Status.INSUFFICIENT: N_("Too few answers"),
    Status.NO_VALUE: N_("No value"),
}
STATUS_TONES = {Status.OK: "good", Status.INSUFFICIENT: "warn", Status.NO_VALUE: "neutral"}
CHANGE_WORDS = {
    Change.IMPROVED: N_("Compared with %(window)s: better"),
    Change.NOT_SHOWN: N_("Compared with %(window)s: no change shown"),
    Change.WORSE: N_("Compared with %(window)s: worse"),
}
DIRECTION_WORDS = {
    Direction.HIGHER: N_("Higher is better"),
    Direction.LOWER: N_("Lower is better"),
}
INTERVAL_WORDS = {
    IntervalMethod.ADJUSTED_WALD: N_(
        "Adjusted Wald: three neutral answers are added before the standard error is computed"
    ),
    IntervalMethod.WILSON: N_("Wilson’s score interval of a share"),
    IntervalMethod.T: N_("Student’s t interval of the mean"),
    IntervalMethod.ORDER_STATISTIC: N_("From the ordered answers themselves (binomial)"),
}
UNIT_WORDS = {
    Unit.POINTS: N_("points from −100 to 100"),
    Unit.PERCENT: N_("percent"),
    Unit.SCORE: N_("points of the scale"),
    Unit.SECONDS: N_("seconds"),
}
WINDOW_WORDS = {
    Window.MONTH: N_("Months"),
    Window.QUARTER: N_("Quarters"),
    Window.YEAR: N_("Years"),
    Window.WHOLE: N_("Other periods"),
}

#: The roles a column can have, by the names of a definition's inputs.
INPUT_LABELS = {
    "value": N_("Column with the answers"),
    "excluded": N_("Column that says the contact could not be resolved at first contact"),
    "retained": N_("Column that says whether the customer stayed"),
    "left": N_("Column that says whether the customer left"),
    "start": N_("Column with customers at the start"),
    "end": N_("Column with customers at the end"),
    "new": N_("Column with new customers"),
    "lost": N_("Column with customers lost"),
    "opened": N_("Column with the time of the customer’s contact"),
    "closed": N_("Column with the time of the answer or solution"),
}
GROUP_WORDS = {
    Window.MONTH: N_("Each month"),
    Window.QUARTER: N_("Each quarter"),
    Window.YEAR: N_("Each year"),
    Window.WHOLE: N_("One value for the whole file"),
}
ORDER_WORDS = {
    DateOrder.DAY_FIRST: N_("Day first: 31/12/2026"),
    DateOrder.MONTH_FIRST: N_("Month first: 12/31/2026"),
}
INTERVAL_LABEL = N_("95% interval")

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def value_text(definition: KpiDefinition, value: float | None) -> str:
    """The value with its unit, such as “11.8 points”, “49.9%”, “68 s”; a dash for none."""
    if value is None:
        return "—"
    if definition.unit is Unit.SECONDS:
        return _duration(value, definition.decimals, _scale_of(value))
    if definition.unit is Unit.PERCENT:
        return _percent(value, definition.decimals)
    number = _number(value, definition.decimals)
    if definition.unit is Unit.POINTS:
        return str(ngettext("%(number)s point", "%(number)s points", _count(number), number=number))
    return number


def chart_scale(definition: KpiDefinition, values: Iterable[float | None]) -> int:
    """How many seconds the unit of a chart of these waits has; 1 for what is no wait."""
    largest = max((value for value in values if value is not None), default=0.0)
    return _scale_of(largest) if definition.unit is Unit.SECONDS else 1


def chart_text(definition: KpiDefinition, value: float, decimals: int, scale: int) -> str:
    """A figure in a chart, told briefly and in the unit of the whole chart."""
    if definition.unit is Unit.SECONDS:
        return _short_duration(value, decimals, scale)
    is_share = definition.unit is Unit.PERCENT
    return _percent(value, decimals) if is_share else _number(value, decimals)


def interval_text(definition: KpiDefinition, low: float | None, high: float | None) -> str:
    """The interval with its unit, such as “46.2% to 53.6%”; a dash where there is none."""
    if low is None or high is None:
        return "—"
    if definition.unit is Unit.SECONDS:
        # Both ends in one unit, which only the second names.
        scale = _scale_of((low + high) / 2)
        first = _in_scale(low, definition.decimals, scale)
        return range_text(first, _duration(high, definition.decimals, scale))
    if definition.unit is Unit.PERCENT:
        return range_text(value_text(definition, low), value_text(definition, high))
    return range_text(_number(low, definition.decimals), _number(high, definition.decimals))


def range_text(low: str, high: str) -> str:
    """From one figure to another, in words: a dash between them would read as a minus."""
    return str(gettext("%(low)s to %(high)s", low=low, high=high))


def answers_text(count: int) -> str:
    """How many answers a value rests on."""
    return str(ngettext("%(number)s answer", "%(number)s answers", count, number=f"{count:,}"))


def rows_text(count: int) -> str:
    """How many rows a table has."""
    return str(ngettext("%(number)s row", "%(number)s rows", count, number=f"{count:,}"))


def name_of(kpi: str) -> str:
    """A KPI's name; of one that the catalogue no longer has, its code."""
    definition = service_kpis().find(kpi)
    return kpi if definition is None else say(definition.name)


def target_hint(definition: KpiDefinition) -> str:
    """In which unit a target is written."""
    if definition.unit is Unit.SECONDS:
        return str(gettext("In seconds, or as hours:minutes:seconds"))
    return translate(UNIT_WORDS[definition.unit])


def scale_text(definition: KpiDefinition) -> str:
    """The answers that exist."""
    scale = definition.scale
    if scale is None:
        return str(gettext("yes or no"))
    if scale.max is None:
        return str(gettext("%(low)s or more", low=f"{scale.min:g}"))
    return str(gettext("from %(low)s to %(high)s", low=f"{scale.min:g}", high=f"{scale.max:g}"))


def window_text(start_on: date, end_on: date) -> str:
    """The days a value covers, as people name them: a month, a quarter, a year, or from–to."""
    kind = kind_of(start_on, end_on)
    if kind is Window.MONTH:
        return _dated(start_on, "MMMM y")
    if kind is Window.QUARTER:
        quarter = (start_on.month + 2) // 3
        return str(gettext("Quarter %(quarter)s of %(year)s", quarter=quarter, year=start_on.year))
    if kind is Window.YEAR:
        return str(start_on.year)
    if start_on == end_on:
        return format_day(start_on)
    return range_text(format_day(start_on), format_day(end_on))


def change_text(change: Change, start_on: date, end_on: date) -> str:
    """What has changed since the window of these days, as far as the answers show."""
    return translate(Message(CHANGE_WORDS[change], {"window": window_text(start_on, end_on)}))


def listed(items: Sequence[str]) -> str:
    """Several names as a sentence lists them."""
    return format_list(items, locale="ar" if language() == "ar" else "en_GB")


def short_window_text(start_on: date, end_on: date) -> str:
    """The same for an axis, where there is little room."""
    kind = kind_of(start_on, end_on)
    if kind is Window.MONTH:
        return _dated(start_on, "MMM y")
    if kind is Window.QUARTER:
        return str(
            gettext("Q%(quarter)s %(year)s", quarter=(start_on.month + 2) // 3, year=start_on.year)
        )
    if kind is Window.YEAR:
        return str(start_on.year)
    return _dated(end_on, "d MMM y")


def _dated(day: date, pattern: str) -> str:
    return format_date(day, format=pattern, locale="ar" if language() == "ar" else "en_GB")


def _duration(value: float, decimals: int, scale: int) -> str:
    number = _in_scale(value, decimals, scale)
    if scale == _MINUTE:
        return str(gettext("%(time)s min", time=number))
    if scale == _HOUR:
        return str(gettext("%(time)s h", time=number))
    if scale == _DAY:
        return str(ngettext("%(number)s day", "%(number)s days", _count(number), number=number))
    return str(ngettext("%(number)s second", "%(number)s seconds", _count(number), number=number))


def _short_duration(value: float, decimals: int, scale: int) -> str:
    number = _in_scale(value, decimals, scale)
    if scale == 1:
        return str(gettext("%(number)s s", number=number))
    if scale == _DAY:
        return str(gettext("%(number)s d", number=number))
    return number if scale == _MINUTE else str(gettext("%(time)s h", time=number))


def _in_scale(value: float, decimals: int, scale: int) -> str:
    """A wait without its unit: 605 seconds are 10:05 in minutes."""
    if scale in (_MINUTE, _HOUR):
        # Rounded first and divided afterwards, so that no minute has sixty seconds.
        whole = int(display_value(value * 60 / scale, 0))
        return f"{whole // 60}:{whole % 60:02}"
    return _number(value / scale, decimals if scale == 1 else max(decimals, 1))


def _scale_of(seconds: float) -> int:
    """The unit, in seconds, in which a wait is told: up to two of it in the smaller one."""
    if seconds < 2 * _MINUTE:
        return 1
    if seconds < 2 * _HOUR:
        return _MINUTE
    return _HOUR if seconds < 2 * _DAY else _DAY


def _number(value: float, decimals: int) -> str:
    """A figure rounded for display, never minus zero."""
    return format_number(display_value(value, decimals), decimals)


def _percent(value: float, decimals: int) -> str:
    return format_percent(display_value(value, decimals), decimals)


def _count(number: str) -> int:
    """The whole number whose plural form a shown number takes.

    A number with a fraction takes the plural of a hundred: in both languages the form
    for many things that are not counted one by one.
    """
    digits = number.lstrip("\u200e\u2212").replace(",", "")
    return int(digits) if digits.isdigit() else 100

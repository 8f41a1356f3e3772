"""Plans in the reader's words: states, verdicts of the measurements, changes, history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from flask_babel import ngettext

from accredit.i18n import format_day, format_number, format_percent, gettext, say, translate
from accredit.improvement.domain import STATUS_NAMES, ActionStatus
from accredit.improvement.history import EVENT_NAMES, Change, Happening
from accredit.improvement.plan import PlanRow, Shown
from accredit.improvement.promise import Progress, PromiseVerdict, Reading
from accredit.kpi.comparison import Comparison
from accredit.kpi.display import (
    DIRECTION_WORDS,
    STANDING_WORDS,
    interval_text,
    range_text,
    value_text,
    window_text,
)
from accredit.kpi.domain import KpiDefinition, Status, Unit, display_value
from accredit.kpi.loader import service_kpis
from accredit.text import N_, Bilingual

STATUS_TONES = {
    ActionStatus.PLANNED: "neutral",
    ActionStatus.IN_PROGRESS: "brand",
    ActionStatus.DONE: "info",
    ActionStatus.VERIFIED: "good",
    ActionStatus.CANCELLED: "neutral",
}
VERDICT_WORDS = {
    PromiseVerdict.TARGET_MET: N_("Target met"),
    PromiseVerdict.IMPROVED: N_("Improved"),
    PromiseVerdict.NOT_SHOWN: N_("No improvement shown"),
    PromiseVerdict.WORSE: N_("Worse"),
    PromiseVerdict.NO_BASELINE: N_("No baseline"),
    PromiseVerdict.NO_MEASUREMENT: N_("Not measured since"),
}
VERDICT_MEANINGS = {
    PromiseVerdict.TARGET_MET: N_("The whole 95% interval is at the target or better."),
    PromiseVerdict.IMPROVED: N_("Better than the baseline by more than chance explains."),
    PromiseVerdict.NOT_SHOWN: N_(
        "The difference to the baseline is no greater than chance can explain."
    ),
    PromiseVerdict.WORSE: N_("Worse than the baseline by more than chance explains."),
    PromiseVerdict.NO_BASELINE: N_(
        "Nobody had measured this KPI when the promise was made, so no change can be shown."
    ),
    PromiseVerdict.NO_MEASUREMENT: N_(
        "No measurement covers a time after the baseline yet. Progress shows once there is one."
    ),
}
VERDICT_TONES = {
    PromiseVerdict.TARGET_MET: "good",
    PromiseVerdict.IMPROVED: "good",
    PromiseVerdict.NOT_SHOWN: "warn",
    PromiseVerdict.WORSE: "bad",
    PromiseVerdict.NO_BASELINE: "neutral",
    PromiseVerdict.NO_MEASUREMENT: "neutral",
}
BAR_TONES = {
    **VERDICT_TONES,
    PromiseVerdict.NO_BASELINE: "brand",
    PromiseVerdict.NO_MEASUREMENT: "brand",
}
SHOWN_NAMES = {
    Shown.OPEN: N_("Open: planned or in progress"),
    Shown.PLANNED: STATUS_NAMES[ActionStatus.PLANNED],
    Shown.IN_PROGRESS: STATUS_NAMES[ActionStatus.IN_PROGRESS],
    Shown.DONE: N_("Done, and waiting for verification"),
    Shown.VERIFIED: STATUS_NAMES[ActionStatus.VERIFIED],
    Shown.UNPROVEN: N_("Done, but not confirmed by measurements"),
    Shown.CANCELLED: STATUS_NAMES[ActionStatus.CANCELLED],
    Shown.ALL: N_("All"),
}
PART_NAMES = {
    "title": N_("Title"),
    "description": N_("Description"),
    "owner": N_("Owner"),
    "due_on": N_("Due date"),
    "kpi": N_("KPI"),
    "baseline": N_("Baseline"),
    "target": N_("Target"),
    "status": N_("Status"),
}
_LEFT_TO_RIGHT, _MINUS = "\u200e", "\u2212"
_EVENT_TONES = {
    "improvement.finished": "info",
    "improvement.verified": "good",
    "improvement.sent_back": "warn",
    "improvement.changed": "neutral",
}


def difference_text(definition: KpiDefinition, difference: float) -> str:
    """A change with its sign and unit; the difference of two percentages is in points."""
    size = abs(difference)
    if definition.unit is not Unit.PERCENT:
        return _signed(definition, difference, value_text(definition, size))
    number = format_number(size, definition.decimals)
    count = _plural(display_value(size, definition.decimals))
    words = ngettext(
        "%(number)s percentage point", "%(number)s percentage points", count, number=number
    )
    return _signed(definition, difference, str(words))


def _end_text(definition: KpiDefinition, difference: float) -> str:
    """The same for an end of an interval, where the unit was just told."""
    size = abs(difference)
    if definition.unit is Unit.SECONDS:
        return _signed(definition, difference, value_text(definition, size))
    return _signed(definition, difference, format_number(size, definition.decimals))


def _signed(definition: KpiDefinition, difference: float, words: str) -> str:
    if display_value(abs(difference), definition.decimals) == 0:
        return words
    # The mark keeps the sign in front of the digits in Arabic text.
    return f"{_LEFT_TO_RIGHT}{'+' if difference > 0 else _MINUS}{words}"


def change_text(definition: KpiDefinition, comparison: Comparison) -> str | None:
    """The change since the baseline in a sentence, with its interval where there is one."""
    if comparison.difference is None:
        return None
    change = difference_text(definition, comparison.difference)
    if comparison.low is None or comparison.high is None:
        return str(gettext("%(change)s since the baseline", change=change))
    interval = range_text(
        _end_text(definition, comparison.low), _end_text(definition, comparison.high)
    )
    return str(
        gettext(
            "%(change)s since the baseline (95%% interval: %(interval)s)",
            change=change,
            interval=interval,
        )
    )


def share_text(progress: Progress) -> str | None:
    """How much of the way to the target is gone, in whole percent; words where none is.

    A value on the wrong side of the baseline is not told as a negative share: whether it
    is worse or only chance is for the verdict to say.
    """
    if progress.share is None:
        return None
    if progress.share < 0:
        return str(gettext("further from the target"))
    return format_percent(progress.share, 0)


def reading_text(definition: KpiDefinition, reading: Reading | None) -> str:
    """A value with its window and number of answers."""
    if reading is None:
        return "—"
    return str(
        gettext(
            "%(value)s in %(window)s, n = %(n)s",
            value=value_text(definition, reading.value.value),
            window=window_text(reading.start_on, reading.end_on),
            n=format_number(reading.value.n, 0),
        )
    )


def reading_note(definition: KpiDefinition, reading: Reading | None) -> str | None:
    """Where a value comes from: its window, interval and number of answers."""
    if reading is None:
        return None
    figure = reading.value
    window = window_text(reading.start_on, reading.end_on)
    answers = gettext("n = %(n)s", n=format_number(figure.n, 0)).replace(" ", "\u00a0")
    if figure.low is None or figure.high is None:
        return f"{window} · {answers}"
    interval = interval_text(definition, figure.low, figure.high)
    told = gettext("95%% interval: %(interval)s", interval=interval)
    return f"{window} · {told} · {answers}"


def status_text(status: ActionStatus) -> str:
    """A status in the reader's language."""
    return translate(STATUS_NAMES[status])


def standing_text(row: PlanRow) -> str | None:
    """Where the latest value stands to the target; nothing before there is one."""
    if row.progress is None or row.progress.latest is None:
        return None
    return str(gettext(STANDING_WORDS[row.progress.standing]))


def direction_text(definition: KpiDefinition) -> str:
    """Which way is better."""
    return str(gettext(DIRECTION_WORDS[definition.direction]))


def unproven_text(row: PlanRow) -> str | None:
    """Why a finished action is not confirmed, in the words of the verdict."""
    if row.progress is None:
        return None
    return str(gettext(VERDICT_MEANINGS[row.progress.verdict]))


def priority_text(priority: Fraction) -> str:
    """A priority with as many decimals as it has, at most two."""
    places = next(
        places for places in (0, 1, 2) if places == 2 or (priority * 10**places).denominator == 1
    )
    return format_number(Decimal(priority.numerator) / priority.denominator, places)


def has_too_few(reading: Reading | None) -> bool:
    """Whether a value rests on too few answers to prove anything."""
    return reading is not None and reading.value.status is not Status.OK


def event_name(happening: Happening) -> str:
    """What happened, in words; an event without words is told by its code."""
    name = EVENT_NAMES.get(happening.event)
    if happening.event == "improvement.changed" and happening.is_report:
        name = N_("Progress reported")
    return str(gettext(name)) if name else happening.event


def event_tone(happening: Happening) -> str:
    """The colour of an event in the timeline."""
    return _EVENT_TONES.get(happening.event, "brand")


def measured_text(verdict: str | None) -> str | None:
    """What the measurements said when an action was verified or sent back."""
    if verdict is None:
        return None
    words = gettext(VERDICT_WORDS[PromiseVerdict(verdict)])
    return str(gettext("The measurements said: %(verdict)s", verdict=words))


def change_line(change: Change) -> str:
    """One changed value, before and after."""
    name = PART_NAMES.get(change.key)
    before = _changed_value(change.key, change.before, change.kpi_before)
    after = _changed_value(change.key, change.after, change.kpi)
    return str(
        gettext(
            "%(part)s: %(after)s (before: %(before)s)",
            part=gettext(name) if name else change.key,
            before=before,
            after=after,
        )
    )


def _changed_value(key: str, value: object, kpi: str | None) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, Bilingual):
        return say(value)
    if key == "status":
        return translate(STATUS_NAMES[ActionStatus(str(value))])
    if key == "due_on":
        return format_day(date.fromisoformat(str(value)))
    if key == "kpi":
        definition = service_kpis().find(str(value))
        return say(definition.name) if definition else str(value)
    if isinstance(value, int | float):
        definition = service_kpis().find(kpi) if kpi else None
        return value_text(definition, value) if definition else f"{value:g}"
    return str(value)


def _plural(rounded: Decimal) -> int:
    """The whole number whose plural a number takes; one with a fraction takes a hundred's."""
    return int(rounded) if rounded == rounded.to_integral_value() else 100

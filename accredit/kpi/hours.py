"""Time within working hours, for waits that stand still while the service is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from accredit.text import N_, RuleError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<opens>\d{1,2}:\d{2})-(?P<closes>\d{1,2}:\d{2})",
    re.ASCII,
)


class WorkingHoursError(RuleError):
    """Working hours that cannot be read, or that contradict themselves."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of one ordinary week, Monday first; None for a day without service.

    Holidays and Ramadan hours are no part of it: an ordinary week repeats itself.
    """

    week: tuple[tuple[time, time] | None, ...]


def parse_hours(text: str) -> WorkingHours:
    """Hours written as `mon-thu 08:00-15:30, fri 08:00-12:00`; raises `WorkingHoursError`.

    A span may run over the week's end (`sun-thu`). A day is given once.
    """
    week: list[tuple[time, time] | None] = [None] * len(DAYS)
    for piece in text.lower().split(","):
        span = _SPAN.fullmatch(piece.strip())
        days = _days(span["first"], span["last"] or span["first"]) if span else ()
        hours = _hours(span["opens"], span["closes"]) if span else None
        if not days or hours is None or any(week[day] for day in days):
            raise WorkingHoursError(
                N_(
                    "Working hours “%(hours)s” cannot be read; "
                    "write them like mon-thu 08:00-15:30, fri 08:00-12:00."
                ),
                hours=text,
            )
        for day in days:
            week[day] = hours
    return WorkingHours(tuple(week))


def seconds_within(hours: WorkingHours, opened: datetime, closed: datetime) -> int | Fraction:
    """Seconds of working time between two moments of the same clock, the earlier first.

    What happens outside working hours counts as happening at their next beginning.
    """
    first, last = opened.date(), closed.date()
    # Whole weeks are alike, so that a span of centuries costs no more than one of days.
    weeks = max(0, (last - first).days - 1) // 7
    total = weeks * sum((_length(pair) for pair in hours.week), timedelta())
    day = first
    while day <= last:
        total += _overlap(hours.week[day.weekday()], day, opened, closed)
        day += timedelta(days=1 + (7 * weeks if day == first else 0))
    exact = total.days * 86400 + total.seconds + Fraction(total.microseconds, 1_000_000)
    return int(exact) if exact.denominator == 1 else exact


def _days(first: str, last: str) -> tuple[int, ...]:
    if first not in DAYS or last not in DAYS:
        return ()
    start = DAYS.index(first)
    return tuple((start + i) % 7 for i in range((DAYS.index(last) - start) % 7 + 1))


def _hours(opens: str, closes: str) -> tuple[time, time] | None:
    try:
        pair = time.fromisoformat(opens.zfill(5)), time.fromisoformat(closes.zfill(5))
    except ValueError:
        return None
    return pair if pair[0] < pair[1] else None


def _length(pair: tuple[time, time] | None) -> timedelta:
    day = date.min
    return datetime.combine(day, pair[1]) - datetime.combine(day, pair[0]) if pair else timedelta()


def _overlap(
    pair: tuple[time, time] | None, day: date, opened: datetime, closed: datetime
) -> timedelta:
    if pair is None:
        return timedelta()
    begin = max(opened, datetime.combine(day, pair[0], opened.tzinfo))
    end = min(closed, datetime.combine(day, pair[1], opened.tzinfo))
    return max(timedelta(), end - begin)

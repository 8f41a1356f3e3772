"""The clock, asked only at the edge: services and rules are told the time. And ages in months."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """Today's date where the programme is run."""
    return datetime.now(zone).date()


def after(seconds: float) -> Callable[[], bool]:
    """Whether this thread has used so much of a processor since now, asked again and again."""
    end = time.thread_time() + seconds
    return lambda: time.thread_time() >= end


# A report dates hundreds of files, most of them of a few days.
@lru_cache(maxsize=2048)
def whole_months(since: date, until: date) -> int:
    """How many whole months have passed; 0 where `since` lies later.

    The 31st of a month is passed on the last day of a shorter one.
    """
    months = 12 * (until.year - since.year) + until.month - since.month
    ends_month = (until + timedelta(days=1)).month != until.month
    if until.day < since.day and not ends_month:
        months -= 1
    return max(0, months)

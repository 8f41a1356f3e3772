"""Working time between two moments."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.kpi.hours import WorkingHoursError, parse_hours, seconds_within

MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 - the clock on the wall
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1))  # noqa: DTZ001 - as above


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("hours", "opened", "closed", "minutes"),
    [
        # timetoreply: nine to five, in on Monday at 08:30, answered at 09:15.
        ("mon-fri 09:00-17:00", at(0, 8, 30), at(0, 9, 15), 15),
        # keeping.com: open from seven, in at 18:00, answered at 08:00 the next day.
        ("mon-fri 07:00-18:00", at(0, 18), at(1, 8), 60),
        ("mon-fri 09:00-17:00", at(4, 16), at(7, 10), 120),
        ("mon-thu 07:30-15:30, fri 07:30-12:00", at(4, 11), at(7, 8, 30), 120),
        ("sun-thu 08:00-16:00", at(3, 15), at(6, 9), 120),
        ("mon-fri 09:00-17:00", at(5, 10), at(6, 10), 0),
        ("mon 9:00-17:00", at(0, 9), at(21, 9), 3 * 8 * 60),
    ],
)
def test_a_wait_stands_still_while_the_service_is_closed(
    hours: str, opened: datetime, closed: datetime, minutes: int
) -> None:
    assert seconds_within(parse_hours(hours), opened, closed) == minutes * 60


@given(moments, moments)
def test_it_is_the_number_of_open_minutes_counted_one_by_one(
    first: datetime, second: datetime
) -> None:
    opened, closed = (item.replace(second=0, microsecond=0) for item in sorted((first, second)))
    closed = min(closed, opened + timedelta(days=17))
    minutes = sum(
        (opened + timedelta(minutes=i)).weekday() < 5
        and 9 <= (opened + timedelta(minutes=i)).hour < 17
        for i in range(int((closed - opened) / timedelta(minutes=1)))
    )
    assert seconds_within(parse_hours("mon-fri 09:00-17:00"), opened, closed) == minutes * 60


def test_centuries_cost_no_time() -> None:
    closed = MONDAY + timedelta(weeks=9000, days=1)
    assert seconds_within(parse_hours("mon 09:00-10:00"), MONDAY, closed) == 9001 * 3600


@pytest.mark.parametrize(
    "text",
    [
        *("", "mon", "mon 9-17", "mon 17:00-09:00", "mon 09:00-09:00", "mon 25:00-26:00"),
        *("xyz 09:00-17:00", "mon 09:00-12:00, mon 13:00-17:00", "mon-fri 09:00-17:00,"),
    ],
)
def test_hours_that_are_unclear_are_refused(text: str) -> None:
    with pytest.raises(WorkingHoursError, match="cannot be read"):
        parse_hours(text)

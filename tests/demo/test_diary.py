"""The diary puts every step on a working day, in office hours, in the order of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from accredit.demo.diary import Diary

RIYADH = ZoneInfo("Asia/Riyadh")
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
AGO = st.integers(0, 800)


@given(today=DAYS, ago=AGO)
def test_a_day_is_never_a_weekend_and_never_later_than_asked(today: date, ago: int) -> None:
    day = Diary(today, RIYADH).day(ago)

    assert day.weekday() not in (4, 5)
    assert 0 <= (today - timedelta(days=ago) - day).days <= 2


@given(today=DAYS, ago=st.integers(3, 800))
def test_days_three_apart_stay_apart_and_in_order(today: date, ago: int) -> None:
    diary = Diary(today, RIYADH)

    assert diary.day(ago) < diary.day(ago - 3)


@given(today=DAYS, last=st.integers(1, 400), wide=st.integers(0, 30), count=st.integers(1, 100))
def test_spread_moments_are_in_office_hours_and_in_order(
    today: date, last: int, wide: int, count: int
) -> None:
    diary = Diary(today, RIYADH)

    moments = diary.spread(last + wide, last, count)

    local = [moment.astimezone(RIYADH) for moment in moments]
    assert len(moments) == count
    assert all(8 <= moment.hour < 16 for moment in local)
    assert all(diary.day(last + wide) <= moment.date() <= diary.day(last) for moment in local)
    assert [moment.date() for moment in local] == sorted(moment.date() for moment in local)


def test_a_moment_is_told_on_the_programmes_own_clock() -> None:
    diary = Diary(date(2026, 6, 10), RIYADH)

    assert diary.moment(1, 9, 30) == datetime(2026, 6, 9, 6, 30, tzinfo=UTC)


def test_steps_happen_by_time_and_at_one_moment_as_they_were_noted() -> None:
    diary = Diary(date(2026, 6, 10), RIYADH)
    told: list[str] = []
    early, late = diary.moment(9), diary.moment(2)
    diary.note(late, lambda _at: told.append("late"))
    diary.note(early, lambda _at: told.append("first"))
    diary.note(early, lambda _at: told.append("second"))

    diary.run()

    assert told == ["first", "second", "late"]
    assert diary.length == 3

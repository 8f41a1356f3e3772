"""The demonstration's files tell of periods that had ended, and call them as an official would."""

from __future__ import annotations

from datetime import date

import pytest

from accredit.demo.periods import (
    Period,
    last_four_quarters,
    month,
    quarter,
    whole_year,
)


@pytest.mark.parametrize(
    ("period", "en", "ar"),
    [
        (month(1)(date(2026, 1, 20)), "December 2025", "ديسمبر 2025"),
        (quarter(1)(date(2026, 1, 20)), "fourth quarter of 2025", "الربع الرابع من سنة 2025"),
        (quarter(3)(date(2026, 12, 31)), "first quarter of 2026", "الربع الأول من سنة 2026"),
        (whole_year(2026), "2026", "2026"),
        (last_four_quarters(date(2026, 1, 1)), "2025", "2025"),
        (
            last_four_quarters(date(2026, 7, 1)),
            "July 2025 – June 2026",
            "يوليو 2025 – يونيو 2026",
        ),
        # Three months, and no quarter.
        (
            Period(date(2026, 2, 1), date(2026, 4, 30)),
            "February 2026 – April 2026",
            "فبراير 2026 – أبريل 2026",
        ),
    ],
)
def test_a_period_has_its_name_in_both_languages(period: Period, en: str, ar: str) -> None:
    assert (period.name("en"), period.name("ar")) == (en, ar)


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 31), date(2028, 2, 29)])
def test_what_a_file_tells_of_had_ended_and_is_whole_months(today: date) -> None:
    for stretch in (month(1), month(4), quarter(1), quarter(3), last_four_quarters):
        period = stretch(today)

        assert period.last < today
        assert period.first.day == 1
        assert period.months[0] == period.first
        assert (period.months[-1].year, period.months[-1].month) == (
            period.last.year,
            period.last.month,
        )


def test_rows_fill_a_period_evenly_and_stay_in_it() -> None:
    period = quarter(1)(date(2028, 4, 2))

    days = [period.day(number, 60) for number in range(60)]

    assert days == sorted(days)
    assert days[0] == date(2028, 1, 1)
    assert date(2028, 3, 29) < days[-1] <= date(2028, 3, 31)

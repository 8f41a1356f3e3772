"""The stretches of time the departments' files tell of, counted back from the day they are shown.

They end at different times, as real files do: what is asked for from the last half year is
then told by other files than what is asked for from the last year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from accredit.text import Bilingual, Language

_YEAR, _QUARTER = 12, 3

MONTH_NAMES = (
    Bilingual("January", "يناير"),
    Bilingual("February", "فبراير"),
    Bilingual("March", "مارس"),
    Bilingual("April", "أبريل"),
    Bilingual("May", "مايو"),
    Bilingual("June", "يونيو"),
    Bilingual("July", "يوليو"),
    Bilingual("August", "أغسطس"),
    Bilingual("September", "سبتمبر"),
    Bilingual("October", "أكتوبر"),
    Bilingual("November", "نوفمبر"),
    Bilingual("December", "ديسمبر"),
)
_QUARTERS = (
    Bilingual("first quarter of {}", "الربع الأول من سنة {}"),
    Bilingual("second quarter of {}", "الربع الثاني من سنة {}"),
    Bilingual("third quarter of {}", "الربع الثالث من سنة {}"),
    Bilingual("fourth quarter of {}", "الربع الرابع من سنة {}"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """Some whole calendar months, from the `first` day to the `last`."""

    first: date
    last: date

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each of its months, in order."""
        count = 1 + _number(self.last) - _number(self.first)
        return tuple(_month(_number(self.first) + place) for place in range(count))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def day(self, number: int, of: int) -> date:
        """The day of the row with this number, from 0, where `of` rows fill it evenly."""
        return self.first + timedelta(days=number * self.days // of)

    def name(self, language: Language) -> str:
        """What an official calls it: a month, a quarter, a year, or its first and last month."""
        months = self.months
        starts_quarter = self.first.month % _QUARTER == 1
        if len(months) == 1:
            return month_and_year(self.first, language)
        if len(months) == _QUARTER and starts_quarter:
            words = _QUARTERS[self.first.month // _QUARTER].in_language(language)
            return words.format(self.first.year)
        if len(months) == _YEAR and self.first.month == 1:
            return str(self.first.year)
        ends = (month_and_year(month, language) for month in (months[0], months[-1]))
        return " – ".join(ends)


def month_and_year(day: date, language: Language) -> str:
    """The month of a day by its name, with the year."""
    return f"{MONTH_NAMES[day.month - 1].in_language(language)} {day.year}"


#: Which stretch a file tells of that is shown from a day on.
Stretch = Callable[[date], Period]


def whole_year(year: int) -> Period:
    """A calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def quarter(back: int) -> Stretch:
    """A whole calendar quarter that has ended: 1 is the last one, 2 the one before it."""

    def stretch(day: date) -> Period:
        start = _number(day) - (day.month - 1) % _QUARTER - back * _QUARTER
        return _period(start, _QUARTER)

    return stretch


def month(back: int) -> Stretch:
    """A whole month that has ended: 1 is the last one."""
    return lambda day: _period(_number(day) - back, 1)


def last_four_quarters(day: date) -> Period:
    """The twelve months that end with the last whole quarter."""
    return Period(quarter(4)(day).first, quarter(1)(day).last)


def _number(day: date) -> int:
    """Months counted on, so that they can be reckoned with."""
    return day.year * _YEAR + day.month - 1


def _month(number: int) -> date:
    return date(number // _YEAR, number % _YEAR + 1, 1)


def _period(start: int, months: int) -> Period:
    return Period(_month(start), _month(start + months) - timedelta(days=1))

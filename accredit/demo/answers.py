"""Raw answers as systems export them: one row each, drawn around the course of a series.

Each maker answers the rows of one month. A few rows are blank or wrong, as in real files.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from accredit.kpi.cells import DateOrder
from accredit.text import Language

Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """What is drawn for one month: its first day, how many rows, and where the course stands."""

    first: date
    count: int
    level: float

    def day(self, draw: Random) -> date:
        """Any day of the month; what is drawn after it is the same for long and short months."""
        days = calendar.monthrange(self.first.year, self.first.month)[1]
        return self.first + timedelta(days=int(draw.random() * days))


Maker = Callable[[Month, Random, Language], list[Row]]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file: their names by language, and which input each stands for.

    `dates` is the column that says when, `inputs` maps the KPI's inputs to columns.
    """

    columns: dict[Language, tuple[str, ...]]
    dates: int
    inputs: dict[str, int]
    make: Maker

    def mapping(self, language: Language) -> dict[str, str]:
        """The inputs with the names of their columns in a file of this language."""
        names = self.columns[language]
        return {name: names[place] for name, place in self.inputs.items()}


def order_of(language: Language) -> DateOrder | None:
    """How the dates of a file are written: day first in Arabic files, else year first."""
    return DateOrder.DAY_FIRST if language == "ar" else None


def written(day: date, language: Language) -> str:
    """A day as the file's system writes it."""
    return day.strftime("%d/%m/%Y") if language == "ar" else day.isoformat()


def _channel(draw: Random, language: Language) -> str:
    names = ("الصالة", "الهاتف", "الموقع") if language == "ar" else ("counter", "telephone", "web")
    return draw.choice(names)


def _places(month: Month, draw: Random) -> Iterator[float]:
    """A place between 0 and 100 for each row, evenly filled: shares come out near the course."""
    for number in range(month.count):
        yield 100 * (number + draw.random()) / month.count


def _rated(
    month: Month, draw: Random, language: Language, rate: Callable[[float], int]
) -> list[Row]:
    """Rows with a rating each: about one in thirty is blank, now and then one is impossible."""
    rows: list[Row] = []
    for place in _places(month, draw):
        rating: str | int = rate(place) if draw.random() > 0.03 else ""
        rows.append((written(month.day(draw), language), _channel(draw, language), rating))
    if draw.random() < 0.3:
        rows.append((written(month.day(draw), language), _channel(draw, language), 99))
    return rows


def satisfaction(month: Month, draw: Random, language: Language) -> list[Row]:
    """Ratings from 1 to 5; the course is the share of 4 and 5 in percent."""

    share = month.level + draw.uniform(-2.5, 2.5)

    def rate(place: float) -> int:
        return draw.choice((4, 5, 5)) if place < share else draw.choice((1, 2, 2, 3, 3, 3))

    return _rated(month, draw, language, rate)


def recommendation(month: Month, draw: Random, language: Language) -> list[Row]:
    """Ratings from 0 to 10; the course is the score itself, with three in ten passive."""

    promoters = (70 + month.level + draw.uniform(-5, 5)) / 2

    def rate(place: float) -> int:
        if place < promoters:
            return draw.choice((9, 10))
        return draw.choice((7, 8)) if place < promoters + 30 else draw.choice((2, 4, 5, 5, 6, 6))

    return _rated(month, draw, language, rate)


def ease(month: Month, draw: Random, language: Language) -> list[Row]:
    """Ratings from 1 to 7 around the course."""
    return _rated(
        month,
        draw,
        language,
        lambda _place: min(7, max(1, round(draw.gauss(month.level, 1.25)))),
    )


def yes_or_no(month: Month, draw: Random, language: Language) -> list[Row]:
    """Yes or no; the course is the share of yes in percent."""
    words = ("نعم", "لا") if language == "ar" else ("yes", "no")
    share = month.level + draw.uniform(-2, 2)
    rows: list[Row] = []
    for place in _places(month, draw):
        said = words[0] if place < share else words[1]
        said = said if draw.random() > 0.03 else ""
        rows.append((written(month.day(draw), language), _channel(draw, language), said))
    return rows


def seconds(month: Month, draw: Random, language: Language) -> list[Row]:
    """Waiting times in whole seconds; the course is their median."""
    return [
        (
            written(month.day(draw), language),
            _channel(draw, language),
            max(1, round(month.level * math.exp(draw.gauss(0, 0.6)))),
        )
        for _ in range(month.count)
    ]


def opened_and_closed(month: Month, draw: Random, language: Language) -> list[Row]:
    """Requests with the moments they came and were solved; the course is the median in seconds.

    What was still open when the file was made has no second moment.
    """
    rows: list[Row] = []
    days = calendar.monthrange(month.first.year, month.first.month)[1]
    made = datetime.combine(month.first + timedelta(days=days), datetime.min.time())
    pattern = "%d/%m/%Y %H:%M" if language == "ar" else "%Y-%m-%d %H:%M"
    for number in range(month.count):
        opened = datetime.combine(month.day(draw), datetime.min.time()) + timedelta(
            minutes=draw.randrange(8 * 60, 15 * 60)
        )
        closed = opened + timedelta(seconds=month.level * math.exp(draw.gauss(0, 0.7)))
        done = closed.strftime(pattern) if closed < made else ""
        rows.append((f"R-{month.first:%y%m}-{number + 1:03d}", opened.strftime(pattern), done))
    return rows


def _kept(month: Month, draw: Random, retention: float) -> int:
    return round(month.count * (retention + draw.uniform(-0.4, 0.4)) / 100)


def kept_and_new(month: Month, draw: Random, language: Language) -> list[Row]:
    """One row: customers at the start and at the end, and the new ones among these."""
    kept = _kept(month, draw, month.level)
    new = draw.randrange(90, 160)
    return [(written(month.first, language), month.count, kept + new, new)]


def lost(month: Month, draw: Random, language: Language) -> list[Row]:
    """One row: customers at the start and those who left.

    Drawn by the same chance and around the opposite course, they are those not kept.
    """
    gone = month.count - _kept(month, draw, 100 - month.level)
    return [(written(month.first, language), month.count, gone)]


def _layout(make: Maker, en: tuple[str, ...], ar: tuple[str, ...], **inputs: int) -> Layout:
    return Layout({"en": en, "ar": ar}, inputs.pop("dates", 0), inputs, make)


_RATING = (("Date", "Channel"), ("التاريخ", "القناة"))

#: How each KPI's answers are exported.
LAYOUTS: dict[str, Layout] = {
    "csat": _layout(satisfaction, (*_RATING[0], "Satisfaction"), (*_RATING[1], "الرضا"), value=2),
    "nps": _layout(
        recommendation, (*_RATING[0], "Recommend"), (*_RATING[1], "درجة التوصية"), value=2
    ),
    "ces": _layout(ease, (*_RATING[0], "Ease"), (*_RATING[1], "السهولة"), value=2),
    "first_contact_resolution": _layout(
        yes_or_no, (*_RATING[0], "Resolved"), (*_RATING[1], "تم الحل"), value=2
    ),
    "visitor_intent": _layout(
        yes_or_no, (*_RATING[0], "Completed"), (*_RATING[1], "أنجز الغرض"), value=2
    ),
    "response_time": _layout(
        seconds, (*_RATING[0], "Response seconds"), (*_RATING[1], "زمن الرد"), value=2
    ),
    "resolution_time": _layout(
        opened_and_closed,
        ("Request", "Opened", "Closed"),
        ("المعاملة", "فُتحت", "أُغلقت"),
        dates=1,
        opened=1,
        closed=2,
    ),
    "retention": _layout(
        kept_and_new,
        ("Month", "Customers at start", "Customers at end", "New"),
        ("الشهر", "المتعاملون في البداية", "المتعاملون في النهاية", "الجدد"),
        start=1,
        end=2,
        new=3,
    ),
    "churn": _layout(
        lost,
        ("Month", "Customers at start", "Left"),
        ("الشهر", "المتعاملون في البداية", "المغادرون"),
        start=1,
        lost=2,
    ),
}

"""What a spreadsheet cell says: a number, a duration, a moment, yes or no.

Nothing is guessed: a text that can be read in two ways is refused with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from accredit.kpi.domain import plain_word
from accredit.text import N_, RuleError
from accredit.web.workbook import Cell

# No number in a survey or a call log is longer; longer digits only cost time.
LONGEST_NUMBER = 40
LONGEST_SHOWN = 80

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫−", "01234567890123456789.-")
# Invisible direction marks, joiners and byte-order marks that exports leave around values.
_INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x202A, 0x202F)])
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,}|(?:٬\d{3})+(?:\.\d+)?)")
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d(?:\.\d{1,9})?)", re.ASCII)
_DAY = r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})"
_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s*([AaPp][Mm])?"
_MOMENT = re.compile(rf"{_DAY}(?:(?:\s*T|,?\s)\s*{_TIME}\s*(Z|[+-]\d{{2}}:?\d{{2}})?)?", re.ASCII)


class DateOrder(StrEnum):
    """How dates such as 03/04/2026 are meant; dates that start with the year need no order."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class UnreadableCellError(RuleError):
    """A cell does not hold what its column should hold."""


class AmbiguousDateError(UnreadableCellError):
    """A date can be read in two ways and nobody has said which is meant."""


def cell_text(cell: Cell) -> str:
    """The cell as one line of text, as a person reads it; blank is the empty text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return " ".join(str(cell).translate(_INVISIBLE).split())


def shown(cell: Cell) -> str:
    """The cell's text, cut for a message."""
    text = cell_text(cell)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def is_blank(cell: Cell) -> bool:
    """Whether the cell holds nothing, which is no answer and no error."""
    if not isinstance(cell, str):
        return cell is None
    # Invisible marks are not printable: only where one occurs need they be taken away.
    stripped = cell.strip()
    return not stripped or (not stripped.isprintable() and not cell_text(stripped))


def number(cell: Cell) -> int | Fraction:
    """The cell as an exact number; raises `UnreadableCellError`.

    Arabic digits and signs are read like Western ones. A comma is a decimal sign or
    separates thousands only where just one of the two is possible.
    """
    if isinstance(cell, bool | date | time | timedelta) or cell is None:
        raise UnreadableCellError(N_("“%(value)s” is not a number."), value=shown(cell))
    text = (repr(cell) if isinstance(cell, float) else cell_text(cell)).translate(_DIGITS)
    if isinstance(cell, float) and "e" in text:
        text = f"{Decimal(text):f}"
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    elif _GROUPED.fullmatch(text):
        text = text.replace(",", "").replace("٬", "")
    if len(text) > LONGEST_NUMBER or not _PLAIN.fullmatch(text):
        if re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
            raise UnreadableCellError(
                N_("“%(value)s” can be read in two ways; write it without the comma."),
                value=shown(cell),
            )
        raise UnreadableCellError(N_("“%(value)s” is not a number."), value=shown(cell))
    exact = Fraction(text)
    return int(exact) if exact.denominator == 1 else exact


def seconds(cell: Cell) -> int | Fraction:
    """The cell as a duration in seconds: a number of seconds, a time, or hours:minutes:seconds."""
    if isinstance(cell, time):
        parts = timedelta(
            hours=cell.hour,
            minutes=cell.minute,
            seconds=cell.second,
            microseconds=cell.microsecond,
        )
        return _exact_seconds(parts)
    if isinstance(cell, timedelta):
        return _exact_seconds(cell)
    text = cell_text(cell).translate(_DIGITS)
    clock = _CLOCK.fullmatch(text)
    if clock:
        exact = int(clock[1]) * 3600 + int(clock[2]) * 60 + Fraction(clock[3])
        return int(exact) if exact.denominator == 1 else exact
    if ":" in text and not isinstance(cell, date):
        raise UnreadableCellError(
            N_("“%(value)s” is not a duration; write hours:minutes:seconds or seconds."),
            value=shown(cell),
        )
    return number(cell)


def _exact_seconds(duration: timedelta) -> int | Fraction:
    # A spreadsheet stores fractions of a day, so anything below a millisecond is noise.
    milliseconds = round(duration / timedelta(milliseconds=1))
    exact = Fraction(milliseconds, 1000)
    return int(exact) if exact.denominator == 1 else exact


def yes_or_no(cell: Cell, yes: Collection[str], no: Collection[str]) -> bool:
    """Whether the cell says yes, by the plain words the definition lists; forgives case."""
    said = plain_word(cell_text(cell).translate(_DIGITS))
    if said in yes:
        return True
    if said in no:
        return False
    raise UnreadableCellError(N_("“%(value)s” means neither yes nor no here."), value=shown(cell))


def moment(cell: Cell, order: DateOrder | None) -> datetime:
    """The cell as a moment, midnight where only a date is given; raises `UnreadableCellError`.

    Reads date cells, yyyy-mm-dd, and day/month/year in the stated order, with `/`, `-` or
    `.` between. Without an order, only a date with a day above twelve is unambiguous.
    """
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    found = _MOMENT.fullmatch(cell_text(cell).translate(_DIGITS)) if isinstance(cell, str) else None
    if found is None:
        raise UnreadableCellError(
            N_("“%(value)s” is not a date such as 31/12/2026 or 2026-12-31."), value=shown(cell)
        )
    first, second, third = found[1], found[3], found[4]
    if len(first) == 4 and len(third) <= 2:
        year, month, day = int(first), int(second), int(third)
    elif len(first) <= 2 and len(third) == 4:
        year = int(third)
        day, month = _day_and_month(int(first), int(second), order, cell)
    else:
        raise UnreadableCellError(N_("“%(value)s” needs a year of four digits."), value=shown(cell))
    # Earlier years are Hijri ones: reading 1447 as Gregorian would shift the day silently.
    if not 1900 <= year <= 2200:
        raise UnreadableCellError(
            N_("“%(value)s” is not a Gregorian date of our time."), value=shown(cell)
        )
    try:
        clock = _clock(found[5], found[6], found[7], found[8])
        return datetime.combine(date(year, month, day), clock, _zone(found[9]))
    except ValueError as error:
        raise UnreadableCellError(
            N_("“%(value)s” is a date or time that does not exist."), value=shown(cell)
        ) from error


def _day_and_month(first: int, second: int, order: DateOrder | None, cell: Cell) -> tuple[int, int]:
    if order is DateOrder.DAY_FIRST:
        return first, second
    if order is DateOrder.MONTH_FIRST:
        return second, first
    if first > 12 or first == second:
        return first, second
    if second > 12:
        return second, first
    raise AmbiguousDateError(
        N_("“%(value)s” can be read in two ways; say whether the day or the month comes first."),
        field="date_order",
        value=shown(cell),
    )


def _clock(hour: str | None, minute: str, second: str | None, half: str | None) -> time:
    if hour is None:
        return time()
    if half is None:
        return time(int(hour), int(minute), int(second or 0))
    if not 1 <= int(hour) <= 12:
        raise ValueError("an hour of the twelve-hour clock is from 1 to 12")
    afternoon = 12 if half.lower() == "pm" else 0
    return time(int(hour) % 12 + afternoon, int(minute), int(second or 0))


def _zone(offset: str | None) -> timezone | None:
    if offset is None:
        return None
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))

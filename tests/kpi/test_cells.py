"""What a cell says, and what it is not clear enough to say."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.kpi.cells import (
    AmbiguousDateError,
    Cell,
    DateOrder,
    UnreadableCellError,
    cell_text,
    is_blank,
    moment,
    number,
    seconds,
    shown,
)

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("9", 9),
        (9.0, 9),
        ("9.0", 9),
        ("  9\u00a0", 9),
        ("\u200f9", 9),
        ("٩", 9),
        ("١٢٣", 123),
        ("۱۲", 12),
        ("٣٫٥", Fraction(7, 2)),
        ("١٬٢٣٤٫٥", Fraction(2469, 2)),
        ("67,5", Fraction(135, 2)),
        ("1,234.5", Fraction(2469, 2)),
        ("1,234,567", 1234567),
        ("-0", 0),
        ("−5", -5),
        (0.1, Fraction(1, 10)),
        (1e-7, Fraction(1, 10_000_000)),
        (1e20, 10**20),
    ],
)
def test_a_number_is_read_exactly(cell: Cell, value: Fraction) -> None:
    assert number(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        *("nan", "inf", "1e3", "1e999", "1_000", "0x10", "9/10", "nine", "=1+1", "#N/A", "5 min"),
        *("1,234", "1,2,3", "1.2.3", "--5", "", "²", "Ⅷ", "९", "9" * 41, "9" * 5000),
        *(None, True, float("nan"), float("inf"), date(2026, 1, 1), time(1), timedelta(1)),
    ],
)
def test_anything_else_is_no_number(cell: Cell) -> None:
    with pytest.raises(UnreadableCellError):
        number(cell)


def test_a_comma_that_can_be_read_in_two_ways_says_so() -> None:
    with pytest.raises(UnreadableCellError, match="two ways"):
        number("1,234")


@given(st.text(max_size=60))
def test_no_text_makes_a_cell_crash(text: str) -> None:
    for read in (number, seconds, lambda cell: moment(cell, DAY)):
        with suppress(UnreadableCellError):
            read(text)
    assert len(shown(text)) <= 80


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_written_number_is_read_back(value: object) -> None:
    assert number(str(value)) == Fraction(str(value))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (time(0, 2, 23), 143),
        (timedelta(days=1, seconds=5), 86405),
        (timedelta(seconds=1, microseconds=499), 1),
        ("0:02:23", 143),
        ("00:02:23.5", Fraction(287, 2)),
        ("30:00:00", 108_000),
        ("٠٠:٠٢:٢٣", 143),
        ("143", 143),
        (67.5, Fraction(135, 2)),
    ],
)
def test_a_duration_is_read_in_seconds(cell: Cell, value: Fraction) -> None:
    assert seconds(cell) == value


@pytest.mark.parametrize(
    "cell", ["02:23", "0:61:00", "0:00:60", "1:2:3", "2 h", datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_a_time_that_could_be_minutes_or_hours_is_no_duration(cell: Cell) -> None:
    with pytest.raises(UnreadableCellError):
        seconds(cell)


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("03/04/2026", DAY, date(2026, 4, 3)),
        ("03/04/2026", MONTH, date(2026, 3, 4)),
        ("13/04/2026", None, date(2026, 4, 13)),
        ("04/13/2026", None, date(2026, 4, 13)),
        ("04-04-2026", None, date(2026, 4, 4)),
        ("2026-04-03", None, date(2026, 4, 3)),
        ("2026/4/3", MONTH, date(2026, 4, 3)),
        ("3.4.2026", DAY, date(2026, 4, 3)),
        ("٠٣/٠٤/٢٠٢٦", DAY, date(2026, 4, 3)),
        ("2026-04-03 23:59:59", None, date(2026, 4, 3)),
        ("2026-04-03T23:59:59+04:00", None, date(2026, 4, 3)),
        (date(2026, 4, 3), None, date(2026, 4, 3)),
    ],
)
def test_a_date_is_the_day_that_is_written(
    cell: Cell, order: DateOrder | None, expected: date
) -> None:
    assert moment(cell, order).date() == expected


def test_the_time_of_day_and_its_zone_are_read() -> None:
    assert moment("3/4/2026 3:04 PM", DAY).time() == time(15, 4)
    assert moment("3/4/2026 12:04 am", DAY).time() == time(0, 4)
    assert moment("2026-04-03T10:00:00Z", None) == datetime(2026, 4, 3, 10, tzinfo=UTC)
    assert moment("2026-04-03 10:00 +0300", None) == datetime(2026, 4, 3, 7, tzinfo=UTC)


def test_an_ambiguous_date_is_never_guessed() -> None:
    with pytest.raises(AmbiguousDateError, match="two ways") as caught:
        moment("03/04/2026", None)
    assert caught.value.field == "date_order"


@pytest.mark.parametrize(
    "cell",
    [
        *("31/02/2026", "2026-13-01", "1/2/26", "1447-01-01", "3000-01-01", "2026", "soon", ""),
        *("2026-04-03 25:00", "3/4/2026 13:00 PM", "2026-04/03", "20260403", 46000.0, None),
        *("2026-04-03T10:00:00+99:00", True, time(1)),
    ],
)
def test_anything_else_is_no_date(cell: Cell) -> None:
    with pytest.raises(UnreadableCellError):
        moment(cell, DAY)


def test_a_cell_is_shown_as_a_person_reads_it() -> None:
    assert [cell_text(cell) for cell in (3.0, 3.5, True, None, " a \n b ", "\ufeffx")] == [
        *("3", "3.5", "TRUE", "", "a b", "x")
    ]
    assert is_blank(" \u00a0\u200f")
    assert not is_blank(0)
    assert not is_blank(False)

"""What may be said about evidence."""

from __future__ import annotations

from datetime import date

import pytest

from accredit.evidence.domain import (
    Details,
    DetailsError,
    PlaceError,
    ensure_details,
    ensure_place,
    ensure_reason,
    period_message,
    title_from,
)


def test_white_space_around_words_is_nobody_s_intention():
    details = ensure_details(Details(title="  a\n title ", note="\n line\nline \n"))
    assert (details.title, details.note) == ("a title", "line\nline")


@pytest.mark.parametrize(
    ("details", "files", "field"),
    [
        (Details(title="x" * 201), 1, "title"),
        (Details(title="x"), 2, "title"),
        (Details(note="x" * 4001), 1, "note"),
        (
            Details(period_from_on=date(2025, 2, 2), period_to_on=date(2025, 2, 1)),
            1,
            "period_to_on",
        ),
    ],
)
def test_details_that_cannot_be_used_name_their_field(details, files, field):
    with pytest.raises(DetailsError) as caught:
        ensure_details(details, files=files)
    assert caught.value.field == field


def test_a_period_of_one_day_is_a_period():
    day = date(2025, 2, 2)
    assert ensure_details(Details(period_from_on=day, period_to_on=day)).period_to_on == day


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 4001])
def test_a_withdrawal_needs_a_reason(reason):
    with pytest.raises(DetailsError):
        ensure_reason(reason)


def test_a_place_in_a_file_is_short():
    assert ensure_place(" page  4 ") == "page 4"
    with pytest.raises(PlaceError):
        ensure_place("x" * 201)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("تقرير الجودة ٢٠٢٥.pdf", "تقرير الجودة ٢٠٢٥"),
        ("a.b.pdf", "a.b"),
        ("report", "report"),
        ("x" * 250 + ".pdf", "x" * 200),
    ],
)
def test_a_title_comes_from_the_file_s_name(name, title):
    assert title_from(name) == title


def test_a_period_may_be_open_at_either_end():
    day = date(2025, 2, 2)
    assert period_message(None, None) is None
    assert str(period_message(day, None)) == "From 2025-02-02"
    assert str(period_message(None, day)) == "Until 2025-02-02"
    assert str(period_message(day, day)) == "2025-02-02 to 2025-02-02"

"""Numbers as pages and documents write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accredit.i18n import format_number, format_percent, gettext, say, written_in
from accredit.text import Bilingual, Language
from accredit.web.numbers import LARGEST, hidden_number


@pytest.mark.parametrize("nothing", [0, 0.0, -0.0, -0.04, Decimal("-0.0"), Decimal("-0.049")])
def test_what_rounds_to_nothing_has_no_sign(nothing):
    assert format_number(nothing) == "0.0"


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (-0.05, 1, "\u200e\u22120.1"),
        (1234567.25, 1, "1,234,567.3"),
        (-1234.5, 0, "\u200e\u22121,235"),
        (None, 1, "—"),
    ],
)
def test_a_number_is_rounded_half_up_and_grouped(value, decimals, written):
    assert format_number(value, decimals) == written


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", 7), ("0", 0), ("007", 7), ("2147483647", LARGEST), ("2147483648", LARGEST),
        ("9" * 5_000, LARGEST), ("", None), (None, None), ("-1", None), ("1.0", None), ("٧", None),
        ("x", None), (" 1", None),
    ],
)  # fmt: skip
def test_a_hidden_number_is_one_that_a_row_can_have(typed, number):
    assert hidden_number(typed) == number


@pytest.mark.parametrize(("chosen", "shown"), [("en", "65.2%"), ("ar", "\u200e65.2%")])
def test_the_sign_of_a_percentage_stays_behind_its_number(chosen: Language, shown: str) -> None:
    """After Arabic letters a browser would show it before the number: %65.2."""
    with written_in(chosen):
        assert format_percent(65.2) == shown
        assert format_percent(None) == "—"


def test_a_percentage_in_an_arabic_sentence_of_ours_is_marked() -> None:
    with written_in("ar"):
        assert "\u200e95%" in gettext("95% interval")
        assert say(Bilingual("At least 80%", "لا تقل عن 80%")) == "لا تقل عن \u200e80%"
    with written_in("en"):
        assert say(Bilingual("At least 80%", "لا تقل عن 80%")) == "At least 80%"

"""Numbers as pages and documents write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accredit.i18n import format_number


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

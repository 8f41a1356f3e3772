"""Measured figures in sentences: short enough to read, never so short that they mislead."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import KpiReading, Verdict
from accredit.standard.scoring.wording import shortened
from tests.standard.making import kpi, make_standard

figures = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("figure", "limit", "shown"),
    [
        ("86.98412698412699", "85", "86.98"),
        ("86.98412698412699", "87", "86.98"),
        ("86.996", "87", "86.996"),
        ("87.00000001", "87", "87.00000001"),
        ("0.69549999", "0.6955", "0.69549999"),
        ("0.6951", "0.6955", "0.6951"),
        ("2.345", "9", "2.35"),
        ("87.0", "87", "87"),
        ("-0.001", "5", "0"),
        ("-0.001", "0", "-0.001"),
        ("69." + "9" * 60, "70", "69." + "9" * 60),
    ],
)
def test_a_figure_is_shortened_but_stays_on_its_side_of_the_limit(figure, limit, shown):
    assert shortened(Decimal(figure), [Decimal(limit), None]) == shown


@given(figures, figures)
def test_a_shortened_figure_compares_with_its_limit_as_the_exact_one_does(figure, limit):
    shown = Decimal(shortened(figure, [limit]))
    assert (shown < limit, shown == limit) == (figure < limit, figure == limit)


@given(figures)
def test_a_figure_without_a_limit_has_two_decimals_at_most(figure):
    shown = shortened(figure, [])
    assert len(shown.partition(".")[2]) <= 2
    assert abs(Decimal(shown) - figure) <= Decimal("0.005")


def test_the_sentence_is_shortened_and_the_verdict_is_not():
    rule = kpi(least="87", figure="value")
    reading = KpiReading(Decimal("86.99999999999999"), None, None, 30)
    (result,) = evaluate(make_standard([[1]], [rule]), {}, {"csat": reading}).rules
    assert result.verdict is Verdict.FAIL
    assert "86.99999999999999" in str(result.detail)
    reading = KpiReading(Decimal("86.98412698412699"), None, None, 30)
    (result,) = evaluate(make_standard([[1]], [rule]), {}, {"csat": reading}).rules
    assert "86.98 (" in str(result.detail)

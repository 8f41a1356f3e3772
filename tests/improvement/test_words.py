"""How changes, priorities and history are put into words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from accredit.improvement.display import (
    change_line,
    change_text,
    difference_text,
    priority_text,
    share_text,
)
from accredit.improvement.history import Change
from accredit.improvement.promise import Progress, PromiseVerdict
from accredit.kpi import comparison
from accredit.kpi.comparison import Comparison, Standing
from accredit.kpi.loader import service_kpis


@pytest.fixture
def english(app):
    with app.test_request_context("/?lang=en"):
        yield


@pytest.fixture
def arabic(app):
    with app.test_request_context("/?lang=ar"):
        yield


@pytest.mark.parametrize(
    ("kpi", "difference", "words"),
    [
        ("csat", 7.0, "+7.0 percentage points"),
        ("csat", 1.0, "+1.0 percentage point"),
        ("csat", -0.25, "−0.3 percentage points"),  # halves away from zero
        ("csat", 0.04, "0.0 percentage points"),
        ("nps", -11.84, "−11.8 points"),
        ("ces", 0.4, "+0.40"),
        ("response_time", -11.0, "−11 seconds"),
        ("resolution_time", 8640.0, "+2:24 h"),
    ],
)
def test_a_change_carries_its_sign_and_unit(english, kpi, difference, words):
    text = difference_text(service_kpis().get(kpi), difference)
    assert text.replace("\u200e", "") == words


def test_the_difference_of_two_percentages_is_never_told_in_percent(english, arabic):
    assert "%" not in difference_text(service_kpis().get("csat"), 7.0)


def test_in_arabic_the_sign_stays_in_front_of_its_digits(arabic):
    text = difference_text(service_kpis().get("csat"), -7.0)
    assert text.startswith("\u200e−7.0 ")
    assert "نقاط مئوية" in text


def test_without_an_interval_only_the_difference_is_told(english):
    response = service_kpis().get("response_time")
    only = Comparison(comparison.Change.IMPROVED, -11.0, None, None)
    assert change_text(response, only) == "\u200e−11 seconds since the baseline"
    assert change_text(response, Comparison(comparison.Change.NOT_SHOWN, None, None, None)) is None


@pytest.mark.parametrize(
    ("priority", "words"),
    [("12", "12"), ("9/2", "4.5"), ("9/4", "2.25"), ("3/4", "0.75"), ("0", "0")],
)
def test_a_priority_is_shown_exactly(english, priority, words):
    assert priority_text(Fraction(priority)) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("status", "planned", "done", None, None), "Status: Done (before: Planned)"),
        (
            Change("due_on", None, "2026-09-30", None, None),
            "Due date: 30 September 2026 (before: —)",
        ),
        (
            Change("kpi", "csat", "gone", None, None),
            "KPI: gone (before: Customer satisfaction (CSAT))",
        ),
        (Change("target", 60.0, 75.0, "csat", "csat"), "Target: 75.0% (before: 60.0%)"),
        (Change("target", 60.0, 75.0, None, None), "Target: 75 (before: 60)"),
        # An action that promised days and now promises a share: each figure in its own unit.
        (
            Change("target", 259_200.0, 80.0, "resolution_time", "csat"),
            "Target: 80.0% (before: 3.0 days)",
        ),
        (Change("unheard", "a", "b", None, None), "unheard: b (before: a)"),
    ],
)
def test_every_kind_of_change_has_words(english, change, words):
    assert change_line(change) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, None),
        (0.0, "0%"),
        (46.7, "47%"),
        (144.2, "144%"),
        (-127.0, "further from the target"),
    ],
)
def test_a_share_of_the_way_is_a_percentage_and_the_wrong_way_is_told_in_words(
    english, share, words
):
    progress = Progress(PromiseVerdict.NOT_SHOWN, None, None, Standing.UNCLEAR, share)
    assert share_text(progress) == words

"""Figures in the reader's words, the same wherever they stand."""

from __future__ import annotations

from datetime import date

import pytest

from accredit.kpi import display
from tests.kpi.files import kpi


@pytest.fixture
def english(app):
    with app.test_request_context("/?lang=en"):
        yield


@pytest.fixture
def arabic(app):
    with app.test_request_context("/?lang=ar"):
        yield


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("nps", 11.8, "11.8 points"),
        ("nps", 1.0, "1.0 points"),
        ("nps", -12.35, "\u200e\u221212.4 points"),
        ("nps", -0.04, "0.0 points"),
        ("csat", 49.90133, "49.9%"),
        ("csat", 49.95, "50.0%"),
        ("ces", 5.445, "5.45"),
        ("response_time", 68, "68 seconds"),
        ("response_time", 1, "1 second"),
        ("response_time_mean", 67.52, "67.5 seconds"),
        ("response_time", 119.4, "119 seconds"),
        ("response_time", 120, "2:00 min"),
        ("response_time", 605.4, "10:05 min"),
        ("response_time", 3599.6, "60:00 min"),
        ("resolution_time", 7200, "2:00 h"),
        ("resolution_time", 86400, "24:00 h"),
        ("resolution_time", 86399, "24:00 h"),
        ("resolution_time", 172800, "2.0 days"),
        ("resolution_time", 259200, "3.0 days"),
        ("csat", None, "—"),
    ],
)
def test_a_value_is_told_with_its_unit(english, name, value, shown):
    assert display.value_text(kpi(name), value) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("nps", 11.8, "\u200f11.8 نقطة"),
        ("response_time", 1, "1 ثانية"),
        ("response_time", 7, "7 ثوانٍ"),
        ("response_time", 11, "11 ثانية"),
        ("response_time", 103, "103 ثوانٍ"),
        ("response_time_mean", 5.5, "5.5 ثانية"),
        ("resolution_time", 90000, "25:00 ساعة"),
        ("resolution_time", 345600, "4.0 يوم"),
        ("csat", 49.9, "\u200e49.9%"),
    ],
)
def test_in_arabic_the_plural_follows_the_number(arabic, name, value, shown):
    assert display.value_text(kpi(name), value) == shown


@pytest.mark.parametrize(
    ("name", "low", "high", "shown"),
    [
        ("nps", -0.4, 16.9, "\u200e\u22120.4 to 16.9"),
        ("csat", 46.2, 51.6, "46.2% to 51.6%"),
        ("response_time", 65, 72, "65 to 72 seconds"),
        ("resolution_time", 113400, 185400, "31:30 to 51:30 h"),
        ("resolution_time", 150000, 250000, "1.7 to 2.9 days"),
        ("ces", None, None, "—"),
    ],
)
def test_an_interval_is_told_in_one_unit(english, name, low, high, shown):
    assert display.interval_text(kpi(name), low, high) == shown


def test_an_interval_in_arabic_keeps_the_percent_sign_behind_its_number(arabic):
    shown = display.interval_text(kpi("csat"), 46.2, 51.6)
    assert shown == "من \u200e46.2% إلى \u200e51.6%"


@pytest.mark.parametrize(
    ("start", "end", "en", "ar", "short"),
    [
        ("2026-02-01", "2026-02-28", "February 2026", "فبراير 2026", "Feb 2026"),
        ("2026-04-01", "2026-06-30", "Quarter 2 of 2026", "الربع 2 من عام 2026", "Q2 2026"),
        ("2026-01-01", "2026-12-31", "2026", "2026", "2026"),
        (
            "2021-01-01",
            "2021-12-30",
            "1 January 2021 to 30 December 2021",
            "من 1 يناير 2021 إلى 30 ديسمبر 2021",
            "30 Dec 2021",
        ),
        ("2026-03-02", "2026-03-02", "2 March 2026", "2 مارس 2026", "2 Mar 2026"),
    ],
)
def test_a_window_is_called_as_people_call_it(app, start, end, en, ar, short):
    days = (date.fromisoformat(start), date.fromisoformat(end))
    with app.test_request_context("/?lang=en"):
        assert display.window_text(*days) == en
        assert display.short_window_text(*days) == short
    with app.test_request_context("/?lang=ar"):
        assert display.window_text(*days) == ar


@pytest.mark.parametrize(
    ("name", "shown"),
    [("nps", "from 0 to 10"), ("response_time", "0 or more"), ("churn", "yes or no")],
)
def test_the_possible_answers_are_told(english, name, shown):
    assert display.scale_text(kpi(name)) == shown


def test_every_word_of_a_definition_has_a_word_on_the_page():
    from accredit.kpi.comparison import Change, Standing
    from accredit.kpi.domain import Direction, IntervalMethod, Status, Unit
    from accredit.kpi.importing import Window
    from accredit.kpi.loader import service_kpis

    assert set(display.STANDING_WORDS) == set(display.STANDING_TONES) == set(Standing)
    assert set(display.STANDING_MEANINGS) == set(Standing)
    assert set(display.STATUS_WORDS) == set(display.STATUS_TONES) == set(Status)
    assert set(display.CHANGE_WORDS) == set(Change)
    assert set(display.DIRECTION_WORDS) == set(Direction)
    assert set(display.INTERVAL_WORDS) == set(IntervalMethod)
    assert set(display.UNIT_WORDS) == set(Unit)
    assert set(display.WINDOW_WORDS) == set(display.GROUP_WORDS) == set(Window)
    inputs = {name for found in service_kpis().kpis for inputs in found.inputs for name in inputs}
    assert inputs <= set(display.INPUT_LABELS)

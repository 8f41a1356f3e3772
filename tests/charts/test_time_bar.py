"""Bars of days on one scale, and the small curve."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from accredit.charts.geometry import Circle, Line, Rect, Text
from accredit.charts.spark import spark
from accredit.charts.styles import Role
from accredit.charts.time_bar import WIDTH, Scale, Stretch, time_axis, time_bar

YEAR = Scale(date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 2))


def of(drawing, kind, role=None):
    return [
        shape
        for shape in drawing.shapes
        if isinstance(shape, kind) and (role is None or shape.role is role)
    ]


def test_a_bar_lies_where_its_days_are():
    drawing = time_bar(
        [Stretch(date(2026, 1, 1), date(2026, 12, 31), "brand")], YEAR, title="all year"
    )
    (bar,) = of(drawing, Rect)
    assert (bar.x, bar.width, bar.role) == (0, WIDTH, Role.BRAND)


def test_today_is_a_line_only_where_it_is_shown():
    assert len(of(time_bar([], YEAR, title=""), Line, Role.TARGET)) == 1
    later = Scale(YEAR.first, YEAR.last, date(2027, 3, 1))
    assert of(time_bar([], later, title=""), Line, Role.TARGET) == []


def test_in_arabic_time_runs_from_the_right():
    stretch = [Stretch(date(2026, 1, 1), date(2026, 2, 1), "brand")]
    mirrored = Scale(YEAR.first, YEAR.last, YEAR.today, rtl=True)
    (left,), (right,) = (of(time_bar(stretch, scale, title=""), Rect) for scale in (YEAR, mirrored))
    assert left.x == 0
    assert right.x + right.width == pytest.approx(WIDTH)


def test_days_outside_are_put_to_the_edge():
    far = [Stretch(date(2020, 1, 1), date(2030, 1, 1), "muted")]
    (bar,) = of(time_bar(far, YEAR, title=""), Rect)
    assert (bar.x, bar.width) == (0, WIDTH)


@pytest.mark.parametrize(
    ("first", "last", "steps"),
    [
        (date(2026, 1, 1), date(2026, 4, 30), [(2026, 1), (2026, 2), (2026, 3), (2026, 4)]),
        (date(2026, 2, 1), date(2027, 1, 31), [*((2026, m) for m in range(3, 12, 2)), (2027, 1)]),
        (date(2020, 3, 1), date(2026, 1, 1), [(year, 1) for year in range(2021, 2027)]),
        (date(2026, 3, 1), date(2026, 3, 16), [(2026, 3)]),
    ],
)  # fmt: skip
def test_the_scale_has_few_steps_at_round_months(first, last, steps):
    found = Scale(first, last, first).steps
    assert [(day.year, day.month) for day in found] == steps


def test_names_of_steps_never_run_into_each_other():
    drawing = time_axis(YEAR, lambda day: f"A very long name of {day:%B %Y}", title="")
    starts = sorted(text.x for text in of(drawing, Text))
    assert all(later - before > 100 for before, later in pairwise(starts))


def test_a_span_of_centuries_stays_small():
    assert len(Scale(date(2020, 1, 1), date(2999, 12, 31), date(2026, 1, 1)).steps) <= 16


def test_a_curve_marks_its_last_value_and_its_lines():
    drawing = spark([60, 65, 70], baseline=60, target=80, title="CSAT")
    (mark,) = of(drawing, Circle)
    assert mark.x > drawing.width / 2
    (baseline,) = of(drawing, Line, Role.MEAN)
    (target,) = of(drawing, Line, Role.TARGET)
    assert target.y1 < mark.y < baseline.y1


def test_a_curve_runs_from_the_right_in_arabic_and_bears_equal_values():
    (mark,) = of(spark([5, 5], rtl=True, title=""), Circle)
    assert mark.x < 66
    assert mark.y == 18
    assert of(spark([], title=""), Circle) == []

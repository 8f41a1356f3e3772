from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.charts.geometry import Circle, Drawing, Line, Polyline, Rect, Text
from accredit.charts.run_chart import Limits, Mark, Point, RunWords, run_chart
from accredit.charts.styles import Role

from .shapes import assert_inside, of, words

WORDS = RunWords("Period", "Value", "95 % interval", "Target", "Mean", "Limits")
THIN = RunWords("Period", "Value", thin="Too few answers")
MONTHS = [
    Point("2026-01", 80, 76, 84),
    Point("2026-02", 90, 86, 94),
    Point("2026-03", None),
    Point("2026-04", 70, 66, 74),
]


def chart(points: list[Point] = MONTHS, **options: Any) -> Drawing:
    return run_chart(points, title="Satisfaction", **options)


def value_at(drawing: Drawing, y: float) -> float:
    """Reads a height back as a value, from the lowest and the highest grid line."""
    lines = of(drawing, Line, Role.AXIS) + of(drawing, Line, Role.GRID)
    level = sorted({line.y1 for line in lines if line.y1 == line.y2})
    ticks = [
        float(text.text.strip("\u2068\u2069"))
        for text in of(drawing, Text, Role.CAPTION)
        if text.anchor == "end"
    ]
    share = (level[-1] - y) / (level[-1] - level[0])
    return min(ticks) + (max(ticks) - min(ticks)) * share


def points_of(drawing: Drawing) -> list[Circle]:
    return of(drawing, Circle, Role.MARK_1)


def test_every_value_is_drawn_at_its_height() -> None:
    drawing = chart()
    assert [value_at(drawing, c.y) for c in points_of(drawing)] == pytest.approx([80, 90, 70])


def test_target_mean_and_limits_are_drawn_at_their_heights() -> None:
    drawing = chart(target=88, mean=80.5, limits=Limits(62, 97))
    (target,) = of(drawing, Line, Role.TARGET)
    (mean,) = of(drawing, Line, Role.MEAN)
    (band,) = of(drawing, Rect, Role.BAND)
    assert value_at(drawing, target.y1) == pytest.approx(88)
    assert value_at(drawing, mean.y1) == pytest.approx(80.5)
    assert value_at(drawing, band.y) == pytest.approx(97)
    assert value_at(drawing, band.y + band.height) == pytest.approx(62)
    assert len(of(drawing, Line, Role.LIMIT)) == 2


def test_an_interval_is_drawn_from_its_low_to_its_high_end() -> None:
    whiskers = [w for w in of(chart(), Line, Role.WHISKER) if w.x1 == w.x2]
    spans = [(value_at(chart(), w.y1), value_at(chart(), w.y2)) for w in whiskers]
    assert spans == [pytest.approx(s) for s in [(76, 84), (86, 94), (66, 74)]]


def test_a_period_without_a_value_breaks_the_line_and_keeps_its_place() -> None:
    drawing = chart()
    assert [len(line.points) for line in of(drawing, Polyline, Role.LINE_1)] == [2]
    xs = [c.x for c in points_of(drawing)]
    assert xs[2] - xs[1] == pytest.approx(2 * (xs[1] - xs[0]))


def test_time_runs_from_right_to_left_in_arabic() -> None:
    left_to_right, right_to_left = chart(), chart(rtl=True)
    xs = [c.x for c in points_of(right_to_left)]
    assert xs == sorted(xs, reverse=True)
    assert xs == pytest.approx([left_to_right.width - c.x for c in points_of(left_to_right)])


def test_negative_values_have_a_line_at_nought() -> None:
    drawing = chart([Point("1", -40), Point("2", 20)], bounds=(-100, 100), target=30)
    assert [value_at(drawing, c.y) for c in points_of(drawing)] == pytest.approx([-40, 20])
    noughts = [
        line for line in of(drawing, Line, Role.AXIS) if abs(value_at(drawing, line.y1)) < 1e-9
    ]
    assert noughts


def test_a_share_is_never_measured_against_more_than_all() -> None:
    drawing = chart([Point("1", 99.5, 98, 100), Point("2", 92)], bounds=(0, 100))
    ticks = [t.text for t in of(drawing, Text, Role.CAPTION) if t.anchor == "end"]
    assert ticks[-1] == "\u2068100\u2069"


def test_one_point_stands_in_the_middle() -> None:
    drawing = chart([Point("2026", 5, 4, 6)])
    (point,) = points_of(drawing)
    axis = max(of(drawing, Line, Role.AXIS), key=lambda line: abs(line.x2 - line.x1))
    assert point.x == pytest.approx((axis.x1 + axis.x2) / 2)
    assert value_at(drawing, point.y) == pytest.approx(5)


def test_no_points_make_an_empty_frame_without_figures() -> None:
    drawing = chart([], words=WORDS)
    assert of(drawing, Circle) == []
    assert [word for word in words(drawing) if word] == []
    assert drawing.table.rows == ()


def test_equal_values_are_a_level_line_inside_the_frame() -> None:
    drawing = chart([Point("1", 5), Point("2", 5), Point("3", 5)])
    heights = {c.y for c in points_of(drawing)}
    assert len(heights) == 1
    assert value_at(drawing, heights.pop()) == pytest.approx(5)


def test_many_periods_leave_out_labels_but_never_the_latest() -> None:
    points = [Point(f"2024-{n:03}", float(n)) for n in range(60)]
    drawing = chart(points)
    shown = [t for t in of(drawing, Text, Role.CAPTION) if t.text.startswith("\u20682024")]
    assert shown[-1].text == "\u20682024-059\u2069"
    gaps = [after.x - before.x for before, after in pairwise(shown)]
    assert min(gaps) >= 45
    assert [t.text for t in of(drawing, Text, Role.VALUE)] == ["\u206859\u2069"]


def test_the_legend_names_only_what_is_drawn() -> None:
    plain = chart([Point("1", 5), Point("2", 6)], words=WORDS)
    full = chart(words=WORDS, target=88, mean=80, limits=Limits(60, 99))
    assert {"Value"} == {word for word in words(plain) if word[:1].isalpha()}
    assert {"Target 88", "Mean 80", "Limits 60 – 99", "95 % interval"} <= set(words(full))


def test_figures_are_written_as_the_caller_writes_them() -> None:
    drawing = chart(format_value=lambda value: f"{value:g} %", words=WORDS)
    assert "80 %" in words(drawing)
    assert drawing.table.rows[0] == ("2026-01", "80 %", "76 % – 84 %")
    assert drawing.table.rows[2] == ("2026-03", "—", "—")
    assert drawing.table.header == ("Period", "Value", "95 % interval")


def test_without_intervals_the_table_has_no_column_for_them() -> None:
    assert chart([Point("1", 5)], words=WORDS).table.header == ("Period", "Value")


def test_what_is_no_number_is_treated_as_missing() -> None:
    points = [Point("1", math.nan), Point("2", math.inf, 1, 2), Point("3", 4, math.nan, 5)]
    drawing = chart(points)
    assert len(points_of(drawing)) == 1
    assert_inside(drawing)


VALUES = st.none() | st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(VALUES, max_size=30), VALUES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_series_stays_on_the_drawing(
    values: list[float | None], target: float | None, rtl: bool
) -> None:
    points = [Point(f"2026-{n:02}", value) for n, value in enumerate(values)]
    drawing = chart(points, target=target, rtl=rtl, format_value=lambda v: f"{v:.3g}")
    marks = [*of(drawing, Circle), *of(drawing, Line), *of(drawing, Polyline)]
    assert len(of(drawing, Circle)) == sum(value is not None for value in values)
    for mark in marks:
        ys = (
            [y for _, y in mark.points]
            if isinstance(mark, Polyline)
            else [mark.y]
            if isinstance(mark, Circle)
            else [mark.y1, mark.y2]
        )
        assert all(-1 <= y <= drawing.height + 1 for y in ys)


def test_a_value_from_too_few_answers_is_hollow_and_never_the_figure_that_stands_out() -> None:
    months = [Point(f"2026-{n:02}", 10 + n, 5, 20) for n in range(1, 10)]
    drawing = chart([*months, Point("2026-10", 17.6, -20, 50, thin=True)], words=THIN)
    holes = of(drawing, Circle, Role.HALO)
    in_the_plot, in_the_legend = holes
    newest = min(points_of(drawing), key=lambda c: abs(c.x - in_the_plot.x))
    assert (newest.x, newest.y) == (in_the_plot.x, in_the_plot.y)
    assert value_at(drawing, in_the_plot.y) == pytest.approx(17.6)
    assert in_the_legend.y > in_the_plot.y
    assert [text.text.strip("\u2068\u2069") for text in of(drawing, Text, Role.VALUE)] == ["19"]
    assert "Too few answers" in words(drawing)
    assert drawing.table.rows[-1][1] == "17.6 (Too few answers)"


def test_without_any_other_value_the_one_from_too_few_answers_has_its_figure() -> None:
    drawing = chart([Point("2026-10", 17.6, -20, 50, thin=True)], words=THIN)
    assert [text.text.strip("\u2068\u2069") for text in of(drawing, Text, Role.VALUE)] == ["17.6"]


def marked(*marks: Mark, rtl: bool = False) -> Drawing:
    words = RunWords("Period", "Value", "95 % interval", marks="What happened")
    return chart(marks=marks, words=words, rtl=rtl)


def mark_lines(drawing: Drawing) -> list[Line]:
    return [
        one for one in of(drawing, Line, Role.AXIS) if one.x1 == one.x2 and one.y2 - one.y1 > 50
    ]


def test_what_happened_stands_at_its_place_and_is_told_in_words() -> None:
    drawing = marked(Mark(1, "Opened late"), Mark(2.5, "New forms"))
    first, second = mark_lines(drawing)
    second_period, fourth_period = points_of(drawing)[1:3]
    assert first.x1 == pytest.approx(second_period.x)
    half = (fourth_period.x - second_period.x) / 4
    assert second.x1 == pytest.approx(fourth_period.x - half)
    assert {"1", "2", "Opened late", "New forms"} <= set(words(drawing))
    assert drawing.table.header[-1] == "What happened"
    assert [row[-1] for row in drawing.table.rows] == ["", "Opened late", "", "New forms"]


def test_what_happened_before_or_after_is_left_out() -> None:
    drawing = marked(Mark(-0.6, "Before"), Mark(3.6, "After"))
    assert mark_lines(drawing) == []
    assert drawing.table.header == ("Period", "Value", "95 % interval")
    assert not {"Before", "After"} & set(words(drawing))


def test_numbers_that_would_touch_stand_together() -> None:
    drawing = marked(Mark(1, "One"), Mark(1.02, "Two"), Mark(2, "Three"))
    assert len(mark_lines(drawing)) == 3
    assert {"1,2", "3"} <= set(words(drawing))
    assert drawing.table.rows[1][-1] == "One; Two"


@pytest.mark.parametrize("rtl", [False, True])
def test_long_words_of_what_happened_stay_inside(rtl: bool) -> None:
    assert_inside(marked(*(Mark(n / 2, "تقييم طويل الاسم جدًا " * 12) for n in range(7)), rtl=rtl))


def test_in_arabic_marks_are_mirrored_too() -> None:
    left, right = (marked(Mark(0.3, "One"), rtl=rtl) for rtl in (False, True))
    assert mark_lines(right)[0].x1 == pytest.approx(left.width - mark_lines(left)[0].x1)


def test_the_numbers_of_an_axis_have_as_many_decimals_as_all_of_them_need():
    """A number that was measured, too, is no reason to write it otherwise than its neighbours."""
    drawing = run_chart(
        [Point("1", 50.0), Point("2", 51.2)],
        format_value="{:.1f}".format,
        format_tick=lambda tick, places: f"{tick:.{places}f}",
        title="Shares",
    )
    texts = [shape for shape in drawing.shapes if isinstance(shape, Text)]
    axis = [shape.text.strip("\u2068\u2069") for shape in texts if shape.anchor == "end"]
    assert "50.00" in axis
    assert {len(text.partition(".")[2]) for text in axis} == {2}


def test_the_legend_has_room_of_its_own():
    """However much it says, the curve stays as high."""
    few = run_chart([Point("1", 1), Point("2", 2)], title="", height=200)
    words = RunWords(value="Value", target="Target")
    said = "Action finished: a register of all complaints, from every channel, with reasons"
    many = run_chart(
        [Point("1", 1), Point("2", 2)], target=2, marks=[Mark(0, said)], words=words, title="",
        height=200,
    )  # fmt: skip
    assert few.height == pytest.approx(204)
    assert many.height > few.height
    shown = " ".join(shape.text for shape in many.shapes if isinstance(shape, Text))
    assert all(word in shown for word in ("every", "reasons"))
    assert "…" not in shown

from __future__ import annotations

import pytest

from accredit.charts.bars import BarRow, BarWords, gap_bars, progress_bar
from accredit.charts.geometry import Line, Rect, Text
from accredit.charts.styles import Role

from .shapes import assert_inside, of, words

WORDS = BarWords("Criterion", "Score", "Required level")


def test_a_bar_is_as_long_as_its_share_of_the_maximum() -> None:
    drawing = gap_bars([BarRow("Leadership", 3, 4, 4, "warn")], title="t")
    (track,) = of(drawing, Rect, Role.TRACK)
    (bar,) = of(drawing, Rect, Role.WARN)
    assert bar.x == track.x
    assert bar.width == pytest.approx(track.width * 0.75)


def test_the_mark_stands_at_the_required_value() -> None:
    drawing = gap_bars([BarRow("Leadership", 1, 3, 4)], title="t")
    (track,) = of(drawing, Rect, Role.TRACK)
    (mark,) = of(drawing, Line, Role.REQUIRED)
    assert mark.x1 == mark.x2 == pytest.approx(track.x + track.width * 0.75)


def test_in_arabic_bars_grow_from_the_right() -> None:
    drawing = gap_bars([BarRow("القيادة", 1, 3, 4)], rtl=True, title="t")
    (track,) = of(drawing, Rect, Role.TRACK)
    (bar,) = of(drawing, Rect, Role.BRAND)
    (mark,) = of(drawing, Line, Role.REQUIRED)
    assert bar.x + bar.width == pytest.approx(track.x + track.width)
    assert mark.x1 == pytest.approx(track.x + track.width * 0.25)
    first = of(drawing, Text, Role.LABEL)[0]
    assert (first.x, first.anchor, first.rtl) == (drawing.width, "start", True)


def test_a_missing_value_has_no_bar_and_says_so() -> None:
    drawing = gap_bars([BarRow("People", None, 3, 4, "muted")], title="t", words=WORDS)
    assert of(drawing, Rect, Role.MUTED) == []
    assert "— / 3" in words(drawing)
    assert drawing.table.rows == (("People", "—", "3"),)


def test_without_a_requirement_there_is_neither_mark_nor_legend() -> None:
    drawing = gap_bars([BarRow("People", 2, None, 4)], title="t", words=WORDS)
    assert of(drawing, Line, Role.REQUIRED) == []
    assert "Required level" not in words(drawing)
    assert "2" in words(drawing)


def test_the_callers_own_text_stands_beside_the_bar() -> None:
    assert "partial" in words(gap_bars([BarRow("a", 2, 3, 4, value="partial")], title="t"))


def test_the_levels_are_named_over_equal_steps() -> None:
    levels = ["absent", "started", "partial", "good", "exceptional"]
    drawing = gap_bars([BarRow("a", 1, 3, 4)], title="t", scale_labels=levels)
    (track,) = of(drawing, Rect, Role.TRACK)
    xs = [text.x for text in of(drawing, Text, Role.CAPTION)]
    assert words(drawing)[: len(levels)] == levels
    assert xs == pytest.approx([track.x + track.width * n / 4 for n in range(5)])


@pytest.mark.parametrize("rtl", [False, True])
def test_long_labels_stay_on_the_drawing(rtl: bool) -> None:
    rows = [
        BarRow("استراتيجية الخدمة وتصميم رحلة المتعامل في كل القنوات المتاحة", 4, 3, 4, "good"),
        BarRow("w" * 200, 0, 0, 4),
        BarRow("", -5, 99, 4),
        BarRow("a", 1, 1, 0),
    ]
    drawing = gap_bars(
        rows, rtl=rtl, title="t", words=WORDS, scale_labels=["غائب", "x", "y", "z", "استثنائي"]
    )
    assert_inside(drawing, slack=6)


def test_no_rows_make_an_empty_drawing() -> None:
    drawing = gap_bars([], title="t")
    assert drawing.shapes == ()
    assert drawing.table.rows == ()


def test_progress_is_filled_to_its_share() -> None:
    drawing = progress_bar(3, 12, title="Scored", width=240)
    assert of(drawing, Rect, Role.BRAND)[0].width == pytest.approx(60)
    right_to_left = progress_bar(3, 12, title="Scored", width=240, rtl=True)
    assert of(right_to_left, Rect, Role.BRAND)[0].x == pytest.approx(180)


@pytest.mark.parametrize(("value", "maximum"), [(0, 10), (5, 0), (-1, 10)])
def test_no_progress_is_no_bar(value: float, maximum: float) -> None:
    assert of(progress_bar(value, maximum, title="t"), Rect, Role.BRAND) == []


def test_progress_never_leaves_its_track() -> None:
    assert of(progress_bar(20, 10, title="t", width=200), Rect, Role.BRAND)[0].width == 200

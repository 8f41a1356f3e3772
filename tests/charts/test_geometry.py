from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from accredit.charts.geometry import (
    Circle,
    Line,
    Polygon,
    Polyline,
    Rect,
    Shape,
    Text,
    estimated_width,
    label,
    legend,
    mirrored,
    moved,
    wrapped,
)
from accredit.charts.styles import Role

SHAPES: list[Shape] = [
    Line(1, 2, 30, 4, Role.GRID),
    Polyline(((1, 2), (30, 4)), Role.LINE_1),
    Polygon(((1, 2), (30, 4), (5, 6)), Role.AREA_1),
    Rect(10, 2, 30, 4, Role.TRACK),
    Circle(12, 5, 3, Role.MARK_1),
]


def test_a_mirror_turns_right_into_left() -> None:
    assert mirrored(Line(1, 2, 30, 4, Role.GRID), 100) == Line(99, 2, 70, 4, Role.GRID)
    assert mirrored(Rect(10, 2, 30, 4, Role.TRACK), 100) == Rect(60, 2, 30, 4, Role.TRACK)


def test_a_mirrored_text_runs_from_right_to_left_and_keeps_its_anchor() -> None:
    text = mirrored(Text(10, 5, "نص", "start", Role.LABEL), 100)
    assert text == Text(90, 5, "نص", "start", Role.LABEL, rtl=True)


def test_mirroring_twice_changes_nothing() -> None:
    for shape in SHAPES:
        assert mirrored(mirrored(shape, 100), 100) == shape


def test_moving_there_and_back_changes_nothing() -> None:
    for shape in [*SHAPES, Text(10, 5, "a", "end", Role.LABEL)]:
        assert moved(moved(shape, 7, -3), -7, 3) == shape


def test_a_label_is_fenced_and_holds_one_clean_line() -> None:
    assert label(0, 0, " a\n\x00b\u2028c ", "start").text == "\u2068a b c\u2069"


@given(st.text(max_size=200), st.floats(20, 200), st.integers(1, 3))
def test_wrapped_text_stays_inside_its_width_and_its_lines(
    text: str, width: float, most: int
) -> None:
    lines = wrapped(text, width, 11, most)
    assert len(lines) <= most
    assert all(estimated_width(line, 11) <= width or line == "…" for line in lines)


def test_a_text_that_fits_is_left_alone() -> None:
    assert wrapped("Leadership", 200, 11, 2) == ["Leadership"]


def test_what_is_left_out_of_a_text_is_marked() -> None:
    lines = wrapped("one two three four five six seven eight nine ten", 60, 11, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")


def test_a_legend_begins_a_new_row_when_one_is_full() -> None:
    entries = [(f"Entry number {n}", [Circle(0, 0, 3, Role.MARK_1)]) for n in range(6)]
    shapes, height = legend(entries, x=10, y=0, width=250)
    texts = [shape for shape in shapes if isinstance(shape, Text)]
    assert len({text.y for text in texts}) > 1
    assert height == 18 * len({text.y for text in texts})
    assert all(text.x + estimated_width(text.text, 10) <= 290 for text in texts)


def test_no_legend_takes_no_room() -> None:
    assert legend([], x=0, y=0, width=100) == ([], 0)

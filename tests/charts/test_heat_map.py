from __future__ import annotations

import pytest

from accredit.charts.geometry import Rect, Text
from accredit.charts.heat_map import SHADES, HeatColumn, heat_map, shade_of
from accredit.charts.styles import Role

from .shapes import assert_inside, of, words

ROWS = ["1 Leadership", "2 Services"]
OWN = HeatColumn("Licensing", [20, 90], own=True)
OTHER = HeatColumn("Permits", [None, 55])


def cells(drawing) -> list[Rect]:
    """The cells without the boxes of the legend."""
    return [one for one in of(drawing, Rect) if one.role in (*SHADES, Role.TRACK)][: 2 * 2]


def test_every_pair_has_a_cell_in_the_shade_of_its_value() -> None:
    drawing = heat_map(ROWS, [OWN, OTHER], maximum=100, title="t")
    assert [cell.role for cell in cells(drawing)] == [
        Role.HEAT_2,
        Role.HEAT_5,
        Role.TRACK,
        Role.HEAT_3,
    ]


@pytest.mark.parametrize(
    ("value", "shade"),
    [(-5, 0), (0, 0), (19.9, 0), (20, 1), (59.9, 2), (80, 4), (100, 4), (140, 4)],
)
def test_a_shade_stands_for_a_fifth_and_nothing_lies_outside(value: float, shade: int) -> None:
    assert shade_of(value, 100) is SHADES[shade]


def test_a_better_result_is_never_lighter() -> None:
    shades = [SHADES.index(shade_of(value, 100)) for value in range(101)]
    assert shades == sorted(shades)


def test_cells_do_not_touch_and_rows_and_columns_are_straight() -> None:
    first, second, third, fourth = cells(heat_map(ROWS, [OWN, OTHER], maximum=100, title="t"))
    assert first.x == second.x < third.x == fourth.x
    assert first.y == third.y < second.y == fourth.y
    assert first.x + first.width < third.x
    assert first.y + first.height < second.y


def test_the_figure_stands_in_its_cell_and_no_value_says_so() -> None:
    drawing = heat_map(ROWS, [OWN, OTHER], maximum=100, title="t", row_word="Criterion")
    for text in ("20", "90", "55", "—"):
        assert text in words(drawing)
    assert drawing.table.header == ("Criterion", "Licensing", "Permits")
    assert drawing.table.rows == (("1 Leadership", "20", "—"), ("2 Services", "90", "55"))


def test_ones_own_column_stands_out() -> None:
    drawing = heat_map(ROWS, [OWN, OTHER], maximum=100, title="t")
    role = {text.text.strip("\u2068\u2069"): text.role for text in of(drawing, Text)}
    assert (role["Licensing"], role["Permits"]) == (Role.VALUE, Role.CAPTION)


def test_in_arabic_the_first_column_is_on_the_right() -> None:
    left, right = (
        heat_map(ROWS, [OWN, OTHER], maximum=100, rtl=rtl, title="t") for rtl in (False, True)
    )
    assert cells(right)[0].x > cells(right)[2].x
    for one, other in zip(cells(left), cells(right), strict=True):
        assert other.x == pytest.approx(left.width - one.x - one.width)
        assert (one.y, one.width, one.height, one.role) == (
            other.y,
            other.width,
            other.height,
            other.role,
        )


def test_the_legend_names_every_shade() -> None:
    drawing = heat_map(ROWS, [OWN], maximum=50, title="t", format_range=lambda a, b: f"{a}..{b}")
    assert [text for text in words(drawing) if ".." in text] == [
        "0.0..10.0",
        "10.0..20.0",
        "20.0..30.0",
        "30.0..40.0",
        "40.0..50.0",
    ]


@pytest.mark.parametrize("rtl", [False, True])
@pytest.mark.parametrize("count", [1, 2, 6, 9])
def test_long_names_and_many_columns_stay_inside(count: int, rtl: bool) -> None:
    long = "الإدارة العامة لخدمات المتعاملين والتراخيص الرقمية"
    columns = [HeatColumn(long, [100.0, 66.7, None])] * count
    drawing = heat_map([long, "x" * 90, long], columns, maximum=100, rtl=rtl, title="t")
    assert_inside(drawing)


def test_without_rows_or_columns_there_is_an_empty_drawing() -> None:
    assert_inside(heat_map([], [], maximum=100, title="t"))


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="one value for each row"):
        heat_map(ROWS, [HeatColumn("a", [1])], maximum=100, title="t")
    with pytest.raises(ValueError, match="positive maximum"):
        heat_map(ROWS, [], maximum=0, title="t")

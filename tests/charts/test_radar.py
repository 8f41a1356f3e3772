from __future__ import annotations

import math
from dataclasses import replace

import pytest

from accredit.charts.geometry import Circle, Drawing, Polygon, Polyline, Rect
from accredit.charts.radar import Series, radar
from accredit.charts.styles import Role

from .shapes import assert_inside, of, words

AXES = ["Leadership", "Strategy", "People", "Channels"]
LEVELS = ["absent", "started", "partial", "good", "exceptional"]
LONG = [
    "استراتيجية الخدمة وتصميم رحلة المتعامل في جميع القنوات",
    "Staff empowerment and a culture of service to every customer",
    "قياس الأداء",
    "w" * 60,
    "تمكين الموظفين وثقافة خدمة المتعاملين",
    "القنوات (الرقمية والحضورية)",
    "الشفافية",
]


def of_four(values: list[float | None], **changes: object) -> Drawing:
    options: dict[str, object] = {"maximum": 4, "level_labels": LEVELS, "title": "Result"}
    return radar(AXES, [Series("Self", values)], **(options | changes))  # type: ignore[arg-type]  # any option


def centre_and_radius(drawing: Drawing) -> tuple[tuple[float, float], float]:
    outer = of(drawing, Polygon, Role.AXIS)[0].points
    return (outer[0][0], outer[1][1]), outer[1][1] - outer[0][1]


def test_a_value_lies_at_its_share_of_the_radius_on_its_axis() -> None:
    drawing = of_four([4, 3, 2, 1])
    (x, y), radius = centre_and_radius(drawing)
    (points,) = [shape.points for shape in of(drawing, Polygon, Role.LINE_1)]
    expected = [(x, y - radius), (x + 0.75 * radius, y), (x, y + radius / 2), (x - radius / 4, y)]
    for point, wanted in zip(points, expected, strict=True):
        assert point == pytest.approx(wanted)


def test_in_arabic_the_axes_follow_the_other_way_round() -> None:
    left_to_right, right_to_left = of_four([4, 3, 2, 1]), of_four([4, 3, 2, 1], rtl=True)
    (points,) = [shape.points for shape in of(left_to_right, Polygon, Role.LINE_1)]
    (mirrored,) = [shape.points for shape in of(right_to_left, Polygon, Role.LINE_1)]
    assert mirrored == tuple((left_to_right.width - x, y) for x, y in points)
    assert all(text.rtl for text in right_to_left.shapes if hasattr(text, "rtl"))


def test_there_is_a_ring_for_each_level_after_the_first() -> None:
    drawing = of_four([1, 1, 1, 1])
    rings = of(drawing, Polygon, Role.GRID) + of(drawing, Polygon, Role.AXIS)
    assert len(rings) == 4
    assert set(LEVELS[1:]) <= set(words(drawing))
    assert LEVELS[0] not in words(drawing)


def test_a_missing_value_leaves_a_gap_and_no_area() -> None:
    drawing = of_four([4, None, 2, 1])
    assert of(drawing, Polygon, Role.AREA_1) == []
    assert of(drawing, Polygon, Role.LINE_1) == []
    assert len(of(drawing, Polyline, Role.LINE_1)) == 2
    assert drawing.table.rows[1] == ("Strategy", "—")


def test_values_outside_the_scale_stay_on_it() -> None:
    inside, outside = of_four([4, 0, 4, 0]), of_four([9, -3, 4, 0])
    assert replace(outside, table=inside.table) == inside


def test_each_series_has_a_form_of_its_own() -> None:
    series = [Series(f"S{n}", [n, n, n, n]) for n in range(1, 5)]
    drawing = radar(AXES, series, maximum=4, title="t")
    # four points and one sign in the legend for each
    assert len(of(drawing, Circle, Role.MARK_1)) == 5
    assert len(of(drawing, Rect, Role.MARK_2)) == 5
    assert len(of(drawing, Polygon, Role.MARK_3)) == 5
    assert len(of(drawing, Polygon, Role.MARK_4)) == 5


def test_a_required_level_may_be_only_a_line() -> None:
    drawing = radar(AXES, [Series("Required", [3, 3, 3, 3], filled=False)], maximum=4, title="t")
    assert of(drawing, Polygon, Role.AREA_1) == []
    assert len(of(drawing, Polygon, Role.LINE_1)) == 1


def test_the_table_holds_every_figure_in_words() -> None:
    series = [Series("Self", [4, 3, 2, 1.5]), Series("Agreed", [3, None, 2, 1])]
    table = radar(AXES, series, maximum=4, title="t", axis_word="Criterion").table
    assert table.header == ("Criterion", "Self", "Agreed")
    assert table.rows[0] == ("Leadership", "4", "3")
    assert table.rows[1] == ("Strategy", "3", "—")
    assert table.rows[3] == ("Channels", "1.5", "1")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 12])
@pytest.mark.parametrize("rtl", [False, True])
def test_long_labels_stay_on_the_drawing(count: int, rtl: bool) -> None:
    axes = (LONG * 2)[:count]
    series = [Series("التقييم الذاتي", [2] * count), Series("Agreed score", [None] * count)]
    drawing = radar(axes, series, maximum=4, level_labels=LEVELS, rtl=rtl, title="t")
    assert_inside(drawing)


def test_the_first_axis_points_up_and_all_are_evenly_spread() -> None:
    drawing = radar(LONG[:5], [Series("S", [4] * 5)], maximum=4, title="t")
    points = of(drawing, Polygon, Role.LINE_1)[0].points
    x = drawing.width / 2
    y = sum(point[1] for point in points) / 5
    angles = [math.degrees(math.atan2(px - x, y - py)) % 360 for px, py in points]
    assert angles == pytest.approx([0, 72, 144, 216, 288])


@pytest.mark.parametrize(
    ("series", "maximum"),
    [
        ([Series("S", [1, 2, 3])], 4),
        ([Series("S", [1, 2, 3, 4])], 0),
        ([Series("S", [1, 2, 3, 4])] * 5, 4),
    ],
)
def test_what_cannot_be_drawn_is_refused(series: list[Series], maximum: float) -> None:
    with pytest.raises(ValueError, match=r"radar|series"):
        radar(AXES, series, maximum=maximum, title="t")

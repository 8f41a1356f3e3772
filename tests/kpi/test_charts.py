"""The run chart shows what was measured: no more, no less, and in round units."""

from __future__ import annotations

import pytest

from accredit.charts.geometry import Line, Polyline, Text
from accredit.charts.styles import Role
from accredit.kpi.charts import Windowed, kpi_chart, trend
from accredit.kpi.domain import KpiValue, Status
from accredit.kpi.importing import Window, window_of
from tests.kpi.files import kpi


@pytest.fixture(autouse=True)
def _english(app):
    with app.test_request_context("/?lang=en"):
        yield


def months(
    name: str, *values: float | None, skip: tuple[int, ...] = (), year: int = 2025
) -> list[Windowed]:
    """Monthly values of a year; numbers in `skip` are months without a measurement."""
    from datetime import date

    numbers = [number for number in range(1, 13) if number not in skip]
    return [
        Windowed(
            *window_of(date(year, number, 1), Window.MONTH),
            KpiValue(
                name,
                value,
                100,
                None if value is None else value - 1,
                None if value is None else value + 1,
                Status.NO_VALUE if value is None else Status.OK,
            ),
        )
        for number, value in zip(numbers, values, strict=False)
    ]


def texts(drawing, *roles: Role) -> list[str]:
    return [
        shape.text.strip("\u2068\u2069")
        for shape in drawing.shapes
        if isinstance(shape, Text) and (not roles or shape.role in roles)
    ]


def test_every_figure_stands_in_the_table_as_on_the_page():
    drawing = kpi_chart(kpi("csat"), months("csat", 49.95, 60.0), 80).drawing
    assert drawing.table.rows == (
        ("Jan 2025", "50.0%", "49.0% to 51.0%"),
        ("Feb 2025", "60.0%", "59.0% to 61.0%"),
    )
    assert drawing.description == "From 50.0% in January 2025 to 60.0% in February 2025"


def test_a_month_without_a_measurement_is_a_gap_and_not_a_line():
    drawing = kpi_chart(kpi("csat"), months("csat", 50, 55, 60, 65, skip=(3, 4))).drawing
    assert [row[:2] for row in drawing.table.rows][2:4] == [("Mar 2025", "—"), ("Apr 2025", "—")]
    lines = [shape for shape in drawing.shapes if isinstance(shape, Polyline)]
    assert [len(line.points) for line in lines] == [2, 2]


def test_months_far_apart_are_not_filled_with_thousands_of_gaps():
    from datetime import date

    value = KpiValue("csat", 50.0, 100, 49.0, 51.0, Status.OK)
    rows = [Windowed(*window_of(date(year, 1, 1), Window.MONTH), value) for year in (1900, 2026)]
    assert len(kpi_chart(kpi("csat"), rows).drawing.table.rows) == 2


def test_limits_need_five_windows_with_enough_answers():
    four = kpi_chart(kpi("csat"), months("csat", 50, 52, 51, 53))
    five = kpi_chart(kpi("csat"), months("csat", 50, 52, 51, 53, 52))
    assert (four.has_limits, five.has_limits) == (False, True)
    assert any(text.startswith("Ordinary variation") for text in texts(five.drawing))


def test_too_few_answers_move_no_limits():
    rows = months("csat", 50, 52, 51, 53, 52)
    from dataclasses import replace

    thin = replace(rows[-1], value=replace(rows[-1].value, status=Status.INSUFFICIENT))
    assert not kpi_chart(kpi("csat"), [*rows[:-1], thin]).has_limits


def test_the_windows_that_stand_out_are_named_by_rule():
    chart = kpi_chart(kpi("csat"), months("csat", 50, 51, 50, 51, 50, 51, 50, 80))
    assert chart.signals == ("Outside ordinary variation: August 2025.",)
    moved = kpi_chart(kpi("ces"), months("ces", *[4.0] * 8, *[5.0] * 4))
    assert moved.signals[-2:] == (
        "January 2025 to August 2025: all values lie below the mean.",
        "So many values on one side of the mean: the level has moved.",
    )


def test_two_levels_one_after_the_other_are_told_as_two_spans_and_not_as_one():
    rows = [*months("ces", *[4.0] * 8), *months("ces", *[5.0] * 8, year=2026)]
    assert kpi_chart(kpi("ces"), rows).signals == (
        "Outside ordinary variation: January 2025 to August 2025 and January 2026 to August 2026.",
        "January 2025 to August 2025: all values lie below the mean.",
        "January 2026 to August 2026: all values lie above the mean.",
        "So many values on one side of the mean: the level has moved.",
    )


def test_limits_stay_where_values_can_be():
    chart = kpi_chart(kpi("csat"), months("csat", 2, 98, 2, 98, 2)).drawing
    (shown,) = [text for text in texts(chart) if text.startswith("Ordinary variation")]
    assert shown == "Ordinary variation 0.0% to 100.0%"


@pytest.mark.parametrize(
    ("name", "values", "unit"),
    [
        ("response_time", (60, 65, 70), " s"),
        ("response_time", (600, 650, 700), ""),
        ("resolution_time", (80_000, 90_000, 142_200), " h"),
        ("resolution_time", (300_000, 400_000, 500_000), " d"),
    ],
)
def test_the_axis_of_waits_is_round_in_their_own_unit(name, values, unit):
    drawing = kpi_chart(kpi(name), months(name, *values)).drawing
    ticks = [
        shape
        for shape in drawing.shapes
        if isinstance(shape, Text) and shape.role is Role.CAPTION and shape.anchor == "end"
    ]
    shown = [tick.text.strip("\u2068\u2069") for tick in ticks]
    assert len(shown) >= 2
    assert all(text.endswith(unit) for text in shown)
    numbers = [text.removesuffix(unit) for text in shown]
    assert len(set(numbers)) == len(numbers), "no two lines of the grid have the same name"
    if unit == " h":
        assert all(number.endswith((":00", ":30")) for number in numbers)


def test_a_wait_in_the_chart_reads_as_on_the_page():
    drawing = kpi_chart(kpi("resolution_time"), months("resolution_time", 90_000, 142_200)).drawing
    assert [row[1] for row in drawing.table.rows] == ["25:00 h", "39:30 h"]


def test_the_target_is_told_as_it_was_set():
    assert "Target 82.25%" in texts(kpi_chart(kpi("csat"), months("csat", 50, 60), 82.25).drawing)


def test_it_runs_from_right_to_left_in_arabic(app):
    with app.test_request_context("/?lang=ar"):
        chart = kpi_chart(kpi("csat"), months("csat", 50, 60), 80).drawing
        small = trend(kpi("csat"), months("csat", 50, 60), 80)
    assert chart.rtl
    (line,) = [shape for shape in small.shapes if isinstance(shape, Polyline)]
    assert line.points[0][0] > line.points[-1][0], "the oldest stands at the right"


def test_the_trend_keeps_values_and_target_inside_its_box():
    drawing = trend(kpi("nps"), months("nps", -100, 100, None, 40), 50)
    (line,) = [shape for shape in drawing.shapes if isinstance(shape, Polyline)]
    (target,) = [shape for shape in drawing.shapes if isinstance(shape, Line)]
    assert len(line.points) == 3
    assert all(0 < y < drawing.height for _, y in [*line.points, (0, target.y1)])
    assert line.points[0][1] > line.points[1][1], "higher values stand higher"


def test_a_trend_of_equal_values_or_of_none_still_draws():
    assert trend(kpi("nps"), months("nps", 5, 5), 5).shapes
    assert trend(kpi("nps"), months("nps", None), None).shapes == ()


def test_what_happened_is_marked_in_the_month_of_its_day():
    from datetime import date

    happened = [
        (date(2025, 2, 15), "New forms"),
        (date(2025, 1, 1), "Year begins"),
        (date(2024, 12, 31), "Long ago"),
    ]
    drawing = kpi_chart(kpi("csat"), months("csat", 50.0, 60.0, 70.0), 80, happened).drawing
    assert drawing.table.header[-1] == "What happened"
    assert [row[-1] for row in drawing.table.rows] == ["Year begins", "New forms", ""]
    assert {"1", "2"} <= set(texts(drawing, Role.VALUE))

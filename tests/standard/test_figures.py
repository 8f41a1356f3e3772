"""Looking up what a measured figure is worth: on a line between points, or in steps."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.standard.figures import FigureMap, MapKind, MapPoint

tenths = st.integers(-1000, 1000).map(lambda one: Decimal(one) / 10)


@st.composite
def rising(draw: st.DrawFn, kind: MapKind) -> FigureMap:
    ats = sorted(draw(st.lists(tenths, min_size=2, max_size=6, unique=True)))
    percents = sorted(draw(st.lists(st.integers(0, 100), min_size=len(ats), max_size=len(ats))))
    points = (MapPoint(at, Decimal(one)) for at, one in zip(ats, percents, strict=True))
    return FigureMap(kind, tuple(points))


kinds = st.sampled_from([*MapKind])
maps = kinds.flatmap(rising)


@given(maps, tenths, tenths)
def test_a_higher_figure_is_never_worth_less_on_a_map_that_rises(
    found: FigureMap, one: Decimal, other: Decimal
) -> None:
    assert found.share(min(one, other)) <= found.share(max(one, other))


@given(maps, tenths)
def test_no_figure_is_worth_less_or_more_than_the_bounds(found: FigureMap, at: Decimal) -> None:
    least, most = found.bounds
    assert least <= found.share(at) <= most


@given(maps)
def test_at_a_point_the_figure_is_worth_just_what_the_point_says(found: FigureMap) -> None:
    for point in found.points:
        assert found.share(point.at) == Fraction(point.percent) / 100


@given(rising(MapKind.LINEAR))
def test_half_way_on_a_line_it_is_worth_the_mean_of_both_points(found: FigureMap) -> None:
    for one, other in zip(found.points, found.points[1:], strict=False):
        middle = (one.at + other.at) / 2
        assert found.share(middle) == Fraction(one.percent + other.percent) / 200


@given(rising(MapKind.STEPS))
def test_just_below_a_step_it_is_worth_the_step_before(found: FigureMap) -> None:
    before = Decimal(0)
    for point in found.points:
        assert found.share(point.at - Decimal("0.01")) == Fraction(before) / 100
        before = point.percent


@pytest.mark.parametrize(("kind", "below"), [(MapKind.LINEAR, "0.2"), (MapKind.STEPS, "0")])
def test_below_the_first_point_a_line_is_flat_and_steps_are_worth_nothing(
    kind: MapKind, below: str
) -> None:
    points = (MapPoint(Decimal(10), Decimal(20)), MapPoint(Decimal(20), Decimal(80)))
    found = FigureMap(kind, points)
    assert found.share(Decimal(9)) == Fraction(below)
    assert found.share(Decimal(99)) == Fraction("0.8")

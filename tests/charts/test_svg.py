from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from accredit.charts.bars import BarRow, gap_bars
from accredit.charts.geometry import DataTable, Drawing, Text
from accredit.charts.heat_map import HeatColumn, heat_map
from accredit.charts.palette import Colour
from accredit.charts.radar import Series, radar
from accredit.charts.run_chart import Limits, Point, run_chart
from accredit.charts.styles import Role
from accredit.web.svg import stylesheet, to_svg

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ("line", "polyline", "polygon", "rect", "circle", "text")
TAGS = {f"{SVG}{tag}" for tag in ("svg", "title", "desc", *SHAPES)}
HOSTILE = "\"><script>alert(1)</script>&\x00\x1b\ud800\uffff'"


def drawings(rtl: bool = False, text: str = "القيادة") -> list[Drawing]:
    points = [Point(text, 3, 2, 4), Point("b", -1)]
    return [
        radar([text] * 5, [Series(text, [1, 2, 3, 4, 0])], maximum=4, rtl=rtl, title=text),
        gap_bars([BarRow(text, 1, 2, 4)], rtl=rtl, title=text, description=text),
        heat_map([text] * 3, [HeatColumn(text, [0, 50, None])], maximum=100, rtl=rtl, title=text),
        run_chart(points, target=2, mean=1, limits=Limits(-2, 5), rtl=rtl, title=text),
    ]


def parsed(drawing: Drawing) -> ET.Element:
    return ET.fromstring(str(to_svg(drawing, id="chart-1")))


@pytest.mark.parametrize("drawing", drawings())
def test_it_has_a_name_for_those_who_do_not_see_it(drawing: Drawing) -> None:
    root = parsed(drawing)
    assert root.get("role") == "img"
    ids = (root.get("aria-labelledby") or "").split()
    named = {element.get("id"): element.text for element in root.iter()}
    assert [named[i] for i in ids] == [t for t in (drawing.title, drawing.description) if t]


@pytest.mark.parametrize("drawing", drawings() + drawings(rtl=True))
def test_it_needs_no_inline_style_and_every_class_has_a_rule(drawing: Drawing) -> None:
    rules = stylesheet()
    for element in parsed(drawing).iter():
        assert element.get("style") is None
        assert not any(name.startswith("on") for name in element.attrib)
        classes = (element.get("class") or "").split()
        for name in classes:
            assert name in ("chart", "chart-rtl") or f".{name}{{" in rules


def test_the_style_sheet_uses_only_colours_of_the_palette() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", stylesheet()))
    assert used <= {colour.value for colour in Colour}
    assert len(re.findall(r"^\.chart-", stylesheet(), re.M)) == len(Role)


@pytest.mark.parametrize("rtl", [False, True])
def test_hostile_text_stays_text(rtl: bool) -> None:
    for drawing in drawings(rtl, HOSTILE):
        svg = str(to_svg(drawing, id='x"><b>'))
        assert "<script" not in svg
        assert "<b>" not in svg
        svg.encode()
        root = ET.fromstring(svg)
        assert {element.tag for element in root.iter()} <= TAGS


def test_an_arabic_text_says_its_direction_so_that_start_is_its_right_end() -> None:
    table = DataTable((), ())
    text = Text(90, 5, "نص", "start", Role.LABEL, rtl=True)
    (element,) = parsed(Drawing(100, 10, (text,), "t", "", table, rtl=True)).iter(f"{SVG}text")
    assert element.get("direction") == "rtl"
    assert element.get("text-anchor") == "start"
    assert element.get("x") == "90"
    assert element.text == "نص"


def test_the_box_is_the_drawings_own() -> None:
    drawing = drawings()[0]
    assert parsed(drawing).get("viewBox") == f"0 0 {drawing.width:g} {drawing.height:g}"


def test_two_charts_on_a_page_share_no_id() -> None:
    both = str(to_svg(drawings()[1], id="a")) + str(to_svg(drawings()[1], id="b"))
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(ids) == len(set(ids)) == 6


def test_it_can_be_put_into_a_template_as_it_is() -> None:
    assert to_svg(drawings()[0], id="a").__html__().startswith("<svg ")

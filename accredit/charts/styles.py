"""How each part of a chart looks: its role, and the colours and lines that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accredit.charts.palette import Colour


class Role(StrEnum):
    """What a shape stands for; its class in the style sheet is `chart-` and this value."""

    GRID = "grid"
    AXIS = "axis"
    TRACK = "track"
    BAND = "band"
    HALO = "halo"
    LABEL = "label"
    CAPTION = "caption"
    VALUE = "value"
    TARGET = "target"
    MEAN = "mean"
    LIMIT = "limit"
    WHISKER = "whisker"
    REQUIRED = "required"
    LINE_1 = "line-1"
    LINE_2 = "line-2"
    LINE_3 = "line-3"
    LINE_4 = "line-4"
    AREA_1 = "area-1"
    AREA_2 = "area-2"
    AREA_3 = "area-3"
    AREA_4 = "area-4"
    MARK_1 = "mark-1"
    MARK_2 = "mark-2"
    MARK_3 = "mark-3"
    MARK_4 = "mark-4"
    HEAT_1 = "heat-1"
    HEAT_2 = "heat-2"
    HEAT_3 = "heat-3"
    HEAT_4 = "heat-4"
    HEAT_5 = "heat-5"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    MUTED = "muted"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Style:
    """Fill, stroke and line of a role; lengths in points, `dash` as on, off, on, …"""

    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 1
    dash: tuple[float, ...] = ()
    opacity: float = 1
    bold: bool = False


_SERIES = (Colour.SERIES_1, Colour.SERIES_2, Colour.SERIES_3, Colour.SERIES_4)
_DASHES: tuple[tuple[float, ...], ...] = ((), (7, 4), (2, 3), (9, 3, 2, 3))

STYLES: dict[Role, Style] = {
    Role.GRID: Style(stroke=Colour.LINE, width=0.75),
    Role.AXIS: Style(stroke=Colour.MUTED, width=1),
    Role.TRACK: Style(fill=Colour.WASH, stroke=Colour.LINE, width=0.5),
    Role.BAND: Style(fill=Colour.BRAND_SOFT),
    Role.HALO: Style(fill=Colour.PAPER, opacity=0.8),
    Role.LABEL: Style(fill=Colour.INK),
    Role.CAPTION: Style(fill=Colour.MUTED),
    Role.VALUE: Style(fill=Colour.INK, bold=True),
    Role.TARGET: Style(stroke=Colour.ACCENT, width=1.5, dash=(6, 3)),
    Role.MEAN: Style(stroke=Colour.MUTED, width=1.25),
    Role.LIMIT: Style(stroke=Colour.MUTED, width=0.75, dash=(2, 3)),
    Role.WHISKER: Style(stroke=Colour.SERIES_1, width=1),
    Role.REQUIRED: Style(stroke=Colour.INK, width=2),
    **{
        role: Style(stroke=colour, width=2, dash=dash)
        for role, colour, dash in zip(
            (Role.LINE_1, Role.LINE_2, Role.LINE_3, Role.LINE_4), _SERIES, _DASHES, strict=True
        )
    },
    **{
        role: Style(fill=colour, opacity=0.12)
        for role, colour in zip(
            (Role.AREA_1, Role.AREA_2, Role.AREA_3, Role.AREA_4), _SERIES, strict=True
        )
    },
    **{
        role: Style(fill=colour, stroke=Colour.PAPER, width=1)
        for role, colour in zip(
            (Role.MARK_1, Role.MARK_2, Role.MARK_3, Role.MARK_4), _SERIES, strict=True
        )
    },
    # Dark enough to be told apart, light enough for the figure on the darkest.
    **{
        role: Style(fill=Colour.BRAND, opacity=opacity)
        for role, opacity in zip(
            (Role.HEAT_1, Role.HEAT_2, Role.HEAT_3, Role.HEAT_4, Role.HEAT_5),
            (0.06, 0.14, 0.23, 0.33, 0.44),
            strict=True,
        )
    },
    Role.GOOD: Style(fill=Colour.GOOD),
    Role.WARN: Style(fill=Colour.WARN),
    Role.BAD: Style(fill=Colour.BAD),
    Role.MUTED: Style(fill=Colour.MUTED),
    Role.BRAND: Style(fill=Colour.BRAND),
}

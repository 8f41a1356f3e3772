"""The colours of the product, one list for pages and for paper.

Each colour has the name the style sheet uses for its custom property (`--brand-soft`) and
its value on white paper. Text colours reach a contrast of 4.5 to 1 on `paper` and on their
own soft ground (WCAG 2.2, 1.4.3); lines and bars that carry meaning reach 3 to 1 (1.4.11).
"""

from __future__ import annotations

from enum import StrEnum

from accredit.charts.colours import contrast_ratio


class Colour(StrEnum):
    """A named colour; the value is its name in the style sheet."""

    INK = "ink"
    MUTED = "muted"
    LINE = "line"
    PAPER = "paper"
    WASH = "wash"
    BRAND = "brand"
    BRAND_SOFT = "brand-soft"
    ACCENT = "accent"
    ACCENT_SOFT = "accent-soft"
    GOOD = "good"
    GOOD_SOFT = "good-soft"
    WARN = "warn"
    WARN_SOFT = "warn-soft"
    BAD = "bad"
    BAD_SOFT = "bad-soft"
    SERIES_1 = "series-1"
    SERIES_2 = "series-2"
    SERIES_3 = "series-3"
    SERIES_4 = "series-4"

    @property
    def hex(self) -> str:
        """The colour as "#rrggbb"."""
        return LIGHT[self]

    @property
    def rgb(self) -> tuple[float, float, float]:
        """The colour as red, green and blue from 0 to 1."""
        red, green, blue = bytes.fromhex(LIGHT[self][1:])
        return red / 255, green / 255, blue / 255


LIGHT: dict[Colour, str] = {
    Colour.INK: "#16262b",
    Colour.MUTED: "#53656b",
    Colour.LINE: "#d3dddf",
    Colour.PAPER: "#ffffff",
    Colour.WASH: "#f3f7f7",
    Colour.BRAND: "#0b5563",
    Colour.BRAND_SOFT: "#e1eef0",
    Colour.ACCENT: "#a34e00",
    Colour.ACCENT_SOFT: "#fdf0de",
    Colour.GOOD: "#1a6b3c",
    Colour.GOOD_SOFT: "#e2f2e8",
    Colour.WARN: "#8a5200",
    Colour.WARN_SOFT: "#fdf0d3",
    Colour.BAD: "#a8231d",
    Colour.BAD_SOFT: "#fbe7e5",
    Colour.SERIES_1: "#0b5563",
    Colour.SERIES_2: "#c2620a",
    Colour.SERIES_3: "#6a4c9c",
    Colour.SERIES_4: "#4d7d2a",
}


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, definition of contrast)."""
    return contrast_ratio(one.hex, other.hex)

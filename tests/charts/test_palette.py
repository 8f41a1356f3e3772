from __future__ import annotations

import pytest

from accredit.charts.heat_map import SHADES
from accredit.charts.palette import LIGHT, Colour, contrast
from accredit.charts.styles import STYLES, Role

TEXTS = [
    Colour.INK,
    Colour.MUTED,
    Colour.BRAND,
    Colour.ACCENT,
    Colour.GOOD,
    Colour.WARN,
    Colour.BAD,
]
MEANING = [Colour.SERIES_1, Colour.SERIES_2, Colour.SERIES_3, Colour.SERIES_4]


def test_contrast_is_that_of_the_guideline() -> None:
    # WCAG 2.2 relative luminance, done by hand for ink (#16262b) on white.
    def linear(part: int) -> float:
        return ((part / 255 + 0.055) / 1.055) ** 2.4

    by_hand = 0.2126 * linear(0x16) + 0.7152 * linear(0x26) + 0.0722 * linear(0x2B)
    assert contrast(Colour.INK, Colour.PAPER) == pytest.approx(1.05 / (by_hand + 0.05))
    assert contrast(Colour.PAPER, Colour.INK) == contrast(Colour.INK, Colour.PAPER)
    assert contrast(Colour.PAPER, Colour.PAPER) == 1


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", [Colour.PAPER, Colour.WASH])
def test_texts_can_be_read(text: Colour, ground: Colour) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("name", ["brand", "accent", "good", "warn", "bad"])
def test_texts_can_be_read_on_their_own_soft_ground(name: str) -> None:
    assert contrast(Colour(name), Colour(f"{name}-soft")) >= 4.5
    assert contrast(Colour.INK, Colour(f"{name}-soft")) >= 4.5


@pytest.mark.parametrize("series", MEANING)
def test_lines_that_carry_meaning_stand_out(series: Colour) -> None:
    assert contrast(series, Colour.PAPER) >= 3


#: Ink, paper and brand as they are on light and on dark pages.
@pytest.mark.parametrize(
    ("ink", "paper", "brand"),
    [
        (LIGHT[Colour.INK], LIGHT[Colour.PAPER], LIGHT[Colour.BRAND]),
        ("#e9efef", "#16232a", "#83cfdb"),
    ],
)
def test_a_figure_can_be_read_on_every_shade(ink: str, paper: str, brand: str) -> None:
    grounds = [
        [
            STYLES[shade].opacity * over + (1 - STYLES[shade].opacity) * under
            for over, under in zip(parts(brand), parts(paper), strict=True)
        ]
        for shade in SHADES
    ]
    assert all(ratio(parts(ink), ground) >= 4.5 for ground in grounds)
    assert [ratio(parts(paper), ground) for ground in grounds] == sorted(
        ratio(parts(paper), ground) for ground in grounds
    )


def parts(colour: str) -> list[float]:
    return [part / 255 for part in bytes.fromhex(colour[1:])]


def ratio(one: list[float], other: list[float]) -> float:
    """The contrast of two colours given as red, green and blue from 0 to 1."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_colour_and_every_role_is_defined() -> None:
    assert set(LIGHT) == set(Colour)
    assert set(STYLES) == set(Role)
    assert Colour.PAPER.rgb == (1, 1, 1)
    assert Colour.BRAND.hex == "#0b5563"


def test_series_differ_by_more_than_colour() -> None:
    dashes = {STYLES[Role(f"line-{n}")].dash for n in range(1, 5)}
    assert len(dashes) == 4

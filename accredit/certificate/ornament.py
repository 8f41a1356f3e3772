"""The engraved lines of a certificate: a woven border, corner rosettes, a quiet watermark.

Everything is drawn as curves, computed once per process and kept as PDF operators. Lengths
are points on a landscape A4 page.
"""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin
from typing import Any

from accredit.charts.palette import Colour
from accredit.pdf.onepage import LANDSCAPE_A4

WIDTH, HEIGHT = LANDSCAPE_A4
_EDGE = 24.0
_BAND = 24.0
INSET = _EDGE + _BAND + 7
"""How far from the edge of the page the border ends and the text may begin."""

GOLD = (0.69, 0.53, 0.22)
_TILE = 36.0  # about the length of the piece of border that is repeated
_STEPS = 12  # pieces of curve in one period of a wave
# Each bundle of waves: its periods in a tile, how far it swings, how many strands.
_BUNDLES = ((1, 10.4, 8), (2, 5.2, 3))
_MARK_STAR = (
    (24, 1.5), (30.6, 8.1), (39.9, 8.1), (39.9, 17.4), (46.5, 24), (39.9, 30.6), (39.9, 39.9),
    (30.6, 39.9), (24, 46.5), (17.4, 39.9), (8.1, 39.9), (8.1, 30.6), (1.5, 24), (8.1, 17.4),
    (8.1, 8.1), (17.4, 8.1),
)  # fmt: skip
_MARK_CHECK = ((16.6, 24.6), (21.9, 29.9), (31.9, 18.5))


def draw_border(canvas: Any) -> None:
    """The frame of the page: two lines, the woven band between them, a rosette per corner."""
    canvas.saveState()
    canvas.setStrokeColor(Colour.BRAND.rgb)
    canvas.setLineWidth(1.1)
    canvas.rect(_EDGE, _EDGE, WIDTH - 2 * _EDGE, HEIGHT - 2 * _EDGE)
    inner = _EDGE + _BAND
    canvas.setLineWidth(0.5)
    canvas.rect(inner, inner, WIDTH - 2 * inner, HEIGHT - 2 * inner)
    canvas.setStrokeColor(GOLD)
    canvas.setLineWidth(0.7)
    canvas.rect(inner + 3, inner + 3, WIDTH - 2 * inner - 6, HEIGHT - 2 * inner - 6)
    canvas.setStrokeColor(Colour.BRAND.rgb)
    canvas.setLineWidth(0.3)
    canvas._code.append(_woven_band())
    for x in (_EDGE, WIDTH - inner):
        for y in (_EDGE, HEIGHT - inner):
            _draw_corner(canvas, x, y)
    canvas.restoreState()


def draw_watermark(canvas: Any, x: float, y: float, radius: float) -> None:
    """A large rosette in the palest tint behind the text, its centre at (`x`, `y`)."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(radius, radius)
    canvas.setStrokeColor(Colour.BRAND_SOFT.rgb)
    canvas.setLineWidth(0.45 / radius)
    canvas._code.append(_rosette(12, 9, 0.62, 0.2, 288))
    canvas._code.append(_rosette(24, 4, 0.93, 0.07, 384))
    canvas.restoreState()


def draw_mark(canvas: Any, x: float, y: float, size: float) -> None:
    """The programme's mark, `size` points wide, its centre at (`x`, `y`)."""
    scale = size / 48
    canvas.saveState()
    canvas.translate(x - size / 2, y + size / 2)
    canvas.scale(scale, -scale)
    _fill(canvas, _MARK_STAR, GOLD)
    inner = [(24 + (px - 24) * 0.74, 24 + (py - 24) * 0.74) for px, py in _MARK_STAR]
    _fill(canvas, inner, Colour.BRAND.rgb)
    canvas.setStrokeColor(Colour.PAPER.rgb)
    canvas.setLineWidth(4)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    path.moveTo(*_MARK_CHECK[0])
    for point in _MARK_CHECK[1:]:
        path.lineTo(*point)
    canvas.drawPath(path)
    canvas.restoreState()


def draw_flourish(canvas: Any, x: float, y: float, length: float) -> None:
    """A horizontal gold line with a lozenge in its middle, centred at (`x`, `y`)."""
    canvas.saveState()
    canvas.setStrokeColor(GOLD)
    canvas.setLineWidth(0.7)
    for side in (-1, 1):
        canvas.line(x + side * 7, y, x + side * length / 2, y)
    _fill(canvas, [(x - 3.5, y), (x, y + 3.5), (x + 3.5, y), (x, y - 3.5)], GOLD)
    canvas.restoreState()


def _draw_corner(canvas: Any, x: float, y: float) -> None:
    canvas.setFillColor(Colour.PAPER.rgb)
    canvas.setLineWidth(0.5)
    canvas.rect(x, y, _BAND, _BAND, stroke=1, fill=1)
    canvas.saveState()
    radius = _BAND / 2 - 1.5
    canvas.translate(x + _BAND / 2, y + _BAND / 2)
    canvas.scale(radius, radius)
    canvas.setLineWidth(0.3 / radius)
    canvas._code.append(_rosette(8, 3, 0.66, 0.3, 160))
    canvas.restoreState()
    draw_mark(canvas, x + _BAND / 2, y + _BAND / 2, 9)


def _fill(canvas: Any, points: Any, colour: tuple[float, float, float]) -> None:
    canvas.setFillColor(colour)
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


@cache
def _woven_band() -> str:
    """Bundles of waves along the four sides, in whole tiles between the corners.

    Every tile of a side is the same text moved along by its length: it compresses to next
    to nothing.
    """
    corner, middle = _EDGE + _BAND, _EDGE + _BAND / 2
    flat, upright = _tiles(WIDTH - 2 * corner), _tiles(HEIGHT - 2 * corner)
    return " ".join(
        [
            *(f"q 1 0 0 1 {corner:.3f} {y:.3f} cm {flat} Q" for y in (middle, HEIGHT - middle)),
            *(f"q 0 1 -1 0 {x:.3f} {corner:.3f} cm {upright} Q" for x in (middle, WIDTH - middle)),
        ]
    )


def _tiles(length: float) -> str:
    count = round(length / _TILE)
    tile = length / count
    strands = [
        _wave(tile, waves, swing, 2 * pi * strand / strands)
        for waves, swing, strands in _BUNDLES
        for strand in range(strands)
    ]
    return " ".join([*strands, f"1 0 0 1 {tile:.3f} 0 cm"] * count)


def _wave(length: float, waves: int, swing: float, phase: float) -> str:
    """`waves` periods of a sine from 0 to `length`, in curves that meet without a corner."""
    steps = waves * _STEPS
    step, turn = length / steps, 2 * pi / _STEPS
    heights = [swing * sin(turn * index + phase) for index in range(steps + 1)]
    thirds = [swing * cos(turn * index + phase) * turn / 3 for index in range(steps + 1)]
    pieces = [
        f"{(index + 1 / 3) * step:.2f} {heights[index] + thirds[index]:.2f} "
        f"{(index + 2 / 3) * step:.2f} {heights[index + 1] - thirds[index + 1]:.2f} "
        f"{(index + 1) * step:.2f} {heights[index + 1]:.2f} c"
        for index in range(steps)
    ]
    return " ".join([f"0 {heights[0]:.2f} m", *pieces, "S"])


@cache
def _rosette(petals: int, strands: int, mean: float, swing: float, steps: int) -> str:
    """A closed wave around a circle of radius 1, drawn once and turned for each strand."""
    points = []
    for index in range(steps):
        angle = 2 * pi * index / steps
        radius = mean + swing * sin(petals * angle)
        points.append(f"{radius * cos(angle):.4f} {radius * sin(angle):.4f}")
    wave = f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " h S"
    angle = 2 * pi / petals / strands
    turn = f"{cos(angle):.6f} {sin(angle):.6f} {-sin(angle):.6f} {cos(angle):.6f} 0 0 cm"
    return " ".join(["q", *[f"{wave} {turn}"] * strands, "Q"])

"""Shapes of a chart: plain values, the same for the SVG on a page and for the PDF.

Lengths are points (one SVG user unit each); x grows to the right, y grows downwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from accredit.charts.styles import Role

Anchor = Literal["start", "middle", "end"]
XY = tuple[float, float]

_LEGEND_SIZE = 10.5
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
#: Marks of direction, which take no room.
_MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line from (`x1`, `y1`) to (`x2`, `y2`)."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line through `points`."""

    points: tuple[XY, ...]
    role: Role


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline through `points`, filled or not as its role says."""

    points: tuple[XY, ...]
    role: Role


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle whose upper left corner is (`x`, `y`)."""

    x: float
    y: float
    width: float
    height: float
    role: Role
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle around (`x`, `y`)."""

    x: float
    y: float
    radius: float
    role: Role


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text with its baseline at `y`.

    `anchor` is meant in the text's own direction, as in SVG: with `rtl`, "start" puts the
    right end of the text at `x`.
    """

    x: float
    y: float
    text: str
    anchor: Anchor
    role: Role
    size: float = 11
    rtl: bool = False


Shape = Line | Polyline | Polygon | Rect | Circle | Text


@dataclass(frozen=True, slots=True)
class DataTable:
    """The figures of a chart as text, for everyone who does not see the drawing."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished chart: shapes in drawing order, and the same content in words."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    description: str
    table: DataTable
    rtl: bool = False


def finish(
    *,
    width: float,
    height: float,
    shapes: Iterable[Shape],
    rtl: bool,
    title: str,
    description: str,
    table: DataTable,
) -> Drawing:
    """The drawing of `shapes` laid out from left to right, mirrored if `rtl`."""
    shown = tuple(mirrored(shape, width) for shape in shapes) if rtl else tuple(shapes)
    return Drawing(width, height, shown, title, description, table, rtl)


def mirrored(shape: Shape, width: float) -> Shape:
    """`shape` reflected left to right in a drawing `width` wide; text stays readable."""
    match shape:
        case Line():
            return replace(shape, x1=width - shape.x1, x2=width - shape.x2)
        case Polyline() | Polygon():
            return replace(shape, points=tuple((width - x, y) for x, y in shape.points))
        case Rect():
            return replace(shape, x=width - shape.x - shape.width)
        case Circle():
            return replace(shape, x=width - shape.x)
        case Text():
            return replace(shape, x=width - shape.x, rtl=True)


def label(
    x: float,
    y: float,
    text: str,
    anchor: Anchor,
    role: Role = Role.LABEL,
    size: float = 11,
) -> Text:
    """A text of unknown direction: fenced off, so that its own letters decide how it runs."""
    shown = " ".join(_CONTROLS.sub(" ", text).split())
    return Text(x, y, f"{_FIRST_STRONG_ISOLATE}{shown}{_POP_ISOLATE}", anchor, role, size)


def estimated_width(text: str, size: float) -> float:
    """About how wide `text` is at `size`; geometry has no fonts to measure with."""
    text = _MARKS.sub("", text)
    wide = sum(0.3 if c in " .,:;'|ilj1اأإآ" else 0.85 if c in "mwMW@%—" else 0.58 for c in text)
    return wide * size


def wrapped(text: str, width: float, size: float, most_lines: int) -> list[str]:
    """`text` in at most `most_lines` lines of about `width`; what is left out shows as “…”."""
    lines: list[str] = []
    for word in _CONTROLS.sub(" ", text).split():
        if lines and estimated_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{lines[most_lines - 1]} …"]
    return [_shortened(line, width, size) for line in lines]


def _shortened(line: str, width: float, size: float) -> str:
    if estimated_width(line, size) <= width:
        return line
    kept = line.removesuffix(" …")
    while kept and estimated_width(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def legend(
    entries: Sequence[tuple[str, Sequence[Shape]]], *, x: float, y: float, width: float
) -> tuple[list[Shape], float]:
    """A legend from `y` downwards and its height.

    Each entry is its text and its sign, drawn around the origin within about 9 units to
    either side; entries flow into rows no wider than `width`. One of several lines has its
    rows for itself.
    """
    shapes: list[Shape] = []
    left, row = x, 0
    for text, sign in entries:
        lines = text.split("\n")
        needed = 24 + max(estimated_width(line, _LEGEND_SIZE) for line in lines) + 14
        if left > x and (len(lines) > 1 or left + needed > x + width):
            left, row = x, row + 1
        baseline = y + 12 + row * 18
        shapes += [moved(shape, left + 10, baseline - 4) for shape in sign]
        for number, line in enumerate(lines):
            below = baseline + number * 18
            shapes.append(label(left + 24, below, line, "start", Role.CAPTION, _LEGEND_SIZE))
        row += len(lines) - 1
        left += needed if len(lines) == 1 else width
    return shapes, (row + 1) * 18.0 if entries else 0.0


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """`shape` moved by `dx` to the right and `dy` downwards."""
    match shape:
        case Line():
            return replace(
                shape, x1=shape.x1 + dx, y1=shape.y1 + dy, x2=shape.x2 + dx, y2=shape.y2 + dy
            )
        case Polyline() | Polygon():
            return replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points))
        case Rect() | Circle() | Text():
            return replace(shape, x=shape.x + dx, y=shape.y + dy)

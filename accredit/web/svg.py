"""A chart as inline SVG.

Classes instead of style attributes, because the content security policy allows no inline
styles. The style sheet has to know, all under the class `chart` of the <svg>:

- the svg itself: `chart` (and `chart-rtl` when it runs from right to left);
- lines and areas: `chart-grid chart-axis chart-track chart-band chart-halo chart-target
  chart-mean chart-limit chart-whisker chart-required chart-line-1…4 chart-area-1…4
  chart-mark-1…4 chart-heat-1…5 chart-good chart-warn chart-bad chart-muted chart-brand`;
- texts: `chart-label chart-caption chart-value` (fill, and a bold weight for values).

`stylesheet()` writes all these rules from the same table that colours the PDF, with the
custom properties of `accredit.charts.palette` (`var(--series-1)`, …), so that nothing has
to be copied by hand.

Texts carry `direction`; in SVG `text-anchor: start` follows it, so "start" in a
right-to-left text is its right end, exactly as `accredit.charts.geometry.Text` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from accredit.charts.geometry import (
    XY,
    Circle,
    Drawing,
    Line,
    Polygon,
    Polyline,
    Rect,
    Shape,
    Text,
)
from accredit.charts.styles import STYLES, Style

# Characters that no HTML page may hold: controls except tab and line ends, surrogates.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def to_svg(drawing: Drawing, *, id: str) -> Markup:  # noqa: A002 - the attribute's own name
    """`drawing` as an <svg> element, its title and description read out as its name.

    `id` must be unique on the page; the ids inside are made from it.
    """
    name = _text(id)
    labelled = f"{name}-title {name}-desc" if drawing.description else f"{name}-title"
    rtl = " chart-rtl" if drawing.rtl else ""
    parts = [
        f'<svg class="chart{rtl}" id="{name}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-labelledby="{labelled}" viewBox="0 0 {_n(drawing.width)} {_n(drawing.height)}" '
        f'width="{_n(drawing.width)}" height="{_n(drawing.height)}">',
        f'<title id="{name}-title">{_text(drawing.title)}</title>',
    ]
    if drawing.description:
        parts.append(f'<desc id="{name}-desc">{_text(drawing.description)}</desc>')
    parts.extend(map(_element, drawing.shapes))
    parts.append("</svg>")
    # Every value above went through _text or _n, so nothing of the caller's stays raw.
    return Markup("".join(parts))  # noqa: S704


def stylesheet() -> str:
    """The CSS rules for all classes of the charts, from the table of styles."""
    rules = [
        ".chart{max-inline-size:100%;block-size:auto}",
        ".chart *{fill:none}",
    ]
    rules += [f".chart-{role}{{{_declarations(style)}}}" for role, style in STYLES.items()]
    return "\n".join(rules) + "\n"


def _declarations(style: Style) -> str:
    declared = [f"fill:var(--{style.fill})"] if style.fill else []
    if style.stroke:
        declared.append(f"stroke:var(--{style.stroke})")
    if style.stroke and style.width != 1:
        declared.append(f"stroke-width:{_n(style.width)}")
    if style.dash:
        declared.append(f"stroke-dasharray:{' '.join(map(_n, style.dash))}")
    if style.opacity < 1:
        declared.append(f"opacity:{_n(style.opacity)}")
    if style.bold:
        declared.append("font-weight:600")
    return ";".join(declared)


def _element(shape: Shape) -> str:
    role = f'class="chart-{shape.role}"'
    match shape:
        case Line():
            return (
                f'<line {role} x1="{_n(shape.x1)}" y1="{_n(shape.y1)}" '
                f'x2="{_n(shape.x2)}" y2="{_n(shape.y2)}"/>'
            )
        case Polyline():
            return f'<polyline {role} points="{_points(shape.points)}"/>'
        case Polygon():
            return f'<polygon {role} points="{_points(shape.points)}"/>'
        case Rect():
            rounded = f' rx="{_n(shape.radius)}"' if shape.radius else ""
            return (
                f'<rect {role} x="{_n(shape.x)}" y="{_n(shape.y)}" '
                f'width="{_n(shape.width)}" height="{_n(shape.height)}"{rounded}/>'
            )
        case Circle():
            return f'<circle {role} cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}"/>'
        case Text():
            direction = "rtl" if shape.rtl else "ltr"
            return (
                f'<text {role} x="{_n(shape.x)}" y="{_n(shape.y)}" font-size="{_n(shape.size)}" '
                f'text-anchor="{shape.anchor}" direction="{direction}">{_text(shape.text)}</text>'
            )


def _points(points: Iterable[XY]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(number: float) -> str:
    """A number as short as it can be, to a hundredth of a unit."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return str(escape(_FORBIDDEN.sub("", text)))

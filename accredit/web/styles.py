"""The one style sheet of the pages, joined from its parts and made small.

The parts lie in `accredit/styles`, one for each kind of component. A feature may add a part of
its own there: it comes after those of the frame, and before those that have the last word.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import rcssmin

from accredit.web import fonts

FOLDER = Path(__file__).parent.parent / "styles"
#: What every page stands on, in this order.
FIRST = (
    *("tokens", "ground", "frame", "actions", "forms", "rubric", "facts", "tables", "people"),
    "tones",
)
#: What changes everything before it.
LAST = ("charts", "comfort", "print")


def parts() -> tuple[Path, ...]:
    """The files of the style sheet, in the order in which a browser reads them."""
    own = sorted(path.stem for path in FOLDER.glob("*.css") if path.stem not in {*FIRST, *LAST})
    return tuple(FOLDER / f"{name}.css" for name in (*FIRST, *own, *LAST))


def stylesheet(colours: str) -> bytes:
    """The whole style sheet as it is served, beside the fonts, in these colours."""
    faces = [_font_face(weight) for weight in fonts.WEIGHTS]
    return "\n".join((*faces, colours, _rules())).encode()


@cache
def _rules() -> str:
    small: str = rcssmin.cssmin("\n".join(path.read_text(encoding="utf-8") for path in parts()))
    # A zero before a point says nothing.
    return re.sub(r"(?<![\w.])0(?=\.\d)", "", small)


def _font_face(weight: int) -> str:
    return (
        f'@font-face{{font-family:"Plex";src:url("{fonts.name_of(weight)}") format("woff2");'
        f"font-weight:{weight};font-display:swap}}"
    )

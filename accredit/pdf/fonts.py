"""The fonts of every PDF, taken from installed packages and loaded once per process."""

from __future__ import annotations

from functools import cache
from threading import Lock

import fontpkg
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics

from accredit.pdf.shaping import ShapedFont

PLEX, PLEX_BOLD, AMIRI, AMIRI_BOLD = "Plex", "Plex-Bold", "Amiri", "Amiri-Bold"

_FILES = {
    PLEX: ("IBM Plex Sans Arabic", 400),
    PLEX_BOLD: ("IBM Plex Sans Arabic", 600),
    AMIRI: ("Amiri", 400),
    AMIRI_BOLD: ("Amiri", 700),
}
_loading = Lock()

# Streams stay binary: the text armour of older days makes files a quarter larger and
# costs more time than all the drawing.
rl_config.useA85 = 0


@cache
def get_font(name: str) -> ShapedFont:
    """The shaped font called `name` ("Plex", "Plex-Bold", "Amiri", "Amiri-Bold").

    Loads and registers it on first use; raises KeyError for any other name.
    """
    family, weight = _FILES[name]
    with _loading:
        font = ShapedFont(name, fontpkg.path(family, weight=weight), ligatures=family == "Amiri")
        pdfmetrics.registerFont(font)
    return font

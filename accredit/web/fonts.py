"""The type face of the pages, served from its installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fontpkg

FONT_WEIGHTS = frozenset({400, 500, 600, 700})


@cache
def font_path(weight: int) -> Path:
    """The file of IBM Plex Sans Arabic in a weight of `FONT_WEIGHTS`."""
    return Path(str(fontpkg.path("IBM Plex Sans Arabic", weight=weight)))

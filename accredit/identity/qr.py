"""A QR code as a path that a page can draw without any style."""

from __future__ import annotations

from dataclasses import dataclass

#: Light modules around the code, without which it is not found.
_QUIET = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """The dark modules as one SVG path, and the length of a side in modules."""

    path: str
    side: int


def drawn(text: str) -> Drawn:
    """The code of a text."""
    import segno  # loaded only where one is drawn

    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return Drawn(path, len(rows) + 2 * _QUIET)

"""Contact sheets: all that belongs to one page side by side, so that it is seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

DESK, PHONE = 620, 260
#: In pixels of the sheet; what is further down is in the pictures themselves.
MOST_HEIGHT = 1_700
GAP = 12


def page_sheet(folder: Path, name: str) -> None:
    """English in the light and Arabic in the dark, on a desk and on a telephone."""
    views = [
        (folder / "en/light/desktop", DESK),
        (folder / "ar/dark/desktop", DESK),
        (folder / "en/dark/telephone", PHONE),
        (folder / "ar/light/telephone", PHONE),
    ]
    found = [(place / f"{name}.png", width) for place, width in views]
    _side_by_side([one for one in found if one[0].exists()], folder / "sheets" / f"{name}.png")


def paper_sheets(folder: Path, pages: Sequence[Path], *, across: int = 4) -> None:
    """The pages of one PDF, four on a sheet."""
    for start in range(0, len(pages), across):
        some = [(page, 450) for page in pages[start : start + across]]
        _side_by_side(some, folder.parent / "sheets" / f"{folder.name}-{some[0][0].name}")


def _side_by_side(views: Sequence[tuple[Path, int]], to: Path) -> None:
    pictures = [_fitted(path, width) for path, width in views]
    if not pictures:
        return
    size = (
        sum(one.width for one in pictures) + GAP * (len(pictures) + 1),
        max(one.height for one in pictures) + 2 * GAP,
    )
    sheet = Image.new("RGB", size, "#b4419c")
    across = GAP
    for one in pictures:
        sheet.paste(one, (across, GAP))
        across += one.width + GAP
    to.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(to)


def _fitted(path: Path, width: int) -> Image.Image:
    with Image.open(path) as picture:
        tall = min(picture.height, MOST_HEIGHT * picture.width // width)
        part = picture.crop((0, 0, picture.width, tall)).convert("RGB")
        return part.resize((width, max(1, tall * width // picture.width)), Image.Resampling.LANCZOS)
